/* build --smallest: the smallest archive of a class, written and, where an engine is named, tried.
 */
#ifndef VERIFY_SMALLEST_H
#define VERIFY_SMALLEST_H

#include "options/options.h"

/* The values of the command build. */
struct build_values {
    struct options options;
    const char *smallest; /* the class; "-" without one; NULL */
    uint64_t exit_code;   /* UINT64_MAX: it was not said */
};

/* EXIT_SAME, or EXIT_DIFFERENT where it is over its budget. */
int smallest_build(const struct build_values *values, struct sb_error *error) SB_MUST_USE;
/* The founding image's context, in a new temporary folder, for the class canonical. */
int smallest_founding(char **folder, struct sb_error *error) SB_MUST_USE;

#endif
