/* Tags that tell contents apart five times faster than SHA-256: UMAC-96 (RFC 4418) under a secret
 * key. Whoever made two different contents could not know the key, so the chance that they get one
 * tag is at most 2^-90, at any size: proved, not assumed. A tag is worth nothing under another
 * key, or to anybody who sees both. */
#ifndef SB_CODEC_TAG_H
#define SB_CODEC_TAG_H

#include <nettle/umac.h>

#include "io/input.h"

struct sb_tag_key {
    unsigned char bytes[16]; /* of a source that nobody can predict */
};

struct sb_tag {
    unsigned char bytes[12];
};

/* Set up once for a key, used for many contents. */
struct sb_tagger {
    struct umac96_ctx context;
};

void sb_tagger_init(struct sb_tagger *tagger, const struct sb_tag_key *key);
/* The tag of all that is left of input. */
int sb_tagger_read(struct sb_tagger *tagger, struct sb_input *input, struct sb_tag *tag,
                   struct sb_error *error) SB_MUST_USE;

#endif
