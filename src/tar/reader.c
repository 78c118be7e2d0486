#include "tar/reader.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "tar/header.h"
#include "tar/internal.h"

/* star keeps atime and ctime behind a shorter prefix, and marks such headers by "tar" at their end.
 */
enum { STAR_PREFIX = 131 };

void sb_tar_reader_init(struct sb_tar_reader *reader, struct sb_input *input,
                        struct sb_findings *findings, const char *where) {
    *reader = (struct sb_tar_reader){
        .input = input, .findings = findings, .where = where, .data_end = input->position};
}

void sb_tar_reader_release(struct sb_tar_reader *reader) {
    sb_arena_release(&reader->arena);
    sb_buf_release(&reader->raw);
    sb_vec_release(&reader->records);
}

static int malformed_at(struct sb_tar_reader *reader, struct sb_error *error, uint64_t offset,
                        const char *what) {
    return sb_error_set(error, SB_ERROR_MALFORMED,
                        "%s: tar header %" PRIu64 " at offset %" PRIu64 ": %s", reader->where,
                        reader->entries, offset, what);
}

/* One block; *end where the input ends before it. */
static int read_block(struct sb_tar_reader *reader, unsigned char *block, bool *end,
                      struct sb_error *error) {
    size_t got;
    uint64_t offset = reader->input->position;
    *end = false;
    if (sb_input_read(reader->input, block, SB_TAR_BLOCK, &got, error) < 0)
        return sb_error_wrap(error, "%s", reader->where);
    if (got == 0)
        *end = true;
    else if (got < SB_TAR_BLOCK)
        return malformed_at(reader, error, offset, "cut short");
    return 0;
}

/* To the header after the current data, with a look at the padding. */
static int pass_data(struct sb_tar_reader *reader, struct sb_error *error) {
    uint64_t begin = reader->input->position, end = reader->data_end, skipped;
    if (begin > end)
        SB_BUG("more was read than the entry has");
    if (sb_input_skip(reader->input, end - begin, &skipped, error) < 0)
        return sb_error_wrap(error, "%s", reader->where);
    unsigned char padding[SB_TAR_BLOCK] = {0};
    size_t size = (SB_TAR_BLOCK - end % SB_TAR_BLOCK) % SB_TAR_BLOCK, got = size;
    if (skipped == end - begin && sb_input_read(reader->input, padding, size, &got, error) < 0)
        return sb_error_wrap(error, "%s", reader->where);
    /* Data that is whole, and only its padding is not: engines take it. */
    if (skipped == end - begin && got == 0 && size) {
        char place[256];
        snprintf(place, sizeof place, "%.200s: offset %" PRIu64, reader->where, end);
        sb_finding_add(reader->findings, SB_FINDING_END_MISSING, place,
                       "the last entry is not padded to a block");
        return 0;
    }
    if (skipped < end - begin || got < size)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "%s: cut short in the data of entry %" PRIu64 ", at offset %" PRIu64,
                            reader->where, reader->entries, reader->input->position);
    size_t zeros = sb_span_zeros(sb_span_of(padding, size));
    if (zeros < size) {
        char place[256];
        snprintf(place, sizeof place, "%.200s: offset %" PRIu64, reader->where, end + zeros);
        sb_finding_add(reader->findings, SB_FINDING_PADDING, place,
                       "the padding after entry %" PRIu64 " is not zero", reader->entries);
    }
    return 0;
}

static int end_without_mark(struct sb_tar_reader *reader, struct sb_error *error) {
    char place[256];
    if (reader->has_pax || reader->has_long_name || reader->has_long_link)
        return malformed_at(reader, error, reader->input->position,
                            "the archive ends after an extended header");
    snprintf(place, sizeof place, "%.200s: offset %" PRIu64, reader->where,
             reader->input->position);
    sb_finding_add(reader->findings, SB_FINDING_END_MISSING, place,
                   "no zero blocks end the archive");
    reader->ended = true;
    reader->zero_blocks_missing = true;
    return 1;
}

