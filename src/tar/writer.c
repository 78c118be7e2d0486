#include "tar/writer.h"

#include <stdio.h>

#include "tar/header.h"
#include "tar/pax.h"

enum { NAME_SIZE = 100 };
/* Magic and version, eight bytes. In one literal \0 would take the digits behind it. */
static const char magic_posix[] = "ustar\0"
                                  "00";
static const uint64_t octal_max_8 = 07777777, octal_max_12 = UINT64_C(077777777777);

static void put_text(unsigned char *block, enum sb_tar_field field, struct sb_span text) {
    size_t size = sb_tar_fields[field].size;
    if (text.size == 0)
        return;
    memcpy(block + sb_tar_fields[field].offset, text.data, text.size < size ? text.size : size);
}

/* Octal digits and a NUL; where they do not fit base-256, big-endian behind 0x80. */
static void put_number(unsigned char *block, enum sb_tar_field field, uint64_t value) {
    unsigned char *at = block + sb_tar_fields[field].offset;
    size_t size = sb_tar_fields[field].size;
    uint64_t highest = size == 8 ? octal_max_8 : octal_max_12;
    bool octal = value <= highest;
    if (octal)
        at[size - 1] = 0;
    for (size_t i = octal ? size - 1 : size; i-- > 0;) {
        at[i] = octal ? (unsigned char)('0' + (value & 7)) : (unsigned char)value;
        value >>= octal ? 3 : 8;
    }
    if (!octal)
        at[0] = 0x80;
}

/* Before 1970: base-256, two's complement (GNU tar). */
static void put_time(unsigned char *block, int64_t seconds) {
    unsigned char *at = block + sb_tar_fields[SB_TAR_MTIME].offset;
    if (seconds >= 0) {
        put_number(block, SB_TAR_MTIME, (uint64_t)seconds);
        return;
    }
    memset(at, 0xff, 4);
    for (int i = 0; i < 8; i++)
        at[4 + i] = (unsigned char)((uint64_t)seconds >> (8 * (7 - i)));
}

static void put_checksum(unsigned char *block) {
    unsigned char *at = block + sb_tar_fields[SB_TAR_CHKSUM].offset;
    memset(at, ' ', 8);
    unsigned sum = 0;
    for (size_t i = 0; i < SB_TAR_BLOCK; i++)
        sum += block[i];
    for (int i = 5; i >= 0; i--, sum >>= 3)
        at[i] = (unsigned char)('0' + (sum & 7));
    at[6] = 0;
}

/* Data of a header-only record (a long name, PAX records), padded to the block. */
static void append_blocks(struct sb_buf *buf, struct sb_span data, size_t extra_nul) {
    size_t size = data.size + extra_nul;
    sb_buf_append_span(buf, data);
    sb_buf_append_zeros(buf, extra_nul + (SB_TAR_BLOCK - size % SB_TAR_BLOCK) % SB_TAR_BLOCK);
}

static void append_private(struct sb_buf *buf, const char *name, char type, size_t size,
                           const char *magic) {
    unsigned char block[SB_TAR_BLOCK] = {0};
    put_text(block, SB_TAR_NAME, sb_span_string(name));
    put_number(block, SB_TAR_MODE, 0644);
    put_number(block, SB_TAR_UID, 0);
    put_number(block, SB_TAR_GID, 0);
    put_number(block, SB_TAR_SIZE, size);
    put_number(block, SB_TAR_MTIME, 0);
    block[sb_tar_fields[SB_TAR_TYPEFLAG].offset] = (unsigned char)type;
    memcpy(block + sb_tar_fields[SB_TAR_MAGIC].offset, magic, 8);
    put_checksum(block);
    sb_buf_append(buf, block, sizeof block);
}

static void append_long(struct sb_buf *buf, char type, struct sb_span text) {
    if (text.size <= NAME_SIZE)
        return;
    append_private(buf, "././@LongLink", type, text.size + 1, "ustar  ");
    append_blocks(buf, text, 1);
}

/* DIR/PaxHeaders/BASE, as exthdr.name=%d/PaxHeaders/%f makes it, cut to the field. */
static void append_pax_name(struct sb_buf *buf, struct sb_span name) {
    while (name.size > 1 && name.data[name.size - 1] == '/')
        name.size--;
    size_t base = name.size;
    while (base > 0 && name.data[base - 1] != '/')
        base--;
    sb_buf_append_span(buf, base ? sb_span_of(name.data, base - 1) : sb_span_string("."));
    sb_buf_append_string(buf, "/PaxHeaders/");
    sb_buf_append_span(buf, sb_span_from(name, base));
    if (buf->size > NAME_SIZE) {
        buf->size = NAME_SIZE;
        buf->data[NAME_SIZE] = 0;
    }
}

static bool is_ascii(struct sb_span text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] >= 0x80)
            return false;
    return true;
}

