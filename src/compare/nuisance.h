/* What differs between two images in that which passes take away: for each pass how many pairs, and
 * the first with both values. How far each side is from the canonical form is another question
 * (counts_a, counts_b). */
#ifndef SB_COMPARE_NUISANCE_H
#define SB_COMPARE_NUISANCE_H

#include "compare/compare.h"

/* Fills nuisances of the result, and those of its layers (compare/align.h). Headers of layers that
 * differ are read again. A layer that was not read or is not there is compared by its digests. */
int sb_nuisances_compare(const struct sb_subject *a, const struct sb_subject *b,
                         const struct sb_pass_options *options, struct sb_comparison *result,
                         struct sb_error *error) SB_MUST_USE;

/* For the files of this folder. */

/* One pair more. Of the first that differs its place and its values are copied. */
void sb_nuisance_count(struct sb_comparison *result, enum sb_pass pass, bool differs,
                       const char *where, const char *a, const char *b);
/* The entries of two layers that belong together. */
int sb_nuisances_of_layers(struct sb_layer *a, struct sb_layer *b,
                           const struct sb_pass_options *options, struct sb_layer_row *row,
                           const struct sb_spool *spool, struct sb_comparison *result,
                           struct sb_error *error) SB_MUST_USE;

/* The archives' own tars. */
int sb_nuisances_of_envelopes(const struct sb_archive *a, const struct sb_archive *b,
                              struct sb_comparison *result, struct sb_error *error) SB_MUST_USE;

/* The header blocks of one entry on both sides, extended headers included; empty: not known. */
struct sb_header_pair {
    struct sb_span raw_a, raw_b;
};
/* What of two headers no entry says: the form in which they are written. NULL where they are of one
 * form; else the field, with both values as they stand (in arena). Times of PAX records that no
 * entry has are told apart in *times: "atime", "ctime"; NULL. */
const char *sb_headers_differ(const struct sb_header_pair *pair, struct sb_arena *arena,
                              const char **a, const char **b, const char **times);

#endif
