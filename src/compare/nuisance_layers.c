/* What passes take away from the entries of two layers, pair by pair. */
#include <inttypes.h>

#include "base/time.h"
#include "compare/nuisance.h"
#include "image/path.h"
#include "tar/header.h"

struct walking {
    struct sb_layer *a, *b;
    struct sb_range tar_a, tar_b; /* source NULL: headers are not looked at */
    struct sb_layer_row *row;
    struct sb_comparison *result;
    bool owners; /* owner-ids is on: they do not count */
    struct sb_buf raw_a, raw_b;
    struct sb_arena arena; /* of the pair at hand */
};

static const char *place(struct walking *walking, struct sb_span path) {
    const struct sb_layer_row *row = walking->row;
    struct sb_arena *arena = &walking->result->arena;
    const char *name = sb_arena_visible(arena, path);
    return row->a == row->b
               ? sb_arena_printf(arena, "layer %zu: /%s", row->a, name)
               : sb_arena_printf(arena, "layer %zu of A, %zu of B: /%s", row->a, row->b, name);
}

/* where and values are made for the first alone: there are as many as files. */
static bool counts_as_first(const struct walking *walking, enum sb_pass pass) {
    return walking->result->nuisances[pass].where == NULL;
}

static void count(struct walking *walking, enum sb_pass pass, const struct sb_entry *entry,
                  bool differs, const char *field, const char *a, const char *b) {
    const char *where = NULL;
    if (differs && counts_as_first(walking, pass)) {
        where = place(walking, entry->path);
        if (*field)
            where = sb_arena_printf(&walking->result->arena, "%s %s", where, field);
    }
    sb_nuisance_count(walking->result, pass, differs, where, a, b);
}

/* Where the header blocks of an entry begin: behind the data of the one before it. */
static uint64_t raw_start(const struct sb_layer *layer, const struct sb_entry *entry) {
    uint32_t before = entry->order ? layer->by_order[entry->order - 1] : SB_REPLACED;
    if (entry->order == 0)
        return 0;
    if (before == SB_REPLACED)
        return entry->header_offset;
    const struct sb_entry *other = &layer->entries.items[before];
    uint64_t stored = sb_entry_stored(other);
    uint64_t blocks = (stored + SB_TAR_BLOCK - 1) / SB_TAR_BLOCK;
    uint64_t start = other->header_offset + SB_TAR_BLOCK + blocks * SB_TAR_BLOCK;
    return start <= entry->header_offset ? start : entry->header_offset;
}

static int read_raw(const struct sb_layer *layer, struct sb_range tar, const struct sb_entry *entry,
                    struct sb_buf *buf, struct sb_error *error) {
    enum { MOST = 64 << 10 };
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    uint64_t start = raw_start(layer, entry), end = entry->header_offset + SB_TAR_BLOCK;
    size_t got = 0;
    buf->size = 0;
    if (end - start > MOST)
        start = entry->header_offset;
    if (end > tar.size)
        return 0;
    size_t size = (size_t)(end - start);
    if (sb_range_open((struct sb_range){tar.source, tar.offset + start, size}, &input, error) < 0 ||
        sb_input_read(input, sb_buf_reserve(buf, size), size, &got, error) < 0)
        return -1;
    buf->size = got;
    return 0;
}

static bool same_xattrs(const struct sb_entry_extra *x, const struct sb_entry_extra *y,
                        unsigned with) {
    static const struct sb_xattr_sets none = {0};
    const struct sb_xattr_sets *a = x->sets ? x->sets : &none, *b = y->sets ? y->sets : &none;
    return sb_tar_xattrs_equal(
        x->sets ? a->list[with] : x->xattrs, x->sets ? a->count[with] : x->xattr_count,
        y->sets ? b->list[with] : y->xattrs, y->sets ? b->count[with] : y->xattr_count);
}

