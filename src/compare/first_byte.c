#include "compare/first_byte.h"

#include <inttypes.h>

#include "base/time.h"
#include "compare/content.h"
#include "tar/header.h"

/* The entry whose own header lies last before the byte, or NULL where all lie behind it. */
static const struct sb_entry *entry_at(const struct sb_layer *layer, uint64_t offset) {
    const struct sb_entry *found = NULL;
    for (size_t i = 0; i < layer->entries.count; i++) {
        const struct sb_entry *entry = &layer->entries.items[i];
        if (entry->header_offset <= offset &&
            (!found || entry->header_offset > found->header_offset))
            found = entry;
    }
    return found;
}

/* The one behind it, to which extended headers belong. */
static const struct sb_entry *next_of(const struct sb_layer *layer, const struct sb_entry *entry) {
    size_t order = entry ? (size_t)entry->order + 1 : 0;
    while (order < layer->read && layer->by_order[order] == SB_REPLACED)
        order++;
    return order < layer->read ? &layer->entries.items[layer->by_order[order]] : NULL;
}

static enum sb_tar_field field_at(uint64_t offset) {
    int field = 0;
    while (field + 1 < SB_TAR_FIELDS && sb_tar_fields[field + 1].offset <= offset)
        field++;
    return (enum sb_tar_field)field;
}

static const char *value_of(struct sb_arena *arena, const struct sb_layer *layer,
                            const struct sb_entry *entry, enum sb_tar_field field) {
    switch (field) {
    case SB_TAR_MODE:
        return sb_arena_printf(arena, "%06" PRIo32, entry->full_mode);
    case SB_TAR_UID:
        return sb_arena_printf(arena, "%" PRIu32, entry->uid);
    case SB_TAR_GID:
        return sb_arena_printf(arena, "%" PRIu32, entry->gid);
    case SB_TAR_MTIME:
        return sb_time_text(arena, entry->mtime, entry->nanoseconds);
    case SB_TAR_SIZE:
        return sb_arena_printf(arena, "%" PRIu64 " bytes", sb_layer_file_of(layer, entry)->size);
    case SB_TAR_UNAME:
        return sb_arena_visible(arena, entry->names->uname);
    case SB_TAR_GNAME:
        return sb_arena_visible(arena, entry->names->gname);
    case SB_TAR_LINKNAME:
        return sb_arena_visible(arena, entry->extra->link);
    case SB_TAR_TYPEFLAG:
        return sb_arena_printf(arena, "%c", entry->type);
    case SB_TAR_NAME:
    case SB_TAR_CHKSUM:
    case SB_TAR_MAGIC:
    case SB_TAR_VERSION:
    case SB_TAR_DEVMAJOR:
    case SB_TAR_DEVMINOR:
    case SB_TAR_PREFIX:
    case SB_TAR_PAD:
    case SB_TAR_FIELDS:
        break;
    }
    return NULL;
}

static uint64_t padded_size(const struct sb_entry *entry) {
    uint64_t stored = sb_entry_stored(entry);
    return (stored + SB_TAR_BLOCK - 1) / SB_TAR_BLOCK * SB_TAR_BLOCK;
}

/* What is being named: two layers, their tars, and where they part. */
struct naming {
    struct sb_layer *a, *b;
    struct sb_range tar_a, tar_b;
    struct sb_byte_pair bytes;
    struct sb_layer_row *row;
    struct sb_arena *arena;
};

static int read_block(struct sb_range tar, uint64_t offset, unsigned char *block,
                      struct sb_error *error) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    size_t got = 0;
    if (sb_range_open((struct sb_range){tar.source, tar.offset + offset, SB_TAR_BLOCK}, &input,
                      error) < 0)
        return -1;
    return sb_input_read(input, block, SB_TAR_BLOCK, &got, error);
}

/* The checksum stands before the fields that it covers last: the reason is behind it. */
static int field_behind_checksum(const struct naming *naming, uint64_t header,
                                 enum sb_tar_field *field, struct sb_error *error) {
    unsigned char x[SB_TAR_BLOCK] = {0}, y[SB_TAR_BLOCK] = {0};
    if (read_block(naming->tar_a, header, x, error) < 0 ||
        read_block(naming->tar_b, header, y, error) < 0)
        return -1;
    for (int i = SB_TAR_CHKSUM + 1; i < SB_TAR_FIELDS; i++)
        if (!sb_span_equal(sb_tar_field_bytes(x, (enum sb_tar_field)i),
                           sb_tar_field_bytes(y, (enum sb_tar_field)i))) {
            *field = (enum sb_tar_field)i;
            break;
        }
    return 0;
}