/* size bytes of a GNU long name or of PAX records, into the arena; raw keeps all blocks. */
static int read_extension(struct sb_tar_reader *reader, uint64_t size, struct sb_span *text,
                          struct sb_error *error) {
    uint64_t offset = reader->input->position;
    if (size > SB_LIMIT_TAR_EXTENSION)
        return sb_error_set(error, SB_ERROR_LIMIT,
                            "%s: an extended header of %" PRIu64 " bytes at offset %" PRIu64
                            "; engines stop at 1 MiB",
                            reader->where, size, offset);
    size_t padded = ((size_t)size + SB_TAR_BLOCK - 1) / SB_TAR_BLOCK * SB_TAR_BLOCK, got;
    unsigned char *data = sb_arena_new(&reader->arena, padded + 1);
    if (sb_input_read(reader->input, data, padded, &got, error) < 0)
        return sb_error_wrap(error, "%s", reader->where);
    if (got < padded)
        return malformed_at(reader, error, offset, "cut short in an extended header");
    sb_buf_append(&reader->raw, data, padded);
    *text = sb_span_of(data, (size_t)size);
    return 0;
}

static int take_long(struct sb_tar_reader *reader, struct sb_tar_entry *entry, bool link,
                     struct sb_error *error) {
    struct sb_span text = sb_span_string("");
    bool *has = link ? &reader->has_long_link : &reader->has_long_name;
    if (read_extension(reader, entry->stored, &text, error) < 0)
        return -1;
    const unsigned char *nul = memchr(text.data, 0, text.size);
    if (nul && nul != text.data + text.size - 1)
        sb_finding_add(reader->findings, SB_FINDING_PATH_NUL, sb_tar_place(reader, entry),
                       "a NUL inside a long name");
    else if (!nul && text.size && text.data[text.size])
        sb_finding_add(reader->findings, SB_FINDING_NAME_SOURCES, sb_tar_place(reader, entry),
                       "a GNU long name that ends without a NUL, where some readers go on");
    if (nul)
        text.size = (size_t)(nul - text.data);
    if (*has || reader->has_pax)
        sb_finding_add(reader->findings, SB_FINDING_NAME_SOURCES, sb_tar_place(reader, entry),
                       *has ? "two GNU long names before one entry"
                            : "a GNU long name after a PAX header");
    *has = true;
    *(link ? &reader->long_link : &reader->long_name) = text;
    return 0;
}

static int take_pax(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                    struct sb_error *error) {
    struct sb_span text = sb_span_string("");
    if (read_extension(reader, entry->stored, &text, error) < 0)
        return -1;
    if (reader->has_pax)
        sb_finding_add(reader->findings, SB_FINDING_NAME_SOURCES, sb_tar_place(reader, entry),
                       "two PAX headers before one entry");
    reader->has_pax = true;
    reader->records.count = 0;
    if (sb_pax_parse(text, &reader->records, error) < 0)
        return sb_error_wrap(error, "%s: tar header %" PRIu64 " at offset %" PRIu64, reader->where,
                             reader->entries, entry->offset);
    return 0;
}

static int take_global(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                       struct sb_error *error) {
    struct sb_span text = sb_span_string("");
    if (read_extension(reader, entry->stored, &text, error) < 0)
        return -1;
    /* Go gives the global header out as an entry of its own, and forgets what stood before it. */
    if (reader->has_pax || reader->has_long_name || reader->has_long_link)
        sb_finding_add(reader->findings, SB_FINDING_NAME_SOURCES, sb_tar_place(reader, entry),
                       "an extended header before a global one");
    /* Podman and containerd make the folder of every name that Go gives them. */
    if (memchr(entry->name.data, '/', entry->name.size))
        sb_finding_add(reader->findings, SB_FINDING_GLOBAL_HEADER, sb_tar_place(reader, entry),
                       "a global header in a folder, which some engines make");
    sb_pax_records records = {0};
    int status = sb_pax_parse(text, &records, error);
    for (size_t i = 0; status == 0 && i < records.count; i++) {
        struct sb_span key = records.items[i].key;
        bool harmless = sb_span_is(key, "comment") || sb_span_is(key, "mtime") ||
                        sb_span_is(key, "atime") || sb_span_is(key, "ctime");
        sb_finding_add(reader->findings,
                       harmless ? SB_FINDING_GLOBAL_COMMENT : SB_FINDING_GLOBAL_HEADER,
                       sb_tar_place(reader, entry),
                       harmless ? "record %.*s" : "record %.*s, which engines ignore",
                       (int)(key.size < 100 ? key.size : 100), (const char *)key.data);
    }
    sb_vec_release(&records);
    return status < 0
               ? sb_error_wrap(error, "%s: tar header %" PRIu64, reader->where, reader->entries)
               : 0;
}

