/* Profiles: source + facts = the engine's own bytes. */
#ifndef SB_ENGINES_PROFILE_H
#define SB_ENGINES_PROFILE_H

#include "engines/build.h"
#include "engines/facts.h"
#include "engines/marked.h"

/* Writes the archive, a plain tar, that the facts' engine saves of the images: sources has one for
 * each image of the facts, in their order. encoder compresses layers (NULL: none is at hand). */
int sb_profile_write(const struct sb_facts *facts, const struct sb_build *const *sources,
                     const struct sb_encoder *encoder, struct sb_marked *archive,
                     struct sb_error *error) SB_MUST_USE;
/* Puts the facts' wrappings around tar, the innermost first; without_base64 leaves text off. */
int sb_facts_wrap(const struct sb_facts *facts, struct sb_span tar, bool without_base64,
                  const struct sb_encoder *encoder, struct sb_buf *output,
                  struct sb_error *error) SB_MUST_USE;
/* Whether the bytes that were received come out again of their own facts, as written in text, and
 * the archive's content; an error says where not. A wrapping without an encoder is not tried. */
int sb_facts_come_back(struct sb_span text, struct sb_archive *archive, struct sb_range received,
                       const struct sb_encoder *encoder, struct sb_error *error) SB_MUST_USE;
/* The digest of the configuration that source and facts give. */
int sb_profile_config_digest(const struct sb_facts *facts, const struct sb_fact_image *image,
                             const struct sb_build *source, struct sb_digest *digest,
                             struct sb_error *error) SB_MUST_USE;

#endif
