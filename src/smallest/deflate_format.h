/* The alphabets of RFC 1951 §3.2.5, and how codes are written (§3.2.7); for deflate*.c alone. */
#ifndef SB_SMALLEST_DEFLATE_FORMAT_H
#define SB_SMALLEST_DEFLATE_FORMAT_H

#include "smallest/deflate.h"

enum { DEFLATE_END = 256, DEFLATE_LONGEST = 258, DEFLATE_SHORTEST = 3, DEFLATE_DEEPEST = 15 };

struct sb_deflate_symbol {
    int symbol, extra_bits, extra;
};

struct sb_deflate_symbol sb_deflate_length_symbol(int length);
struct sb_deflate_symbol sb_deflate_distance_symbol(int distance);
void sb_deflate_fixed_code(struct sb_deflate_code *code);

/* A code's lengths, themselves run-length encoded and coded. */
struct sb_deflate_header {
    int literals, distances, order; /* HLIT, HDIST and HCLEN, as counts */
    int count;
    struct {
        unsigned char symbol, extra;
    } items[SB_DEFLATE_LITERALS + SB_DEFLATE_DISTANCES];
    unsigned char lengths[19];
    int bits;
};

extern const unsigned char sb_deflate_order[19];
int sb_deflate_extra_bits(int symbol); /* of a symbol of the code length alphabet */
void sb_deflate_header_make(struct sb_deflate_header *header, const struct sb_deflate_code *code);

/* How often each symbol occurs, the end of block once. */
struct sb_deflate_counts {
    int literals[SB_DEFLATE_LITERALS], distances[SB_DEFLATE_DISTANCES];
    int extra_bits;
};

/* In the tokens from from to to, the first of which stands at at in the data. */
void sb_deflate_count(const struct sb_deflate *deflate, int from, int to, size_t at,
                      struct sb_deflate_counts *counts);

#endif
