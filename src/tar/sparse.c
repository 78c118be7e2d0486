/* Sparse files in PAX headers, as GNU tar writes them: 0.0 and 0.1 have the map in records, 1.0 at
 * the beginning of the data (GNU tar manual, "Storing Sparse Files"). */
#include <inttypes.h>

#include "base/limits.h"
#include "base/number.h"
#include "tar/header.h"
#include "tar/internal.h"

typedef SB_VEC(uint64_t) numbers;

static int bad_map(struct sb_error *error, const char *what) {
    return sb_error_set(error, SB_ERROR_MALFORMED, "sparse file: %s", what);
}

static int push_number(numbers *map, struct sb_span text, struct sb_error *error) {
    uint64_t value;
    if (!sb_number_decimal(text, INT64_MAX - 1, &value))
        return bad_map(error, "the map has something that is no number");
    if (map->count >= 2 * (size_t)SB_LIMIT_SPARSE_REGIONS)
        return sb_error_set(error, SB_ERROR_LIMIT, "sparse file: more than %u regions",
                            SB_LIMIT_SPARSE_REGIONS);
    *sb_vec_push(map) = value;
    return 0;
}

static int map_0_0(struct sb_tar_reader *reader, numbers *map, struct sb_error *error) {
    for (size_t i = 0; i < reader->records.count; i++) {
        struct sb_pax_record *record = &reader->records.items[i];
        bool offset = sb_span_is(record->key, "GNU.sparse.offset");
        if (!offset && !sb_span_is(record->key, "GNU.sparse.numbytes"))
            continue;
        if (offset != (map->count % 2 == 0))
            return bad_map(error, "offsets and sizes do not alternate");
        if (push_number(map, record->value, error) < 0)
            return -1;
    }
    return 0;
}

static int map_0_1(struct sb_span text, numbers *map, struct sb_error *error) {
    while (text.size) {
        const unsigned char *comma = memchr(text.data, ',', text.size);
        size_t size = comma ? (size_t)(comma - text.data) : text.size;
        if (push_number(map, sb_span_of(text.data, size), error) < 0)
            return -1;
        if (comma && size + 1 == text.size)
            return bad_map(error, "the map ends in a comma");
        text = sb_span_from(text, size + 1);
    }
    return 0;
}

/* Lines of decimal numbers in whole blocks: the count of regions, then offset and size of each. */
static int map_1_0(struct sb_tar_reader *reader, struct sb_tar_entry *entry, numbers *map,
                   struct sb_error *error) {
    uint64_t wanted = 1, digits = 0, left = entry->stored;
    char number[24];
    bool counted = false;
    while (wanted > 0) {
        unsigned char block[SB_TAR_BLOCK];
        size_t got;
        if (left < SB_TAR_BLOCK)
            return bad_map(error, "the map is cut short");
        if (sb_input_read(reader->input, block, sizeof block, &got, error) < 0)
            return -1;
        if (got < sizeof block)
            return bad_map(error, "the map is cut short");
        left -= SB_TAR_BLOCK;
        for (size_t i = 0; i < sizeof block && wanted > 0; i++) {
            if (block[i] != '\n') {
                if (digits >= sizeof number)
                    return bad_map(error, "the map has a number that is too long");
                number[digits++] = (char)block[i];
                continue;
            }
            if (push_number(map, sb_span_of(number, (size_t)digits), error) < 0)
                return -1;
            digits = 0;
            wanted--;
            if (!counted) {
                counted = true;
                uint64_t count = map->items[0];
                if (count > SB_LIMIT_SPARSE_REGIONS)
                    return sb_error_set(error, SB_ERROR_LIMIT,
                                        "sparse file: %" PRIu64 " regions are too many", count);
                map->count = 0;
                wanted = 2 * count;
            }
        }
    }
    entry->data_offset = reader->input->position;
    entry->stored = left;
    return 0;
}

/* Regions in order, inside the file, and as much data as they want. */
static int set_regions(struct sb_tar_reader *reader, struct sb_tar_entry *entry, const numbers *map,
                       struct sb_error *error) {
    struct sb_tar_region *regions = sb_arena_new(&reader->arena, map->count / 2 * sizeof *regions);
    uint64_t end = 0, sum = 0;
    if (map->count % 2)
        return bad_map(error, "the map has an odd count of numbers");
    for (size_t i = 0; i < map->count / 2; i++) {
        uint64_t offset = map->items[2 * i], size = map->items[2 * i + 1];
        if (offset < end || offset > entry->size || size > entry->size - offset)
            return bad_map(error, "a region overlaps another or goes past the end");
        regions[i] = (struct sb_tar_region){offset, size};
        end = offset + size;
        sum += size;
    }
    if (sum != entry->stored)
        return bad_map(error, "the regions do not fit the data that is stored");
    entry->regions = regions;
    entry->region_count = map->count / 2;
    entry->sparse = true;
    return 0;
}

