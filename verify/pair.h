/* Two images, read side by side, a thread for each; and no more of them than the answer asks for:
 * of equal archives, and of layers that both claim to have where claims are trusted, no contents.
 */
#ifndef VERIFY_PAIR_H
#define VERIFY_PAIR_H

#include "subject.h"

/* Reads, chooses and prepares both. Of two errors it is the first image's. result gets what was
 * found out about the archives, and a note of what was not read. */
int pair_read(struct subject subjects[2], const struct options *options,
              struct sb_comparison *result, struct sb_error *error) SB_MUST_USE;

#endif
