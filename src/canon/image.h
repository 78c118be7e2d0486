/* The canonical image and its archive: docs/canonical.md, "The canonical archive". */
#ifndef SB_CANON_IMAGE_H
#define SB_CANON_IMAGE_H

#include "canon/config.h"
#include "canon/layer.h"

/* What becomes a canonical image: one that was opened, or one that a recipe plans. */
struct sb_canon {
    const struct sb_pass_options *options; /* borrowed; NULL: the defaults */
    const struct sb_spool *spool;
    struct sb_arena arena;
    SB_VEC(struct sb_canon_layer) layers; /* without empty ones */
    SB_VEC(struct sb_span) names;         /* full references, sorted, each once */
    SB_VEC(struct sb_span) bare_names;
    const struct sb_json *source_config;
    SB_VEC(bool) kept;               /* of the source's layers */
    SB_VEC(struct sb_span) excluded; /* paths that a pattern left out, layer by layer */
    bool finished;                   /* digests of layers, config and manifest are known */
    struct sb_buf config;            /* where it is not finished with zeros for diff_ids */
    struct sb_buf manifest;
    struct sb_digest config_digest;
    struct sb_digest digest;     /* the canonical digest: of the manifest */
    struct sb_digest run_digest; /* of the configuration without rootfs and history */
    struct sb_json *run;         /* that configuration */
    uint64_t counts[SB_PASSES];
};

#define SB_CANON_INIT                                                                              \
    { 0 }

enum sb_canon_form { SB_FORM_CANONICAL, SB_FORM_COMPACT };

/* The canonical image of image; both must outlive it. No content is read. */
void sb_canon_from_image(struct sb_canon *canon, struct sb_archive *archive, struct sb_image *image,
                         const struct sb_pass_options *options);
/* What can be said of layers, names and source_config (of an image, or of a recipe) with no content
 * read. */
void sb_canon_outline(struct sb_canon *canon);
/* The same, and every digest: each content is read once. */
int sb_canon_finish(struct sb_canon *canon, struct sb_error *error) SB_MUST_USE;
void sb_canon_release(struct sb_canon *canon);

/* Writes the archive as a plain tar. The compact form is a docker-archive of `config`,
 * `layer` files and manifest.json. */
int sb_canon_write(const struct sb_canon *canon, enum sb_canon_form form, struct sb_output *output,
                   struct sb_error *error) SB_MUST_USE;

/* Writes the archive of several platforms: one index, with the manifest of each (all finished, and
 * of one set of names), sorted by platform. digest becomes that of the index, the canonical digest
 * of the whole. */
int sb_canon_write_index(const struct sb_canon *const *canons, size_t count,
                         struct sb_output *output, struct sb_digest *digest,
                         struct sb_error *error) SB_MUST_USE;

/* The files of the archive in their order, for a second writer: name, and either bytes or a layer.
 */
struct sb_canon_file {
    const char *name;
    struct sb_span bytes;
    const struct sb_canon_layer *layer; /* NULL: bytes */
};
struct sb_canon_files {
    SB_VEC(struct sb_canon_file) list;
    struct sb_arena arena;
};
void sb_canon_files_make(const struct sb_canon *canon, enum sb_canon_form form,
                         struct sb_canon_files *files);
void sb_canon_files_release(struct sb_canon_files *files);

#endif
