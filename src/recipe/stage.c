/* Stages: where each begins, what it is called, which one is wanted, and the files of one as
 * another's COPY reads them. */
#include <strings.h>

#include "base/number.h"
#include "image/path.h"
#include "recipe/internal.h"

/* "AS", in any case. */
static bool is_as(struct sb_span word) {
    return word.size == 2 && (word.data[0] | 0x20) == 'a' && (word.data[1] | 0x20) == 's';
}

static bool same_name(struct sb_span a, struct sb_span b) {
    return a.size && a.size == b.size &&
           strncasecmp((const char *)a.data, (const char *)b.data, a.size) == 0;
}

static int add_stage(struct sb_plan *plan, size_t at, struct sb_error *error) {
    const struct sb_instruction *from = &plan->dockerfile.instructions.items[at];
    struct sb_plan_stage stage = {.begin = at + 1};
    struct sb_span rest = from->arguments;
    sb_words words = {0};
    while (sb_span_starts(rest, "--")) {
        struct sb_span flag = sb_words_take(&rest);
        if (!sb_span_starts(flag, "--platform="))
            return sb_error_set(error, SB_ERROR_USAGE, "%.*s: no such flag", SB_SPAN(flag));
        stage.platform = sb_span_from(flag, strlen("--platform="));
    }
    sb_words_split(rest, plan->dockerfile.escape, &words);
    bool good = words.count == 1 || (words.count == 3 && is_as(words.items[1]));
    if (good) {
        stage.base = words.items[0];
        stage.name = words.count == 3 ? words.items[2] : sb_span_of(NULL, 0);
        *sb_vec_push(&plan->stages) = stage;
    }
    sb_vec_release(&words);
    return good ? 0 : sb_error_set(error, SB_ERROR_USAGE, "it takes an image, and AS with a name");
}

int sb_plan_find_stages(struct sb_plan *plan, struct sb_error *error) {
    size_t count = plan->dockerfile.instructions.count;
    for (size_t i = 0; i < count; i++) {
        const struct sb_instruction *instruction = &plan->dockerfile.instructions.items[i];
        if (!sb_span_is(instruction->name, "FROM"))
            continue;
        if (plan->stages.count)
            plan->stages.items[plan->stages.count - 1].end = i;
        if (add_stage(plan, i, error) < 0)
            return sb_plan_wrap(plan, instruction, error);
    }
    if (plan->stages.count == 0)
        return sb_error_set(error, SB_ERROR_USAGE, "%s: it has no FROM", plan->request.dockerfile);
    plan->stages.items[plan->stages.count - 1].end = count;
    return 0;
}

size_t sb_plan_find_stage(const struct sb_plan *plan, struct sb_span name, size_t before) {
    uint64_t number;
    for (size_t i = before; i-- > 0;)
        if (same_name(plan->stages.items[i].name, name))
            return i;
    return sb_number_decimal(name, before ? before - 1 : 0, &number) && before ? (size_t)number
                                                                               : SIZE_MAX;
}

/* The files of a stage, sorted by path. */
struct tree {
    SB_VEC(const struct sb_plan_entry *) list;
};

static int compare_entries(const void *a, const void *b) {
    const struct sb_plan_entry *const *x = a, *const *y = b;
    return sb_path_compare((*x)->path, (*y)->path);
}

