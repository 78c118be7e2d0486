/* Two images, read side by side: a thread for each. */
#ifndef VERIFY_PAIR_H
#define VERIFY_PAIR_H

#include "subject.h"

/* Reads, chooses and prepares both. Of two errors it is the first image's. */
int pair_read(struct subject subjects[2], const struct options *options,
              struct sb_error *error) SB_MUST_USE;

#endif
