/* What a Dockerfile and its context become: layers of entries in the canonical order, a
 * configuration, and the steps that lead there. Both writers take the plan: the library's, and the
 * one that stages it for GNU tar. */
#ifndef SB_RECIPE_PLAN_H
#define SB_RECIPE_PLAN_H

#include "canon/image.h"
#include "engines/build.h"
#include "recipe/context.h"
#include "recipe/dockerfile.h"
#include "recipe/words.h"

struct sb_plan_entry {
    struct sb_span path; /* in the image, cleaned */
    unsigned char type;  /* '0' file, '1' hard link, '2' symbolic link, '5' folder, '6' fifo */
    uint32_t mode, uid, gid;
    struct sb_span link; /* target; of a hard link a path of the same layer */
    uint64_t size;
    struct sb_range content; /* of a file */
    size_t from; /* which of the sources it came from: files of two are never links of each other */
    uint64_t device, inode; /* of a file with several names; 0 */
    uint64_t group;         /* files of two groups are never links of each other */
    size_t layer;           /* whose entry it is */
    size_t order;
    struct sb_span source; /* path in the context; data NULL: a folder made on the way */
    bool unchanged;        /* the layers below have it from there */
    bool whiteout;         /* an empty file that hides another */
};

struct sb_plan_layer {
    SB_VEC(struct sb_plan_entry) entries; /* sorted by path, each path once */
    unsigned line;                        /* of the instruction */
    bool add;                             /* ADD, not COPY or WORKDIR */
    struct sb_span target;                /* of ADD and COPY, cleaned */
    struct sb_span source;                /* its first source as written; data NULL: WORKDIR */
};

/* What ADD or COPY takes from the context: a file, or a folder with all below it. */
struct sb_plan_source {
    bool of_stage; /* and not of the context */
    struct sb_context_item item;
    struct sb_span target; /* in the image */
    sb_context_items below;
};

/* One instruction that builders leave a line of history about. */
struct sb_plan_step {
    const struct sb_instruction *instruction;
    size_t layer;                 /* index; SIZE_MAX: none */
    bool may_layer;               /* ADD, COPY, WORKDIR */
    struct sb_span before, after; /* what the builder says, around the hash of ADD and COPY */
    bool add_or_copy;
    SB_VEC(struct sb_plan_source) sources;
    struct sb_json *run, *shell;
    struct sb_span author;
};

struct sb_plan;
/* A part of the Dockerfile that begins with FROM. */
struct sb_plan_stage {
    struct sb_span name;     /* AS name, as written; data NULL: none */
    struct sb_span base;     /* as written */
    struct sb_span platform; /* the same, of --platform; data NULL */
    size_t begin, end;       /* its instructions, without FROM */
    struct sb_plan *made;    /* for COPY --from; NULL: nobody asked for it */
};

struct sb_plan_request {
    int directory;          /* the context; borrowed */
    const char *dockerfile; /* path of the Dockerfile, for messages and NAME.dockerignore */
    struct sb_span text;    /* of the Dockerfile */
    const char *platform;   /* "linux/amd64"; borrowed */
    const char *target; /* name or number of the stage that is wanted; NULL: the last; borrowed */
    const char *const *build_arguments; /* NAME=VALUE, ends in NULL; may be NULL; borrowed */
    const struct sb_builder *builder;   /* as this builder takes it; NULL: sb_builder_native */
    struct sb_span version;             /* of Buildah */
    const struct sb_spool *spool;       /* for archives that ADD unpacks */
};

struct sb_plan {
    struct sb_arena arena;
    struct sb_plan_request request; /* what it was made of */
    SB_VEC(struct sb_plan_stage) stages;
    struct sb_plan *whole;              /* whose stages they are; NULL: its own */
    size_t stage;                       /* the one at hand */
    SB_VEC(struct sb_layer *) archives; /* that ADD unpacked */
    struct sb_context files;            /* of a stage: what others copy from it */
    struct sb_dockerfile dockerfile;
    struct sb_context context;
    const struct sb_builder *builder; /* whose ways it follows */
    struct sb_span version;           /* of Buildah, for its label */
    const char *platform;
    SB_VEC(struct sb_plan_layer) layers;
    SB_VEC(struct sb_plan_step) steps;
    void *tree; /* of the paths made so far, for tsearch(3) */
    /* run configuration */
    sb_variables environment, arguments, global_arguments;
    const char *const *build_arguments; /* NAME=VALUE, ends in NULL */
    sb_variables labels;
    sb_words command, entrypoint, ports, volumes, shell, on_build;
    bool command_said, command_own; /* CMD was said; in this stage */
    struct sb_json *healthcheck;
    struct sb_span user, folder, stop_signal, author;
    struct sb_json *config;
};

#define SB_PLAN_INIT                                                                               \
    { .context = SB_CONTEXT_INIT }

/* Executes the Dockerfile. What is not built natively is an error of kind UNBUILT that names file
 * and line. */
int sb_plan_make(struct sb_plan *plan, const struct sb_plan_request *request,
                 struct sb_error *error) SB_MUST_USE;
void sb_plan_release(struct sb_plan *plan);

/* What the image is called where nobody says: as the first thing that ADD or COPY puts into it, so
 * that the name depends on the source alone. NULL where that is no name. Lives as long as the plan.
 */
const char *sb_plan_default_name(struct sb_plan *plan);
/* The canonical image of the plan, which must outlive it; name (NULL: none) is a familiar name. */
int sb_plan_canon(struct sb_plan *plan, const char *name, struct sb_canon *canon,
                  struct sb_error *error) SB_MUST_USE;
/* The plan, made with the builder of facts, as a profile takes it; both must outlive build. */
int sb_plan_build(struct sb_plan *plan, const struct sb_fact_image *facts, struct sb_build *build,
                  struct sb_error *error) SB_MUST_USE;

#endif
