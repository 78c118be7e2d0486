/* What an image holds, in numbers: files, set-id programs, large folders, what each layer adds. */
#ifndef SB_AUDIT_HOLDINGS_H
#define SB_AUDIT_HOLDINGS_H

#include "canon/rootfs.h"
#include "packages/packages.h"

/* Of one layer: entries that nothing below has, that replace one below, whiteouts; and the bytes of
 * files in it that no longer are in the root file system. */
struct sb_holdings_layer {
    uint64_t fresh, changed, whiteouts, hidden;
};

/* A folder of the root or one below it, and the bytes of all files below. */
struct sb_holdings_folder {
    struct sb_span path; /* of an entry */
    uint64_t bytes;
};

struct sb_holdings {
    uint64_t entries, bytes;                   /* of the root file system */
    SB_VEC(struct sb_span) set_id;             /* paths of files with a set-id bit */
    SB_VEC(struct sb_holdings_folder) folders; /* largest first */
    SB_VEC(struct sb_holdings_layer) layers;   /* as the image has them */
    struct sb_packages packages;
};

#define SB_HOLDINGS_INIT                                                                           \
    { 0 }

/* All layers of the image were read; rootfs is that of it. */
int sb_holdings_find(struct sb_holdings *holdings, const struct sb_image *image,
                     const struct sb_rootfs *rootfs, const struct sb_spool *spool,
                     struct sb_error *error) SB_MUST_USE;
void sb_holdings_release(struct sb_holdings *holdings);

#endif
