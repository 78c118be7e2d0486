/* ADD, COPY and the folders of WORKDIR while they are carried out: what their files share. */
#ifndef SB_RECIPE_COPY_H
#define SB_RECIPE_COPY_H

#include "recipe/ignore.h"
#include "recipe/internal.h"

struct sb_copy {
    struct sb_plan *plan;
    struct sb_plan_layer *layer;
    bool add;
    bool has_mode;
    uint32_t uid, gid, mode;
    size_t sources;              /* so far */
    struct sb_span symbolic;     /* --chmod=u+x: of each file its own; or empty */
    struct sb_span chown, chmod; /* the flags as written, with their values put in */
    struct sb_span from;         /* the stage of --from, or empty */
    struct sb_context *files;    /* what it copies from */
    struct sb_ignore exclude;    /* patterns of --exclude */
    const struct sb_instruction *instruction;
    const sb_words *raw; /* its words as written */
};

/* Puts an entry into the layer, and the tree. */
int sb_copy_put(struct sb_copy *copy, struct sb_plan_entry entry,
                struct sb_error *error) SB_MUST_USE;
/* The same of an empty file that hides another, or all below in its folder. */
int sb_copy_put_whiteout(struct sb_copy *copy, struct sb_span path,
                         struct sb_error *error) SB_MUST_USE;
/* A folder on the way: as it is, or new. The root stays without an entry. */
int sb_copy_put_folder(struct sb_copy *copy, struct sb_span path,
                       struct sb_error *error) SB_MUST_USE;
/* All folders above path. */
int sb_copy_put_parents(struct sb_copy *copy, struct sb_span path,
                        struct sb_error *error) SB_MUST_USE;
/* "folder/name". */
struct sb_span sb_copy_below(struct sb_copy *copy, struct sb_span folder, struct sb_span name);
/* ADD of an archive: puts what it holds into target. 1 where ADD copies the file as it is. */
int sb_copy_unpack(struct sb_copy *copy, const struct sb_context_item *item, struct sb_span target,
                   struct sb_error *error) SB_MUST_USE;

#endif
