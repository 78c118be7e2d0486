/* What the fuzz targets share. Each target is a file that defines one LLVMFuzzerTestOneInput; the
 * same file serves libFuzzer and AFL++. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdlib.h>

#include "io/output.h"
#include "io/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_OUTPUT_MAX = 8 << 20 };

/* An anonymous memory file for decoded bytes. */
extern const struct sb_spool fuzz_spool;

/* A source over a copy of the input; close it with sb_source_close. */
struct sb_source *fuzz_source(const uint8_t *data, size_t size);
/* Reads a stream to its end, or to FUZZ_OUTPUT_MAX bytes; 0 at the end. */
int fuzz_drain(struct sb_input *input, struct sb_buf *into);
/* Stops the run where a property does not hold. */
void fuzz_check(bool holds, const char *what);

#endif
