/* Engines that build: Docker (by both of its builders), Podman, Buildah; one that answers, or a
 * private dockerd. */
#ifndef VERIFY_HOST_ENGINE_H
#define VERIFY_HOST_ENGINE_H

#include "host/dockerd.h"
#include "host/suite.h"
#include "options/lines.h"
#include "options/options.h"

enum engine_kind { ENGINE_DOCKER, ENGINE_PODMAN, ENGINE_BUILDAH, ENGINE_COMMAND };

/* One way to build: a row of the table. */
struct builder {
    enum engine_kind kind;
    const char *label; /* "docker-classic", "docker-buildkit@trixie+containerd" */
    char *version;
    char *client;               /* path of the program */
    char *reason;               /* why this builder cannot be asked; NULL where it can */
    const char *environment[6]; /* ends in NULL */
    const char *const *prefix;  /* of each command: to where the engine is; NULL: here */
    const char *command;        /* of ENGINE_COMMAND */
    const char *bin;            /* where a stand-in for its runtime is (host/vary.h); NULL */
    bool buildkit, isolated;    /* isolated: RUN has a chroot alone, and no runtime */
    bool own;                   /* an engine of this run alone; its RUN has no network */
};

struct engine {
    struct dockerd dockerd; /* the private one, if it was started */
    struct suite suite;     /* the other release's, likewise */
    struct sb_arena arena;  /* of labels */
    unsigned patience;      /* seconds for it to say its version */
    char *host;             /* DOCKER_HOST=…; NULL: as the environment has it */
    const char *quarrel;    /* why a docker that answers does not talk to this client; NULL */
    char *folder, *bin;     /* of programs that need no daemon: the stand-in for their runtime */
    SB_VEC(struct builder) builders;
    line_list notes;
};

enum { PROBE_SECONDS = 30 };

#define ENGINE_INIT                                                                                \
    { 0 }

/* Opens spec (of --engine; NULL: the default). Errors say what is missing and what to do. */
int engine_open(struct engine *engine, const char *spec, const struct options *options,
                struct sb_error *error) SB_MUST_USE;
/* Adds --build-command. */
void engine_add_command(struct engine *engine, const char *command);
void engine_close(struct engine *engine);

struct build_request {
    const char *context, *dockerfile;
    const char *name;      /* of the image */
    const char *run;       /* unique to this build */
    const char *temporary; /* TMPDIR=… of this build alone; NULL: as the environment has it */
    const struct options *options;
    const char *epoch; /* SOURCE_DATE_EPOCH for the build; NULL: none, and attestations as usual */
    line_list *varied; /* NULL: as usual; else in other surroundings, whose names are added */
};

/* Builds without a cache; then name is in the engine's store. */
int builder_build(const struct builder *builder, const struct build_request *request,
                  struct sb_error *error) SB_MUST_USE;
/* The engine's own save, into a new unlinked temporary file. */
int builder_save(const struct builder *builder, const struct build_request *request, int *fd,
                 struct sb_error *error) SB_MUST_USE;
/* Removes the images that runs of this machine left which were killed. */
void builder_sweep(const struct builder *builder, const struct options *options);
/* A path of this machine as the engine sees it; the caller frees it. */
char *builder_path(const struct builder *builder, const char *path);
/* Removes the image; nothing is said where it is not there. */
void builder_remove(const struct builder *builder, const struct build_request *request);

#endif
