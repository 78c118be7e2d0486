/* Canonical layers: docs/canonical.md, "Layers" and "Tar form". */
#ifndef SB_CANON_LAYER_H
#define SB_CANON_LAYER_H

#include "canon/pass.h"
#include "image/archive.h"
#include "io/output.h"

/* One entry of a layer to be written, and where its content is: in an entry of a layer that was
 * read, or a range. */
struct sb_canon_item {
    struct sb_tar_entry header; /* name as it is written: "dir/", "./" */
    struct sb_layer *layer;
    const struct sb_entry *entry;   /* in layer: the entry that has the name; NULL: made here */
    const struct sb_entry *content; /* in layer: the entry that has the data; NULL: range */
    struct sb_range range;
};

struct sb_canon_layer {
    SB_VEC(struct sb_canon_item) items;
    SB_VEC(struct sb_span) excluded; /* paths that a pattern left out */
    struct sb_arena arena;
    const struct sb_layer *source; /* what it was made from; NULL: a plan */
    struct sb_digest digest;       /* of the canonical tar */
    uint64_t size;
};

/* What a folder entry is when nobody made it. */
struct sb_canon_root {
    uint32_t mode, uid, gid;
    const struct sb_tar_xattr *xattrs;
    size_t xattr_count;
};
extern const struct sb_canon_root sb_canon_root_initial;

/* The canonical entries of a layer, in order. root is the root folder as the layers below left it,
 * and is updated. counts (SB_PASSES; may be NULL) get what each pass changed. */
void sb_canon_layer_make(struct sb_canon_layer *canonical, struct sb_layer *layer,
                         const struct sb_pass_options *options, struct sb_canon_root *root,
                         uint64_t *counts);
/* Sets header from an entry (a folder's name gets its slash), with what kept passes keep. */
void sb_canon_set_header(struct sb_tar_entry *header, struct sb_arena *arena,
                         const struct sb_entry *entry, const struct sb_pass_options *options);
/* The same for path as one name of file: a hard link to *first, or where first is NULL the name
 * that carries the data. */
void sb_canon_set_name_of(struct sb_tar_entry *header, struct sb_arena *arena,
                          const struct sb_entry *file, struct sb_span path,
                          const struct sb_span *first, const struct sb_pass_options *options);
/* Writes the tar; output may be a digest. */
int sb_canon_layer_write(const struct sb_canon_layer *canonical, const struct sb_spool *spool,
                         struct sb_output *output, struct sb_error *error) SB_MUST_USE;
/* Sets digest and size by writing to nowhere. */
int sb_canon_layer_hash(struct sb_canon_layer *canonical, const struct sb_spool *spool,
                        struct sb_error *error) SB_MUST_USE;
void sb_canon_layer_release(struct sb_canon_layer *canonical);

#endif
