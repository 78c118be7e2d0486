/* Which layer of one image belongs to which of the other. */
#ifndef SB_COMPARE_ALIGN_H
#define SB_COMPARE_ALIGN_H

#include "compare/compare.h"

/* Fills layers of the result: equal layers first, by the longest common sequence of diff_ids; what
 * lies between them by instructions, then by position, then by common paths. */
void sb_align_layers(const struct sb_subject *a, const struct sb_subject *b,
                     struct sb_comparison *result);
/* Sets the numbers of layers in all differences, and from these and from the counts of nuisances
 * the states. */
void sb_align_finish(const struct sb_subject *a, const struct sb_subject *b,
                     struct sb_comparison *result);

#endif
