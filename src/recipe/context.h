/* The folder that a Dockerfile's ADD and COPY read: its files, without what .dockerignore leaves
 * out. Nothing outside of it is ever read; links are followed inside. */
#ifndef SB_RECIPE_CONTEXT_H
#define SB_RECIPE_CONTEXT_H

#include "io/source.h"
#include "recipe/ignore.h"

struct sb_context {
    int directory; /* borrowed */
    struct sb_ignore ignore;
    struct sb_arena arena;
    SB_VEC(struct sb_source *) sources;
};

#define SB_CONTEXT_INIT                                                                            \
    { .directory = -1 }

struct sb_context_item {
    struct sb_span path; /* cleaned, in the context */
    struct sb_span name; /* base name before links were followed */
    unsigned char type;  /* '0' file, '2' symbolic link, '5' folder */
    uint32_t mode;       /* permissions, set-id and sticky bits */
    uint64_t size;
    struct sb_span link;    /* of a symbolic link */
    uint64_t device, inode; /* for files with several names; inode 0 for others */
};
typedef SB_VEC(struct sb_context_item) sb_context_items;

/* Reads .dockerignore (that of dockerfile, NAME.dockerignore, where there is one). */
int sb_context_open(struct sb_context *context, int directory, const char *dockerfile,
                    struct sb_error *error) SB_MUST_USE;
void sb_context_release(struct sb_context *context);

/* What a source pattern of ADD or COPY names: each match, links followed, sorted; none is an error.
 */
int sb_context_find(struct sb_context *context, struct sb_span pattern, sb_context_items *items,
                    struct sb_error *error) SB_MUST_USE;
/* All below a folder, in the order of paths; links are not followed. */
int sb_context_list(struct sb_context *context, struct sb_span folder, sb_context_items *items,
                    struct sb_error *error) SB_MUST_USE;
/* What a path leads to, links followed inside the context: 1 where it is not there. */
int sb_context_follow(struct sb_context *context, struct sb_span path, struct sb_context_item *item,
                      struct sb_error *error) SB_MUST_USE;
/* A file's content, opened each time it is read; lives as long as the context. */
struct sb_range sb_context_content(struct sb_context *context, const struct sb_context_item *item);

#endif
