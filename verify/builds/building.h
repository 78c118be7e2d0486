/* The first half of verify: everything is built, saved and opened; nothing of it is read yet. */
#ifndef VERIFY_BUILDING_H
#define VERIFY_BUILDING_H

#include "builds/verification.h"

/* The native build, each engine's builds (twice where asked for) and the images of --against, as
 * rows of the verification. Every engine has ended afterwards. */
int building_gather(struct verification *verification, struct sb_error *error) SB_MUST_USE;
/* Whether two files have the same bytes. */
int building_same_files(int a, int b, enum answer *answer, struct sb_error *error) SB_MUST_USE;

#endif
