/* Why digests differ: for each the first reasons, down to a member, an entry's field, or a byte. */
#ifndef SB_COMPARE_TRAIL_H
#define SB_COMPARE_TRAIL_H

#include "compare/compare.h"

/* Fills trail of the result, whose layers and nuisances are known. A digest whose difference has no
 * name gets the reason "not accounted for". */
void sb_trail_make(const struct sb_subject *a, const struct sb_subject *b,
                   struct sb_comparison *result);

#endif
