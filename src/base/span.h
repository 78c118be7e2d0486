/* Borrowed bytes: a pointer and a length, passed by value. A span never owns and is never freed;
 * whoever returns one says how long it lives. */
#ifndef SB_BASE_SPAN_H
#define SB_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct sb_span {
    const unsigned char *data;
    size_t size;
};

/* The arguments of "%.*s". */
#define SB_SPAN(span) (int)(span).size, (const char *)(span).data

static inline struct sb_span sb_span_of(const void *data, size_t size) {
    return (struct sb_span){data, size};
}

static inline struct sb_span sb_span_string(const char *string) {
    return sb_span_of(string, strlen(string));
}

static inline bool sb_span_equal(struct sb_span a, struct sb_span b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool sb_span_is(struct sb_span a, const char *string) {
    return sb_span_equal(a, sb_span_string(string));
}

static inline bool sb_span_starts(struct sb_span a, const char *prefix) {
    size_t size = strlen(prefix);
    return a.size >= size && memcmp(a.data, prefix, size) == 0;
}

static inline bool sb_span_ends(struct sb_span a, const char *suffix) {
    size_t size = strlen(suffix);
    return a.size >= size && memcmp(a.data + a.size - size, suffix, size) == 0;
}

/* The bytes from offset on; empty where offset lies at or behind the end. */
static inline struct sb_span sb_span_from(struct sb_span a, size_t offset) {
    return offset >= a.size ? sb_span_of(a.data + a.size, 0)
                            : sb_span_of(a.data + offset, a.size - offset);
}

/* Order by unsigned bytes, the shorter first where one is a prefix of the other. */
static inline int sb_span_compare(struct sb_span a, struct sb_span b) {
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common ? memcmp(a.data, b.data, common) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* The same of two items of an array, as qsort wants it. */
static inline int sb_span_compare_items(const void *a, const void *b) {
    const struct sb_span *x = a, *y = b;
    return sb_span_compare(*x, *y);
}

static inline bool sb_span_is_zero(struct sb_span span) {
    return span.size == 0 ||
           (span.data[0] == 0 && memcmp(span.data, span.data + 1, span.size - 1) == 0);
}

/* How many bytes are zero before the first that is not. */
static inline size_t sb_span_zeros(struct sb_span span) {
    size_t zeros = 0;
    if (sb_span_is_zero(span))
        return span.size;
    while (span.data[zeros] == 0)
        zeros++;
    return zeros;
}

#endif
