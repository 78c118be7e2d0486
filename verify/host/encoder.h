/* The encoders that may have made a gzip stream, run as programs. */
#ifndef VERIFY_HOST_ENCODER_H
#define VERIFY_HOST_ENCODER_H

#include "engines/facts.h"

/* Those that are installed are tried; the others answer that they are not there. */
extern const struct sb_encoder host_encoder;

enum { ENCODER_GNU_GZIP = 0 };
/* One of the table's encoders at that level, from a descriptor (its beginning) to another. 1 where
 * it is not installed. In a confined reader the parent runs it. */
int encoder_run(unsigned which, unsigned level, int input, int output,
                struct sb_error *error) SB_MUST_USE;

#endif
