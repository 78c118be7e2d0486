/* Differences between two configurations, member by member. */
#ifndef SB_COMPARE_CONFIG_H
#define SB_COMPARE_CONFIG_H

#include "compare/compare.h"

/* Differences of kind "config" at paths below where; values are shown as JSON. */
void sb_compare_config(const struct sb_json *a, const struct sb_json *b, const char *where,
                       struct sb_comparison *result);

#endif