static int parse_field(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                       const unsigned char *block, enum sb_tar_field field, uint64_t highest,
                       uint64_t *value, struct sb_error *error) {
    enum sb_tar_number status = sb_tar_number_parse(sb_tar_field_bytes(block, field), value);
    char what[80];
    if (status == SB_TAR_NUMBER_BAD || *value > highest) {
        snprintf(what, sizeof what, "the %s field is no number or too large",
                 sb_tar_fields[field].name);
        return malformed_at(reader, error, reader->input->position - SB_TAR_BLOCK, what);
    }
    if (status == SB_TAR_NUMBER_ODD)
        sb_finding_add(reader->findings, SB_FINDING_TAR_NUMBER, sb_tar_place(reader, entry),
                       "the %s field has something after its number", sb_tar_fields[field].name);
    if (status == SB_TAR_NUMBER_BLANK && field == SB_TAR_SIZE && entry->type <= '0')
        sb_finding_add(reader->findings, SB_FINDING_SIZE_BLANK, sb_tar_place(reader, entry),
                       "the size field has no digits");
    return 0;
}

static int parse_numbers(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                         const unsigned char *block, struct sb_error *error) {
    uint64_t mode, major = 0, minor = 0;
    if (parse_field(reader, entry, block, SB_TAR_MODE, UINT32_MAX, &mode, error) < 0 ||
        parse_field(reader, entry, block, SB_TAR_UID, UINT32_MAX, &entry->uid, error) < 0 ||
        parse_field(reader, entry, block, SB_TAR_GID, UINT32_MAX, &entry->gid, error) < 0 ||
        parse_field(reader, entry, block, SB_TAR_SIZE, INT64_MAX - 1024, &entry->stored, error) < 0)
        return -1;
    enum sb_tar_number time =
        sb_tar_time_parse(sb_tar_field_bytes(block, SB_TAR_MTIME), &entry->mtime);
    if (time == SB_TAR_NUMBER_ODD)
        sb_finding_add(reader->findings, SB_FINDING_TAR_NUMBER, sb_tar_place(reader, entry),
                       "the mtime field has something after its number");
    if (time == SB_TAR_NUMBER_BAD)
        return malformed_at(reader, error, entry->offset,
                            "the mtime field is no number, or one beyond 64 bits");
    /* Go reads device numbers only where the magic says there are any, but there for every type. */
    bool device = entry->type == '3' || entry->type == '4';
    uint64_t highest = device ? UINT32_MAX : INT64_MAX;
    if (sb_tar_header_magic(block) != SB_TAR_V7)
        if (parse_field(reader, entry, block, SB_TAR_DEVMAJOR, highest, &major, error) < 0 ||
            parse_field(reader, entry, block, SB_TAR_DEVMINOR, highest, &minor, error) < 0)
            return -1;
    if (!device)
        major = minor = 0;
    entry->mode = (uint32_t)mode;
    entry->timed = entry->mtime != 0;
    entry->devmajor = (uint32_t)major;
    entry->devminor = (uint32_t)minor;
    return 0;
}

