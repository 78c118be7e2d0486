/* bsdtar writes each extended attribute twice: as SCHILY.xattr.NAME with the value as it is, and as
 * LIBARCHIVE.xattr.NAME with NAME in percent encoding and the value in base64 without padding. */
#include "tar/internal.h"

#include "base/buf.h"
#include "base/hex.h"

static void decode_name(struct sb_span name, struct sb_buf *plain) {
    for (size_t i = 0; i < name.size; i++) {
        bool escaped = name.data[i] == '%' && i + 2 < name.size &&
                       sb_hex_digit(name.data[i + 1]) >= 0 && sb_hex_digit(name.data[i + 2]) >= 0;
        unsigned char byte = name.data[i];
        if (escaped)
            byte = (unsigned char)(sb_hex_digit(name.data[i + 1]) << 4 |
                                   sb_hex_digit(name.data[i + 2]));
        sb_buf_append_byte(plain, byte);
        i += escaped ? 2 : 0;
    }
}

static bool decode_value(struct sb_span value, struct sb_buf *plain) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    unsigned count = 0;
    while (value.size && value.data[value.size - 1] == '=')
        value.size--;
    for (size_t i = 0; i < value.size; i++) {
        const char *digit = value.data[i] ? strchr(digits, value.data[i]) : NULL;
        if (!digit)
            return false;
        bits = bits << 6 | (uint32_t)(digit - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            sb_buf_append_byte(plain, (unsigned char)(bits >> count));
        }
    }
    return count < 6 && !(bits & ((1u << count) - 1));
}

bool sb_tar_repeats_xattr(const struct sb_tar_reader *reader, const struct sb_pax_record *record) {
    static const char prefix[] = "LIBARCHIVE.xattr.";
    struct sb_buf key = SB_BUF_INIT, value = SB_BUF_INIT;
    sb_buf_append_string(&key, "SCHILY.xattr.");
    decode_name(sb_span_from(record->key, sizeof prefix - 1), &key);
    const struct sb_pax_record *other = sb_pax_find(&reader->records, sb_buf_string(&key));
    bool same = other && decode_value(record->value, &value) &&
                sb_span_equal(sb_buf_span(&value), other->value);
    sb_buf_release(&key);
    sb_buf_release(&value);
    return same;
}
