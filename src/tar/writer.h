/* Writes tar headers as GNU tar does when told to be reproducible: `--format=gnu`, and for an entry
 * with extended attributes what GNU tar 1.35 writes with `--format=posix --xattrs`
 * (docs/canonical.md has the options). */
#ifndef SB_TAR_WRITER_H
#define SB_TAR_WRITER_H

#include "base/buf.h"
#include "io/output.h"
#include "tar/entry.h"

/* Appends every header block of entry: name, link, type, mode, uid, gid, size, mtime, uname, gname,
 * device numbers and xattrs are taken from it as they are. */
void sb_tar_write_header(struct sb_buf *buf, const struct sb_tar_entry *entry);
/* The header of a plain file, mode 0644, owned by nobody in particular: the form of an archive's
 * own entries. */
int sb_tar_write_file_header(struct sb_output *output, const char *name, uint64_t size,
                             struct sb_error *error);
/* The zeros after size bytes of data, up to the next block. */
int sb_tar_write_padding(struct sb_output *output, uint64_t size, struct sb_error *error);
/* The two zero blocks. */
int sb_tar_write_end(struct sb_output *output, struct sb_error *error);

#endif