/* The first entry that does not stand before path. */
static size_t lower_bound(const struct tree *tree, struct sb_span path) {
    size_t low = 0, high = tree->list.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sb_path_compare(tree->list.items[middle]->path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What of a stage are names of one file: what one source of one layer gave it as such. */
static uint64_t group_of(const struct sb_plan_entry *entry) {
    enum { PRIME = 1000003 };
    return ((entry->group * PRIME) + entry->layer + 1) * PRIME + entry->from;
}

static void set_item(struct sb_context_item *item, const struct sb_plan_entry *entry) {
    *item = (struct sb_context_item){.path = entry->path,
                                     .type = entry->type,
                                     .mode = entry->mode,
                                     .size = entry->size,
                                     .link = entry->link,
                                     .device = entry->device,
                                     .inode = entry->inode,
                                     .group = group_of(entry),
                                     .uid = entry->uid,
                                     .gid = entry->gid};
}

static const struct sb_plan_entry *entry_at(const struct tree *tree, struct sb_span path) {
    size_t at = lower_bound(tree, path);
    return at < tree->list.count && sb_span_equal(tree->list.items[at]->path, path)
               ? tree->list.items[at]
               : NULL;
}

static int look_in_stage(struct sb_context *context, struct sb_span path,
                         struct sb_context_item *item, struct sb_error *error) {
    (void)error;
    const struct sb_plan_entry *entry = path.size ? entry_at(context->tree, path) : NULL;
    if (path.size == 0)
        *item = (struct sb_context_item){.path = path, .type = '5', .mode = 0755};
    else if (entry)
        set_item(item, entry);
    return path.size && !entry;
}

static int each_in_stage(struct sb_context *context, struct sb_span folder, sb_context_visit *visit,
                         void *visitor, struct sb_error *error) {
    const struct tree *tree = context->tree;
    size_t skip = folder.size ? folder.size + 1 : 0;
    for (size_t i = folder.size ? lower_bound(tree, folder) + 1 : 0; i < tree->list.count; i++) {
        const struct sb_plan_entry *entry = tree->list.items[i];
        struct sb_context_item item;
        if (!sb_path_is_below(entry->path, folder))
            break;
        if (memchr(entry->path.data + skip, '/', entry->path.size - skip))
            continue;
        set_item(&item, entry);
        if (visit(visitor, &item, error) < 0)
            return -1;
    }
    return 0;
}

static struct sb_range content_in_stage(struct sb_context *context,
                                        const struct sb_context_item *item) {
    return entry_at(context->tree, item->path)->content;
}

/* twalk(3) hands no context over; twalk_r is GNU's own and no other library's. */
static void collect(const struct sb_plan *plan, struct tree *tree) {
    for (size_t i = 0; i < plan->layers.count; i++) {
        const struct sb_plan_layer *layer = &plan->layers.items[i];
        for (size_t k = 0; k < layer->entries.count; k++) {
            const struct sb_plan_entry *now = sb_plan_entry_at(plan, layer->entries.items[k].path);
            if (now && now->layer == i && !now->whiteout)
                *sb_vec_push(&tree->list) = now;
        }
    }
    sb_vec_sort(&tree->list, compare_entries);
}

void sb_plan_open_tree(struct sb_plan *plan, const struct sb_plan_stage *stage, size_t number) {
    static const struct sb_context_ops ops = {look_in_stage, each_in_stage, content_in_stage};
    struct tree *tree = sb_arena_new(&plan->arena, sizeof *tree);
    *tree = (struct tree){0};
    collect(plan, tree);
    plan->files = (struct sb_context)SB_CONTEXT_INIT;
    plan->files.ops = &ops;
    plan->files.tree = tree;
    plan->files.name = stage->name.size
                           ? sb_arena_printf(&plan->arena, "the stage %.*s", SB_SPAN(stage->name))
                           : sb_arena_printf(&plan->arena, "stage %zu", number);
}

void sb_plan_close_tree(struct sb_plan *plan) {
    if (plan->files.tree)
        sb_vec_release(&((struct tree *)(uintptr_t)plan->files.tree)->list);
    sb_context_release(&plan->files);
}

struct sb_span sb_plan_from(const struct sb_instruction *instruction) {
    struct sb_span rest = instruction->arguments, from = {0};
    if (!sb_span_is(instruction->name, "COPY"))
        return from;
    while (sb_span_starts(rest, "--")) {
        struct sb_span flag = sb_words_take(&rest);
        if (sb_span_starts(flag, "--from="))
            from = sb_span_from(flag, strlen("--from="));
    }
    return from;
}

struct sb_context *sb_plan_files(struct sb_plan *plan, struct sb_span name,
                                 struct sb_error *error) {
    const struct sb_plan *whole = plan->whole ? plan->whole : plan;
    size_t number = sb_plan_find_stage(whole, name, plan->stage);
    if (number != SIZE_MAX && whole->stages.items[number].made)
        return &whole->stages.items[number].made->files;
    sb_error_set(error, SB_ERROR_UNBUILT,
                 "--from=%.*s: no earlier stage is called that, and files of another image are not "
                 "copied natively",
                 SB_SPAN(name));
    return NULL;
}
