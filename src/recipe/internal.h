/* What the files of this folder share. */
#ifndef SB_RECIPE_INTERNAL_H
#define SB_RECIPE_INTERNAL_H

#include "recipe/plan.h"

/* ADD and COPY: a layer of its own. */
int sb_plan_copy(struct sb_plan *plan, const struct sb_instruction *instruction, bool add,
                 struct sb_error *error) SB_MUST_USE;
/* The folder that WORKDIR makes where it is not there: a layer, or nothing. */
int sb_plan_make_folder(struct sb_plan *plan, struct sb_span path, unsigned line,
                        struct sb_error *error) SB_MUST_USE;
/* A path as an instruction says it: below the working folder unless it is absolute; cleaned. */
struct sb_span sb_plan_path(struct sb_plan *plan, struct sb_span path);
/* Expands one word with the variables of the plan. */
int sb_plan_expand(struct sb_plan *plan, struct sb_span word, struct sb_span *result,
                   struct sb_error *error) SB_MUST_USE;
void sb_plan_free_tree(struct sb_plan *plan);

#endif
