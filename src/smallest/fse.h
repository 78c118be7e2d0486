/* Finite state entropy (RFC 8878 §4.1): tables, and symbols written with them. */
#ifndef SB_SMALLEST_FSE_H
#define SB_SMALLEST_FSE_H

#include "smallest/bits.h"

enum { SB_FSE_SYMBOLS = 64, SB_FSE_LOG_MAX = 6 };

/* How many of the 1 << log states each symbol has; -1: one, and less than that would do. */
struct sb_fse_counts {
    int log, symbols; /* symbols: the last one's number + 1 */
    int16_t states[SB_FSE_SYMBOLS];
};

struct sb_fse {
    int log;
    uint16_t next[1 << SB_FSE_LOG_MAX];
    int32_t bits[SB_FSE_SYMBOLS], find[SB_FSE_SYMBOLS];
};

void sb_fse_make(struct sb_fse *fse, const struct sb_fse_counts *counts);
/* The state that symbol, the last of all, leaves behind. */
unsigned sb_fse_begin(const struct sb_fse *fse, int symbol);
/* Writes what leads from symbol to state; returns symbol's state. bits may be NULL: then *count
 * grows by what would be written. */
unsigned sb_fse_put(const struct sb_fse *fse, unsigned state, int symbol, struct sb_bits *bits,
                    int *count);
/* Writes the state that a decoder begins with. */
void sb_fse_end(const struct sb_fse *fse, unsigned state, struct sb_bits *bits);

/* Shares 1 << log states among symbols as they occur; false where there are more symbols. */
bool sb_fse_fit(struct sb_fse_counts *counts, const int *occurrences, int symbols, int log);
/* Writes the counts (RFC 8878 §4.1.1) up to a whole byte. */
void sb_fse_counts_put(const struct sb_fse_counts *counts, struct sb_bits *bits);

#endif
