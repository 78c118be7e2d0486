#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/utf8.h"

void sb_buf_release(struct sb_buf *buf) {
    free(buf->data);
    *buf = (struct sb_buf)SB_BUF_INIT;
}

unsigned char *sb_buf_reserve(struct sb_buf *buf, size_t extra) {
    if (extra > SIZE_MAX / 2 - buf->size - 1)
        SB_BUG("buffer size overflows");
    size_t wanted = buf->size + extra + 1;
    if (wanted > buf->capacity) {
        size_t capacity = buf->capacity ? buf->capacity : 64;
        while (capacity < wanted)
            capacity *= 2;
        buf->data = sb_memory_resize(buf->data, capacity, 1);
        buf->capacity = capacity;
    }
    return buf->data + buf->size;
}

void sb_buf_append(struct sb_buf *buf, const void *data, size_t size) {
    unsigned char *end = sb_buf_reserve(buf, size);
    if (size)
        memcpy(end, data, size);
    buf->size += size;
    buf->data[buf->size] = 0;
}

void sb_buf_append_span(struct sb_buf *buf, struct sb_span span) {
    sb_buf_append(buf, span.data, span.size);
}

void sb_buf_append_string(struct sb_buf *buf, const char *string) {
    sb_buf_append(buf, string, strlen(string));
}

void sb_buf_append_byte(struct sb_buf *buf, unsigned char byte) {
    sb_buf_append(buf, &byte, 1);
}

void sb_buf_append_zeros(struct sb_buf *buf, size_t count) {
    memset(sb_buf_reserve(buf, count), 0, count);
    buf->size += count;
    buf->data[buf->size] = 0;
}

void sb_buf_appendf(struct sb_buf *buf, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0)
        SB_BUG("a format that vsnprintf refuses");
    unsigned char *end = sb_buf_reserve(buf, (size_t)size);
    va_start(arguments, format);
    vsnprintf((char *)end, (size_t)size + 1, format, arguments);
    va_end(arguments);
    buf->size += (size_t)size;
}

void sb_buf_append_visible(struct sb_buf *buf, struct sb_span span) {
    for (size_t at = 0; at < span.size;) {
        uint32_t code;
        size_t length = sb_utf8_decode(sb_span_from(span, at), &code);
        if (length == 0 || sb_utf8_is_control(code)) {
            size_t bytes = length ? length : 1;
            for (size_t i = 0; i < bytes; i++)
                sb_buf_appendf(buf, "\\x%02x", span.data[at + i]);
            at += bytes;
            continue;
        }
        if (code == '\\')
            sb_buf_append_byte(buf, '\\');
        sb_buf_append(buf, span.data + at, length);
        at += length;
    }
}

bool sb_buf_append_unvisible(struct sb_buf *buf, struct sb_span text) {
    for (size_t at = 0; at < text.size; at++) {
        struct sb_span rest = sb_span_from(text, at);
        if (rest.data[0] != '\\') {
            sb_buf_append_byte(buf, rest.data[0]);
        } else if (sb_span_starts(rest, "\\\\")) {
            sb_buf_append_byte(buf, '\\');
            at++;
        } else if (sb_span_starts(rest, "\\x") && rest.size >= 4 &&
                   sb_hex_digit(rest.data[2]) >= 0 && sb_hex_digit(rest.data[3]) >= 0) {
            sb_buf_append_byte(
                buf, (unsigned char)(sb_hex_digit(rest.data[2]) << 4 | sb_hex_digit(rest.data[3])));
            at += 3;
        } else {
            return false;
        }
    }
    return true;
}

char *sb_buf_detach(struct sb_buf *buf) {
    sb_buf_append(buf, "", 0);
    char *data = (char *)buf->data;
    *buf = (struct sb_buf)SB_BUF_INIT;
    return data;
}

struct sb_span sb_buf_span(const struct sb_buf *buf) {
    return sb_span_of(buf->data, buf->size);
}

const char *sb_buf_string(const struct sb_buf *buf) {
    return buf->data ? (const char *)buf->data : "";
}

void sb_buf_append_utf8(struct sb_buf *buf, uint32_t code) {
    if (code < 0x80) {
        sb_buf_append_byte(buf, (unsigned char)code);
        return;
    }
    int extra = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    sb_buf_append_byte(buf, (unsigned char)(lead[extra] | code >> (6 * extra)));
    while (extra-- > 0)
        sb_buf_append_byte(buf, (unsigned char)(0x80 | ((code >> (6 * extra)) & 0x3f)));
}
