/* What the files of this folder share. */
#ifndef SB_TAR_INTERNAL_H
#define SB_TAR_INTERNAL_H

#include "tar/reader.h"

/* "layer 1: entry 3 'name', offset 1024", for findings; lives in the reader's arena. */
const char *sb_tar_place(struct sb_tar_reader *reader, const struct sb_tar_entry *entry);

/* Applies the records that precede an entry to it. */
int sb_tar_apply_pax(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                     struct sb_error *error) SB_MUST_USE;

/* Reads the sparse map of an entry with GNU.sparse records (0.0, 0.1, 1.0), in the last case from
 * the beginning of its data. */
int sb_tar_apply_sparse(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                        struct sb_error *error) SB_MUST_USE;
/* From behind the first zero block of the end mark, which stands at begin, to the end of the input.
 * Returns 1, as the reader does at its end. */
int sb_tar_read_end(struct sb_tar_reader *reader, uint64_t begin,
                    struct sb_error *error) SB_MUST_USE;
/* Whether a LIBARCHIVE.xattr record says what a SCHILY.xattr record of the same entry says. */
bool sb_tar_repeats_xattr(const struct sb_tar_reader *reader, const struct sb_pax_record *record);

#endif
