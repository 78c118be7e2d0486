/* Source + facts = the engine's own bytes, wrappings included. */
#ifndef VERIFY_REBUILD_H
#define VERIFY_REBUILD_H

#include "builds/native.h"
#include "engines/profile.h"

/* What the sources of the images of one archive say, in the order of its facts. */
struct rebuild {
    SB_VEC(struct native *) natives; /* one a Dockerfile */
    struct sb_builds builds;
};

#define REBUILD_INIT                                                                               \
    { 0 }

/* From the context of options; each image takes the Dockerfile (of -f) that makes it. */
int rebuild_from_source(struct rebuild *rebuild, const struct sb_facts *facts,
                        const struct options *options, struct sb_error *error) SB_MUST_USE;
void rebuild_release(struct rebuild *rebuild);
/* The archive's tar, marked. */
int rebuild_write(const struct rebuild *rebuild, const struct sb_facts *facts,
                  struct sb_marked *tar, struct sb_error *error) SB_MUST_USE;
/* Reads and closes the facts file that text_file_open opened. */
int rebuild_read_facts(const char *path, int fd, struct sb_facts *facts,
                       struct sb_error *error) SB_MUST_USE;
#endif
