/* The smallest archives that engines load and run. */
#ifndef SB_SMALLEST_SMALLEST_H
#define SB_SMALLEST_SMALLEST_H

#include "base/error.h"
#include "engines/marked.h"
#include "smallest/class.h"
#include "smallest/program.h"

/* Writes class's tar, and what its encoder makes of it; file stays empty where the encoder is stock
 * gzip, which is not the library's. exit_code as for sb_program_write. */
int sb_smallest_write(const struct sb_smallest_class *class, int exit_code, struct sb_marked *tar,
                      struct sb_buf *file, struct sb_error *error) SB_MUST_USE;

/* The class whose file this is, with *exit_code; NULL: none's. A file of a class whose encoder is
 * stock gzip is known by its tar, in *tar; the others come out again whole. */
const struct sb_smallest_class *sb_smallest_recognise(struct sb_span file, int *exit_code,
                                                      struct sb_marked *tar);
/* An sb_ledger_trace: goes through the frame of a struct sb_smallest_frame. */
struct sb_smallest_frame {
    const struct sb_smallest_class *class;
    struct sb_span tar;
};
int sb_smallest_trace(void *frame, struct sb_span file,
                      void (*visit)(void *visitor, const struct sb_deflate_step *step),
                      void *visitor, struct sb_error *error) SB_MUST_USE;

#endif
