/* Numbers in bytes, for the files of this folder; 0 beyond the end. */
#ifndef SB_STRIP_BYTES_H
#define SB_STRIP_BYTES_H

#include <stdint.h>

#include "base/buf.h"

static inline uint64_t sb_bytes_number(struct sb_span bytes, uint64_t offset, size_t size,
                                       bool big) {
    uint64_t value = 0;
    if (offset > bytes.size || size > bytes.size - offset)
        return 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | bytes.data[offset + (big ? i : size - 1 - i)];
    return value;
}

static inline uint64_t sb_bytes_little(struct sb_span bytes, uint64_t offset, size_t size) {
    return sb_bytes_number(bytes, offset, size, false);
}

static inline uint64_t sb_bytes_big(struct sb_span bytes, uint64_t offset, size_t size) {
    return sb_bytes_number(bytes, offset, size, true);
}

/* Whether size bytes from offset on lie in the span. */
static inline bool sb_bytes_inside(struct sb_span bytes, uint64_t offset, uint64_t size) {
    return offset <= bytes.size && size <= bytes.size - offset;
}

/* They, or nothing. */
static inline struct sb_span sb_bytes_part(struct sb_span bytes, uint64_t offset, uint64_t size) {
    return sb_bytes_inside(bytes, offset, size) ? sb_span_of(bytes.data + offset, (size_t)size)
                                                : sb_span_of(bytes.data, 0);
}

/* Appends the span and gives the place of its copy, to set bytes in it to zero. */
static inline unsigned char *sb_bytes_copy(struct sb_buf *rest, struct sb_span bytes) {
    size_t before = rest->size;
    sb_buf_append_span(rest, bytes);
    return rest->data ? rest->data + before : NULL;
}

#endif
