/* Archives without an index: tar, ar, cpio. */
#include <inttypes.h>

#include "base/hex.h"
#include "base/number.h"
#include "codec/peel.h"
#include "strip/bytes.h"
#include "strip/members.h"
#include "strip/strip.h"
#include "tar/reader.h"

/* tar */

enum { WITH_OWNERS = 1, WITH_ORDER = 2, WITH_PAX_NAMES = 4 };

/* "dir/PaxHeaders.4711/name": the digits are GNU tar's process id. */
static void append_pax_name(struct sb_buf *rest, struct sb_span name) {
    static const char text[] = "PaxHeaders.";
    for (size_t i = 0; i < name.size; i++) {
        sb_buf_append_byte(rest, name.data[i]);
        struct sb_span here = sb_span_from(name, i + 1);
        if (rest->size >= sizeof text - 1 &&
            memcmp(rest->data + rest->size - (sizeof text - 1), text, sizeof text - 1) == 0)
            while (here.size && *here.data >= '0' && *here.data <= '9') {
                here = sb_span_from(here, 1);
                i++;
            }
    }
}

static bool append_data(struct sb_tar_reader *reader, const struct sb_tar_entry *entry,
                        struct sb_buf *rest, struct sb_error *error) {
    struct sb_input *data = sb_tar_reader_open_data(reader, entry);
    struct sb_span bytes;
    int status;
    while ((status = sb_input_peek(data, &bytes, error)) == 0 &&
           rest->size + bytes.size <= SB_LIMIT_STRIPPED) {
        sb_buf_append_span(rest, bytes);
        sb_input_consume(data, bytes.size);
    }
    sb_input_close(data);
    return status == 1;
}

static bool append_member(struct sb_tar_reader *reader, const struct sb_tar_entry *entry,
                          unsigned with, struct sb_buf *rest, struct sb_error *error) {
    sb_buf_appendf(rest, "%c %o %" PRIu64 " %u %u ", entry->type, entry->mode, entry->size,
                   entry->devmajor, entry->devminor);
    if (!(with & WITH_OWNERS))
        sb_buf_appendf(rest, "%" PRIu64 " %" PRIu64 " %.*s %.*s ", (uint64_t)entry->uid,
                       (uint64_t)entry->gid, SB_SPAN(entry->uname), SB_SPAN(entry->gname));
    if (with & WITH_PAX_NAMES)
        append_pax_name(rest, entry->name);
    else
        sb_buf_append_span(rest, entry->name);
    sb_buf_append_byte(rest, 0);
    sb_buf_append_span(rest, entry->link);
    sb_buf_append_byte(rest, 0);
    for (size_t i = 0; i < entry->xattr_count; i++) {
        sb_buf_append_span(rest, entry->xattrs[i].name);
        sb_buf_append_byte(rest, '=');
        sb_buf_append_span(rest, entry->xattrs[i].value);
        sb_buf_append_byte(rest, 0);
    }
    return append_data(reader, entry, rest, error);
}

static bool strip_tar(struct sb_span tar, unsigned with, struct sb_buf *rest) {
    struct sb_findings findings = SB_FINDINGS_INIT;
    struct sb_error error = SB_ERROR_INIT;
    struct sb_input *input = sb_input_memory(tar);
    struct sb_tar_reader reader;
    struct sb_tar_entry entry;
    sb_members members = {0};
    SB_VEC(struct sb_span) names = {0};
    struct sb_arena arena = SB_ARENA_INIT;
    int status = -1;
    sb_tar_reader_init(&reader, input, &findings, "");
    bool good = true;
    while (good && (status = sb_tar_reader_next(&reader, &entry, &error)) == 0) {
        *sb_vec_push(&names) = sb_arena_copy(&arena, entry.name);
        good = append_member(&reader, &entry, with, sb_vec_push(&members), &error);
    }
    good = good && (!(with & WITH_ORDER) || sb_members_have_own_names(names.items, names.count));
    good = good && status == 1 && members.count > 0 && sb_strip_is_plain(&findings);
    sb_members_append(rest, &members, with & WITH_ORDER);
    sb_vec_release(&names);
    sb_arena_release(&arena);
    sb_tar_reader_release(&reader);
    sb_input_close(input);
    sb_findings_release(&findings);
    return good;
}

static bool strip_packed_tar(struct sb_span content, unsigned with, struct sb_buf *rest) {
    struct sb_buf tar = SB_BUF_INIT;
    bool good = sb_strip_unpack(content, &tar) && strip_tar(sb_buf_span(&tar), with, rest);
    /* How it is compressed stays what it is. */
    sb_buf_appendf(rest, "%d", (int)sb_codec_recognise(content));
    sb_buf_release(&tar);
    return good;
}

bool sb_strip_tar_time(struct sb_span content, struct sb_buf *rest) {
    return strip_packed_tar(content, 0, rest);
}

bool sb_strip_tar_owner(struct sb_span content, struct sb_buf *rest) {
    return strip_packed_tar(content, WITH_OWNERS, rest);
}

bool sb_strip_tar_order(struct sb_span content, struct sb_buf *rest) {
    return strip_packed_tar(content, WITH_OWNERS | WITH_ORDER, rest);
}

