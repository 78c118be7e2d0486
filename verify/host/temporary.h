/* Temporary files and folders, and results that appear under their name only when they are whole.
 */
#ifndef VERIFY_HOST_TEMPORARY_H
#define VERIFY_HOST_TEMPORARY_H

#include "base/buf.h"
#include "base/error.h"
#include "io/source.h"

/* A new folder below TMPDIR; *path is owned by the caller. What a run that was killed left there is
 * removed on the way. */
int temporary_folder(char **path, struct sb_error *error) SB_MUST_USE;
/* Removes a folder and all below it, never through a link. In a confined reader it does nothing:
 * its parent does. */
void temporary_remove(const char *path);
/* All folders that this process made and did not remove. */
void temporary_remove_all(void);

/* Nine tenths of the bytes that are free below TMPDIR: what one file of another program may take.
 */
uint64_t temporary_room(void);

/* An unlinked file below TMPDIR; a spool for the library (context is unused). */
int temporary_file(void *context, struct sb_error *error) SB_MUST_USE;
/* Opens a file that another program wrote and unlinks it. */
int temporary_take(const char *path, int *fd, struct sb_error *error) SB_MUST_USE;
extern const struct sb_spool temporary_spool;

/* A result under construction. */
struct result_file {
    const char *path; /* "-": standard output */
    char *target;     /* path with links resolved */
    char *temporary;  /* beside it, where the file system has no files without a name; else NULL */
    enum { RESULT_STDOUT, RESULT_SPECIAL, RESULT_NAMELESS, RESULT_NAMED, RESULT_REMOTE } kind;
    unsigned slot; /* REMOTE: the parent's number of it */
    int fd;        /* for reading and writing */
};

/* A file without a name (O_TMPFILE) in path's folder, or one beside it: it gets its name when it is
 * whole. A pipe or device is written to. */
int result_open(struct result_file *result, const char *path, struct sb_error *error) SB_MUST_USE;
/* Whether what is written to path is gone at once: standard output, a pipe, a device. */
bool result_is_direct(const char *path);
/* The folders on the way to path, as far as they can be made; in a confined reader the parent does
 * it. */
void result_make_folders(const char *path);
/* Gives it its name. */
int result_commit(struct result_file *result, struct sb_error *error) SB_MUST_USE;
/* Removes it, where it was not committed. */
void result_drop(struct result_file *result);

/* Copies input to the result at path: whole, or not at all. */
int result_copy(const char *path, struct sb_input *input, struct sb_error *error) SB_MUST_USE;
/* Writes text to path, or to standard output where path is "-". */
int result_write(const char *path, struct sb_span text, struct sb_error *error) SB_MUST_USE;

#endif
