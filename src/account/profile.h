/* Profiles: source + facts = the engine's own bytes. */
#ifndef SB_ACCOUNT_PROFILE_H
#define SB_ACCOUNT_PROFILE_H

#include "account/facts.h"
#include "account/marked.h"

/* One ADD or COPY of one file into the root folder. */
struct sb_profile_step {
    bool add;
    struct sb_span source; /* name in the context */
    struct sb_span target; /* name in the image, without the slash */
    struct sb_span content;
};

/* Writes the archive, a plain tar, that the facts' engine saves of a FROM scratch image of these
 * steps. */
int sb_profile_write(const struct sb_facts *facts, const struct sb_profile_step *steps,
                     size_t count, struct sb_marked *archive, struct sb_error *error) SB_MUST_USE;

/* The hash in `ADD file:HASH`, tarsum version 1 of the context entry (moby pkg/tarsum). */
struct sb_digest sb_profile_add_hash(struct sb_span source, uint32_t mode, uint32_t uid,
                                     uint32_t gid, struct sb_span content);

#endif