static bool compare_times(struct walking *walking, const struct sb_entry *x,
                          const struct sb_entry *y, const char *times, const char *a,
                          const char *b) {
    struct sb_arena *arena = &walking->arena;
    bool differs = x->mtime != y->mtime || x->nanoseconds != y->nanoseconds;
    if (differs)
        count(walking, SB_PASS_FILE_TIMESTAMPS, x, true, "mtime",
              counts_as_first(walking, SB_PASS_FILE_TIMESTAMPS)
                  ? sb_time_text(arena, x->mtime, x->nanoseconds)
                  : NULL,
              counts_as_first(walking, SB_PASS_FILE_TIMESTAMPS)
                  ? sb_time_text(arena, y->mtime, y->nanoseconds)
                  : NULL);
    else
        count(walking, SB_PASS_FILE_TIMESTAMPS, x, times != NULL, times ? times : "", a, b);
    return differs || times;
}

static const char *owners_text(struct sb_arena *arena, const struct sb_entry *entry) {
    return sb_arena_printf(arena, "%s:%s", sb_arena_visible(arena, entry->names->uname),
                           sb_arena_visible(arena, entry->names->gname));
}

static bool compare_names(struct walking *walking, const struct sb_entry *x,
                          const struct sb_entry *y) {
    bool differs = !sb_span_equal(x->names->uname, y->names->uname) ||
                   !sb_span_equal(x->names->gname, y->names->gname);
    bool first = differs && counts_as_first(walking, SB_PASS_OWNER_NAMES);
    struct sb_arena *arena = &walking->arena;
    count(walking, SB_PASS_OWNER_NAMES, x, differs, "owner names",
          first ? owners_text(arena, x) : NULL, first ? owners_text(arena, y) : NULL);
    return differs;
}

static bool compare_owners(struct walking *walking, const struct sb_entry *x,
                           const struct sb_entry *y) {
    bool differs = x->uid != y->uid || x->gid != y->gid;
    struct sb_arena *arena = &walking->arena;
    count(walking, SB_PASS_OWNER_IDS, x, differs, "owner",
          differs ? sb_arena_printf(arena, "%" PRIu32 ":%" PRIu32, x->uid, x->gid) : NULL,
          differs ? sb_arena_printf(arena, "%" PRIu32 ":%" PRIu32, y->uid, y->gid) : NULL);
    return differs;
}

static bool compare_bits(struct walking *walking, const struct sb_entry *x,
                         const struct sb_entry *y) {
    bool differs = (x->full_mode & ~07777u) != (y->full_mode & ~07777u);
    bool first = differs && counts_as_first(walking, SB_PASS_FILE_MODE_REDUNDANT_BITS);
    struct sb_arena *arena = &walking->arena;
    count(walking, SB_PASS_FILE_MODE_REDUNDANT_BITS, x, differs, "mode field",
          first ? sb_arena_printf(arena, "%06" PRIo32, x->full_mode) : NULL,
          first ? sb_arena_printf(arena, "%06" PRIo32, y->full_mode) : NULL);
    return differs;
}

/* One field of both headers, where they are headers of one block: "./a", "/a", "a" are one name.
 * Longer names stand in extended headers, which are compared as such. */
static bool spelled_differently(struct walking *walking, enum sb_tar_field field) {
    struct sb_span a = sb_buf_span(&walking->raw_a), b = sb_buf_span(&walking->raw_b);
    return a.size == SB_TAR_BLOCK && b.size == SB_TAR_BLOCK &&
           !sb_span_equal(sb_tar_field_text(a.data, field), sb_tar_field_text(b.data, field)) &&
           sb_span_equal(sb_tar_field_text(a.data, SB_TAR_PREFIX),
                         sb_tar_field_text(b.data, SB_TAR_PREFIX));
}

static bool compare_paths(struct walking *walking, const struct sb_entry *x,
                          const struct sb_entry *y) {
    bool target = x->type == '1' && y->type == '1' &&
                  sb_span_equal(x->extra->link, y->extra->link) &&
                  spelled_differently(walking, SB_TAR_LINKNAME);
    bool name = spelled_differently(walking, SB_TAR_NAME), differs = name || target;
    enum sb_tar_field field = name ? SB_TAR_NAME : SB_TAR_LINKNAME;
    bool first = differs && counts_as_first(walking, SB_PASS_CANONICAL_PATHS);
    struct sb_arena *arena = &walking->arena;
    count(walking, SB_PASS_CANONICAL_PATHS, x, differs, sb_tar_fields[field].name,
          first ? sb_arena_visible(arena, sb_tar_field_text(walking->raw_a.data, field)) : NULL,
          first ? sb_arena_visible(arena, sb_tar_field_text(walking->raw_b.data, field)) : NULL);
    return differs;
}

