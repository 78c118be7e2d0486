/* Deflate data (RFC 1951) as short as it can be made for a small tar. For the code that it is given
 * the parse is all but exact: inside of long runs of one byte it looks only at places where other
 * runs begin or end. Which code, and where the block ends, is the caller's to search. */
#ifndef SB_SMALLEST_DEFLATE_H
#define SB_SMALLEST_DEFLATE_H

#include "base/buf.h"
#include "smallest/runs.h"

enum { SB_DEFLATE_LITERALS = 288, SB_DEFLATE_DISTANCES = 30 };

/* Code lengths in bits, 0: no code. */
struct sb_deflate_code {
    unsigned char literals[SB_DEFLATE_LITERALS]; /* literals, end of block, lengths */
    unsigned char distances[SB_DEFLATE_DISTANCES];
};

struct sb_deflate_token {
    int16_t length, distance; /* 1, 0: a literal */
};

struct sb_deflate {
    struct sb_runs runs;
    struct sb_deflate_token tokens[SB_SMALL_MAX];
    int count;
    size_t dynamic; /* the bytes of the first block, which has a code of its own; the rest, if
                       there is any, is a block of the fixed code; 0: that is all there is */
    int tokens_dynamic;
    struct sb_deflate_code code; /* of the first block */
    int bits;                    /* of everything */
};

/* Parses data and gives deflate->bits. hint: the code to begin with, which is taken as it is where
 * that is shorter than the code that fits what the parse found. dynamic: see above. */
void sb_deflate_find(struct sb_deflate *deflate, struct sb_span data, size_t dynamic,
                     const struct sb_deflate_code *hint);
/* Appends what was found. */
void sb_deflate_write(const struct sb_deflate *deflate, struct sb_buf *output);

/* The bits that describe a code at the beginning of a block (RFC 1951 §3.2.7). */
int sb_deflate_header_bits(const struct sb_deflate_code *code);

#endif
