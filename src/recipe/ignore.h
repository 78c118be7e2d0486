/* .dockerignore: which paths of a context a builder does not see (Docker's moby/patternmatcher). */
#ifndef SB_RECIPE_IGNORE_H
#define SB_RECIPE_IGNORE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/vec.h"

struct sb_ignore_pattern {
    struct sb_span text; /* cleaned */
    bool negated;
};

struct sb_ignore {
    struct sb_arena arena;
    SB_VEC(struct sb_ignore_pattern) patterns;
    bool has_negated;
    bool whole_path; /* as until Docker 20.10 and in Buildah: a pattern with ! that matches a folder
                        brings back all below it; since then only what the folder was left out by */
};

#define SB_IGNORE_INIT                                                                             \
    { 0 }

void sb_ignore_parse(struct sb_ignore *ignore, struct sb_span text);
/* Whether the cleaned path is left out: the last pattern that matches it or a folder above it
 * counts. */
bool sb_ignore_matches(const struct sb_ignore *ignore, struct sb_span path);
void sb_ignore_release(struct sb_ignore *ignore);

#endif