static bool compare_xattrs(struct walking *walking, const struct sb_entry *x,
                           const struct sb_entry *y) {
    bool plain = same_xattrs(x->extra, y->extra, 0);
    bool selinux = plain && !same_xattrs(x->extra, y->extra, SB_WITH_SELINUX);
    bool overlay = plain && !same_xattrs(x->extra, y->extra, SB_WITH_OVERLAY);
    count(walking, SB_PASS_SELINUX_XATTRS, x, selinux, "security.selinux", NULL, NULL);
    count(walking, SB_PASS_OVERLAY_XATTRS, x, overlay, "trusted.overlay or user.overlay", NULL,
          NULL);
    return selinux || overlay;
}

/* The bytes between a file's data and the next header. */
static int read_padding(struct sb_range tar, const struct sb_entry *entry, struct sb_buf *buf,
                        struct sb_error *error) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    uint64_t stored = entry->type == '0' ? entry->size : 0;
    uint64_t start = entry->header_offset + SB_TAR_BLOCK + stored;
    size_t size = (size_t)((SB_TAR_BLOCK - stored % SB_TAR_BLOCK) % SB_TAR_BLOCK), got = 0;
    buf->size = 0;
    if (size == 0 || entry->extra->sparse || start + size > tar.size)
        return 0;
    if (sb_range_open((struct sb_range){tar.source, tar.offset + start, size}, &input, error) < 0 ||
        sb_input_read(input, sb_buf_reserve(buf, size), size, &got, error) < 0)
        return -1;
    buf->size = got;
    return 0;
}

static int compare_padding(struct walking *walking, const struct sb_entry *x,
                           const struct sb_entry *y, bool *differs, struct sb_error *error) {
    if (!walking->tar_a.source || x->size != y->size || x->type != '0' || y->type != '0')
        return 0;
    if (read_padding(walking->tar_a, x, &walking->raw_a, error) < 0 ||
        read_padding(walking->tar_b, y, &walking->raw_b, error) < 0)
        return -1;
    *differs = !sb_span_equal(sb_buf_span(&walking->raw_a), sb_buf_span(&walking->raw_b));
    return 0;
}

static int compare_pair(struct walking *walking, const struct sb_entry *x, const struct sb_entry *y,
                        struct sb_error *error) {
    const char *a = NULL, *b = NULL, *times = NULL, *field = NULL;
    sb_arena_reset(&walking->arena);
    if (walking->tar_a.source) {
        if (read_raw(walking->a, walking->tar_a, x, &walking->raw_a, error) < 0 ||
            read_raw(walking->b, walking->tar_b, y, &walking->raw_b, error) < 0)
            return -1;
        const struct sb_header_pair pair = {sb_buf_span(&walking->raw_a),
                                            sb_buf_span(&walking->raw_b)};
        field = sb_headers_differ(&pair, &walking->arena, &a, &b, &times);
    }
    walking->row->times += compare_times(walking, x, y, times, a, b);
    bool any = compare_names(walking, x, y);
    any = (walking->owners && compare_owners(walking, x, y)) || any;
    any = compare_bits(walking, x, y) || any;
    any = compare_xattrs(walking, x, y) || any;
    any = compare_paths(walking, x, y) || any;
    bool link = (x->type == '1') != (y->type == '1');
    bool target =
        x->type == '1' && y->type == '1' && !sb_span_equal(x->extra->link, y->extra->link);
    if (target)
        count(walking, SB_PASS_HARD_LINKS, x, true, "target",
              sb_arena_visible(&walking->arena, x->extra->link),
              sb_arena_visible(&walking->arena, y->extra->link));
    else
        count(walking, SB_PASS_HARD_LINKS, x, link, "type", x->type == '1' ? "hard link" : "file",
              y->type == '1' ? "hard link" : "file");
    bool padding = false;
    if (!field && compare_padding(walking, x, y, &padding, error) < 0)
        return -1;
    if (padding)
        field = "padding behind its data";
    count(walking, SB_PASS_TAR_FORMAT, x, field != NULL, field ? field : "", a, b);
    walking->row->form += any || link || target || field;
    return 0;
}

