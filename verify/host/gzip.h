/* GNU gzip, run: what another tool would write is never predicted. */
#ifndef VERIFY_HOST_GZIP_H
#define VERIFY_HOST_GZIP_H

#include "base/buf.h"
#include "base/error.h"

/* `gzip -9n` from the descriptor input (from its beginning) to the descriptor output. */
int gzip_file(int input, int output, struct sb_error *error) SB_MUST_USE;
/* Size in bytes of the same, without keeping it. */
int gzip_size(int input, uint64_t *size, struct sb_error *error) SB_MUST_USE;

#endif
