/* Habits of builders that make one source two images: each is known by what it does to values, not
 * by where it shows. */
#ifndef SB_COMPARE_TRAIT_H
#define SB_COMPARE_TRAIT_H

#include "compare/compare.h"
#include "engines/builder.h"

/* An image and the builder that made it; NULL: unknown. */
struct sb_built {
    const struct sb_image *image;
    const struct sb_builder *builder;
};

/* The habit that explains the difference of a and b, in a sentence, and in *of_a whether it is that
 * of a's builder; NULL where none does. The text is static. */
const char *sb_trait_find(const struct sb_difference *difference, const struct sb_built *a,
                          const struct sb_built *b, bool *of_a);

#endif
