/* How builders build: one row a builder, whose members name what it does. Measured on real
 * archives; which release writes what is in docs/facts.md. */
#ifndef SB_ENGINES_BUILDER_H
#define SB_ENGINES_BUILDER_H

#include <stdbool.h>

#include "base/span.h"
#include "engines/habit.h"

enum sb_builder_kind { SB_BUILDER_CLASSIC, SB_BUILDER_BUILDKIT, SB_BUILDER_BUILDAH };

/* The orders of members in an image configuration. */
enum sb_config_style {
    SB_CONFIG_DOCKER,        /* moby image.Image: sorted, container.Config in full */
    SB_CONFIG_BUILDKIT,      /* sorted, OCI's members and Docker's own behind them */
    SB_CONFIG_CONTAINERD,    /* the classic builder on the containerd store */
    SB_CONFIG_OCI,           /* image-spec v1.Image, by Buildah */
    SB_CONFIG_BUILDAH_DOCKER /* Buildah's docker.V2Image */
};

/* What a Go struct writes for members that are empty. */
enum sb_zeros {
    SB_ZEROS_NULL,  /* moby's container.Config: null */
    SB_ZEROS_SHORT, /* the same from 29 on, where OnBuild is left out */
    SB_ZEROS_EMPTY  /* Buildah's: [] and {} */
};

/* How the history says HEALTHCHECK: Go's print of the struct. */
enum sb_health {
    SB_HEALTH_QUOTED,      /* &{["CMD" "t"] "30s" …}, "%q" */
    SB_HEALTH_QUOTED_LESS, /* the same without StartInterval, which came with 25 */
    SB_HEALTH_PLAIN,       /* &{[CMD t] 30s …}, "%v" */
    SB_HEALTH_NAMED,       /* &{Test:[CMD t] Interval:30s …}, "%+v" */
    SB_HEALTH_NAMED_VALUE  /* the same of a struct, and no pointer: without & */
};

struct sb_builder {
    const char *name; /* in facts: "classic-20.10" */
    enum sb_builder_kind kind;
    enum sb_config_style style;
    unsigned generation; /* of one kind, ascending; find_builder.c tells them apart */

    /* Layers. */
    bool type_bits;     /* modes have the file's type */
    bool owner_names;   /* they name owners as the engine's host does */
    bool source_owners; /* the client sent the owners of the context (until 17.09) */
    bool containerd;    /* they are diffs of the containerd store, compressed */

    /* The configuration. */
    enum sb_zeros zeros;
    bool no_os;         /* there is no member os */
    bool unversioned;   /* nor docker_version */
    bool author_first;  /* in history, before created_by */
    bool health_first;  /* Healthcheck stands before ArgsEscaped, and OnBuild is null */
    bool null_command;  /* a container's empty Cmd is null, where other lists are [] */
    bool no_docker;     /* HEALTHCHECK, ONBUILD and SHELL have no place, and are dropped */
    bool args_escaped;  /* of CMD that was said */
    bool root_folder;   /* WorkingDir is / where nobody says WORKDIR */
    bool version_label; /* io.buildah.version */
    bool artifact;      /* the attestation is an artifact of OCI 1.1 */

    /* The Dockerfile. */
    bool escape_in_lines;    /* the escape directive holds for the ends of lines alone */
    bool whole_path_ignored; /* a pattern of .dockerignore is matched against whole paths alone */
    bool no_workdir;         /* WORKDIR is recorded, and no folder made */
    bool workdir_as_written; /* an absolute one that has .. in it */
    bool workdir_of_user;    /* its folders are USER's */
    bool no_shell;           /* commands run by /bin/sh, whatever SHELL says */
    bool port_ranges;        /* EXPOSE keeps a range as it is written */
    bool inherits_arguments; /* of ARG, by a stage that begins with another */
    bool platform_arguments; /* ARG TARGETPLATFORM and its like have values */
    bool keeps_set_id;       /* files that are copied keep their set-id bits */
    bool documents;          /* COPY <<EOF */
    bool excludes;           /* --exclude of COPY and ADD holds */
    bool ignores_exclude;    /* it is taken, and does nothing */
    bool no_chmod;           /* --chmod is refused */
    bool plain_chmod;        /* of it only the permissions of files in octal hold */
    bool group_by_user;      /* --chown=NAME is NAME:NAME, and not NAME's own group */
    bool refuses_dots;       /* sources that lead out of the context, though the root stops them */
    bool strict_wildcards;   /* one that ends in a slash matches nothing */
    bool replaces_links;     /* a folder takes the place of a link or file that a layer below has */
    bool few_modifiers;      /* of variables: ${X:-y}, ${X:+y} and no others */
    bool needs_step;         /* a stage without an instruction is no image */
    bool unpacks_xz, unpacks_zstd; /* ADD does, as it does gzip and bzip2 */
    bool chowns_archives;          /* --chown holds for what ADD unpacks */
    bool special_folders; /* --chmod with special bits does not hold for folders on the way */
    bool one_run;         /* the run configuration of the end is recorded for every step */

    /* What the history says. */
    bool repeats_source; /* the line of the Dockerfile, as it stands there */
    bool repeats_words;  /* of ADD and COPY: the words, and no hash */
    bool says_chown, says_chmod;
    bool tight_chown;     /* no space behind --chown */
    bool wide_target;     /* six spaces behind the target, one else */
    bool silent_onbuild;  /* nothing */
    bool argument_values; /* of ARG */
    bool argument_names;  /* of ARG, and nothing else */
    bool ports;           /* EXPOSE: what its words stand for; the words else */
    bool ports_in_map;    /* as a map's keys */
    bool ports_sorted;
    enum sb_health health;
};

/* Ends in a name of NULL. */
extern const struct sb_builder sb_builders[];
/* What native builds follow where nobody says otherwise: BuildKit of Docker 29, without its
 * records. */
extern const struct sb_builder sb_builder_native;
/* NULL where none is called that. */
const struct sb_builder *sb_builder_lookup(struct sb_span name);

/* Generations of the classic builder and of BuildKit. */
enum {
    SB_DOCKER_17 = 17,
    SB_DOCKER_20 = 20,
    SB_DOCKER_26 = 26,
    SB_DOCKER_28 = 28,
    SB_DOCKER_29 = 29
};
/* Of Buildah. */
enum { SB_BUILDAH_128 = 128, SB_BUILDAH_139 = 139, SB_BUILDAH_143 = 143 };

/* What builders do, each for those kinds that it says. */
extern const struct sb_habit sb_builder_habits[];

#endif
