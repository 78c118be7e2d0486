/* The entries of an image archive's own tar, and which saver writes such. */
#ifndef SB_ENGINES_OUTER_H
#define SB_ENGINES_OUTER_H

#include "engines/saver.h"
#include "image/archive.h"

struct sb_outer_entry {
    struct sb_span name; /* a folder's without its slash */
    struct sb_span link, uname, gname;
    unsigned char type;
    uint32_t mode; /* the whole field */
    int64_t mtime;
    uint64_t size;
    bool plain; /* owned by 0:0, and the header is Go's, byte for byte */
};

struct sb_outer {
    struct sb_arena arena;
    SB_VEC(struct sb_outer_entry) list; /* in the archive's order */
    uint64_t end_size;                  /* bytes of the end mark */
};

/* Of an archive that is a file; a folder has no entries of its own. */
int sb_outer_read(struct sb_outer *outer, struct sb_archive *archive,
                  struct sb_error *error) SB_MUST_USE;
void sb_outer_release(struct sb_outer *outer);
const struct sb_outer_entry *sb_outer_find(const struct sb_outer *outer, const char *name);
/* The builder whose form the image has; NULL: none that is known. */
const struct sb_builder *sb_builder_find(const struct sb_profile *profile,
                                         const struct sb_image *image);

#endif