/* In the header of x, which stands where y's does. */
static int name_field(const struct naming *naming, const struct sb_entry *x,
                      const struct sb_entry *y, struct sb_error *error) {
    struct sb_layer_row *row = naming->row;
    struct sb_arena *arena = naming->arena;
    if (!sb_layer_find(naming->b, x->path) || (y && !sb_layer_find(naming->a, y->path))) {
        bool only_a = !sb_layer_find(naming->b, x->path);
        row->first = sb_arena_printf(arena, "/%s, which only %c has",
                                     sb_arena_visible(arena, only_a ? x->path : y->path),
                                     only_a ? 'A' : 'B');
        return 0;
    }
    if (!y || y->header_offset != x->header_offset || !sb_span_equal(x->path, y->path)) {
        row->first = "the order of entries";
        row->first_a = sb_arena_printf(arena, "/%s", sb_arena_visible(arena, x->path));
        row->first_b = y ? sb_arena_printf(arena, "/%s", sb_arena_visible(arena, y->path)) : NULL;
        return 0;
    }
    enum sb_tar_field field = field_at(naming->bytes.offset - x->header_offset);
    if (field == SB_TAR_CHKSUM &&
        field_behind_checksum(naming, x->header_offset, &field, error) < 0)
        return -1;
    row->first = sb_arena_printf(arena, "/%s %s", sb_arena_visible(arena, x->path),
                                 sb_tar_fields[field].name);
    row->first_a = value_of(arena, naming->a, x, field);
    row->first_b = value_of(arena, naming->b, y, field);
    return 0;
}

static int name_byte(const struct naming *naming, struct sb_error *error) {
    struct sb_layer_row *row = naming->row;
    struct sb_arena *arena = naming->arena;
    const struct sb_byte_pair *bytes = &naming->bytes;
    const struct sb_entry *x = entry_at(naming->a, bytes->offset);
    const struct sb_entry *y = entry_at(naming->b, bytes->offset);
    uint64_t at = x ? bytes->offset - x->header_offset : 0;
    if (x && at < SB_TAR_BLOCK)
        return name_field(naming, x, y, error);
    row->first_a = bytes->a < 0 ? NULL : sb_arena_printf(arena, "0x%02x", (unsigned)bytes->a);
    row->first_b = bytes->b < 0 ? NULL : sb_arena_printf(arena, "0x%02x", (unsigned)bytes->b);
    const struct sb_entry *next = next_of(naming->a, x);
    if (x && x->type == '0' && !x->extra->sparse && at - SB_TAR_BLOCK < x->size)
        row->first = sb_arena_printf(arena, "/%s content byte %" PRIu64,
                                     sb_arena_visible(arena, x->path), at - SB_TAR_BLOCK);
    else if (x && at < SB_TAR_BLOCK + padded_size(x))
        row->first = sb_arena_printf(arena, "padding behind /%s", sb_arena_visible(arena, x->path));
    else
        row->first = next ? sb_arena_printf(arena, "/%s extended header",
                                            sb_arena_visible(arena, next->path))
                          : "the end of the tar";
    return 0;
}

int sb_first_byte_find(struct sb_layer *a, struct sb_layer *b, struct sb_layer_row *row,
                       const struct sb_spool *spool, struct sb_arena *arena,
                       struct sb_error *error) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *x = NULL;
    SB_CLEANUP(sb_input_close_at) struct sb_input *y = NULL;
    struct naming naming = {.a = a, .b = b, .row = row, .arena = arena};
    if (sb_layer_tar(a, spool, &naming.tar_a, error) < 0 ||
        sb_layer_tar(b, spool, &naming.tar_b, error) < 0 ||
        sb_range_open(naming.tar_a, &x, error) < 0 || sb_range_open(naming.tar_b, &y, error) < 0 ||
        sb_find_first_difference(x, y, &naming.bytes, error) < 0)
        return -1;
    row->first_offset = (int64_t)naming.bytes.offset;
    return name_byte(&naming, error);
}
