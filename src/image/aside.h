/* What an index leads to and that is no image: attestations, signatures, charts, SBOMs. It is set
 * aside with its type, and kept by normalize. */
#ifndef SB_IMAGE_ASIDE_H
#define SB_IMAGE_ASIDE_H

#include "image/descriptor.h"

/* BuildKit keeps attestations beside an image as manifests of their own: below an index, for no
 * platform, with in-toto statements in the place of layers, so that nothing can run. */
bool sb_aside_is_attestation(const struct sb_descriptor *descriptor, const struct sb_json *manifest,
                             unsigned depth);
/* Whether a manifest is one that no engine runs. */
bool sb_aside_is_foreign(const struct sb_json *manifest);

int sb_aside_attestation(struct sb_archive *archive, const struct sb_descriptor *descriptor,
                         const struct sb_json *manifest, struct sb_error *error) SB_MUST_USE;
/* name: what the index calls it, or empty. */
int sb_aside_manifest(struct sb_archive *archive, const struct sb_descriptor *descriptor,
                      const struct sb_json *manifest, struct sb_span name,
                      struct sb_error *error) SB_MUST_USE;
/* A descriptor that is neither an index nor a manifest by its media type. */
int sb_aside_unknown(struct sb_archive *archive, const struct sb_descriptor *descriptor,
                     struct sb_error *error) SB_MUST_USE;

#endif
