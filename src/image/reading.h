/* How archives and layers are read: what all their readers are given, and borrow. */
#ifndef SB_IMAGE_READING_H
#define SB_IMAGE_READING_H

#include "base/finding.h"
#include "codec/tag.h"
#include "io/source.h"

/* How the contents of files are told apart later. */
enum sb_contents {
    SB_CONTENTS_UNKNOWN, /* they are passed over */
    SB_CONTENTS_DIGEST,  /* by SHA-256, which can be shown */
    SB_CONTENTS_TAG      /* by a tag, which is faster */
};

struct sb_reading {
    struct sb_findings *findings;
    const struct sb_spool *spool;
    enum sb_contents contents;
    const struct sb_tag_key *key; /* of the tags: one for all archives that are compared */
    /* Digests that an archive claims are believed: its layers stay unread until somebody asks, and
     * are not hashed. */
    bool trusting;
    const char *wanted; /* the name of the image that is asked for: no other is opened; NULL: all */
};

#endif
