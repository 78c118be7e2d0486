#include "profile/dialect.h"

const struct sb_dialect sb_dialects[] = {
    {"classic-17.09", SB_BUILDER_CLASSIC, SB_CONFIG_DOCKER, SB_DOCKER_17, true, false, true, false},
    {"classic-20.10", SB_BUILDER_CLASSIC, SB_CONFIG_DOCKER, SB_DOCKER_20, true, true, false, false},
    {"classic-26", SB_BUILDER_CLASSIC, SB_CONFIG_DOCKER, SB_DOCKER_26, false, false, false, false},
    {"classic-28", SB_BUILDER_CLASSIC, SB_CONFIG_DOCKER, SB_DOCKER_28, false, false, false, false},
    {"classic-26-containerd", SB_BUILDER_CLASSIC, SB_CONFIG_CONTAINERD, SB_DOCKER_26, false, false,
     false, true},
    {"classic-28-containerd", SB_BUILDER_CLASSIC, SB_CONFIG_CONTAINERD, SB_DOCKER_28, false, false,
     false, true},
    {"buildkit-20.10", SB_BUILDER_BUILDKIT, SB_CONFIG_BUILDKIT, SB_DOCKER_20, true, true, false,
     false},
    {"buildkit-26", SB_BUILDER_BUILDKIT, SB_CONFIG_BUILDKIT, SB_DOCKER_26, false, false, false,
     false},
    {"buildkit-28", SB_BUILDER_BUILDKIT, SB_CONFIG_BUILDKIT, SB_DOCKER_28, false, false, false,
     false},
    {"buildkit-26-containerd", SB_BUILDER_BUILDKIT, SB_CONFIG_BUILDKIT, SB_DOCKER_26, false, false,
     false, true},
    {"buildkit-28-containerd", SB_BUILDER_BUILDKIT, SB_CONFIG_BUILDKIT, SB_DOCKER_28, false, false,
     false, true},
    {"buildah-1.28-oci", SB_BUILDER_BUILDAH, SB_CONFIG_OCI, SB_BUILDAH_128, true, false, false,
     false},
    {"buildah-1.28-docker", SB_BUILDER_BUILDAH, SB_CONFIG_BUILDAH_DOCKER, SB_BUILDAH_128, true,
     false, false, false},
    {"buildah-1.39-oci", SB_BUILDER_BUILDAH, SB_CONFIG_OCI, SB_BUILDAH_139, false, false, false,
     false},
    {"buildah-1.39-docker", SB_BUILDER_BUILDAH, SB_CONFIG_BUILDAH_DOCKER, SB_BUILDAH_139, false,
     false, false, false},
    {"buildah-1.43-oci", SB_BUILDER_BUILDAH, SB_CONFIG_OCI, SB_BUILDAH_143, false, false, false,
     false},
    {"buildah-1.43-docker", SB_BUILDER_BUILDAH, SB_CONFIG_BUILDAH_DOCKER, SB_BUILDAH_143, false,
     false, false, false},
    {NULL, SB_BUILDER_CLASSIC, SB_CONFIG_DOCKER, 0, false, false, false, false},
};

const struct sb_dialect *sb_dialect_lookup(struct sb_span name) {
    for (const struct sb_dialect *dialect = sb_dialects; dialect->name; dialect++)
        if (sb_span_is(name, dialect->name))
            return dialect;
    return NULL;
}

const struct sb_profile sb_profiles[] = {
    {.name = "docker-17.09", .saver = SB_SAVER_LEGACY, .type_bits = true},
    {.name = "docker-20.10",
     .saver = SB_SAVER_LEGACY,
     .type_bits = true,
     .owner_names = true,
     .os_member = true},
    {.name = "docker-26", .saver = SB_SAVER_TAREXPORT, .os_member = true, .index_time = true},
    {.name = "docker-28", .saver = SB_SAVER_TAREXPORT, .os_member = true},
    {.name = "docker-26-containerd", .saver = SB_SAVER_CONTAINERD},
    {.name = "containers-docker-archive", .saver = SB_SAVER_DOCKER},
    {.name = "containers-oci-archive-4",
     .saver = SB_SAVER_OCI,
     .type_bits = true,
     .owner_names = true,
     .spaced = true},
    {.name = "containers-oci-archive-5", .saver = SB_SAVER_OCI},
    {.name = "containers-oci-archive-5.8", .saver = SB_SAVER_OCI, .typed = true},
    {.name = NULL},
};

const struct sb_profile *sb_profile_lookup(struct sb_span name) {
    for (const struct sb_profile *profile = sb_profiles; profile->name; profile++)
        if (sb_span_is(name, profile->name))
            return profile;
    return NULL;
}
