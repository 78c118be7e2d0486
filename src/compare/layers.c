#include "compare/layers.h"

#include <inttypes.h>
#include <stdio.h>

#include "compare/content.h"
#include "image/path.h"
#include "tar/header.h"

/* One entry of a canonical layer, with its header. */
struct side {
    const struct sb_canon_item *item;
    struct sb_tar_entry header;
};

struct pair {
    const struct side *a, *b;
    const char *prefix, *where; /* where is made for the first difference */
    const struct sb_spool *spool;
    struct sb_comparison *result;
    bool brief; /* that contents differ is enough */
};

static const char *type_name(const struct side *side) {
    static const char *const names[] = {
        "file", "hard link", "symbolic link", "character device", "block device", "folder", "fifo"};
    unsigned char type = side->header.type;
    return type >= '0' && type <= '6' ? names[type - '0'] : "entry";
}

static int64_t field_offset(const struct side *side, enum sb_tar_field field) {
    const struct sb_canon_item *item = side->item;
    return item->layer ? (int64_t)(item->entry->header_offset + sb_tar_fields[field].offset)
                       : SB_NO_OFFSET;
}

static const char *place(struct sb_comparison *result, const char *prefix, struct sb_span path) {
    return sb_arena_printf(&result->arena, "%s/%s", prefix, sb_arena_visible(&result->arena, path));
}

static const struct sb_entry *entry_of(const struct sb_canon_item *item) {
    return item->layer ? sb_layer_file_of(item->layer, item->entry) : NULL;
}

static struct sb_difference *new_difference(struct pair *pair, const char *kind, const char *a,
                                            const char *b) {
    if (!pair->where)
        pair->where = place(pair->result, pair->prefix, pair->a->header.name);
    struct sb_difference *difference = sb_comparison_add(pair->result, kind, pair->where, a, b);
    difference->path = pair->where + strlen(pair->prefix) + 1;
    difference->layer_a = pair->a->item->layer;
    difference->layer_b = pair->b->item->layer;
    difference->entry_a = entry_of(pair->a->item);
    difference->entry_b = entry_of(pair->b->item);
    return difference;
}

static struct sb_difference *add(struct pair *pair, const char *kind, enum sb_tar_field field,
                                 const char *a, const char *b) {
    struct sb_difference *difference = new_difference(pair, kind, a, b);
    difference->offset_a = field_offset(pair->a, field);
    difference->offset_b = field_offset(pair->b, field);
    return difference;
}

static void compare_number(struct pair *pair, const char *kind, enum sb_tar_field field,
                           const char *format, uint64_t a, uint64_t b) {
    if (a == b)
        return;
    struct sb_arena *arena = &pair->result->arena;
    bool octal = format[1] == 'o';
    add(pair, kind, field,
        octal ? sb_arena_printf(arena, "%04" PRIo64, a) : sb_arena_printf(arena, "%" PRIu64, a),
        octal ? sb_arena_printf(arena, "%04" PRIo64, b) : sb_arena_printf(arena, "%" PRIu64, b));
}

static void compare_text(struct pair *pair, const char *kind, enum sb_tar_field field,
                         struct sb_span a, struct sb_span b) {
    if (!sb_span_equal(a, b))
        add(pair, kind, field, sb_arena_visible(&pair->result->arena, a),
            sb_arena_visible(&pair->result->arena, b));
}

static void add_xattr(struct pair *pair, struct sb_span key, const struct sb_tar_xattr *x,
                      const struct sb_tar_xattr *y) {
    struct sb_comparison *result = pair->result;
    const char *name = sb_arena_visible(&result->arena, key);
    add(pair, "xattr", SB_TAR_NAME,
        x ? sb_arena_printf(&result->arena, "%s=%s", name,
                            sb_arena_visible(&result->arena, x->value))
          : NULL,
        y ? sb_arena_printf(&result->arena, "%s=%s", name,
                            sb_arena_visible(&result->arena, y->value))
          : NULL);
}

static void compare_xattrs(struct pair *pair) {
    const struct sb_tar_entry *a = &pair->a->header, *b = &pair->b->header;
    const struct sb_tar_xattr *x = a->xattrs, *x_end = x ? x + a->xattr_count : NULL;
    const struct sb_tar_xattr *y = b->xattrs, *y_end = y ? y + b->xattr_count : NULL;
    while (x != x_end && y != y_end) {
        int order = sb_tar_xattr_compare(x, y);
        if (order < 0)
            add_xattr(pair, x->name, x, NULL);
        else if (order > 0)
            add_xattr(pair, y->name, NULL, y);
        else if (!sb_span_equal(x->value, y->value))
            add_xattr(pair, x->name, x, y);
        x += order <= 0;
        y += order >= 0;
    }
    for (; x != x_end; x++)
        add_xattr(pair, x->name, x, NULL);
    for (; y != y_end; y++)
        add_xattr(pair, y->name, NULL, y);
}