/* Bytes that no reader of this builder looks at. */
static void check_unused(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                         const unsigned char *block) {
    static const enum sb_tar_field texts[] = {SB_TAR_NAME, SB_TAR_LINKNAME, SB_TAR_UNAME,
                                              SB_TAR_GNAME};
    enum sb_tar_magic magic = sb_tar_header_magic(block);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct sb_span bytes = sb_tar_field_bytes(block, texts[i]);
        struct sb_span rest = sb_span_from(bytes, sb_tar_field_text(block, texts[i]).size);
        if (!sb_span_is_zero(rest) && (magic != SB_TAR_V7 || i < 2))
            sb_finding_add(reader->findings, SB_FINDING_HEADER_SLACK, sb_tar_place(reader, entry),
                           "bytes after the NUL of the %s field", sb_tar_fields[texts[i]].name);
    }
    size_t from = magic == SB_TAR_V7    ? sb_tar_fields[SB_TAR_MAGIC].offset
                  : magic == SB_TAR_GNU ? sb_tar_fields[SB_TAR_PREFIX].offset + 150
                                        : sb_tar_fields[SB_TAR_PAD].offset;
    size_t zeros = sb_span_zeros(sb_span_of(block + from, SB_TAR_BLOCK - from));
    if (from + zeros < SB_TAR_BLOCK)
        sb_finding_add(reader->findings, SB_FINDING_HEADER_SLACK, sb_tar_place(reader, entry),
                       "header byte %zu, which nobody reads, is not zero", from + zeros);
}

/* GNU tar keeps atime and ctime where ustar has the prefix; Go takes anything else there for a
 * prefix, GNU tar and bsdtar do not. Python takes whatever stands there for one, under any magic.
 */
static bool is_gnu_times(const unsigned char *block) {
    const unsigned char *prefix = block + sb_tar_fields[SB_TAR_PREFIX].offset;
    uint64_t value;
    for (size_t i = 0; i < 24; i += 12) {
        enum sb_tar_number status = sb_tar_number_parse(sb_span_of(prefix + i, 12), &value);
        if (status != SB_TAR_NUMBER_OK && status != SB_TAR_NUMBER_BLANK)
            return false;
    }
    return true;
}

static void parse_name(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                       const unsigned char *block) {
    struct sb_span name = sb_tar_field_text(block, SB_TAR_NAME);
    struct sb_span prefix = sb_tar_field_text(block, SB_TAR_PREFIX);
    enum sb_tar_magic magic = sb_tar_header_magic(block);
    bool star = magic == SB_TAR_USTAR && memcmp(block + SB_TAR_BLOCK - 4, "tar", 4) == 0;
    bool odd = magic == SB_TAR_GNU && prefix.size && !is_gnu_times(block);
    if (star && prefix.size > STAR_PREFIX)
        prefix.size = STAR_PREFIX;
    entry->name = sb_arena_copy(&reader->arena, name);
    if (prefix.size && (magic == SB_TAR_USTAR || odd))
        entry->name = sb_span_string(
            sb_arena_printf(&reader->arena, "%.*s/%.*s", SB_SPAN(prefix), SB_SPAN(name)));
    if (magic == SB_TAR_GNU && is_gnu_times(block) && prefix.size)
        entry->timed = true;
    if (prefix.size && magic != SB_TAR_USTAR)
        sb_finding_add(reader->findings, SB_FINDING_NAME_SOURCES, sb_tar_place(reader, entry),
                       odd ? "a prefix under GNU's magic, which Go takes and tar does not"
                           : "bytes where ustar has the prefix, which Python takes for one");
}

static int parse_header(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                        const unsigned char *block, struct sb_error *error) {
    if (!sb_tar_checksum_matches(block))
        return malformed_at(reader, error, reader->input->position - SB_TAR_BLOCK,
                            "the checksum is wrong");
    entry->type = block[sb_tar_fields[SB_TAR_TYPEFLAG].offset];
    entry->name = sb_arena_copy(&reader->arena, sb_tar_field_text(block, SB_TAR_NAME));
    if (parse_numbers(reader, entry, block, error) < 0)
        return -1;
    parse_name(reader, entry, block);
    entry->link = sb_arena_copy(&reader->arena, sb_tar_field_text(block, SB_TAR_LINKNAME));
    if (sb_tar_header_magic(block) != SB_TAR_V7) {
        entry->uname = sb_arena_copy(&reader->arena, sb_tar_field_text(block, SB_TAR_UNAME));
        entry->gname = sb_arena_copy(&reader->arena, sb_tar_field_text(block, SB_TAR_GNAME));
    }
    check_unused(reader, entry, block);
    return 0;
}

/* 0: an entry; 1: an extension that was taken; -1. */
static int take_extension(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                          struct sb_error *error) {
    int status;
    switch (entry->type) {
    case 'L':
    case 'K':
        status = take_long(reader, entry, entry->type == 'K', error);
        break;
    case 'x':
        status = take_pax(reader, entry, error);
        break;
    case 'g':
        status = take_global(reader, entry, error);
        reader->raw.size = 0;
        break;
    default:
        return 0;
    }
    return status < 0 ? -1 : 1;
}

