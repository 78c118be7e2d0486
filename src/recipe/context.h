/* What a Dockerfile's ADD and COPY read: the folder of the context, without what .dockerignore
 * leaves out, or the files of an earlier stage (recipe/stage.c). Nothing outside of it is ever
 * read; links are followed inside. */
#ifndef SB_RECIPE_CONTEXT_H
#define SB_RECIPE_CONTEXT_H

#include "io/source.h"
#include "recipe/ignore.h"

struct sb_context_item;
struct sb_context;
typedef int sb_context_visit(void *visitor, const struct sb_context_item *item,
                             struct sb_error *error);

/* How the files of a kind of context are found. */
struct sb_context_ops {
    /* What stands at a path, links not followed: 1 where nothing is there, or what no image holds.
     */
    int (*look)(struct sb_context *context, struct sb_span path, struct sb_context_item *item,
                struct sb_error *error);
    /* Calls visit for everything in one folder, in any order. */
    int (*each)(struct sb_context *context, struct sb_span folder, sb_context_visit *visit,
                void *visitor, struct sb_error *error);
    /* The content of a file; it lives as long as the context. */
    struct sb_range (*content)(struct sb_context *context, const struct sb_context_item *item);
};

struct sb_context {
    const struct sb_context_ops *ops;
    const char *name; /* in messages: "the context", "stage build" */
    int directory;    /* of a folder; borrowed */
    const void *tree; /* of a stage; borrowed */
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
    struct sb_span link;            /* of a symbolic link */
    uint64_t device, inode;         /* for files with several names; inode 0 for others */
    uint64_t group;                 /* files of two groups are never names of one another */
    uint32_t uid, gid;              /* 0 in a folder */
    const struct sb_span *document; /* its content, where it is a here-document; NULL */
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
