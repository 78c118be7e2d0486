/* Layers that are one tar, compressed in two ways. */
#ifndef SB_COMPARE_ENCODINGS_H
#define SB_COMPARE_ENCODINGS_H

#include "compare/compare.h"
#include "engines/facts.h"

/* Adds a note for each, which names the encoders where running those that are installed finds them;
 * tars of more than largest bytes are not tried. */
int sb_compare_encodings(const struct sb_subject *a, const struct sb_subject *b, uint64_t largest,
                         const struct sb_encoder *encoder, struct sb_comparison *result,
                         struct sb_error *error) SB_MUST_USE;

#endif
