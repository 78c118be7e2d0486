/* A Dockerfile as a list of instructions: comments, directives and continuations are gone. */
#ifndef SB_RECIPE_DOCKERFILE_H
#define SB_RECIPE_DOCKERFILE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

struct sb_instruction {
    struct sb_span name;      /* upper case */
    struct sb_span arguments; /* trimmed; continuations joined */
    struct sb_span original;  /* both, as written */
    unsigned line;            /* of its first character, from 1 */
};

struct sb_dockerfile {
    struct sb_arena arena;
    SB_VEC(struct sb_instruction) instructions;
    unsigned char escape; /* \ or, by directive, ` */
};

#define SB_DOCKERFILE_INIT                                                                         \
    { 0 }

/* name is for messages. */
int sb_dockerfile_parse(struct sb_dockerfile *dockerfile, struct sb_span text, const char *name,
                        struct sb_error *error) SB_MUST_USE;
void sb_dockerfile_release(struct sb_dockerfile *dockerfile);

#endif
