/* Reads a tar entry by entry: ustar, GNU and PAX headers, sparse files. Where readers disagree the
 * value is what Go's archive/tar (that is, the engines) takes, and a finding says that there is
 * another reading. */
#ifndef SB_TAR_READER_H
#define SB_TAR_READER_H

#include "base/finding.h"
#include "io/input.h"
#include "tar/entry.h"
#include "tar/pax.h"

struct sb_tar_reader {
    struct sb_input *input; /* borrowed */
    struct sb_findings *findings;
    const char *where;     /* what the tar is called in findings; borrowed */
    struct sb_arena arena; /* of the entry at hand */
    struct sb_buf raw;
    uint64_t data_end; /* where the next header begins */
    uint64_t entries;  /* read so far */
    bool envelope;     /* of an archive's own entries records and attributes mean nothing */
    bool ended;
    bool zero_blocks_missing;
    uint64_t end_size; /* bytes of the end mark and all zeros behind it */
    /* what extension headers before the entry said */
    struct sb_span long_name, long_link;
    bool has_long_name, has_long_link, has_pax;
    sb_pax_records records;
};

/* Reads input from where it stands. */
void sb_tar_reader_init(struct sb_tar_reader *reader, struct sb_input *input,
                        struct sb_findings *findings, const char *where);
void sb_tar_reader_release(struct sb_tar_reader *reader);
/* The next entry (0) or the end (1), after which all of the input was read. Data that was not taken
 * is passed over. Spans of the entry live until the next call. */
int sb_tar_reader_next(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                       struct sb_error *error) SB_MUST_USE;
/* The entry's content (entry->size bytes): holes of a sparse file are zeros. Close it before next.
 */
struct sb_input *sb_tar_reader_open_data(struct sb_tar_reader *reader,
                                         const struct sb_tar_entry *entry);
/* The content over stored, which stands at the entry's first stored byte (taken): for a sparse file
 * with zeros in its holes. */
struct sb_input *sb_tar_expand(struct sb_input *stored, const struct sb_tar_region *regions,
                               size_t count, uint64_t size);

#endif
