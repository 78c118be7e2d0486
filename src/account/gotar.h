/* Headers as Go's archive/tar writes them (Format unspecified, USTAR wherever it can say
 * everything). */
#ifndef SB_ACCOUNT_GOTAR_H
#define SB_ACCOUNT_GOTAR_H

#include "account/marked.h"
#include "base/error.h"

struct sb_gotar_entry {
    struct sb_span name; /* ASCII, at most 100 bytes; a folder's ends in a slash */
    unsigned char type;
    uint32_t mode; /* with type bits where the engine writes them */
    int64_t mtime;
    struct sb_span owner; /* uname and gname */
    enum sb_heading name_heading, mode_heading, time_heading;
};

int sb_gotar_header(struct sb_marked *out, const struct sb_gotar_entry *entry, uint64_t size,
                    struct sb_error *error) SB_MUST_USE;
/* Header, content under `source`, padding. */
int sb_gotar_write(struct sb_marked *out, const struct sb_gotar_entry *entry,
                   struct sb_span content, struct sb_error *error) SB_MUST_USE;
void sb_gotar_pad(struct sb_marked *out);
void sb_gotar_end(struct sb_marked *out);
/* Whole seconds of an RFC 3339 time in UTC. */
int sb_gotar_time(struct sb_span text, int64_t *seconds, struct sb_error *error) SB_MUST_USE;

#endif
