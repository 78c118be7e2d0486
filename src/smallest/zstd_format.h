/* The alphabets and standard tables of RFC 8878 §3.1.1.3.2; for zstd*.c alone. */
#ifndef SB_SMALLEST_ZSTD_FORMAT_H
#define SB_SMALLEST_ZSTD_FORMAT_H

#include "smallest/zstd.h"

enum {
    ZSTD_SHORTEST = 3,
    ZSTD_SEQUENCES_MAX = 127, /* that one byte counts */
    ZSTD_LITERALS_MAX = 1023, /* that the smallest Huffman-coded form has */
    ZSTD_LITERALS_TINY = 31,  /* that one byte counts */
    ZSTD_FRAME_HEADER = 6,
    ZSTD_BLOCK_HEADER = 3,
    ZSTD_MODE_STANDARD = 0,
    ZSTD_MODE_SINGLE = 1,
    ZSTD_MODE_WRITTEN = 2
};

struct sb_zstd_symbol {
    int symbol, extra_bits, extra;
};

struct sb_zstd_symbol sb_zstd_literals_symbol(int length);
struct sb_zstd_symbol sb_zstd_match_symbol(int length);
struct sb_zstd_symbol sb_zstd_offset_symbol(int offset);
struct sb_zstd_symbol sb_zstd_sequence_symbol(enum sb_zstd_table table,
                                              const struct sb_zstd_sequence *sequence);
const struct sb_fse_counts *sb_zstd_standard(enum sb_zstd_table table);
/* A table of one symbol has log 0 and that symbol as its last. */
int sb_zstd_mode(const struct sb_fse_counts *counts);

/* Appends the description of a Huffman code of literals (§4.2.1), in its shorter form; returns its
 * bytes. */
size_t sb_zstd_huffman_describe(const unsigned char *lengths, struct sb_buf *output);

#endif
