#include "base/utf8.h"

size_t sb_utf8_decode(struct sb_span span, uint32_t *code) {
    if (span.size == 0)
        return 0;
    const unsigned char *p = span.data;
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    size_t length = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (p[0] < 0xc2 || p[0] > 0xf4 || span.size < length)
        return 0;
    uint32_t value = p[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (p[i] & 0x3fu);
    }
    if (value < lowest[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 0;
    *code = value;
    return length;
}

bool sb_utf8_is_control(uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x200e || code == 0x200f ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

bool sb_utf8_valid(struct sb_span span) {
    for (size_t at = 0; at < span.size;) {
        uint32_t code;
        size_t length = sb_utf8_decode(sb_span_from(span, at), &code);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}
