/* How builders and savers write: the tables behind every profile. Measured on real archives; which
 * release writes what is in docs/facts.md. */
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

/* One way to build: what the layers and the configuration look like. */
struct sb_dialect {
    const char *name; /* in facts: "classic-20.10" */
    enum sb_builder_kind builder;
    enum sb_config_style style;
    unsigned generation; /* of one builder, ascending */
    bool type_bits;      /* modes in layers have the file's type */
    bool owner_names;    /* layers name owners as the engine's host does */
    bool source_owners;  /* the client sent the owners of the context (until 17.09) */
    bool containerd;     /* layers are diffs of the containerd store, compressed */
};

/* Ends in a name of NULL. */
extern const struct sb_dialect sb_dialects[];
/* NULL where none is called that. */
const struct sb_dialect *sb_dialect_lookup(struct sb_span name);

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
