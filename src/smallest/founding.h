/* The founding program: asm/t.asm, assembled. */
#ifndef SB_SMALLEST_FOUNDING_H
#define SB_SMALLEST_FOUNDING_H

#include "base/span.h"

/* 127 bytes. */
struct sb_span sb_founding_program(void);

#endif
