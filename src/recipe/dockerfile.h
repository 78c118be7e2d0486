/* A Dockerfile as a list of instructions: comments, directives and continuations are gone. */
#ifndef SB_RECIPE_DOCKERFILE_H
#define SB_RECIPE_DOCKERFILE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

/* The lines below an instruction that are a file of their own. */
struct sb_heredoc {
    struct sb_span word; /* that begins it, as written: "<<EOF" */
    struct sb_span name; /* of the file, where the target is a folder */
    struct sb_span content;
    bool strips_tabs; /* <<-: at the beginning of lines */
    bool expands;     /* variables: the name was not quoted */
};

/* Whether a word begins one; content is missing yet. */
bool sb_heredoc_begin(struct sb_span word, unsigned char escape, struct sb_arena *arena,
                      struct sb_heredoc *document);
/* Takes its lines off rest, and adds their number to lines; false where it does not end. */
bool sb_heredoc_take(struct sb_heredoc *document, struct sb_span *rest, unsigned *lines,
                     struct sb_arena *arena);

struct sb_instruction {
    struct sb_span name;                 /* upper case */
    struct sb_span arguments;            /* trimmed; continuations joined */
    struct sb_span original;             /* both, as written */
    unsigned line;                       /* of its first character, from 1 */
    SB_VEC(struct sb_heredoc) documents; /* of ADD, COPY and RUN */
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