static const char *byte_text(struct sb_comparison *result, int byte, uint64_t offset,
                             const struct side *side) {
    if (byte < 0)
        return sb_arena_printf(&result->arena, "ends at byte %" PRIu64 ", %s", offset,
                               "the other goes on");
    return sb_arena_printf(&result->arena, "0x%02x at byte %" PRIu64 " of %" PRIu64, (unsigned)byte,
                           offset, side->header.size);
}

static int64_t content_offset(const struct side *side, uint64_t offset) {
    const struct sb_entry *content = sb_canon_item_content(side->item);
    return content && !content->extra->sparse
               ? (int64_t)(content->header_offset + SB_TAR_BLOCK + offset)
               : SB_NO_OFFSET;
}

static struct sb_difference_file file_of(const struct side *side) {
    const struct sb_entry *content = sb_canon_item_content(side->item);
    return (struct sb_difference_file){side->item->layer, content, side->header.name, NULL};
}

/* All that the canonical form has of an entry but its path and data. */
static const char *header_text(struct sb_comparison *result, const struct side *side) {
    const struct sb_tar_entry *header = &side->header;
    struct sb_buf text = SB_BUF_INIT;
    sb_buf_appendf(&text, "%s, mode %04o, owner %" PRIu64 ":%" PRIu64, type_name(side),
                   header->mode, header->uid, header->gid);
    if (header->uname.size || header->gname.size)
        sb_buf_appendf(&text, ", called %s:%s", sb_arena_visible(&result->arena, header->uname),
                       sb_arena_visible(&result->arena, header->gname));
    if (header->mtime || header->nanoseconds)
        sb_buf_appendf(&text, ", mtime %" PRId64 ".%09" PRIu32, header->mtime, header->nanoseconds);
    if (header->link.size)
        sb_buf_appendf(&text, ", to %s", sb_arena_visible(&result->arena, header->link));
    if (header->devmajor || header->devminor)
        sb_buf_appendf(&text, ", device %" PRIu32 ",%" PRIu32, header->devmajor, header->devminor);
    for (size_t i = 0; i < header->xattr_count; i++)
        sb_buf_appendf(&text, ", xattr %s=%s",
                       sb_arena_visible(&result->arena, header->xattrs[i].name),
                       sb_arena_visible(&result->arena, header->xattrs[i].value));
    const char *copy = (const char *)sb_arena_copy(&result->arena, sb_buf_span(&text)).data;
    sb_buf_release(&text);
    return copy;
}

static struct sb_difference_file whole_of(struct sb_comparison *result, const struct side *side) {
    struct sb_difference_file file = file_of(side);
    file.header = header_text(result, side);
    return file;
}

static const char *kind_of(struct sb_input *input, struct sb_error *error) {
    struct sb_span bytes = sb_span_of("", 0);
    if (sb_input_peek(input, &bytes, error) != 0)
        return NULL;
    if (bytes.size > SB_CONTENT_BEGINNING)
        bytes.size = SB_CONTENT_BEGINNING;
    return sb_content_kind(bytes);
}

static const char *name_kinds(struct sb_comparison *result, const char *a, const char *b) {
    if (!a || !b || strcmp(a, b) == 0)
        return a ? a : b;
    return sb_arena_printf(&result->arena, "%s in A, %s in B", a, b);
}

/* Where the contents, which are not the same by their tags or were not told apart, part. */
static int find_difference(struct pair *pair, struct sb_error *error) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *a = NULL;
    SB_CLEANUP(sb_input_close_at) struct sb_input *b = NULL;
    struct sb_byte_pair bytes;
    if (sb_canon_item_open(pair->a->item, pair->spool, &a, error) < 0 ||
        sb_canon_item_open(pair->b->item, pair->spool, &b, error) < 0)
        return -1;
    const char *a_kind = kind_of(a, error), *b_kind = kind_of(b, error);
    if (sb_find_first_difference(a, b, &bytes, error) < 0)
        return -1;
    if (bytes.a < 0 && bytes.b < 0)
        return 0;
    struct sb_difference *difference =
        new_difference(pair, "content", byte_text(pair->result, bytes.a, bytes.offset, pair->a),
                       byte_text(pair->result, bytes.b, bytes.offset, pair->b));
    difference->inside = name_kinds(pair->result, a_kind, b_kind);
    difference->file_a = file_of(pair->a);
    difference->file_b = file_of(pair->b);
    difference->offset_a = content_offset(pair->a, bytes.offset);
    difference->offset_b = content_offset(pair->b, bytes.offset);
    return 0;
}

