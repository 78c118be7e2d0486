/* The tar of a class: every byte under a heading. */
#ifndef SB_SMALLEST_SKETCH_H
#define SB_SMALLEST_SKETCH_H

#include "engines/marked.h"
#include "smallest/program.h"

/* exit_code: of the program; SB_PROGRAM_WAITS is the class's own, others make its twins. */
void sb_sketch_write(const struct sb_smallest_class *class, int exit_code, struct sb_marked *tar);

#endif
