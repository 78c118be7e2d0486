/* The tree of a plan: what stands at each path after the layers so far, and how an entry is put
 * into it. */
#include <search.h>

#include "base/limits.h"
#include "image/path.h"
#include "recipe/copy.h"

static int compare_nodes(const void *a, const void *b) {
    const struct sb_plan_entry *x = a, *y = b;
    return sb_span_compare(x->path, y->path);
}

static struct sb_plan_entry *find(const struct sb_plan *plan, struct sb_span path) {
    struct sb_plan_entry key = {.path = path};
    void *const *found = tfind(&key, (void *const *)&plan->tree, compare_nodes);
    return found ? *found : NULL;
}

const struct sb_plan_entry *sb_plan_entry_at(const struct sb_plan *plan, struct sb_span path) {
    return find(plan, path);
}

static void remember(struct sb_plan *plan, const struct sb_plan_entry *entry) {
    struct sb_plan_entry *node = find(plan, entry->path);
    if (!node) {
        node = sb_arena_new(&plan->arena, sizeof *node);
        *node = *entry;
        if (!tsearch(node, &plan->tree, compare_nodes))
            SB_BUG("out of memory");
    }
    *node = *entry;
}

static void keep_node(void *node) {
    (void)node;
}

void sb_plan_free_tree(struct sb_plan *plan) {
    tdestroy(plan->tree, keep_node);
    plan->tree = NULL;
}

/* Whether a layer below has the entry from the same place, so that only a time could differ. */
static bool same_as(const struct sb_plan_entry *there, const struct sb_plan_entry *entry) {
    return there->type == entry->type && there->mode == entry->mode && there->uid == entry->uid &&
           there->gid == entry->gid && there->size == entry->size &&
           sb_span_equal(there->link, entry->link) && sb_span_equal(there->source, entry->source);
}

int sb_copy_put(struct sb_copy *copy, struct sb_plan_entry entry, struct sb_error *error) {
    if (entry.path.size > SB_LIMIT_PATH)
        return sb_error_set(error, SB_ERROR_LIMIT, "/%.60s…: longer than %d bytes",
                            (const char *)entry.path.data, SB_LIMIT_PATH);
    struct sb_plan_entry *there = find(copy->plan, entry.path);
    if (!entry.whiteout && sb_span_starts(sb_path_base(entry.path), ".wh."))
        return sb_error_set(error, SB_ERROR_USAGE,
                            "/%.*s would be read as a whiteout: rename it, or leave it out by "
                            ".dockerignore",
                            SB_SPAN(entry.path));
    bool replaced =
        there && there->type != '5' && entry.type == '5' && copy->plan->builder->replaces_links;
    if (there && !replaced && there->type != entry.type &&
        (there->type == '5' || entry.type == '5'))
        return sb_error_set(error, SB_ERROR_USAGE,
                            "/%.*s would be a folder and something else at once",
                            SB_SPAN(entry.path));
    entry.order = copy->layer->entries.count;
    entry.layer = copy->plan->layers.count - 1;
    entry.unchanged = there && same_as(there, &entry);
    *sb_vec_push(&copy->layer->entries) = entry;
    remember(copy->plan, &entry);
    return replaced
               ? sb_copy_put_whiteout(
                     copy, sb_copy_below(copy, entry.path, sb_span_string(".wh..wh..opq")), error)
               : 0;
}

int sb_copy_put_whiteout(struct sb_copy *copy, struct sb_span path, struct sb_error *error) {
    struct sb_buf nothing = SB_BUF_INIT;
    struct sb_source *empty = sb_source_memory(&nothing);
    *sb_vec_push(&copy->plan->context.sources) = empty;
    return sb_copy_put(copy,
                       (struct sb_plan_entry){.path = path,
                                              .type = '0',
                                              .mode = 0644,
                                              .content = sb_range_whole(empty),
                                              .whiteout = true},
                       error);
}

/* A folder on the way: as it is, or new. The root stays without an entry. */
int sb_copy_put_folder(struct sb_copy *copy, struct sb_span path, struct sb_error *error) {
    const struct sb_plan_entry *there = find(copy->plan, path);
    struct sb_plan_entry folder = {
        .path = path, .type = '5', .mode = 0755, .uid = copy->uid, .gid = copy->gid};
    if (path.size == 0)
        return 0;
    if (there && there->type != '5')
        return sb_error_set(error, SB_ERROR_USAGE, "/%.*s is not a folder", SB_SPAN(path));
    return sb_copy_put(copy, there ? *there : folder, error);
}

int sb_copy_put_parents(struct sb_copy *copy, struct sb_span path, struct sb_error *error) {
    for (size_t i = 0; i < path.size; i++)
        if (path.data[i] == '/' && sb_copy_put_folder(copy, sb_span_of(path.data, i), error) < 0)
            return -1;
    return 0;
}

struct sb_span sb_copy_below(struct sb_copy *copy, struct sb_span folder, struct sb_span name) {
    return sb_span_string(sb_arena_printf(&copy->plan->arena, "%.*s%s%.*s", SB_SPAN(folder),
                                          folder.size ? "/" : "", SB_SPAN(name)));
}
