/* A zstd frame (RFC 8878) of one block, as short as it can be made for a small tar. Literals are
 * raw or Huffman-coded, sequences take the standard's tables, one symbol alone, or tables that are
 * written down; the parse goes by the prices of the tables that it is given. */
#ifndef SB_SMALLEST_ZSTD_H
#define SB_SMALLEST_ZSTD_H

#include "base/buf.h"
#include "codec/deflate_trace.h"
#include "smallest/fse.h"
#include "smallest/runs.h"

enum sb_zstd_table {
    SB_ZSTD_LITERAL_LENGTHS,
    SB_ZSTD_OFFSETS,
    SB_ZSTD_MATCH_LENGTHS,
    SB_ZSTD_TABLES
};

struct sb_zstd_hint {
    struct sb_fse_counts tables[SB_ZSTD_TABLES]; /* log 0: the standard's */
    bool huffman;
    unsigned char literals[256]; /* code lengths in bits, with huffman */
};

struct sb_zstd_sequence {
    int literals, length; /* bytes taken as they are, then bytes copied */
    int distance,
        offset; /* as the format has it: 1 to 3 are earlier distances, else distance + 3 */
};

struct sb_zstd {
    struct sb_runs runs;
    struct sb_zstd_sequence sequences[SB_SMALL_MAX];
    int count;
    unsigned char literals[SB_SMALL_MAX]; /* all of them, in order */
    int literal_count;
    struct sb_zstd_hint found; /* what the block is written with */
    int bits;                  /* of the frame, but for those that fill its last byte */
};

/* Parses data and chooses the tables; false where the format's smallest forms do not hold it. */
bool sb_zstd_find(struct sb_zstd *zstd, struct sb_span data, const struct sb_zstd_hint *hint);

/* Appends the frame. visit (may be NULL) is called for every step, in the order of the bits, which
 * count from the frame's beginning: a literal, a match, or else the format's own. */
void sb_zstd_write(const struct sb_zstd *zstd, struct sb_buf *output,
                   void (*visit)(void *visitor, const struct sb_deflate_step *step), void *visitor);

#endif
