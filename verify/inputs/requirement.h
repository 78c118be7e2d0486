/* --require: how much alike two images must be. */
#ifndef VERIFY_INPUTS_REQUIREMENT_H
#define VERIFY_INPUTS_REQUIREMENT_H

#include "compare/compare.h"
#include "options/options.h"

/* Whether a comparison is at least what --require asks for, allowed differences set aside. */
bool requirement_met(const struct options *options, const struct sb_comparison *result);

#endif
