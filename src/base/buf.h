/* Owned, growing bytes. There is always a NUL behind the last byte, so text can be used in place.
 */
#ifndef SB_BASE_BUF_H
#define SB_BASE_BUF_H

#include <stdint.h>

#include "base/memory.h"
#include "base/span.h"

struct sb_buf {
    unsigned char *data; /* NULL until something is appended */
    size_t size;
    size_t capacity;
};

#define SB_BUF_INIT                                                                                \
    { 0 }

void sb_buf_release(struct sb_buf *buf);
/* Makes room for extra bytes more; returns where they begin. The size does not change. */
unsigned char *sb_buf_reserve(struct sb_buf *buf, size_t extra);
void sb_buf_append(struct sb_buf *buf, const void *data, size_t size);
void sb_buf_append_span(struct sb_buf *buf, struct sb_span span);
void sb_buf_append_string(struct sb_buf *buf, const char *string);
void sb_buf_append_byte(struct sb_buf *buf, unsigned char byte);
void sb_buf_append_zeros(struct sb_buf *buf, size_t count);
void sb_buf_appendf(struct sb_buf *buf, const char *format, ...) SB_FORMAT(2, 3);
/* A code point, at most U+10FFFF, in UTF-8. */
void sb_buf_append_utf8(struct sb_buf *buf, uint32_t code);
/* Bytes for people: control characters, backslashes and what is not UTF-8 become \xHH, a backslash
 * two; reversible. */
void sb_buf_append_visible(struct sb_buf *buf, struct sb_span span);
/* The bytes that sb_buf_append_visible was given; false where text is not of its making. */
bool sb_buf_append_unvisible(struct sb_buf *buf, struct sb_span text);
/* Gives the memory away (never NULL, NUL behind it); the buffer is empty afterwards. */
char *sb_buf_detach(struct sb_buf *buf);
/* Borrowed: valid until the buffer changes. */
struct sb_span sb_buf_span(const struct sb_buf *buf);
const char *sb_buf_string(const struct sb_buf *buf);

#endif
