/* Packages that moved from one version to another between two images, and the differences that
 * follow from it. */
#ifndef SB_COMPARE_MOVED_H
#define SB_COMPARE_MOVED_H

#include "compare/compare.h"

/* Sets package of every difference in a package's file, and of those whose package moved the cause;
 * fills moved. Where the sides have files that differ, the databases of both are read, and so are
 * layers that were left unread. Before sb_causes_apply. */
int sb_moved_apply(struct sb_subject *a, struct sb_subject *b, struct sb_comparison *result,
                   struct sb_error *error) SB_MUST_USE;

#endif
