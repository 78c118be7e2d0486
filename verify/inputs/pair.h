/* Two archives, read side by side, a thread for each; and no more of them than the answer asks for:
 * of equal archives, and of layers that both claim to have where claims are trusted, no contents.
 */
#ifndef VERIFY_PAIR_H
#define VERIFY_PAIR_H

#include "inputs/subject.h"

struct pair {
    struct subject subjects[2];
    const struct options *options;
    struct sb_comparison archives; /* what the archives alone say */
    bool short_way;                /* no digests are made, so not all must be read */
    bool every; /* platforms of both sides: one on a side alone is a difference */
};

/* Reads both, which were opened. Of two errors it is the first archive's. */
int pair_read(struct pair *pair, struct sb_error *error) SB_MUST_USE;
/* The platforms to be compared: those that were asked for, each once. Where none was, a side with
 * one image decides for the other; all, where both have several or for --all-platforms; else one
 * that is NULL. Strings live as long as the pair. */
void pair_platforms(struct pair *pair, string_list *platforms);
/* Whether a side has an image for the platform. */
bool pair_has(const struct pair *pair, int side, const char *platform);
/* Chooses an image of each, for the platform (NULL: see above), and prepares both. result gets what
 * is known already, and a note of what was not read. */
int pair_prepare(struct pair *pair, const char *platform, struct sb_comparison *result,
                 struct sb_error *error) SB_MUST_USE;
/* What was prepared, before the next. */
void pair_forget(struct pair *pair);
void pair_release(struct pair *pair);

#endif
