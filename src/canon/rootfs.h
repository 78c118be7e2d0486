/* The final root filesystem of an image, as one canonical layer: docs/canonical.md, "The rootfs
 * layer". */
#ifndef SB_CANON_ROOTFS_H
#define SB_CANON_ROOTFS_H

#include "canon/layer.h"

/* One path of the root filesystem and the layer's entry that made it. */
struct sb_rootfs_node {
    const struct sb_entry *entry;
    struct sb_layer *layer;
};

struct sb_rootfs {
    SB_VEC(struct sb_rootfs_node) nodes; /* sorted by path */
    struct sb_arena made;                /* entries of folders that no layer has */
    /* As overlay2's drivers show it: where an upper layer has no entry for a folder, the folder is
     * 0755 0:0, whatever the layers below say. Else as containerd shows it. */
    bool overlay;
};

#define SB_ROOTFS_INIT                                                                             \
    { 0 }

/* Applies one layer on top. An entry below a link or file of a lower layer becomes a finding. */
void sb_rootfs_apply(struct sb_rootfs *rootfs, struct sb_layer *layer,
                     struct sb_findings *findings);
void sb_rootfs_release(struct sb_rootfs *rootfs);
const struct sb_rootfs_node *sb_rootfs_find(const struct sb_rootfs *rootfs, struct sb_span path);

/* The canonical layer that holds it. */
void sb_rootfs_make_layer(const struct sb_rootfs *rootfs, const struct sb_pass_options *options,
                          struct sb_canon_layer *layer);
/* All layers of an image, applied. */
void sb_rootfs_of_image(struct sb_rootfs *rootfs, struct sb_archive *archive,
                        const struct sb_image *image);
/* The digest of that canonical layer: every content is read. */
int sb_rootfs_hash(const struct sb_rootfs *rootfs, const struct sb_pass_options *options,
                   const struct sb_spool *spool, struct sb_digest *digest,
                   struct sb_error *error) SB_MUST_USE;

#endif
