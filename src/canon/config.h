/* The canonical configuration: docs/canonical.md, "Configuration". */
#ifndef SB_CANON_CONFIG_H
#define SB_CANON_CONFIG_H

#include "canon/pass.h"
#include "codec/sha256.h"
#include "json/value.h"

struct sb_canon_config {
    const struct sb_pass_options *options;
    bool bare;         /* without created and history: the compact form */
    uint64_t *counts;  /* SB_PASSES of them; may be NULL */
    size_t kept_count; /* of the list kept */
};

/* The canonical form of config as a value in arena, for the layers that are left: kept[i] says
 * whether layer i of the original is, and diff_ids lists those that are. With diff_ids NULL rootfs
 * and history are left out: what is left is the run configuration. */
struct sb_json *sb_canon_config_make(const struct sb_canon_config *how, struct sb_arena *arena,
                                     const struct sb_json *config, const struct sb_digest *diff_ids,
                                     size_t count, const bool *kept);

#endif
