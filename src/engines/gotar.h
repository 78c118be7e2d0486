/* Entries as Go's archive/tar writes them with Format unspecified: USTAR wherever it can say
 * everything, else one PAX header before the entry (archive/tar/writer.go, common.go). */
#ifndef SB_ENGINES_GOTAR_H
#define SB_ENGINES_GOTAR_H

#include "base/error.h"
#include "engines/marked.h"

struct sb_gotar_entry {
    struct sb_span name; /* a folder's ends in a slash */
    struct sb_span link;
    unsigned char type;
    uint32_t mode; /* with type bits where the engine writes them */
    uint32_t uid, gid;
    int64_t mtime; /* seconds since 1970, also before */
    struct sb_span uname, gname;
    enum sb_heading name_heading, mode_heading, time_heading;
};

/* The file's type as stat(2) has it, which some engines write into the mode. */
uint32_t sb_gotar_type_bits(unsigned char typeflag);
int sb_gotar_header(struct sb_marked *out, const struct sb_gotar_entry *entry, uint64_t size,
                    struct sb_error *error) SB_MUST_USE;
/* Header, content under `source`, padding. */
int sb_gotar_write(struct sb_marked *out, const struct sb_gotar_entry *entry,
                   struct sb_span content, struct sb_error *error) SB_MUST_USE;
void sb_gotar_pad(struct sb_marked *out);
void sb_gotar_end(struct sb_marked *out);
/* Whole seconds of an RFC 3339 time in UTC, from 1970 on. */
int sb_gotar_time(struct sb_span text, int64_t *seconds, struct sb_error *error) SB_MUST_USE;

#endif
