/* Well-known causes of differences, with their cures: the table is compare/causes.def. */
#ifndef SB_COMPARE_CAUSE_H
#define SB_COMPARE_CAUSE_H

#include "compare/compare.h"

struct sb_cause {
    const char *name;
    const char *pattern, *kind; /* which differences it is the cause of */
    uint64_t from, to;          /* of a content: where its first different byte lies */
    const char *cause, *cure;
};

extern const struct sb_cause sb_causes[];
extern const size_t sb_cause_count;

/* The cause of a difference, or NULL. A mode that another umask explains has one that the table has
 * not: its text, with both umasks, is made in arena. */
const struct sb_cause *sb_cause_of(const struct sb_difference *difference, struct sb_arena *arena);
/* Sets the cause of every difference. */
void sb_causes_apply(struct sb_comparison *result);

#endif
