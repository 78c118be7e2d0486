/* The normalised archive: the same image in an envelope that never varies (docs/canonical.md, "The
 * normalised archive"). Every blob stays bit for bit, so every digest stays what it was. */
#ifndef SB_CANON_NORMALIZE_H
#define SB_CANON_NORMALIZE_H

#include "canon/pass.h"
#include "image/archive.h"
#include "io/output.h"

/* Adds to counts (SB_PASSES) what is no part of any image: the archive's own tar, and what stands
 * in it beside the images. */
void sb_normalize_count(const struct sb_archive *archive, uint64_t *counts);
/* Writes all images of archive as a plain tar; counts (SB_PASSES) get what changed. */
int sb_normalize_write(struct sb_archive *archive, struct sb_output *output, uint64_t *counts,
                       struct sb_error *error) SB_MUST_USE;

#endif
