/* The second writer: a plan staged in a temporary folder and packed by the real GNU tar. */
#ifndef VERIFY_HOST_GNUTAR_H
#define VERIFY_HOST_GNUTAR_H

#include "recipe/plan.h"

/* Writes the canonical archive of plan, whose canonical image canon is, with GNU tar alone, to an
 * unlinked temporary file. Layers whose files have several owners need root or fakeroot. */
int gnutar_write(const struct sb_plan *plan, const struct sb_canon *canon, enum sb_canon_form form,
                 int *fd, struct sb_error *error) SB_MUST_USE;

#endif