static int read_real_size(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                          struct sb_error *error) {
    const struct sb_pax_record *record = sb_pax_find(&reader->records, "GNU.sparse.realsize");
    const struct sb_pax_record *other = sb_pax_find(&reader->records, "GNU.sparse.size");
    if (record && other && !sb_span_equal(record->value, other->value))
        return sb_error_set(error, SB_ERROR_AMBIGUOUS, "sparse file: two real sizes");
    if (!record)
        record = other;
    if (!record || !sb_number_decimal(record->value, INT64_MAX - 1, &entry->size))
        return bad_map(error, "its real size is missing or no number");
    return 0;
}

/* Of a file that has no map; some readers take them all the same. */
static void report_idle_records(struct sb_tar_reader *reader, const struct sb_tar_entry *entry) {
    static const char *const keys[] = {"GNU.sparse.name", "GNU.sparse.realsize", "GNU.sparse.size",
                                       "GNU.sparse.offset", "GNU.sparse.numbytes"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (sb_pax_find(&reader->records, keys[i]))
            sb_finding_add(reader->findings, SB_FINDING_SPARSE_NAME, sb_tar_place(reader, entry),
                           "%s without a sparse map", keys[i]);
}

int sb_tar_apply_sparse(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                        struct sb_error *error) {
    const struct sb_pax_record *major = sb_pax_find(&reader->records, "GNU.sparse.major");
    const struct sb_pax_record *map_record = sb_pax_find(&reader->records, "GNU.sparse.map");
    const struct sb_pax_record *name = sb_pax_find(&reader->records, "GNU.sparse.name");
    const struct sb_pax_record *minor = sb_pax_find(&reader->records, "GNU.sparse.minor");
    bool version_1 =
        major && minor && sb_span_is(major->value, "1") && sb_span_is(minor->value, "0");
    entry->size = entry->stored;
    if ((major || minor) && !version_1 &&
        !(major && minor && sb_span_is(major->value, "0") &&
          (sb_span_is(minor->value, "0") || sb_span_is(minor->value, "1"))))
        return sb_error_set(error, SB_ERROR_AMBIGUOUS,
                            "sparse file: a version that readers take differently");
    if (!version_1 && !map_record && !sb_pax_find(&reader->records, "GNU.sparse.numblocks")) {
        report_idle_records(reader, entry);
        return 0;
    }
    if (entry->type != '0' && entry->type != 0)
        return bad_map(error, "it is no plain file");
    numbers map = {0};
    int status = read_real_size(reader, entry, error);
    if (status == 0)
        status = version_1    ? map_1_0(reader, entry, &map, error)
                 : map_record ? map_0_1(map_record->value, &map, error)
                              : map_0_0(reader, &map, error);
    if (status == 0)
        status = set_regions(reader, entry, &map, error);
    const struct sb_pax_record *blocks = sb_pax_find(&reader->records, "GNU.sparse.numblocks");
    uint64_t regions;
    if (status == 0 && blocks &&
        (!sb_number_decimal(blocks->value, SB_LIMIT_SPARSE_REGIONS, &regions) ||
         regions != map.count / 2))
        status = bad_map(error, "numblocks does not fit the map");
    sb_vec_release(&map);
    if (status == 0 && name && memchr(name->value.data, 0, name->value.size))
        status = bad_map(error, "a NUL in its name");
    if (status == 0 && name && name->value.size)
        entry->name = name->value;
    return status;
}

/* The stream that puts the holes back. */

struct expand_input {
    struct sb_input base;
    struct sb_input *stored;
    const struct sb_tar_region *regions;
    size_t count, at;
    uint64_t size;
};

static int expand_peek(struct sb_input *input, struct sb_span *bytes, struct sb_error *error) {
    static const unsigned char zeros[4096];
    struct expand_input *expand = (struct expand_input *)input;
    uint64_t position = input->position;
    if (position == expand->size)
        return 1;
    while (expand->at < expand->count &&
           position >= expand->regions[expand->at].offset + expand->regions[expand->at].size)
        expand->at++;
    uint64_t next = expand->at < expand->count ? expand->regions[expand->at].offset : expand->size;
    uint64_t left;
    if (position < next) {
        *bytes = sb_span_of(zeros, sizeof zeros);
        left = next - position;
    } else {
        int status = sb_input_peek(expand->stored, bytes, error);
        if (status)
            return status < 0 ? -1 : bad_map(error, "its data is cut short");
        left = next + expand->regions[expand->at].size - position;
    }
    if (bytes->size > left)
        bytes->size = (size_t)left;
    return 0;
}

static void expand_consume(struct sb_input *input, size_t count) {
    struct expand_input *expand = (struct expand_input *)input;
    if (expand->at < expand->count && input->position >= expand->regions[expand->at].offset)
        sb_input_consume(expand->stored, count);
}

static void expand_close(struct sb_input *input) {
    sb_input_close(((struct expand_input *)input)->stored);
    free(input);
}

struct sb_input *sb_tar_expand(struct sb_input *stored, const struct sb_tar_region *regions,
                               size_t count, uint64_t size) {
    static const struct sb_input_ops ops = {expand_peek, expand_consume, NULL, expand_close};
    struct expand_input *expand = sb_memory_new(1, sizeof *expand);
    expand->base.ops = &ops;
    expand->stored = stored;
    expand->regions = regions;
    expand->count = count;
    expand->size = size;
    return &expand->base;
}
