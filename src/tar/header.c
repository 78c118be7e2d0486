#include "tar/header.h"

const struct sb_tar_field_info sb_tar_fields[SB_TAR_FIELDS] = {
    [SB_TAR_NAME] = {"name", 0, 100, SB_TAR_TEXT},
    [SB_TAR_MODE] = {"mode", 100, 8, SB_TAR_NUMBER},
    [SB_TAR_UID] = {"uid", 108, 8, SB_TAR_NUMBER},
    [SB_TAR_GID] = {"gid", 116, 8, SB_TAR_NUMBER},
    [SB_TAR_SIZE] = {"size", 124, 12, SB_TAR_NUMBER},
    [SB_TAR_MTIME] = {"mtime", 136, 12, SB_TAR_NUMBER},
    [SB_TAR_CHKSUM] = {"chksum", 148, 8, SB_TAR_CHECKSUM},
    [SB_TAR_TYPEFLAG] = {"typeflag", 156, 1, SB_TAR_TEXT},
    [SB_TAR_LINKNAME] = {"linkname", 157, 100, SB_TAR_TEXT},
    [SB_TAR_MAGIC] = {"magic", 257, 6, SB_TAR_TEXT},
    [SB_TAR_VERSION] = {"version", 263, 2, SB_TAR_TEXT},
    [SB_TAR_UNAME] = {"uname", 265, 32, SB_TAR_TEXT},
    [SB_TAR_GNAME] = {"gname", 297, 32, SB_TAR_TEXT},
    [SB_TAR_DEVMAJOR] = {"devmajor", 329, 8, SB_TAR_NUMBER},
    [SB_TAR_DEVMINOR] = {"devminor", 337, 8, SB_TAR_NUMBER},
    [SB_TAR_PREFIX] = {"prefix", 345, 155, SB_TAR_TEXT},
    [SB_TAR_PAD] = {"pad", 500, 12, SB_TAR_UNUSED},
};

struct sb_span sb_tar_field_bytes(const unsigned char *block, enum sb_tar_field field) {
    return sb_span_of(block + sb_tar_fields[field].offset, sb_tar_fields[field].size);
}

struct sb_span sb_tar_field_text(const unsigned char *block, enum sb_tar_field field) {
    struct sb_span bytes = sb_tar_field_bytes(block, field);
    const void *nul = memchr(bytes.data, 0, bytes.size);
    if (nul)
        bytes.size = (size_t)((const unsigned char *)nul - bytes.data);
    return bytes;
}

enum sb_tar_magic sb_tar_header_magic(const unsigned char *block) {
    const unsigned char *magic = block + sb_tar_fields[SB_TAR_MAGIC].offset;
    if (memcmp(magic, "ustar  ", 8) == 0)
        return SB_TAR_GNU;
    return memcmp(magic, "ustar", 6) == 0 ? SB_TAR_USTAR : SB_TAR_V7;
}

/* 0x80 in the first byte: a big-endian number in the rest (GNU, star). 0xff: a negative one. */
static enum sb_tar_number parse_base256(struct sb_span field, uint64_t *value) {
    if (field.data[0] & 0x40)
        return SB_TAR_NUMBER_BAD;
    uint64_t sum = field.data[0] & 0x3f;
    for (size_t i = 1; i < field.size; i++) {
        if (sum >> 56)
            return SB_TAR_NUMBER_BAD;
        sum = sum << 8 | field.data[i];
    }
    *value = sum;
    return sum >> 63 ? SB_TAR_NUMBER_BAD : SB_TAR_NUMBER_OK;
}

enum sb_tar_number sb_tar_number_parse(struct sb_span field, uint64_t *value) {
    *value = 0;
    if (field.data[0] & 0x80)
        return parse_base256(field, value);
    size_t at = 0, first;
    while (at < field.size && field.data[at] == ' ')
        at++;
    for (first = at; at < field.size && field.data[at] >= '0' && field.data[at] <= '7'; at++)
        *value = *value * 8 + (field.data[at] - '0');
    bool blank = at == first;
    bool terminated = false;
    for (; at < field.size; at++) {
        unsigned char c = field.data[at];
        terminated = terminated || c == 0;
        if (terminated ? c != 0 && c != ' ' : c != ' ')
            return terminated || (c >= '0' && c <= '7') ? SB_TAR_NUMBER_ODD : SB_TAR_NUMBER_BAD;
    }
    return blank ? SB_TAR_NUMBER_BLANK : SB_TAR_NUMBER_OK;
}

enum sb_tar_number sb_tar_time_parse(struct sb_span field, int64_t *seconds) {
    uint64_t value = 0;
    if ((field.data[0] & 0xc0) != 0xc0) {
        enum sb_tar_number status = sb_tar_number_parse(field, &value);
        *seconds = (int64_t)value;
        return value >> 63 ? SB_TAR_NUMBER_BAD : status;
    }
    /* Two's complement: the inverted bits are the distance from -1. */
    for (size_t i = 0; i < field.size; i++) {
        unsigned char byte = (unsigned char)~field.data[i];
        if (value >> 55)
            return SB_TAR_NUMBER_BAD;
        value = value << 8 | byte;
    }
    *seconds = -1 - (int64_t)value;
    return SB_TAR_NUMBER_OK;
}

bool sb_tar_checksum_matches(const unsigned char *block) {
    const struct sb_tar_field_info *field = &sb_tar_fields[SB_TAR_CHKSUM];
    uint64_t wanted;
    enum sb_tar_number status =
        sb_tar_number_parse(sb_tar_field_bytes(block, SB_TAR_CHKSUM), &wanted);
    if (status == SB_TAR_NUMBER_BAD)
        return false;
    int32_t sum = 0, high = 0;
    for (size_t i = 0; i < SB_TAR_BLOCK; i++) {
        sum += block[i];
        high += block[i] >> 7;
    }
    for (size_t i = field->offset; i < field->offset + field->size; i++) {
        sum += ' ' - block[i];
        high -= block[i] >> 7;
    }
    return wanted == (uint64_t)sum || (int64_t)wanted == sum - 256 * (int64_t)high;
}

bool sb_tar_block_is_zero(const unsigned char *block) {
    return sb_span_is_zero(sb_span_of(block, SB_TAR_BLOCK));
}
