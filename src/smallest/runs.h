/* Where a small tar repeats itself. Such a tar is a few hundred bytes between long runs of one
 * byte, so that what a parse has to look at are its runs, not its bytes. */
#ifndef SB_SMALLEST_RUNS_H
#define SB_SMALLEST_RUNS_H

#include <stdint.h>

#include "base/span.h"

/* The largest tar that the encoders of this folder take, in bytes. */
enum { SB_SMALL_MAX = 8192 };

struct sb_run {
    int begin, end; /* of bytes that are equal */
    int previous;   /* the run of the same byte before; -1 */
};

struct sb_runs {
    struct sb_span data;
    int count;
    struct sb_run list[SB_SMALL_MAX];
    int16_t run_at[SB_SMALL_MAX]; /* of each byte */
    int16_t next_cut[SB_SMALL_MAX +
                     2]; /* the next place, from each on, where a match may begin or end */
};

struct sb_match {
    int length, distance;
};

/* data has at most SB_SMALL_MAX bytes and is borrowed. longest: of a match, in bytes. */
void sb_runs_find(struct sb_runs *runs, struct sb_span data, int longest);
/* A block ends here: one place more where matches begin and end. */
void sb_runs_divide(struct sb_runs *runs, int at);
static inline bool sb_runs_cut(const struct sb_runs *runs, int at) {
    return runs->next_cut[at] == at;
}
/* The matches at a place, each as long as it can be: the one with the byte before, and one for each
 * earlier run of the same byte. matches has room for SB_SMALL_MAX. Returns how many there are. */
int sb_runs_match(const struct sb_runs *runs, int at, struct sb_match *matches);
/* Bytes that are equal at two places, a before b. */
int sb_runs_common(const struct sb_runs *runs, int a, int b);

#endif
