/* What makes the entries of one layer contradict each other. */
#include <stdio.h>

#include "image/internal.h"
#include "image/path.h"

const char *sb_layer_place(struct sb_layer *layer, const struct sb_entry *entry) {
    struct sb_buf name = SB_BUF_INIT;
    sb_buf_append_visible(&name, entry->path);
    const char *text =
        sb_arena_printf(&layer->arena, "%s: /%.300s", layer->name, sb_buf_string(&name));
    sb_buf_release(&name);
    return text;
}

static int compare_positions(const void *a, const void *b, void *entries) {
    const struct sb_entry *items = entries;
    const struct sb_entry *x = &items[*(const uint32_t *)a], *y = &items[*(const uint32_t *)b];
    int order = sb_path_compare(x->path, y->path);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* qsort may need as much memory again as what it sorts: it gets positions, not entries. */
static void sort_by_path(struct sb_entry *items, size_t count) {
    uint32_t *from = sb_memory_new(count, sizeof *from);
    for (size_t i = 0; i < count; i++)
        from[i] = (uint32_t)i;
    qsort_r(from, count, sizeof *from, compare_positions, items);
    for (size_t i = 0; i < count; i++) {
        struct sb_entry first = items[i];
        size_t at = i;
        while (from[at] != i && from[at] != at) {
            size_t next = from[at];
            items[at] = items[next];
            from[at] = (uint32_t)at;
            at = next;
        }
        if (at != i) {
            items[at] = first;
            from[at] = (uint32_t)at;
        }
    }
    free(from);
}

static bool has_link_to(const struct sb_layer *layer, struct sb_span path) {
    for (size_t i = 0; i < layer->entries.count; i++)
        if (layer->entries.items[i].type == '1' &&
            sb_span_equal(layer->entries.items[i].extra->link, path))
            return true;
    return false;
}

/* Two entries of one path that make the same of it: times and names of owners may differ. A hard
 * link could lead to the first. */
static bool are_alike(const struct sb_layer *layer, const struct sb_entry *a,
                      const struct sb_entry *b) {
    const struct sb_entry_extra *x = a->extra, *y = b->extra;
    return a->type == b->type && a->mode == b->mode && a->uid == b->uid && a->gid == b->gid &&
           sb_span_equal(x->link, y->link) && x->devmajor == y->devmajor &&
           x->devminor == y->devminor &&
           sb_tar_xattrs_equal(x->xattrs, x->xattr_count, y->xattrs, y->xattr_count) &&
           (a->type != '0' || sb_layer_same_content(layer, a, layer, b)) &&
           !has_link_to(layer, a->path);
}

/* Sorts, and of entries with one path keeps the last. */
static void sort_entries(struct sb_layer *layer, struct sb_findings *findings) {
    struct sb_entry *items = layer->entries.items;
    size_t kept = 0;
    if (layer->facts.unsorted)
        sort_by_path(items, layer->entries.count);
    layer->by_order = sb_memory_new(layer->read, sizeof *layer->by_order);
    memset(layer->by_order, 0xff, layer->read * sizeof *layer->by_order);
    for (size_t i = 0; i < layer->entries.count; i++) {
        if (kept && sb_span_equal(items[kept - 1].path, items[i].path)) {
            bool alike = are_alike(layer, &items[kept - 1], &items[i]);
            sb_finding_add(findings, alike ? SB_FINDING_PATH_REPEATED : SB_FINDING_PATH_DUPLICATE,
                           sb_layer_place(layer, &items[i]),
                           "the path is there twice in the layer%s",
                           alike ? ", and both entries say the same: Docker with graph drivers "
                                   "and Podman refuse it, containerd's store takes it"
                                 : "");
            kept--;
        }
        items[kept++] = items[i];
    }
    layer->entries.count = kept;
    for (size_t i = 0; i < kept; i++)
        layer->by_order[items[i].order] = (uint32_t)i;
}

static int check_parents(struct sb_layer *layer, struct sb_findings *findings,
                         struct sb_error *error) {
    SB_VEC(const struct sb_entry *) parents = {0};
    int status = 0;
    for (size_t i = 0; i < layer->entries.count && status == 0; i++) {
        const struct sb_entry *entry = &layer->entries.items[i];
        while (parents.count &&
               !sb_path_is_below(entry->path, parents.items[parents.count - 1]->path))
            parents.count--;
        const struct sb_entry *parent = parents.count ? parents.items[parents.count - 1] : NULL;
        if (parent && parent->type == '2')
            sb_finding_add(findings, SB_FINDING_PATH_THROUGH_LINK, sb_layer_place(layer, entry),
                           "it lies below a symbolic link, through which engines write");
        else if (parent && parent->type != '5')
            status = sb_error_set(error, SB_ERROR_MALFORMED, "%s: lies below a file",
                                  sb_layer_place(layer, entry));
        *sb_vec_push(&parents) = entry;
    }
    sb_vec_release(&parents);
    return status;
}

/* A symbolic link is 0777 under every name. */
static void copy_owner(struct sb_entry *to, const struct sb_entry *from) {
    if (to->type != '2' && (to->type != '1' || from->type != '2')) {
        to->mode = from->mode;
        to->full_mode = from->full_mode;
    }
    to->uid = from->uid;
    to->gid = from->gid;
}

static const struct sb_tar_xattr *find_xattr(const struct sb_entry *entry,
                                             const struct sb_tar_xattr *wanted) {
    for (size_t i = 0; i < entry->extra->xattr_count; i++)
        if (sb_tar_xattr_compare(&entry->extra->xattrs[i], wanted) == 0)
            return &entry->extra->xattrs[i];
    return NULL;
}

/* Engines set a link's attributes on the file that all its names share; and their chown for the
 * link clears a capability that its header does not set again (Docker; Podman keeps it). */
static void check_link_xattrs(struct sb_layer *layer, const struct sb_entry *link,
                              const struct sb_entry *file, struct sb_findings *findings) {
    static const struct sb_tar_xattr capability = {
        {(const unsigned char *)"security.capability", 19}, {NULL, 0}, false};
    for (size_t i = 0; i < link->extra->xattr_count; i++) {
        const struct sb_tar_xattr *same = find_xattr(file, &link->extra->xattrs[i]);
        if (!same || !sb_span_equal(same->value, link->extra->xattrs[i].value))
            sb_finding_add(findings, SB_FINDING_XATTR, sb_layer_place(layer, link),
                           "a hard link with extended attributes that its file has not");
    }
    if (find_xattr(file, &capability) && !find_xattr(link, &capability))
        sb_finding_add(findings, SB_FINDING_XATTR, sb_layer_place(layer, link),
                       "a hard link without the security.capability of its file, which Docker "
                       "loses by it and Podman keeps");
}

/* A target is an earlier entry of the same layer and no folder; links to links lead to the first.
 */
static int check_hard_link(struct sb_layer *layer, struct sb_entry *entry,
                           struct sb_findings *findings, struct sb_error *error) {
    const struct sb_entry *target = sb_layer_find(layer, entry->extra->link);
    if (target == entry) {
        sb_finding_add(findings, SB_FINDING_LINK_PATH, sb_layer_place(layer, entry),
                       "a hard link to itself");
        return sb_error_set(error, SB_ERROR_AMBIGUOUS, "%s: a hard link to itself",
                            sb_layer_place(layer, entry));
    }
    if (!target || target->order > entry->order)
        return sb_error_set(
            error, layer->entries.count < layer->read ? SB_ERROR_AMBIGUOUS : SB_ERROR_MALFORMED,
            "%s: a hard link to '%.*s', which is not an earlier entry",
            sb_layer_place(layer, entry),
            (int)(entry->extra->link.size < 200 ? entry->extra->link.size : 200),
            (const char *)entry->extra->link.data);
    if (target->type == '5' || target->whiteout)
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: a hard link to a %s",
                            sb_layer_place(layer, entry), target->whiteout ? "whiteout" : "folder");
    entry->target = target->type == '1' ? target->target : target->order;
    struct sb_entry *file = &layer->entries.items[layer->by_order[entry->target]];
    if (file->mode != entry->mode || file->uid != entry->uid || file->gid != entry->gid)
        sb_finding_add(findings, SB_FINDING_HARDLINK_OWNER, sb_layer_place(layer, entry),
                       "its mode or owner is not that of /%.*s; the last one counts",
                       (int)(file->path.size < 200 ? file->path.size : 200),
                       (const char *)file->path.data);
    check_link_xattrs(layer, entry, file, findings);
    copy_owner(file, entry);
    layer->hard_links++;
    return 0;
}

