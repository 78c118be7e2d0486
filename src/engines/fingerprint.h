/* Which engine wrote an archive, by its envelope alone: whatever the image is, the tar around it,
 * its names, modes, times and JSON are the saver's. */
#ifndef SB_ENGINES_FINGERPRINT_H
#define SB_ENGINES_FINGERPRINT_H

#include "engines/saver.h"
#include "image/archive.h"

struct sb_fingerprint {
    struct sb_arena arena;
    const char *name;             /* "docker", "containerd", "containers/image"; NULL: unknown */
    const char *lowest, *highest; /* versions; NULL: open */
    const struct sb_profile *profile; /* where it can be told */
    SB_VEC(const char *) evidence;    /* or, where it cannot be told, why */
};

/* Never fails for what it does not know: then name is NULL. */
int sb_fingerprint_find(struct sb_fingerprint *fingerprint, struct sb_archive *archive,
                        struct sb_error *error) SB_MUST_USE;
void sb_fingerprint_release(struct sb_fingerprint *fingerprint);

#endif
