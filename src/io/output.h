/* An output stream: append, then finish. The first error is kept and returned by every later
 * call, so a writer may check once, at the end. */
#ifndef SB_IO_OUTPUT_H
#define SB_IO_OUTPUT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "io/input.h"

struct sb_output {
    int (*append)(struct sb_output *output, struct sb_span bytes, struct sb_error *error);
    uint64_t position; /* bytes appended so far */
    bool failed;
    struct sb_error error;
};

int sb_output_append(struct sb_output *output, struct sb_span bytes, struct sb_error *error);
int sb_output_zeros(struct sb_output *output, uint64_t count, struct sb_error *error);
/* Copies input to its end. */
int sb_output_copy(struct sb_output *output, struct sb_input *input, struct sb_error *error);

/* Appends to a buffer (borrowed). */
struct sb_output_buf {
    struct sb_output base;
    struct sb_buf *buf;
};
void sb_output_to_buf(struct sb_output_buf *output, struct sb_buf *buf);

/* Writes to a descriptor (borrowed) through a small buffer; flush before it is closed. */
struct sb_output_file {
    struct sb_output base;
    int fd;
    struct sb_buf buffer;
};
void sb_output_to_file(struct sb_output_file *output, int fd);
int sb_output_flush_file(struct sb_output_file *output, struct sb_error *error);

#endif
