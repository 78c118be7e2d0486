#include "canon/rootfs.h"

#include "image/path.h"

/* What a layer removes of the layers below: a path and all below it, or only what is below it. */
struct removal {
    struct sb_span path;
    bool below_only;
    const struct sb_entry *whiteout; /* NULL: an entry of its own takes the place */
    bool hides;
};

typedef SB_VEC(struct removal) removals;

static int compare_removals(const void *a, const void *b) {
    const struct removal *x = a, *y = b;
    return sb_path_compare(x->path, y->path);
}

/* Position of the first node whose path is not before path; their count where there is none. */
static size_t position_of(const struct sb_rootfs *rootfs, struct sb_span path) {
    size_t low = 0, high = rootfs->nodes.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sb_path_compare(rootfs->nodes.items[middle].entry->path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct sb_span hidden_path(struct sb_arena *arena, const struct sb_entry *whiteout) {
    struct sb_span parent = sb_path_parent(whiteout->path);
    struct sb_span name = sb_span_from(sb_path_base(whiteout->path), 4);
    return sb_span_string(sb_arena_printf(arena, "%.*s%s%.*s", SB_SPAN(parent),
                                          parent.size ? "/" : "", SB_SPAN(name)));
}

/* An entry that replaces one of equal path removes nothing else but what lay below a folder. */
static bool covers(const struct sb_rootfs *rootfs, struct sb_span path) {
    size_t at = position_of(rootfs, path);
    if (at < rootfs->nodes.count && sb_span_equal(rootfs->nodes.items[at].entry->path, path))
        at++;
    return at < rootfs->nodes.count && sb_path_is_below(rootfs->nodes.items[at].entry->path, path);
}

static void collect_removals(const struct sb_rootfs *below, const struct sb_layer *layer,
                             struct sb_arena *arena, removals *list) {
    for (size_t i = 0; i < layer->entries.count; i++) {
        const struct sb_entry *entry = &layer->entries.items[i];
        if (!entry->whiteout && (entry->type == '5' || !covers(below, entry->path)))
            continue;
        struct removal *removal = sb_vec_push(list);
        removal->below_only = entry->opaque;
        removal->whiteout = entry->whiteout && !entry->opaque ? entry : NULL;
        removal->path = !entry->whiteout ? entry->path
                        : entry->opaque  ? sb_path_parent(entry->path)
                                         : hidden_path(arena, entry);
    }
    sb_vec_sort(list, compare_removals);
}

/* Both are sorted, and what lies below a path follows it at once: so one removal is open at a time,
 * but for an opaque folder inside another. */
static void remove_hidden(struct sb_rootfs *rootfs, removals *list) {
    size_t kept = 0, next = 0;
    struct sb_span open = {0};
    bool is_open = false;
    for (size_t i = 0; i < rootfs->nodes.count; i++) {
        struct sb_span path = rootfs->nodes.items[i].entry->path;
        bool gone = is_open && sb_path_is_below(path, open);
        is_open = gone;
        while (next < list->count && sb_path_compare(list->items[next].path, path) <= 0) {
            struct removal *removal = &list->items[next++];
            bool equal = sb_span_equal(removal->path, path);
            bool below = sb_path_is_below(path, removal->path);
            removal->hides = equal || below || gone;
            if (gone || (!equal && !below))
                continue;
            gone = below || !removal->below_only;
            open = removal->path;
            is_open = true;
        }
        if (!gone)
            rootfs->nodes.items[kept++] = rootfs->nodes.items[i];
    }
    rootfs->nodes.count = kept;
}

static void report_idle_whiteouts(struct sb_findings *findings, const struct sb_layer *layer,
                                  const removals *list) {
    for (size_t i = 0; i < list->count; i++) {
        if (!list->items[i].whiteout || list->items[i].hides)
            continue;
        struct sb_buf where = SB_BUF_INIT;
        sb_buf_appendf(&where, "%s: /", layer->name);
        sb_buf_append_visible(&where, list->items[i].whiteout->path);
        sb_finding_add(findings, SB_FINDING_WHITEOUT_NOTHING, sb_buf_string(&where),
                       "no layer below has what it hides");
        sb_buf_release(&where);
    }
}

static void report_through_link(struct sb_findings *findings, const struct sb_layer *layer,
                                const struct sb_entry *entry, struct sb_span parent) {
    struct sb_buf where = SB_BUF_INIT, folder = SB_BUF_INIT;
    sb_buf_appendf(&where, "%s: /", layer->name);
    sb_buf_append_visible(&where, entry->path);
    sb_buf_append_visible(&folder, parent);
    sb_finding_add(findings, SB_FINDING_PATH_THROUGH_LINK, sb_buf_string(&where),
                   "/%.200s is no folder in the layers below; engines differ here",
                   sb_buf_string(&folder));
    sb_buf_release(&where);
    sb_buf_release(&folder);
}

typedef SB_VEC(const struct sb_entry *) entry_list;

/* A folder 0755 0:0, as engines make those that entries need. */
static const struct sb_entry *make_folder(struct sb_rootfs *rootfs, struct sb_span path) {
    static const struct sb_owner_names none;
    struct sb_entry *folder = sb_arena_new(&rootfs->made, sizeof *folder);
    *folder = (struct sb_entry){.path = path,
                                .extra = &sb_entry_plain,
                                .type = '5',
                                .mode = 0755,
                                .full_mode = 0755,
                                .names = &none};
    return folder;
}

/* Folders on the way to a path that the layer has no entry for and that must be made, in order. */
static void add_made(struct sb_rootfs *rootfs, const struct sb_layer *layer, struct sb_span path,
                     entry_list *list) {
    for (size_t i = 1; i < path.size; i++) {
        if (path.data[i] != '/')
            continue;
        struct sb_span folder = sb_span_of(path.data, i);
        const struct sb_rootfs_node *below = sb_rootfs_find(rootfs, folder);
        const struct sb_entry *last = list->count ? list->items[list->count - 1] : NULL;
        bool known =
            last && (sb_span_equal(last->path, folder) || sb_path_is_below(last->path, folder));
        bool shown = below && (!rootfs->overlay || below->entry->type != '5');
        if (!known && !shown && !sb_layer_find(layer, folder))
            *sb_vec_push(list) = make_folder(rootfs, folder);
    }
}

/* What a layer adds: its entries, whiteouts aside, and the folders that they need. */
static void list_additions(struct sb_rootfs *rootfs, const struct sb_layer *layer,
                           entry_list *list) {
    for (size_t i = 0; i < layer->entries.count; i++) {
        const struct sb_entry *entry = &layer->entries.items[i];
        if (entry->whiteout)
            continue;
        add_made(rootfs, layer, entry->path, list);
        *sb_vec_push(list) = entry;
    }
}

/* Merges two sorted lists; of equal paths the layer's entry stays. */
static void add_entries(struct sb_rootfs *rootfs, struct sb_layer *layer) {
    SB_VEC(struct sb_rootfs_node) merged = {0};
    entry_list list = {0};
    size_t at = 0;
    list_additions(rootfs, layer, &list);
    for (size_t i = 0; i < list.count; i++) {
        int order = -1;
        while (at < rootfs->nodes.count &&
               (order = sb_path_compare(rootfs->nodes.items[at].entry->path, list.items[i]->path)) <
                   0)
            *sb_vec_push(&merged) = rootfs->nodes.items[at++];
        if (at < rootfs->nodes.count && order == 0)
            at++;
        *sb_vec_push(&merged) = (struct sb_rootfs_node){list.items[i], layer};
    }
    while (at < rootfs->nodes.count)
        *sb_vec_push(&merged) = rootfs->nodes.items[at++];
    sb_vec_release(&rootfs->nodes);
    rootfs->nodes.items = merged.items;
    rootfs->nodes.count = merged.count;
    rootfs->nodes.capacity = merged.capacity;
    sb_vec_release(&list);
}

/* Within one layer that was checked before; here a parent can only be another layer's. */
static void check_parents(const struct sb_rootfs *rootfs, const struct sb_layer *layer,
                          struct sb_findings *findings) {
    SB_VEC(const struct sb_rootfs_node *) parents = {0};
    for (size_t i = 0; i < rootfs->nodes.count; i++) {
        const struct sb_rootfs_node *node = &rootfs->nodes.items[i];
        while (parents.count &&
               !sb_path_is_below(node->entry->path, parents.items[parents.count - 1]->entry->path))
            parents.count--;
        const struct sb_rootfs_node *parent =
            parents.count ? parents.items[parents.count - 1] : NULL;
        if (parent && parent->entry->type != '5' && node->layer == layer)
            report_through_link(findings, layer, node->entry, parent->entry->path);
        *sb_vec_push(&parents) = node;
    }
    sb_vec_release(&parents);
}

/* A whiteout whose folder is a link in a layer below: engines follow it, this does not. */
static void check_whiteout_parents(const struct sb_rootfs *below, const struct sb_layer *layer,
                                   struct sb_findings *findings) {
    for (size_t i = 0; i < layer->entries.count; i++) {
        const struct sb_entry *entry = &layer->entries.items[i];
        for (size_t at = 0; entry->whiteout && at < entry->path.size; at++) {
            if (entry->path.data[at] != '/')
                continue;
            struct sb_span parent = sb_span_of(entry->path.data, at);
            const struct sb_rootfs_node *node = sb_rootfs_find(below, parent);
            const struct sb_entry *own = sb_layer_find(layer, parent);
            if (node && node->entry->type != '5' && !(own && own->type == '5'))
                report_through_link(findings, layer, entry, parent);
        }
    }
}

void sb_rootfs_apply(struct sb_rootfs *rootfs, struct sb_layer *layer,
                     struct sb_findings *findings) {
    check_whiteout_parents(rootfs, layer, findings);
    struct sb_arena arena = SB_ARENA_INIT;
    removals list = {0};
    collect_removals(rootfs, layer, &arena, &list);
    remove_hidden(rootfs, &list);
    report_idle_whiteouts(findings, layer, &list);
    add_entries(rootfs, layer);
    check_parents(rootfs, layer, findings);
    sb_vec_release(&list);
    sb_arena_release(&arena);
}

void sb_rootfs_release(struct sb_rootfs *rootfs) {
    sb_vec_release(&rootfs->nodes);
    sb_arena_release(&rootfs->made);
}

const struct sb_rootfs_node *sb_rootfs_find(const struct sb_rootfs *rootfs, struct sb_span path) {
    size_t at = position_of(rootfs, path);
    const struct sb_rootfs_node *node = &rootfs->nodes.items[at];
    return at < rootfs->nodes.count && sb_span_equal(node->entry->path, path) ? node : NULL;
}

/* A group of hard links is known by its layer and the order of its file. */
struct link_group {
    const struct sb_layer *layer;
    size_t file;
    size_t position; /* in the root filesystem */
};

static int compare_groups(const void *a, const void *b) {
    const struct link_group *x = a, *y = b;
    if (x->layer != y->layer)
        return x->layer < y->layer ? -1 : 1;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return (x->position > y->position) - (x->position < y->position);
}

/* For each node the entry that carries its file's data, NULL where that is its own; NULL where no
 * layer has hard links. */
static const struct sb_entry **find_leaders(const struct sb_rootfs *rootfs) {
    size_t count = rootfs->nodes.count;
    SB_VEC(struct link_group) groups = {0};
    for (size_t i = 0; i < count; i++) {
        const struct sb_rootfs_node *node = &rootfs->nodes.items[i];
        if (node->layer->hard_links == 0 || node->entry->type == '5')
            continue;
        size_t file = sb_layer_file_of(node->layer, node->entry)->order;
        *sb_vec_push(&groups) = (struct link_group){node->layer, file, i};
    }
    if (groups.count == 0)
        return NULL;
    const struct sb_entry **leaders = sb_memory_new(count, sizeof *leaders);
    sb_vec_sort(&groups, compare_groups);
    for (size_t i = 0, first = 0; i < groups.count; i++) {
        if (groups.items[i].layer != groups.items[first].layer ||
            groups.items[i].file != groups.items[first].file)
            first = i;
        if (i != first)
            leaders[groups.items[i].position] =
                rootfs->nodes.items[groups.items[first].position].entry;
    }
    sb_vec_release(&groups);
    return leaders;
}

void sb_rootfs_make_layer(const struct sb_rootfs *rootfs, const struct sb_pass_options *options,
                          struct sb_canon_layer *layer) {
    const struct sb_entry **leaders = find_leaders(rootfs);
    layer->options = options;
    for (size_t i = 0; i < rootfs->nodes.count; i++) {
        const struct sb_rootfs_node *node = &rootfs->nodes.items[i];
        struct sb_canon_item item = {node->layer, {node->entry}, leaders ? leaders[i] : NULL};
        struct sb_span path = node->entry->path;
        if (sb_pass_excludes(options, path))
            continue;
        struct sb_tar_entry header = sb_canon_item_header(layer, &item);
        if (path.size || !sb_canon_root_is(&sb_canon_root_initial, &header))
            *sb_vec_push(&layer->items) = item;
    }
    free(leaders);
}

void sb_rootfs_of_image(struct sb_rootfs *rootfs, struct sb_archive *archive,
                        const struct sb_image *image) {
    for (size_t i = 0; i < image->layers.count; i++)
        sb_rootfs_apply(rootfs, image->layers.items[i], archive->findings);
}

int sb_rootfs_hash(const struct sb_rootfs *rootfs, const struct sb_pass_options *options,
                   const struct sb_spool *spool, struct sb_digest *digest, struct sb_error *error) {
    struct sb_canon_layer layer = {0};
    sb_rootfs_make_layer(rootfs, options, &layer);
    int status = sb_canon_layer_hash(&layer, spool, error);
    *digest = layer.digest;
    sb_canon_layer_release(&layer);
    return status;
}
