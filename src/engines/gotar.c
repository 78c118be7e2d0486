#include "engines/gotar.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "tar/header.h"
#include "tar/pax.h"

enum { NAME_SIZE = 100, PREFIX_SIZE = 155, OWNER_SIZE = 32 };
static const uint64_t octal_max_8 = 07777777, octal_max_12 = UINT64_C(077777777777);

uint32_t sb_gotar_type_bits(unsigned char typeflag) {
    return typeflag == '5' ? 0040000 : typeflag == '2' ? 0120000 : 0100000;
}

/* Zero where it does not fit: the PAX record has it. */
static void put_octal(unsigned char *block, enum sb_tar_field field, uint64_t value) {
    unsigned char *at = block + sb_tar_fields[field].offset;
    if (value > (sb_tar_fields[field].size == 8 ? octal_max_8 : octal_max_12))
        value = 0;
    for (size_t i = sb_tar_fields[field].size - 1; i-- > 0; value >>= 3)
        at[i] = (unsigned char)('0' + (value & 7));
}

/* Cut to the field; where that leaves a slash at the end, it goes. */
static void put_text(unsigned char *block, enum sb_tar_field field, struct sb_span text) {
    unsigned char *at = block + sb_tar_fields[field].offset;
    size_t size = sb_tar_fields[field].size;
    if (text.size == 0)
        return;
    memcpy(at, text.data, text.size < size ? text.size : size);
    if (text.size > size)
        for (size_t i = size; i-- > 0 && at[i] == '/';)
            at[i] = 0;
}

static bool is_ascii(struct sb_span text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] >= 0x80 || text.data[i] == 0)
            return false;
    return true;
}

static struct sb_span to_ascii(struct sb_arena *arena, struct sb_span text) {
    if (is_ascii(text))
        return text;
    unsigned char *ascii = sb_arena_new(arena, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < 0x80 && text.data[i])
            ascii[size++] = text.data[i];
    return sb_span_of(ascii, size);
}

/* Cuts a long name at a slash into prefix and name; false where that cannot be. */
static bool split(struct sb_span whole, struct sb_span *prefix, struct sb_span *name) {
    size_t size = whole.size;
    if (size <= NAME_SIZE || !is_ascii(whole))
        return false;
    if (size > PREFIX_SIZE + 1)
        size = PREFIX_SIZE + 1;
    else if (whole.data[size - 1] == '/')
        size--;
    while (size > 0 && whole.data[size - 1] != '/')
        size--;
    if (size <= 1 || size - 1 > PREFIX_SIZE)
        return false;
    *prefix = sb_span_of(whole.data, size - 1);
    *name = sb_span_from(whole, size);
    return name->size > 0 && name->size <= NAME_SIZE;
}

static void put_checksum(unsigned char *block) {
    unsigned char *checksum = block + sb_tar_fields[SB_TAR_CHKSUM].offset;
    unsigned sum = 0;
    memset(checksum, ' ', 8);
    for (size_t i = 0; i < SB_TAR_BLOCK; i++)
        sum += block[i];
    for (int i = 5; i >= 0; i--, sum >>= 3)
        checksum[i] = (unsigned char)('0' + (sum & 7));
    checksum[6] = 0;
}

static enum sb_heading heading_of(const struct sb_gotar_entry *entry, enum sb_tar_field field) {
    switch ((int)field) {
    case SB_TAR_NAME:
    case SB_TAR_PREFIX:
    case SB_TAR_LINKNAME:
        return entry->name_heading;
    case SB_TAR_MODE:
        return entry->mode_heading;
    case SB_TAR_MTIME:
        return entry->time_heading;
    case SB_TAR_UID:
    case SB_TAR_GID:
        return entry->uid || entry->gid ? SB_HEADING_SOURCE : SB_HEADING_PROFILE;
    case SB_TAR_SIZE:
    case SB_TAR_CHKSUM:
        return SB_HEADING_DERIVED;
    case SB_TAR_UNAME:
        return entry->uname.size ? SB_HEADING_FACT : SB_HEADING_PROFILE;
    case SB_TAR_GNAME:
        return entry->gname.size ? SB_HEADING_FACT : SB_HEADING_PROFILE;
    default:
        return SB_HEADING_PROFILE;
    }
}

static void append_block(struct sb_marked *out, unsigned char *block,
                         const struct sb_gotar_entry *entry) {
    put_checksum(block);
    for (int field = 0; field < SB_TAR_FIELDS; field++)
        sb_marked_append(out, heading_of(entry, (enum sb_tar_field)field),
                         sb_tar_fields[field].name,
                         sb_tar_field_bytes(block, (enum sb_tar_field)field));
}

