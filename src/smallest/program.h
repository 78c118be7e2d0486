/* The programs of the smallest images: they wait for a signal, or exit with a code. asm/smallest
 * has them in assembler. */
#ifndef SB_SMALLEST_PROGRAM_H
#define SB_SMALLEST_PROGRAM_H

#include "base/buf.h"
#include "smallest/class.h"

enum { SB_PROGRAM_WAITS = -1 };

/* Appends the program of class; exit_code is one of 0 to 127, or SB_PROGRAM_WAITS. */
void sb_program_write(const struct sb_smallest_class *class, int exit_code, struct sb_buf *output);
/* Its code alone, and where in the program it stands, in bytes. */
struct sb_span sb_program_code(enum sb_program_kind kind, int exit_code, unsigned char code[8],
                               size_t *at);

#endif
