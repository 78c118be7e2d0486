/* Canonical layers: docs/canonical.md, "Layers" and "Tar form". */
#ifndef SB_CANON_LAYER_H
#define SB_CANON_LAYER_H

#include "canon/pass.h"
#include "image/archive.h"
#include "io/output.h"

/* An entry that no layer has: a plan's, or a folder that nobody made. */
struct sb_canon_made {
    struct sb_tar_entry header; /* name without a folder's slash */
    struct sb_range content;
};

/* One entry of a layer to be written. There is one for each file of an image: kept small, its
 * header is made when it is asked for. */
struct sb_canon_item {
    struct sb_layer *layer; /* whose entries the two are; NULL: made here */
    union {
        const struct sb_entry *entry; /* the one that has the name */
        const struct sb_canon_made *made;
    };
    const struct sb_entry *first; /* hard link: the name that carries the data; else NULL */
};

struct sb_canon_layer {
    SB_VEC(struct sb_canon_item) items;
    SB_VEC(struct sb_span) excluded;       /* paths that a pattern left out */
    const struct sb_pass_options *options; /* borrowed */
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
/* Whether an entry of the root folder says what it is anyway. */
bool sb_canon_root_is(const struct sb_canon_root *root, const struct sb_tar_entry *header);

/* The canonical entries of a layer, in order. root is the root folder as the layers below left it,
 * and is updated. counts (SB_PASSES; may be NULL) get what each pass changed. */
void sb_canon_layer_make(struct sb_canon_layer *canonical, struct sb_layer *layer,
                         const struct sb_pass_options *options, struct sb_canon_root *root,
                         uint64_t *counts);
/* Appends an entry of the canonical layer's own. */
struct sb_canon_made *sb_canon_layer_add(struct sb_canon_layer *canonical);
/* The header of an item, with what kept passes keep. Its name, "" for the root, has no slash yet.
 */
struct sb_tar_entry sb_canon_item_header(const struct sb_canon_layer *canonical,
                                         const struct sb_canon_item *item);
/* The entry of the item's layer that has its data; NULL for what is no file, and for what was made.
 */
const struct sb_entry *sb_canon_item_content(const struct sb_canon_item *item);
/* The data of a file. */
int sb_canon_item_open(const struct sb_canon_item *item, const struct sb_spool *spool,
                       struct sb_input **input, struct sb_error *error) SB_MUST_USE;
/* Writes the tar; output may be a digest. */
int sb_canon_layer_write(const struct sb_canon_layer *canonical, const struct sb_spool *spool,
                         struct sb_output *output, struct sb_error *error) SB_MUST_USE;
/* Sets digest and size by writing to nowhere. */
int sb_canon_layer_hash(struct sb_canon_layer *canonical, const struct sb_spool *spool,
                        struct sb_error *error) SB_MUST_USE;
void sb_canon_layer_release(struct sb_canon_layer *canonical);

#endif