static void start_block(unsigned char *block, unsigned char type) {
    block[sb_tar_fields[SB_TAR_TYPEFLAG].offset] = type;
    memcpy(block + sb_tar_fields[SB_TAR_MAGIC].offset, "ustar", 5);
    memcpy(block + sb_tar_fields[SB_TAR_VERSION].offset, "00", 2);
}

/* A PAX record and the heading of its value. */
struct record {
    const char *key;
    struct sb_span value;
    enum sb_heading heading;
};

struct records {
    struct record items[8]; /* sorted by key, as Go writes them */
    size_t count;
};

static void add_record(struct records *records, const char *key, struct sb_span value,
                       enum sb_heading heading) {
    records->items[records->count++] = (struct record){key, value, heading};
}

static void add_number(struct records *records, struct sb_arena *arena, const char *key,
                       int64_t value, int64_t highest, enum sb_heading heading) {
    if (value < 0 || value > highest)
        add_record(records, key, sb_span_string(sb_arena_printf(arena, "%" PRId64, value)),
                   heading);
}

static void add_text(struct records *records, const char *key, struct sb_span text, size_t size,
                     enum sb_heading heading) {
    if (text.size > size || !is_ascii(text))
        add_record(records, key, text, heading);
}

static void find_records(struct records *records, struct sb_arena *arena,
                         const struct sb_gotar_entry *entry, uint64_t size) {
    struct sb_span prefix, name;
    add_number(records, arena, "gid", entry->gid, (int64_t)octal_max_8, SB_HEADING_SOURCE);
    add_text(records, "gname", entry->gname, OWNER_SIZE, SB_HEADING_FACT);
    add_text(records, "linkpath", entry->link, NAME_SIZE, entry->name_heading);
    add_number(records, arena, "mtime", entry->mtime, (int64_t)octal_max_12, entry->time_heading);
    if (!split(entry->name, &prefix, &name))
        add_text(records, "path", entry->name, NAME_SIZE, entry->name_heading);
    add_number(records, arena, "size", (int64_t)size, (int64_t)octal_max_12, SB_HEADING_DERIVED);
    add_number(records, arena, "uid", entry->uid, (int64_t)octal_max_8, SB_HEADING_SOURCE);
    add_text(records, "uname", entry->uname, OWNER_SIZE, SB_HEADING_FACT);
}

/* path.Join(dir, "PaxHeaders.0", base) of a cleaned name, without what is not ASCII, cut. */
static struct sb_span pax_name(struct sb_arena *arena, struct sb_span name) {
    size_t end = name.size && name.data[name.size - 1] == '/' ? name.size - 1 : name.size;
    size_t base = end;
    /* path.Split of a folder's name leaves an empty base: the folder is the whole name. */
    if (end == name.size)
        while (base > 0 && name.data[base - 1] != '/')
            base--;
    struct sb_span joined = sb_span_string(sb_arena_printf(
        arena, "%.*s%sPaxHeaders.0%s%.*s",
        (int)(base && name.data[base - 1] == '/' ? base - 1 : base), (const char *)name.data,
        base ? "/" : "", end > base ? "/" : "", (int)(end - base), (const char *)name.data + base));
    joined = to_ascii(arena, joined);
    if (joined.size > NAME_SIZE)
        joined.size = NAME_SIZE;
    while (joined.size && joined.data[joined.size - 1] == '/')
        joined.size--;
    return joined;
}

static void append_records(struct sb_marked *out, const struct records *records,
                           const struct sb_gotar_entry *entry) {
    struct sb_buf text = SB_BUF_INIT;
    size_t sizes[8] = {0};
    for (size_t i = 0; i < records->count; i++) {
        size_t before = text.size;
        sb_pax_append(&text, sb_span_string(records->items[i].key), records->items[i].value);
        sizes[i] = text.size - before;
    }
    unsigned char block[SB_TAR_BLOCK] = {0};
    struct sb_gotar_entry header = {.name_heading = entry->name_heading,
                                    .mode_heading = SB_HEADING_PROFILE,
                                    .time_heading = SB_HEADING_PROFILE};
    put_text(block, SB_TAR_NAME, pax_name(&out->arena, entry->name));
    put_octal(block, SB_TAR_MODE, 0);
    put_octal(block, SB_TAR_UID, 0);
    put_octal(block, SB_TAR_GID, 0);
    put_octal(block, SB_TAR_SIZE, text.size);
    put_octal(block, SB_TAR_MTIME, 0);
    start_block(block, 'x');
    append_block(out, block, &header);
    size_t at = 0;
    for (size_t i = 0; i < records->count; i++) {
        const struct record *record = &records->items[i];
        size_t head = sizes[i] - record->value.size - 1;
        sb_marked_append(out, SB_HEADING_DERIVED, record->key, sb_span_of(text.data + at, head));
        sb_marked_append(out, record->heading, record->key, record->value);
        sb_marked_text(out, SB_HEADING_PROFILE, record->key, "\n");
        at += sizes[i];
    }
    sb_buf_release(&text);
    sb_gotar_pad(out);
}

