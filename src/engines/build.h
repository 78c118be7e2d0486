/* What a source says of one image, as one builder takes it: made from a Dockerfile and its context
 * (recipe/build.h), or, where there is no source, read out of the archive itself. */
#ifndef SB_ENGINES_BUILD_H
#define SB_ENGINES_BUILD_H

#include "base/error.h"
#include "engines/facts.h"
#include "json/value.h"

/* Of a layer, in the order of the engine's walk: by path components, parents first. */
struct sb_build_entry {
    struct sb_span path; /* in the image, cleaned */
    struct sb_span link;
    unsigned char type; /* '0' file, '1' hard link, '2' symbolic link, '5' folder */
    uint32_t uid, gid;
    struct sb_span content;
};

/* One instruction that leaves an entry in the history. */
struct sb_build_step {
    struct sb_span before, hash, after; /* created_by without the shell's prefix: "ADD ", "file:…"
                                           (data NULL: none), " in /t " */
    struct sb_json *shell;              /* SHELL's words; NULL: /bin/sh -c */
    struct sb_json *run;                /* the run configuration after the step: OCI's members, and
                                           Healthcheck, OnBuild, Shell, ArgsEscaped where set */
    struct sb_span author;
    bool one_word;  /* classic: the comment is one argument (ADD, COPY, WORKDIR) */
    bool may_layer; /* a builder can make a layer of it */
    bool add_or_copy;
    SB_VEC(struct sb_build_entry) entries;
    struct sb_span file, target; /* of an ADD or COPY of one file into the root folder: its name in
                                    the context and in the image; else data NULL */
};

struct sb_build {
    struct sb_arena arena;
    SB_VEC(struct sb_build_step) steps;
};

#define SB_BUILD_INIT                                                                              \
    { 0 }

/* What Docker's builders and Buildah set where nobody says ENV PATH. */
extern const char sb_build_default_path[];

void sb_build_release(struct sb_build *source);

/* What an archive itself holds of the image, taken on trust; facts are those found in it. */
int sb_build_from_archive(struct sb_build *source, struct sb_archive *archive,
                          const struct sb_image *image, const struct sb_fact_image *facts,
                          struct sb_error *error) SB_MUST_USE;

/* What is said of several images, in the order of the facts of their archive. */
struct sb_builds {
    SB_VEC(struct sb_build *) list;
};
/* A new one at the end; it stays where it is. */
struct sb_build *sb_builds_add(struct sb_builds *builds);
/* Of an archive whose facts were found: its own content, taken on trust. */
int sb_builds_from_archive(struct sb_builds *builds, const struct sb_facts *facts,
                           struct sb_archive *archive, struct sb_error *error) SB_MUST_USE;
void sb_builds_release(struct sb_builds *builds);

/* The hash of the classic builder's `ADD file:HASH`: tarsum version 1 of one entry of the context
 * (moby pkg/tarsum). mode with the type bits that the engine counts. */
struct sb_build_sum {
    struct sb_span name, link, content;
    unsigned char type;
    uint32_t mode, uid, gid;
};
struct sb_digest sb_build_tarsum(const struct sb_build_sum *entry);

#endif
