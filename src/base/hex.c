#include "base/hex.h"

void sb_hex_encode(const unsigned char *data, size_t size, char *text) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        *text++ = digits[data[i] >> 4];
        *text++ = digits[data[i] & 15];
    }
    *text = '\0';
}

int sb_hex_digit(unsigned char digit) {
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

bool sb_hex_is_lower(struct sb_span text) {
    for (size_t i = 0; i < text.size; i++)
        if (sb_hex_digit(text.data[i]) < 0 || (text.data[i] >= 'A' && text.data[i] <= 'F'))
            return false;
    return true;
}