int sb_gotar_header(struct sb_marked *out, const struct sb_gotar_entry *entry, uint64_t size,
                    struct sb_error *error) {
    unsigned char block[SB_TAR_BLOCK] = {0};
    struct records records = {0};
    struct sb_span prefix = {0}, name = entry->name;
    if (size > INT64_MAX)
        return sb_error_set(error, SB_ERROR_LIMIT, "%.*s: too large", SB_SPAN(entry->name));
    find_records(&records, &out->arena, entry, size);
    if (records.count)
        append_records(out, &records, entry);
    else
        split(entry->name, &prefix, &name);
    put_text(block, SB_TAR_NAME, to_ascii(&out->arena, name));
    put_octal(block, SB_TAR_MODE, entry->mode);
    put_octal(block, SB_TAR_UID, entry->uid);
    put_octal(block, SB_TAR_GID, entry->gid);
    put_octal(block, SB_TAR_SIZE, size);
    put_octal(block, SB_TAR_MTIME, entry->mtime < 0 ? 0 : (uint64_t)entry->mtime);
    put_text(block, SB_TAR_LINKNAME, to_ascii(&out->arena, entry->link));
    start_block(block, entry->type);
    put_text(block, SB_TAR_UNAME, to_ascii(&out->arena, entry->uname));
    put_text(block, SB_TAR_GNAME, to_ascii(&out->arena, entry->gname));
    put_octal(block, SB_TAR_DEVMAJOR, 0);
    put_octal(block, SB_TAR_DEVMINOR, 0);
    put_text(block, SB_TAR_PREFIX, prefix);
    append_block(out, block, entry);
    return 0;
}

void sb_gotar_pad(struct sb_marked *out) {
    static const unsigned char zeros[SB_TAR_BLOCK];
    size_t used = out->bytes.size % SB_TAR_BLOCK;
    if (used)
        sb_marked_append(out, SB_HEADING_PROFILE, "padding",
                         sb_span_of(zeros, SB_TAR_BLOCK - used));
}

void sb_gotar_end(struct sb_marked *out) {
    static const unsigned char zeros[2 * SB_TAR_BLOCK];
    sb_marked_append(out, SB_HEADING_PROFILE, "two zero blocks", sb_span_of(zeros, sizeof zeros));
}

int sb_gotar_write(struct sb_marked *out, const struct sb_gotar_entry *entry,
                   struct sb_span content, struct sb_error *error) {
    if (sb_gotar_header(out, entry, content.size, error) < 0)
        return -1;
    sb_marked_append(out, SB_HEADING_SOURCE, "content", content);
    sb_gotar_pad(out);
    return 0;
}

/* Days since 1970 of a date in the Gregorian calendar. */
static int64_t days_of(int64_t year, int64_t month, int64_t day) {
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int sb_gotar_time(struct sb_span text, int64_t *seconds, struct sb_error *error) {
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    uint64_t number[6] = {0};
    size_t at = 0, field = 0;
    bool good = text.size >= sizeof form && text.data[text.size - 1] == 'Z';
    for (; good && form[at]; at++) {
        unsigned char c = text.data[at];
        if (form[at] == 'd')
            number[field] = number[field] * 10 + (c - '0');
        else
            field++;
        good = form[at] == 'd' ? c >= '0' && c <= '9' : c == (unsigned char)form[at];
    }
    uint64_t fraction;
    if (good && text.size > at + 1)
        good = text.data[at] == '.' &&
               sb_number_decimal(sb_span_of(text.data + at + 1, text.size - at - 2), 999999999,
                                 &fraction);
    if (!good || number[0] < 1970 || number[1] < 1 || number[1] > 12)
        return sb_error_set(error, SB_ERROR_USAGE, "'%.*s' is not a time as Go writes it",
                            (int)(text.size < 60 ? text.size : 60), (const char *)text.data);
    *seconds = days_of((int64_t)number[0], (int64_t)number[1], (int64_t)number[2]) * 86400 +
               (int64_t)(number[3] * 3600 + number[4] * 60 + number[5]);
    return 0;
}
