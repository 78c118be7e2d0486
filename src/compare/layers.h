/* Differences between two canonical layers, entry by entry and field by field. */
#ifndef SB_COMPARE_LAYERS_H
#define SB_COMPARE_LAYERS_H

#include "compare/compare.h"

/* prefix stands in front of each path: "layer 1: ". */
int sb_compare_layers(const struct sb_canon_layer *a, const struct sb_canon_layer *b,
                      const struct sb_spool *spool, const char *prefix,
                      struct sb_comparison *result, struct sb_error *error) SB_MUST_USE;
/* Whether they have the same entries; what differs is not looked for. */
int sb_layers_are_equal(const struct sb_canon_layer *a, const struct sb_canon_layer *b,
                        const struct sb_spool *spool, bool *equal,
                        struct sb_error *error) SB_MUST_USE;
/* How many entries of the image's layers say only what the layers below them have already. */
size_t sb_count_repeated(const struct sb_image *image);

#endif
