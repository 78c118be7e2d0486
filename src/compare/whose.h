/* Whose digest is this? Everything in an archive that has that SHA-256. */
#ifndef SB_COMPARE_WHOSE_H
#define SB_COMPARE_WHOSE_H

#include "compare/compare.h"
#include "engines/facts.h"

struct sb_owner_of_digest {
    const char *what; /* "config", "manifest", "diff_id", "chain", "layer", "file", … */
    const struct sb_image *image; /* NULL: of the archive, or of a blob that no image has */
    size_t layer;                 /* from 1; 0: of no layer */
    struct sb_span path;          /* of a file */
    const char *encoder;          /* a layer as that encoder would write it; NULL */
    unsigned level;
};

struct sb_owners_of_digest {
    SB_VEC(struct sb_owner_of_digest) list;
    size_t layers_too_large; /* not tried with encoders, for their size */
};

/* What the archive says and has, whatever image it is of. */
int sb_whose_digest(struct sb_owners_of_digest *owners, struct sb_archive *archive,
                    struct sb_range bytes, const struct sb_digest *wanted,
                    struct sb_error *error) SB_MUST_USE;
/* The canonical and rootfs digests of a prepared subject. */
void sb_whose_digest_of_subject(struct sb_owners_of_digest *owners,
                                const struct sb_subject *subject, const struct sb_digest *wanted);
/* Layers as the encoders that are installed would compress them; up to SB_LIMIT_HELD bytes each. */
int sb_whose_digest_encoded(struct sb_owners_of_digest *owners, struct sb_archive *archive,
                            const struct sb_encoder *encoder, const struct sb_digest *wanted,
                            struct sb_error *error) SB_MUST_USE;

#endif
