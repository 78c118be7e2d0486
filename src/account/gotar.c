#include "account/gotar.h"

#include <stdio.h>

#include "base/number.h"
#include "tar/header.h"

static void put_octal(unsigned char *block, enum sb_tar_field field, uint64_t value) {
    unsigned char *at = block + sb_tar_fields[field].offset;
    for (size_t i = sb_tar_fields[field].size - 1; i-- > 0; value >>= 3)
        at[i] = (unsigned char)('0' + (value & 7));
}

static void put_text(unsigned char *block, enum sb_tar_field field, struct sb_span text) {
    if (text.size)
        memcpy(block + sb_tar_fields[field].offset, text.data, text.size);
}

static bool is_plain(struct sb_span name) {
    for (size_t i = 0; i < name.size; i++)
        if (name.data[i] >= 0x80 || name.data[i] == 0)
            return false;
    return name.size <= 100;
}

static enum sb_heading heading_of(const struct sb_gotar_entry *entry, enum sb_tar_field field) {
    switch ((int)field) {
    case SB_TAR_NAME:
        return entry->name_heading;
    case SB_TAR_MODE:
        return entry->mode_heading;
    case SB_TAR_MTIME:
        return entry->time_heading;
    case SB_TAR_SIZE:
    case SB_TAR_CHKSUM:
        return SB_HEADING_DERIVED;
    case SB_TAR_UNAME:
    case SB_TAR_GNAME:
        return entry->owner.size ? SB_HEADING_FACT : SB_HEADING_PROFILE;
    default:
        return SB_HEADING_PROFILE;
    }
}

int sb_gotar_header(struct sb_marked *out, const struct sb_gotar_entry *entry, uint64_t size,
                    struct sb_error *error) {
    unsigned char block[SB_TAR_BLOCK] = {0};
    if (!is_plain(entry->name) || entry->owner.size > 32 || entry->mtime < 0 ||
        entry->mtime > INT64_C(077777777777) || size > UINT64_C(077777777777))
        return sb_error_set(error, SB_ERROR_USAGE,
                            "%.*s: a name or time that takes a PAX header is not in this profile",
                            (int)entry->name.size, (const char *)entry->name.data);
    put_text(block, SB_TAR_NAME, entry->name);
    put_octal(block, SB_TAR_MODE, entry->mode);
    put_octal(block, SB_TAR_UID, 0);
    put_octal(block, SB_TAR_GID, 0);
    put_octal(block, SB_TAR_SIZE, size);
    put_octal(block, SB_TAR_MTIME, (uint64_t)entry->mtime);
    block[sb_tar_fields[SB_TAR_TYPEFLAG].offset] = entry->type;
    memcpy(block + sb_tar_fields[SB_TAR_MAGIC].offset, "ustar", 5);
    memcpy(block + sb_tar_fields[SB_TAR_VERSION].offset, "00", 2);
    put_text(block, SB_TAR_UNAME, entry->owner);
    put_text(block, SB_TAR_GNAME, entry->owner);
    put_octal(block, SB_TAR_DEVMAJOR, 0);
    put_octal(block, SB_TAR_DEVMINOR, 0);
    unsigned char *checksum = block + sb_tar_fields[SB_TAR_CHKSUM].offset;
    unsigned sum = 8 * ' ';
    for (size_t i = 0; i < sizeof block; i++)
        sum += block[i];
    for (int i = 5; i >= 0; i--, sum >>= 3)
        checksum[i] = (unsigned char)('0' + (sum & 7));
    checksum[7] = ' ';
    for (int field = 0; field < SB_TAR_FIELDS; field++)
        sb_marked_append(out, heading_of(entry, (enum sb_tar_field)field),
                         sb_tar_fields[field].name,
                         sb_tar_field_bytes(block, (enum sb_tar_field)field));
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
        return sb_error_set(error, SB_ERROR_USAGE, "'%.*s' is no time as Go writes it",
                            (int)(text.size < 60 ? text.size : 60), (const char *)text.data);
    *seconds = days_of((int64_t)number[0], (int64_t)number[1], (int64_t)number[2]) * 86400 +
               (int64_t)(number[3] * 3600 + number[4] * 60 + number[5]);
    return 0;
}