bool sb_strip_tar_pax_pid(struct sb_span content, struct sb_buf *rest) {
    return strip_packed_tar(content, WITH_PAX_NAMES, rest);
}

/* ar: a header of 60 characters a member: name 16, date 12, owner 6, group 6, mode 8, size 10. */

enum { AR_HEADER = 60, AR_DATE = 16, AR_OWNERS_END = 40, AR_SIZE = 48 };

bool sb_strip_ar_time(struct sb_span content, struct sb_buf *rest) {
    if (!sb_span_starts(content, "!<arch>\n"))
        return false;
    for (uint64_t at = 8; at < content.size;) {
        struct sb_span header = sb_bytes_part(content, at, AR_HEADER);
        uint64_t size, digits = 0;
        if (header.size == 0 || header.data[58] != '`')
            return false;
        while (digits < 10 && header.data[AR_SIZE + digits] != ' ')
            digits++;
        if (!sb_number_decimal(sb_span_of(header.data + AR_SIZE, (size_t)digits), content.size,
                               &size) ||
            !sb_bytes_inside(content, at + AR_HEADER, size))
            return false;
        memset(sb_bytes_copy(rest, header) + AR_DATE, ' ', AR_OWNERS_END - AR_DATE);
        size += size & 1 && sb_bytes_inside(content, at + AR_HEADER, size + 1);
        sb_buf_append_span(rest, sb_bytes_part(content, at + AR_HEADER, size));
        at += AR_HEADER + size;
    }
    return true;
}

/* cpio, newc: 110 characters, the magic and thirteen numbers of eight digits: inode, mode, owner,
 * group, links, time, size, device (two), its own device (two), size of the name, checksum. */

enum { CPIO_HEADER = 110, CPIO_NUMBERS = 6, CPIO_DIGITS = 8 };

static uint64_t cpio_number(struct sb_span header, size_t which) {
    uint64_t value = 0;
    for (size_t i = 0; i < CPIO_DIGITS; i++) {
        int digit = sb_hex_digit(header.data[CPIO_NUMBERS + which * CPIO_DIGITS + i]);
        if (digit < 0)
            return UINT64_MAX;
        value = value << 4 | (unsigned)digit;
    }
    return value;
}

/* Inodes by the order in which they first stand there: equal ones are links of one file. */
typedef SB_VEC(uint64_t) inode_list;

static size_t inode_number(inode_list *inodes, uint64_t inode) {
    size_t number = 0;
    while (number < inodes->count && inodes->items[number] != inode)
        number++;
    if (number == inodes->count)
        *sb_vec_push(inodes) = inode;
    return number;
}

/* One member; how far it reaches, 0 where it is none. */
static uint64_t strip_cpio_member(struct sb_span content, uint64_t at, inode_list *inodes,
                                  struct sb_buf *rest) {
    static const size_t gone[] = {0, 5, 7, 8}; /* inode, time, device */
    struct sb_span header = sb_bytes_part(content, at, CPIO_HEADER);
    if (header.size == 0 || !sb_span_starts(header, "07070"))
        return 0;
    uint64_t size = cpio_number(header, 6), name = cpio_number(header, 11);
    uint64_t data = (at + CPIO_HEADER + name + 3) / 4 * 4, end = (data + size + 3) / 4 * 4;
    if (name > content.size || size > content.size || data + size > content.size)
        return 0;
    unsigned char *copy = sb_bytes_copy(rest, header);
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        memset(copy + CPIO_NUMBERS + gone[i] * CPIO_DIGITS, '0', CPIO_DIGITS);
    /* Of a file with one name its inode means nothing. */
    if (cpio_number(header, 4) > 1)
        sb_buf_appendf(rest, "%zu ", inode_number(inodes, cpio_number(header, 0)));
    end = end < content.size ? end : content.size;
    sb_buf_append_span(rest, sb_bytes_part(content, at + CPIO_HEADER, end - at - CPIO_HEADER));
    return end;
}

/* An initramfs is several, with zeros between them, of which the last is compressed. */
static bool strip_cpio(struct sb_span content, inode_list *inodes, struct sb_buf *rest,
                       bool packed) {
    size_t members = 0;
    for (uint64_t at = 0; at < content.size;) {
        struct sb_span here = sb_span_from(content, (size_t)at);
        uint64_t end = strip_cpio_member(content, at, inodes, rest);
        if (end == 0 && *here.data == 0 && members > 0) {
            size_t zeros = sb_span_zeros(here);
            sb_buf_append_zeros(rest, zeros);
            end = at + zeros;
        } else if (end == 0 && packed && sb_codec_compresses(sb_codec_recognise(here))) {
            struct sb_buf inside = SB_BUF_INIT;
            bool good = sb_strip_unpack(here, &inside) &&
                        strip_cpio(sb_buf_span(&inside), inodes, rest, false);
            sb_buf_release(&inside);
            return good;
        }
        if (end == 0)
            return false;
        members++;
        at = end;
    }
    return members > 0;
}

bool sb_strip_cpio_inode(struct sb_span content, struct sb_buf *rest) {
    inode_list inodes = {0};
    bool good = strip_cpio(content, &inodes, rest, true);
    sb_vec_release(&inodes);
    return good;
}