static int compare_content(struct pair *pair, struct sb_error *error) {
    struct sb_layer *a = pair->a->item->layer, *b = pair->b->item->layer;
    const struct sb_entry *x = sb_canon_item_content(pair->a->item);
    const struct sb_entry *y = sb_canon_item_content(pair->b->item);
    if (x && y && sb_layer_same_content(a, x, b, y))
        return 0;
    bool known = x && y && a->contents == b->contents && a->contents != SB_CONTENTS_UNKNOWN;
    if (!pair->brief || !known)
        return find_difference(pair, error);
    new_difference(pair, "content", NULL, NULL);
    return 0;
}

static const char *time_text(struct pair *pair, const struct sb_tar_entry *entry) {
    struct sb_arena *arena = &pair->result->arena;
    return entry->nanoseconds
               ? sb_arena_printf(arena, "%" PRId64 ".%09" PRIu32, entry->mtime, entry->nanoseconds)
               : sb_arena_printf(arena, "%" PRId64, entry->mtime);
}

static int compare_items(struct pair *pair, struct sb_error *error) {
    const struct sb_tar_entry *a = &pair->a->header, *b = &pair->b->header;
    if (a->type != b->type) {
        struct sb_difference *difference =
            add(pair, "type", SB_TAR_TYPEFLAG, type_name(pair->a), type_name(pair->b));
        difference->file_a = whole_of(pair->result, pair->a);
        difference->file_b = whole_of(pair->result, pair->b);
        return 0;
    }
    compare_number(pair, "mode", SB_TAR_MODE, "%o", a->mode, b->mode);
    compare_number(pair, "uid", SB_TAR_UID, "%u", a->uid, b->uid);
    compare_number(pair, "gid", SB_TAR_GID, "%u", a->gid, b->gid);
    if (a->mtime != b->mtime || a->nanoseconds != b->nanoseconds)
        add(pair, "mtime", SB_TAR_MTIME, time_text(pair, a), time_text(pair, b));
    compare_text(pair, "link", SB_TAR_LINKNAME, a->link, b->link);
    compare_text(pair, "uname", SB_TAR_UNAME, a->uname, b->uname);
    compare_text(pair, "gname", SB_TAR_GNAME, a->gname, b->gname);
    if (a->devmajor != b->devmajor || a->devminor != b->devminor) {
        struct sb_arena *arena = &pair->result->arena;
        add(pair, "device", SB_TAR_DEVMAJOR,
            sb_arena_printf(arena, "%u,%u", a->devmajor, a->devminor),
            sb_arena_printf(arena, "%u,%u", b->devmajor, b->devminor));
    }
    compare_xattrs(pair);
    return a->type == '0' ? compare_content(pair, error) : 0;
}

/* The entry is in A or in B alone. */
static void add_one_sided(struct sb_comparison *result, const char *prefix, const struct side *side,
                          bool in_a) {
    bool whiteout = side->item->layer && side->item->entry->whiteout;
    const char *where = place(result, prefix, side->header.name);
    const char *what = whiteout
                           ? "whiteout"
                           : sb_arena_printf(&result->arena, "%s, mode %04o, %" PRIu64 " bytes",
                                             type_name(side), side->header.mode, side->header.size);
    struct sb_difference *difference = sb_comparison_add(
        result, whiteout ? "whiteout" : "entry", where, in_a ? what : NULL, in_a ? NULL : what);
    difference->path = where + strlen(prefix) + 1;
    *(in_a ? &difference->layer_a : &difference->layer_b) = side->item->layer;
    *(in_a ? &difference->entry_a : &difference->entry_b) = entry_of(side->item);
    *(in_a ? &difference->offset_a : &difference->offset_b) = field_offset(side, SB_TAR_NAME);
    *(in_a ? &difference->file_a : &difference->file_b) =
        whiteout ? file_of(side) : whole_of(result, side);
}

