/* The whole values of both sides of a difference, as a baseline pins them: what the report shows of
 * a file or of an entry is less than what an allowance must hold on to. */
#ifndef SB_COMPARE_PIN_H
#define SB_COMPARE_PIN_H

#include "compare/compare.h"

/* Sets pin_a and pin_b of each difference; contents are read again. A content is its digest; an
 * entry that one side alone has, or of two types, is its header with the digest of its content; any
 * other value is what the report says. */
int sb_comparison_pin(struct sb_comparison *result, const struct sb_spool *spool,
                      struct sb_error *error) SB_MUST_USE;

#endif