/* Entries of both that stand in another order: all but a longest sequence that rises on both sides
 * (patience sorting). orders: those of B, in A's order. */
static size_t longest_rising(const uint32_t *orders, size_t number) {
    uint32_t *tails = sb_memory_new(number, sizeof *tails);
    size_t length = 0;
    for (size_t i = 0; i < number; i++) {
        size_t low = 0, high = length;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (tails[middle] < orders[i])
                low = middle + 1;
            else
                high = middle;
        }
        tails[low] = orders[i];
        length += low == length;
    }
    free(tails);
    return length;
}

static void compare_order(struct walking *walking) {
    struct sb_layer *a = walking->a, *b = walking->b;
    uint32_t *orders = sb_memory_new(a->read, sizeof *orders);
    size_t common = 0;
    const struct sb_entry *first = NULL;
    for (size_t order = 0; order < a->read; order++) {
        if (a->by_order[order] == SB_REPLACED)
            continue;
        const struct sb_entry *x = &a->entries.items[a->by_order[order]];
        const struct sb_entry *y = sb_layer_find(b, x->path);
        if (!y)
            continue;
        if (common && y->order < orders[common - 1] && !first)
            first = x;
        orders[common++] = y->order;
    }
    size_t moved = common - longest_rising(orders, common);
    struct sb_nuisance *nuisance = &walking->result->nuisances[SB_PASS_FILE_ORDER];
    nuisance->pairs += common;
    nuisance->differ += moved;
    if (moved && !nuisance->where && first)
        nuisance->where = sb_arena_printf(&walking->result->arena, "%s stands in another place",
                                          place(walking, first->path));
    walking->row->form += moved;
    free(orders);
}

/* Entries that later ones of their layer replace are read by nobody. */
static void compare_replaced(struct walking *walking) {
    const struct sb_layer *a = walking->a, *b = walking->b;
    size_t x = a->read - a->entries.count, y = b->read - b->entries.count;
    struct sb_arena *arena = &walking->result->arena;
    if (x == 0 && y == 0)
        return;
    sb_nuisance_count(
        walking->result, SB_PASS_TAR_FORMAT, x != y,
        sb_arena_printf(arena, "layer %zu: entries that later ones replace", walking->row->a),
        sb_arena_printf(arena, "%zu", x), sb_arena_printf(arena, "%zu", y));
    walking->row->form += x != y;
}

static int walk(struct walking *walking, struct sb_error *error) {
    struct sb_layer *a = walking->a, *b = walking->b;
    size_t i = 0, k = 0;
    while (i < a->entries.count && k < b->entries.count) {
        const struct sb_entry *x = &a->entries.items[i], *y = &b->entries.items[k];
        int order = sb_path_compare(x->path, y->path);
        i += order <= 0;
        k += order >= 0;
        if (order == 0 && compare_pair(walking, x, y, error) < 0)
            return -1;
    }
    compare_order(walking);
    compare_replaced(walking);
    if (a->facts.end_size != b->facts.end_size) {
        sb_nuisance_count(
            walking->result, SB_PASS_TAR_FORMAT, true,
            sb_arena_printf(&walking->result->arena, "layer %zu: zeros at the end",
                            walking->row->a),
            sb_arena_printf(&walking->result->arena, "%" PRIu64 " bytes", a->facts.end_size),
            sb_arena_printf(&walking->result->arena, "%" PRIu64 " bytes", b->facts.end_size));
        walking->row->form++;
    }
    return 0;
}

int sb_nuisances_of_layers(struct sb_layer *a, struct sb_layer *b,
                           const struct sb_pass_options *options, struct sb_layer_row *row,
                           const struct sb_spool *spool, struct sb_comparison *result,
                           struct sb_error *error) {
    struct walking walking = {.a = a, .b = b, .row = row, .result = result};
    walking.owners = sb_pass_is_on(options, SB_PASS_OWNER_IDS);
    int status = sb_layer_tar(a, spool, &walking.tar_a, error) < 0 ||
                         sb_layer_tar(b, spool, &walking.tar_b, error) < 0
                     ? -1
                     : walk(&walking, error);
    sb_buf_release(&walking.raw_a);
    sb_buf_release(&walking.raw_b);
    sb_arena_release(&walking.arena);
    return status;
}
