/* Text that the command line names: opened while names can be opened, read later. */
#ifndef VERIFY_HOST_TEXT_FILE_H
#define VERIFY_HOST_TEXT_FILE_H

#include "base/buf.h"
#include "base/error.h"

/* - is standard input. */
int text_file_open(const char *path, int *fd, struct sb_error *error) SB_MUST_USE;
/* Reads and closes it; more than SB_LIMIT_JSON_SIZE_STANDARD bytes are an error. path is for
 * messages. */
int text_file_read(const char *path, int fd, struct sb_buf *text,
                   struct sb_error *error) SB_MUST_USE;

#endif
