/* How builders and savers write: the tables behind every profile. Measured on real archives; which
 * release writes what is in docs/facts.md. */
#ifndef SB_PROFILE_DIALECT_H
#define SB_PROFILE_DIALECT_H

#include <stdbool.h>

#include "base/span.h"

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

/* What writes the archive. */
enum sb_saver {
    SB_SAVER_LEGACY,     /* moby image/tarexport until 24: a folder a layer */
    SB_SAVER_TAREXPORT,  /* the same from 25 on: legacy and OCI at once */
    SB_SAVER_CONTAINERD, /* containerd's images/archive: the containerd store */
    SB_SAVER_DOCKER,     /* containers/image docker-archive: podman, buildah, skopeo */
    SB_SAVER_OCI         /* containers/image oci-archive */
};

/* One way to save. */
struct sb_profile {
    const char *name; /* in facts: "docker-20.10" */
    enum sb_saver saver;
    bool type_bits;    /* in the archive's own headers */
    bool owner_names;  /* there, too */
    bool os_member;    /* legacy: V1 images have `os` */
    bool index_time;   /* tarexport: index.json has the time of the save */
    bool folder_time;  /* tarexport: blobs/sha256/ has it */
    bool no_umask;     /* tarexport: layers are of mode 0666 */
    bool short_config; /* tarexport: V1 images leave out an OnBuild that is empty */
    bool spaced;       /* OCI: {"imageLayoutVersion": "1.0.0"} with a space */
    bool typed;        /* OCI: index.json says its media type */
};

extern const struct sb_profile sb_profiles[];
const struct sb_profile *sb_profile_lookup(struct sb_span name);

#endif
