/* Temporary files and folders, and results that appear under their name only when they are whole.
 */
#ifndef VERIFY_HOST_TEMPORARY_H
#define VERIFY_HOST_TEMPORARY_H

#include "base/buf.h"
#include "base/error.h"
#include "io/source.h"

/* A new folder below TMPDIR; *path is owned by the caller. */
int temporary_folder(char **path, struct sb_error *error) SB_MUST_USE;
/* Removes a folder and all below it, never through a link. */
void temporary_remove(const char *path);

/* An unlinked file below TMPDIR; a spool for the library (context is unused). */
int temporary_file(void *context, struct sb_error *error) SB_MUST_USE;
/* Opens a file that another program wrote and unlinks it. */
int temporary_take(const char *path, int *fd, struct sb_error *error) SB_MUST_USE;
extern const struct sb_spool temporary_spool;

/* A result under construction. */
struct result_file {
    const char *path; /* "-": standard output */
    char *target;     /* path with links resolved */
    char *temporary;  /* beside it; NULL: standard output, or special */
    bool special;     /* a pipe or device */
    int fd;
};

/* The temporary file stands beside path, so that the rename is atomic. */
int result_open(struct result_file *result, const char *path, struct sb_error *error) SB_MUST_USE;
/* Renames it into place. */
int result_commit(struct result_file *result, struct sb_error *error) SB_MUST_USE;
/* Removes it, where it was not committed. */
void result_drop(struct result_file *result);

/* Writes text to path, or to standard output where path is "-". */
int result_write(const char *path, struct sb_span text, struct sb_error *error) SB_MUST_USE;

#endif