/* Types that carry no data: POSIX allows a size on some, engines ignore it. */
static void check_data(struct sb_tar_reader *reader, struct sb_tar_entry *entry) {
    bool dataless = entry->type >= '1' && entry->type <= '6';
    bool directory = entry->type == 0 && sb_span_ends(entry->name, "/");
    if (entry->stored == 0 || (!dataless && !directory))
        return;
    sb_finding_add(reader->findings, SB_FINDING_DATA_ON_LINK, sb_tar_place(reader, entry),
                   "typeflag %c claims %" PRIu64 " bytes of data", entry->type ? entry->type : '0',
                   entry->stored);
    entry->stored = 0;
}

static int finish_entry(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                        struct sb_error *error) {
    entry->data_offset = reader->input->position;
    bool folder = sb_span_ends(entry->name, "/");
    if (reader->has_long_name)
        entry->name = reader->long_name;
    if (reader->has_long_link)
        entry->link = reader->long_link;
    if (reader->has_pax && sb_tar_apply_pax(reader, entry, error) < 0)
        return sb_error_wrap(error, "%s", sb_tar_place(reader, entry));
    if (entry->type == 0 && folder != sb_span_ends(entry->name, "/"))
        sb_finding_add(reader->findings, SB_FINDING_NAME_SOURCES, sb_tar_place(reader, entry),
                       "a folder by the name in its header or by its other name, not by both");
    check_data(reader, entry);
    entry->size = entry->stored;
    reader->data_end = entry->data_offset + entry->stored;
    if (reader->has_pax && sb_tar_apply_sparse(reader, entry, error) < 0)
        return sb_error_wrap(error, "%s", sb_tar_place(reader, entry));
    if (entry->type == 'S')
        return sb_error_set(error, SB_ERROR_AMBIGUOUS,
                            "%s: an old GNU sparse file, which engines refuse",
                            sb_tar_place(reader, entry));
    entry->raw = sb_buf_span(&reader->raw);
    reader->has_pax = reader->has_long_name = reader->has_long_link = false;
    reader->records.count = 0;
    return 0;
}

int sb_tar_reader_next(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                       struct sb_error *error) {
    if (reader->ended)
        return 1;
    if (pass_data(reader, error) < 0)
        return -1;
    sb_arena_reset(&reader->arena);
    reader->raw.size = 0;
    uint64_t first = reader->input->position;
    for (;;) {
        unsigned char block[SB_TAR_BLOCK];
        bool end;
        uint64_t offset = reader->input->position;
        if (read_block(reader, block, &end, error) < 0)
            return -1;
        if (end)
            return end_without_mark(reader, error);
        if (sb_tar_block_is_zero(block)) {
            if (reader->has_pax || reader->has_long_name || reader->has_long_link)
                return malformed_at(reader, error, offset,
                                    "the archive ends after an extended header");
            return sb_tar_read_end(reader, offset, error);
        }
        uint64_t highest = sb_limit_of(reader->findings, SB_LIMIT_ENTRIES);
        if (++reader->entries > highest)
            return sb_error_set(error, SB_ERROR_LIMIT,
                                "%s: more than %" PRIu64 " entries; --limit entries=N allows more",
                                reader->where, highest);
        *entry = (struct sb_tar_entry){.offset = offset, .header_offset = offset};
        sb_buf_append(&reader->raw, block, sizeof block);
        int status = parse_header(reader, entry, block, error);
        if (status == 0)
            status = take_extension(reader, entry, error);
        if (status < 0)
            return -1;
        if (status == 0)
            break;
    }
    entry->offset = first;
    return finish_entry(reader, entry, error);
}

struct sb_input *sb_tar_reader_open_data(struct sb_tar_reader *reader,
                                         const struct sb_tar_entry *entry) {
    struct sb_input *stored = sb_input_segment(reader->input, entry->stored);
    return entry->sparse ? sb_tar_expand(stored, entry->regions, entry->region_count, entry->size)
                         : stored;
}