static void append_number_record(struct sb_buf *buf, const char *key, uint64_t value,
                                 uint64_t highest) {
    char digits[24];
    if (value <= highest)
        return;
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    sb_pax_append(buf, sb_span_string(key), sb_span_string(digits));
}

/* A fraction of a second; of a time before 1970 away from zero. */
static void append_time_record(struct sb_buf *buf, const struct sb_tar_entry *entry) {
    char text[40];
    if (!entry->nanoseconds)
        return;
    bool negative = entry->mtime < 0;
    int64_t seconds = negative ? -(entry->mtime + 1) : entry->mtime;
    uint32_t parts = negative ? 1000000000 - entry->nanoseconds : entry->nanoseconds;
    int size = snprintf(text, sizeof text, "%s%lld.%09u", negative ? "-" : "", (long long)seconds,
                        (unsigned)parts);
    while (size > 0 && text[size - 1] == '0')
        size--;
    sb_pax_append(buf, sb_span_string("mtime"), sb_span_of(text, (size_t)size));
}

static void append_pax(struct sb_buf *buf, const struct sb_tar_entry *entry) {
    struct sb_buf records = SB_BUF_INIT, name = SB_BUF_INIT, key = SB_BUF_INIT;
    if (entry->link.size > NAME_SIZE)
        sb_pax_append(&records, sb_span_string("linkpath"), entry->link);
    if (entry->name.size > NAME_SIZE || !is_ascii(entry->name))
        sb_pax_append(&records, sb_span_string("path"), entry->name);
    append_time_record(&records, entry);
    append_number_record(&records, "uid", entry->uid, octal_max_8);
    append_number_record(&records, "gid", entry->gid, octal_max_8);
    append_number_record(&records, "size", entry->size, octal_max_12);
    for (size_t i = 0; i < entry->xattr_count; i++) {
        key.size = 0;
        if (!entry->xattrs[i].record)
            sb_buf_append_string(&key, "SCHILY.xattr.");
        sb_buf_append_span(&key, entry->xattrs[i].name);
        sb_pax_append(&records, sb_buf_span(&key), entry->xattrs[i].value);
    }
    append_pax_name(&name, entry->name);
    append_private(buf, sb_buf_string(&name), 'x', records.size, magic_posix);
    append_blocks(buf, sb_buf_span(&records), 0);
    sb_buf_release(&records);
    sb_buf_release(&name);
    sb_buf_release(&key);
}

void sb_tar_write_header(struct sb_buf *buf, const struct sb_tar_entry *entry) {
    unsigned char block[SB_TAR_BLOCK] = {0};
    bool pax = entry->xattr_count > 0 || entry->nanoseconds;
    uint64_t small = pax ? octal_max_8 : UINT64_MAX;
    if (pax) {
        append_pax(buf, entry);
    } else {
        append_long(buf, 'K', entry->link);
        append_long(buf, 'L', entry->name);
    }
    put_text(block, SB_TAR_NAME, entry->name);
    put_number(block, SB_TAR_MODE, entry->mode);
    put_number(block, SB_TAR_UID, entry->uid <= small ? entry->uid : 0);
    put_number(block, SB_TAR_GID, entry->gid <= small ? entry->gid : 0);
    put_number(block, SB_TAR_SIZE, pax && entry->size > octal_max_12 ? 0 : entry->size);
    put_time(block, entry->mtime);
    block[sb_tar_fields[SB_TAR_TYPEFLAG].offset] = entry->type;
    put_text(block, SB_TAR_LINKNAME, entry->link);
    memcpy(block + sb_tar_fields[SB_TAR_MAGIC].offset, pax ? magic_posix : "ustar  ", 8);
    put_text(block, SB_TAR_UNAME, entry->uname);
    put_text(block, SB_TAR_GNAME, entry->gname);
    if (entry->type == '3' || entry->type == '4') {
        put_number(block, SB_TAR_DEVMAJOR, entry->devmajor);
        put_number(block, SB_TAR_DEVMINOR, entry->devminor);
    }
    put_checksum(block);
    sb_buf_append(buf, block, sizeof block);
}

int sb_tar_write_file_header(struct sb_output *output, const char *name, uint64_t size,
                             struct sb_error *error) {
    struct sb_tar_entry entry = {
        .name = sb_span_string(name), .type = '0', .mode = 0644, .size = size};
    struct sb_buf header = SB_BUF_INIT;
    sb_tar_write_header(&header, &entry);
    int status = sb_output_append(output, sb_buf_span(&header), error);
    sb_buf_release(&header);
    return status;
}

int sb_tar_write_padding(struct sb_output *output, uint64_t size, struct sb_error *error) {
    return sb_output_zeros(output, (SB_TAR_BLOCK - size % SB_TAR_BLOCK) % SB_TAR_BLOCK, error);
}

int sb_tar_write_end(struct sb_output *output, struct sb_error *error) {
    return sb_output_zeros(output, (uint64_t)2 * SB_TAR_BLOCK, error);
}
