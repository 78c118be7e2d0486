/* --baseline and --write-baseline. */
#ifndef VERIFY_ALLOWANCES_H
#define VERIFY_ALLOWANCES_H

#include "compare/baseline.h"
#include "options/options.h"

struct allowances {
    int fd; /* of --baseline, until it is read; -1 */
    struct sb_baseline baseline;
};

#define ALLOWANCES_INIT                                                                            \
    { .fd = -1 }

/* Opens --baseline, where there is one. */
int allowances_open(struct allowances *allowances, const struct options *options,
                    struct sb_error *error) SB_MUST_USE;
int allowances_read(struct allowances *allowances, const struct options *options,
                    struct sb_error *error) SB_MUST_USE;
/* Marks what --baseline allows of a comparison, and takes up the rest for --write-baseline. */
int allowances_apply(struct allowances *allowances, const struct options *options,
                     struct sb_comparison *result, struct sb_error *error) SB_MUST_USE;
/* Writes what allows all that was seen: the allowances read, and new ones. */
int allowances_write(struct allowances *allowances, const struct options *options,
                     struct sb_error *error) SB_MUST_USE;
void allowances_release(struct allowances *allowances);

#endif
