#include "tar/pax.h"

#include <stdio.h>

#include "base/number.h"

int sb_pax_parse(struct sb_span text, sb_pax_records *records, struct sb_error *error) {
    for (size_t at = 0; at < text.size;) {
        struct sb_span rest = sb_span_from(text, at);
        const unsigned char *space = memchr(rest.data, ' ', rest.size < 21 ? rest.size : 21);
        uint64_t length = 0;
        size_t digits = space ? (size_t)(space - rest.data) : 0;
        if (!space || !sb_number_decimal(sb_span_of(rest.data, digits), rest.size, &length) ||
            length < digits + 3 || rest.data[length - 1] != '\n')
            return sb_error_set(error, SB_ERROR_MALFORMED,
                                "PAX record at byte %zu has a wrong length", at);
        const unsigned char *key = space + 1;
        const unsigned char *end = rest.data + length - 1;
        const unsigned char *equals = memchr(key, '=', (size_t)(end - key));
        if (!equals || equals == key)
            return sb_error_set(error, SB_ERROR_MALFORMED, "PAX record at byte %zu has no key", at);
        if (memchr(key, 0, (size_t)(equals - key))) /* Go's archive/tar refuses it too */
            return sb_error_set(error, SB_ERROR_MALFORMED,
                                "PAX record at byte %zu has a NUL in its key", at);
        struct sb_pax_record *record = sb_vec_push(records);
        record->key = sb_span_of(key, (size_t)(equals - key));
        record->value = sb_span_of(equals + 1, (size_t)(end - equals - 1));
        at += (size_t)length;
    }
    return 0;
}

void sb_pax_append(struct sb_buf *buf, struct sb_span key, struct sb_span value) {
    /* The length counts its own digits. */
    size_t rest = 1 + key.size + 1 + value.size + 1;
    size_t length = rest + 1;
    for (;;) {
        char digits[24];
        size_t total = rest + (size_t)snprintf(digits, sizeof digits, "%zu", length);
        if (total == length)
            break;
        length = total;
    }
    sb_buf_appendf(buf, "%zu ", length);
    sb_buf_append_span(buf, key);
    sb_buf_append_byte(buf, '=');
    sb_buf_append_span(buf, value);
    sb_buf_append_byte(buf, '\n');
}

bool sb_pax_time(struct sb_span text, int64_t *seconds, uint32_t *nanoseconds, bool *nonzero) {
    bool negative = text.size && text.data[0] == '-';
    struct sb_span rest = sb_span_from(text, negative);
    const unsigned char *point = memchr(rest.data, '.', rest.size);
    struct sb_span whole = point ? sb_span_of(rest.data, (size_t)(point - rest.data)) : rest;
    bool fraction = false;
    uint32_t parts = 0, unit = 100000000;
    uint64_t value;
    if (!sb_number_decimal(whole, INT64_MAX - 1, &value))
        return false;
    for (const unsigned char *p = point ? point + 1 : NULL; p && p < rest.data + rest.size; p++) {
        if (*p < '0' || *p > '9')
            return false;
        fraction = fraction || *p != '0';
        parts += unit * (uint32_t)(*p - '0');
        unit /= 10;
    }
    *seconds = negative ? -(int64_t)value - fraction : (int64_t)value;
    *nanoseconds = negative && parts ? 1000000000 - parts : parts;
    *nonzero = value != 0 || fraction;
    return true;
}

const struct sb_pax_record *sb_pax_find(const sb_pax_records *records, const char *key) {
    for (size_t i = records->count; i-- > 0;)
        if (sb_span_is(records->items[i].key, key))
            return &records->items[i];
    return NULL;
}