/* item is NULL behind the last. */
static struct side side_at(const struct sb_canon_layer *layer, size_t position) {
    struct side side = {0};
    if (position < layer->items.count) {
        side.item = &layer->items.items[position];
        side.header = sb_canon_item_header(layer, side.item);
    }
    return side;
}

/* Each entry of both, in the order of their paths; brief: until something differs. */
static int walk(const struct sb_canon_layer *a, const struct sb_canon_layer *b,
                const struct pair *like, struct sb_error *error) {
    struct sb_comparison *result = like->result;
    size_t i = 0, k = 0;
    while (!like->brief || result->differences.count == 0) {
        struct side x = side_at(a, i), y = side_at(b, k);
        if (!x.item && !y.item)
            return 0;
        int order = !x.item ? 1 : !y.item ? -1 : sb_path_compare(x.header.name, y.header.name);
        i += order <= 0;
        k += order >= 0;
        if (order) {
            add_one_sided(result, like->prefix, order < 0 ? &x : &y, order < 0);
            continue;
        }
        struct pair pair = *like;
        pair.a = &x;
        pair.b = &y;
        if (compare_items(&pair, error) < 0)
            return -1;
    }
    return 0;
}

/* Of one tar, or of two with one digest. What the layers below make of the root can part them. */
static bool have_one_source(const struct sb_canon_layer *a, const struct sb_canon_layer *b) {
    if (!a->source || !b->source || !sb_digest_equal(&a->source->diff_id, &b->source->diff_id))
        return false;
    return a->source->unread || b->source->unread || a->items.count == b->items.count;
}

/* What is not here is one with another by its digest, and not to be looked into. */
static int check_absent(const struct sb_layer *a, const struct sb_layer *b, const char *prefix,
                        struct sb_error *error) {
    if (a && b && a->absent && b->absent && sb_digest_equal(&a->digest, &b->digest))
        return 0;
    return sb_error_set(error, SB_ERROR_MALFORMED,
                        "%sit is not in %s (its type allows that), so it cannot be compared: pull "
                        "it with its image",
                        prefix, a && a->absent ? b && b->absent ? "either archive" : "A" : "B");
}

static bool is_absent(const struct sb_canon_layer *layer) {
    return layer->source && layer->source->absent;
}

int sb_compare_layers(const struct sb_canon_layer *a, const struct sb_canon_layer *b,
                      const struct sb_spool *spool, const char *prefix,
                      struct sb_comparison *result, struct sb_error *error) {
    const struct pair like = {.prefix = prefix, .spool = spool, .result = result};
    if (is_absent(a) || is_absent(b))
        return check_absent(a->source, b->source, prefix, error);
    return have_one_source(a, b) ? 0 : walk(a, b, &like, error);
}

int sb_layers_are_equal(const struct sb_canon_layer *a, const struct sb_canon_layer *b,
                        const struct sb_spool *spool, bool *equal, struct sb_error *error) {
    struct sb_comparison result = SB_COMPARISON_INIT;
    const struct pair like = {.prefix = "", .spool = spool, .result = &result, .brief = true};
    int status = walk(a, b, &like, error);
    *equal = result.differences.count == 0;
    sb_comparison_release(&result);
    return status;
}

static bool same_entry(const struct sb_rootfs_node *node, const struct sb_layer *layer,
                       const struct sb_entry *b) {
    const struct sb_entry *a = node->entry;
    const struct sb_entry_extra *x = a->extra, *y = b->extra;
    bool same = a->type == b->type && a->mode == b->mode && a->uid == b->uid && a->gid == b->gid &&
                x->devmajor == y->devmajor && x->devminor == y->devminor && a->size == b->size &&
                sb_span_equal(x->link, y->link) &&
                sb_tar_xattrs_equal(x->xattrs, x->xattr_count, y->xattrs, y->xattr_count);
    return same && (a->type != '0' || sb_layer_same_content(node->layer, a, layer, b));
}

size_t sb_count_repeated(const struct sb_image *image) {
    struct sb_rootfs below = SB_ROOTFS_INIT;
    size_t repeated = 0;
    for (size_t i = 0; i < image->layers.count; i++) {
        struct sb_layer *layer = image->layers.items[i];
        for (size_t k = 0; k < layer->entries.count; k++) {
            const struct sb_entry *entry = &layer->entries.items[k];
            const struct sb_rootfs_node *node = sb_rootfs_find(&below, entry->path);
            repeated += node && same_entry(node, layer, entry);
        }
        sb_rootfs_apply(&below, layer, NULL);
    }
    sb_rootfs_release(&below);
    return repeated;
}
