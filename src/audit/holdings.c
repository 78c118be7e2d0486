#include "audit/holdings.h"

static uint64_t bytes_of(const struct sb_entry *entry) {
    return entry->type == '0' && !entry->whiteout ? entry->size : 0;
}

/* "usr/lib" of "usr/lib/x/y", "bin" of "bin/sh"; empty for what lies in the root itself. */
static struct sb_span folder_of(struct sb_span path) {
    size_t first = 0, second;
    while (first < path.size && path.data[first] != '/')
        first++;
    if (first == path.size)
        return sb_span_of(path.data, 0);
    for (second = first + 1; second < path.size && path.data[second] != '/';)
        second++;
    return sb_span_of(path.data, second < path.size ? second : first);
}

/* Paths are sorted, so one folder's files stand together but for those directly in it. */
static void add_to_folder(struct sb_holdings *holdings, struct sb_span path, uint64_t bytes) {
    struct sb_span folder = folder_of(path);
    if (folder.size == 0 || bytes == 0)
        return;
    for (size_t i = holdings->folders.count; i-- > 0;)
        if (sb_span_equal(holdings->folders.items[i].path, folder)) {
            holdings->folders.items[i].bytes += bytes;
            return;
        }
    *sb_vec_push(&holdings->folders) = (struct sb_holdings_folder){folder, bytes};
}

static int compare_folders(const void *a, const void *b) {
    const struct sb_holdings_folder *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? 1 : -1;
    return sb_span_compare(x->path, y->path);
}

static void count_rootfs(struct sb_holdings *holdings, const struct sb_rootfs *rootfs) {
    for (size_t i = 0; i < rootfs->nodes.count; i++) {
        const struct sb_rootfs_node *node = &rootfs->nodes.items[i];
        const struct sb_entry *entry = node->entry;
        holdings->entries++;
        holdings->bytes += bytes_of(entry);
        add_to_folder(holdings, entry->path, bytes_of(entry));
        if (entry->type == '0' && entry->mode & 06000)
            *sb_vec_push(&holdings->set_id) = entry->path;
    }
    sb_vec_sort(&holdings->folders, compare_folders);
}

static void count_layers(struct sb_holdings *holdings, const struct sb_image *image,
                         const struct sb_rootfs *rootfs) {
    struct sb_rootfs below = SB_ROOTFS_INIT;
    for (size_t i = 0; i < image->layers.count; i++) {
        struct sb_layer *layer = image->layers.items[i];
        struct sb_holdings_layer *counts = sb_vec_push(&holdings->layers);
        for (size_t k = 0; k < layer->entries.count; k++) {
            const struct sb_entry *entry = &layer->entries.items[k];
            const struct sb_rootfs_node *last = sb_rootfs_find(rootfs, entry->path);
            bool there = sb_rootfs_find(&below, entry->path) != NULL;
            counts->whiteouts += entry->whiteout || entry->opaque;
            counts->changed += !entry->whiteout && there;
            counts->fresh += !entry->whiteout && !there;
            counts->hidden += last && last->entry == entry ? 0 : bytes_of(entry);
        }
        sb_rootfs_apply(&below, layer, NULL);
    }
    sb_rootfs_release(&below);
}

int sb_holdings_find(struct sb_holdings *holdings, const struct sb_image *image,
                     const struct sb_rootfs *rootfs, const struct sb_spool *spool,
                     struct sb_error *error) {
    count_rootfs(holdings, rootfs);
    count_layers(holdings, image, rootfs);
    return sb_packages_read(&holdings->packages, rootfs, spool, error);
}

void sb_holdings_release(struct sb_holdings *holdings) {
    sb_vec_release(&holdings->set_id);
    sb_vec_release(&holdings->folders);
    sb_vec_release(&holdings->layers);
    sb_packages_release(&holdings->packages);
}
