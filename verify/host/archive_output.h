/* An image archive written to where -o says: plain, or through gzip -9n, complete or not at all. */
#ifndef VERIFY_ARCHIVE_OUTPUT_H
#define VERIFY_ARCHIVE_OUTPUT_H

#include "io/output.h"
#include "options/options.h"

/* Writes the tar to output. */
typedef int archive_writer(void *context, struct sb_output *output, struct sb_error *error);

/* Looks at what was written, whole, before it gets its name; the descriptor stays the caller's. */
typedef int archive_check(void *context, int fd, struct sb_error *error);

/* Whether OUT is compressed: by --gzip or its name. */
bool archive_output_is_gzip(const struct options *options);
/* write(context) makes the tar; it lands at options->output. check may be NULL. */
int archive_output(const struct options *options, archive_writer *write, archive_check *check,
                   void *context, struct sb_error *error) SB_MUST_USE;
/* The same to a new unlinked temporary file. */
int archive_to_temporary(archive_writer *write, void *context, int *fd,
                         struct sb_error *error) SB_MUST_USE;

#endif