/* In the layer's order, so that a link to a link finds its target resolved, and the last link's
 * mode and owner are those of all names. */
static int check_hard_links(struct sb_layer *layer, struct sb_findings *findings,
                            struct sb_error *error) {
    for (size_t order = 0; order < layer->read; order++) {
        if (layer->by_order[order] == SB_REPLACED)
            continue;
        struct sb_entry *entry = &layer->entries.items[layer->by_order[order]];
        if (entry->type == '1' && check_hard_link(layer, entry, findings, error) < 0)
            return -1;
    }
    for (size_t i = 0; i < layer->entries.count && layer->hard_links; i++) {
        struct sb_entry *entry = &layer->entries.items[i];
        if (entry->type == '1')
            copy_owner(entry, &layer->entries.items[layer->by_order[entry->target]]);
    }
    return 0;
}

/* Whether a folder between the two has no entry before that order: engines keep what has one when
 * they empty the folder, and remove the others whole. */
static bool lies_in_made_folder(const struct sb_layer *layer, const struct sb_entry *entry,
                                struct sb_span folder, uint32_t order) {
    for (struct sb_span at = sb_path_parent(entry->path); at.size > folder.size;
         at = sb_path_parent(at)) {
        const struct sb_entry *own = sb_layer_find(layer, at);
        if (!own || own->order > order)
            return true;
    }
    return false;
}

