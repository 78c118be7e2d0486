/* Symbolic modes, as chmod(1) has them: u+rwX,go-w,a=rx. */
#ifndef SB_RECIPE_MODE_H
#define SB_RECIPE_MODE_H

#include <stdint.h>

#include "base/span.h"

/* The mode that a file of that mode gets; false where the text is no symbolic mode. Where a clause
 * names nobody, the umask 022 keeps what it takes away (BuildKit's --chmod). */
bool sb_mode_apply(struct sb_span text, uint32_t mode, bool folder, uint32_t *result);

#endif
