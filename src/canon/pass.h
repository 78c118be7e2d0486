/* The passes: one named normalisation each. A pass that is on takes its nuisance away and counts
 * what it changed; so nothing is ignored silently. */
#ifndef SB_CANON_PASS_H
#define SB_CANON_PASS_H

#include <stdint.h>

#include "base/span.h"

enum sb_pass {
    SB_PASS_ENVELOPE,
    SB_PASS_COMPRESSION,
    SB_PASS_TAR_FORMAT,
    SB_PASS_FILE_ORDER,
    SB_PASS_CANONICAL_PATHS,
    SB_PASS_FILE_TIMESTAMPS,
    SB_PASS_FILE_MODE_REDUNDANT_BITS,
    SB_PASS_OWNER_NAMES,
    SB_PASS_HARD_LINKS,
    SB_PASS_IMAGE_TIMESTAMPS,
    SB_PASS_HISTORY,
    SB_PASS_BUILD_RECORD,
    SB_PASS_BUILDER_LABELS,
    SB_PASS_ARGS_ESCAPED,
    SB_PASS_EMPTY_LAYERS,
    SB_PASS_JSON_FORM,
    SB_PASS_MEDIA_TYPES,
    SB_PASS_ANNOTATIONS,
    SB_PASS_ATTESTATIONS,
    SB_PASS_SELINUX_XATTRS,
    SB_PASS_OVERLAY_XATTRS,
    SB_PASS_IMAGE_NAME,
    SB_PASS_OWNER_IDS,
    SB_PASSES
};

/* What a pass is about. Data of the image is in the canonical archive where its pass is off; of a
 * form nothing of it can be there, so where it is kept the two sides must be equal in it
 * (compare/nuisance.h). */
enum sb_pass_form {
    SB_FORM_NONE,     /* data of the image */
    SB_FORM_ARCHIVE,  /* the archive around it */
    SB_FORM_MANIFEST, /* the manifest, which not every archive has */
    SB_FORM_CONFIG,   /* how the configuration is written */
    SB_FORM_LAYERS,   /* how layers are stored */
    SB_FORM_DIFF_IDS  /* how their tars are written */
};

struct sb_pass_info {
    const char *name;
    const char *counts; /* what one of the count is */
    const char *discards;
    enum sb_pass_form form;
    bool on; /* by default */
};

extern const struct sb_pass_info sb_passes[SB_PASSES];

/* -1 where no pass has that name. */
int sb_pass_lookup(const char *name);

struct sb_pass_options {
    bool off[SB_PASSES];           /* all false: … */
    bool on[SB_PASSES];            /* … the defaults */
    const struct sb_span *exclude; /* patterns of paths that are left out; borrowed */
    size_t exclude_count;
};

/* Whether a cleaned path is left out. */
bool sb_pass_excludes(const struct sb_pass_options *options, struct sb_span path);

static inline bool sb_pass_is_on(const struct sb_pass_options *options, enum sb_pass pass) {
    return options && options->off[pass]  ? false
           : options && options->on[pass] ? true
                                          : sb_passes[pass].on;
}

#endif