/* Docker's own layers have the marker before what else is in its folder. */
static void check_opaque_order(struct sb_layer *layer, const struct sb_entry *marker,
                               struct sb_findings *findings) {
    struct sb_span folder = sb_path_parent(marker->path);
    for (size_t i = sb_layer_position(layer, folder); i < layer->entries.count; i++) {
        const struct sb_entry *entry = &layer->entries.items[i];
        if (!sb_path_is_below(entry->path, folder) && !sb_span_equal(entry->path, folder))
            return;
        if (entry->order < marker->order && sb_path_is_below(entry->path, folder) &&
            lies_in_made_folder(layer, entry, folder, marker->order)) {
            sb_finding_add(findings, SB_FINDING_WHITEOUT, sb_layer_place(layer, entry),
                           "it stands before the opaque marker of /%.*s, in a folder without an "
                           "entry before it: engines remove it",
                           (int)(folder.size < 200 ? folder.size : 200), (const char *)folder.data);
            return;
        }
        if (entry->order < marker->order && sb_path_is_below(entry->path, folder)) {
            sb_finding_add(findings, SB_FINDING_WHITEOUT_ORDER, sb_layer_place(layer, marker),
                           "the marker stands after entries of its folder");
            return;
        }
    }
}

static bool has_at_or_below(const struct sb_layer *layer, struct sb_span path) {
    size_t at = sb_layer_position(layer, path);
    if (at == layer->entries.count)
        return false;
    struct sb_span found = layer->entries.items[at].path;
    return sb_span_equal(found, path) || sb_path_is_below(found, path);
}

static int check_whiteout(struct sb_layer *layer, struct sb_entry *entry,
                          struct sb_findings *findings, struct sb_error *error) {
    struct sb_span name = sb_span_from(sb_path_base(entry->path), 4);
    if (entry->size || entry->extra->xattr_count || entry->type != '0')
        sb_finding_add(findings, SB_FINDING_WHITEOUT, sb_layer_place(layer, entry),
                       "a whiteout with data, attributes or another type");
    if (sb_span_is(name, ".") || sb_span_is(name, ".."))
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: a whiteout of . or ..",
                            sb_layer_place(layer, entry));
    if (!entry->opaque && (sb_span_starts(name, ".wh.") || name.size == 0))
        sb_finding_add(findings, SB_FINDING_WHITEOUT, sb_layer_place(layer, entry),
                       "a name that only aufs knows");
    if (entry->opaque)
        check_opaque_order(layer, entry, findings);
    struct sb_buf hidden = SB_BUF_INIT;
    sb_buf_append_span(&hidden, sb_path_parent(entry->path));
    if (hidden.size)
        sb_buf_append_byte(&hidden, '/');
    sb_buf_append_span(&hidden, name);
    if (!entry->opaque && has_at_or_below(layer, sb_buf_span(&hidden)))
        sb_finding_add(findings, SB_FINDING_WHITEOUT, sb_layer_place(layer, entry),
                       "what it hides is in the same layer");
    sb_buf_release(&hidden);
    entry->type = '0';
    entry->mode = 0644;
    entry->uid = entry->gid = 0;
    entry->size = 0;
    entry->extra = &sb_entry_plain;
    return 0;
}

int sb_layer_check(struct sb_layer *layer, struct sb_findings *findings, struct sb_error *error) {
    sort_entries(layer, findings);
    if (check_parents(layer, findings, error) < 0)
        return -1;
    for (size_t i = 0; i < layer->entries.count; i++) {
        struct sb_entry *entry = &layer->entries.items[i];
        /* Linux has 12 bits of a major number and 20 of a minor one. */
        if (entry->type == '3' && entry->extra->devmajor % (1u << 12) == 0 &&
            entry->extra->devminor % (1u << 20) == 0)
            sb_finding_add(findings, SB_FINDING_DEVICE_ZERO, sb_layer_place(layer, entry),
                           "device 0,0, which overlayfs takes for a whiteout");
        if (entry->whiteout && check_whiteout(layer, entry, findings, error) < 0)
            return -1;
    }
    return check_hard_links(layer, findings, error);
}
