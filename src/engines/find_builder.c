/* Which builder made an image: by the order of its configuration and what the history says. */
#include "engines/outer.h"

static bool has_type_bits(const struct sb_image *image, bool *known) {
    for (size_t i = 0; i < image->layers.count; i++)
        for (size_t k = 0; k < image->layers.items[i]->entries.count; k++) {
            *known = true;
            if (image->layers.items[i]->entries.items[k].full_mode >> 12)
                return true;
        }
    return false;
}

static bool stands_before(const struct sb_json *object, const char *first, const char *second) {
    for (const struct sb_json *member = object->first; member; member = member->next)
        if (sb_span_is(member->name, first) || sb_span_is(member->name, second))
            return sb_span_is(member->name, first);
    return false;
}

static unsigned major_of(struct sb_span version) {
    unsigned major = 0;
    for (size_t i = 0; i < version.size && version.data[i] >= '0' && version.data[i] <= '9'; i++)
        major = major * 10 + (version.data[i] - '0');
    return major;
}

static bool says(const struct sb_json *history, const char *text) {
    for (const struct sb_json *item = history ? history->first : NULL; item; item = item->next) {
        struct sb_span said = sb_json_string(item, "created_by");
        for (size_t i = 0; i < said.size; i++)
            if (sb_span_starts(sb_span_from(said, i), text))
                return true;
    }
    return false;
}

/* Classic builders of 29 and later do not say which they are. */
static bool is_nameless(const struct sb_image *image) {
    return sb_json_member(image->config, "container_config") &&
           !sb_json_string(image->config, "docker_version").size;
}

/* The generation of Docker that built; what two have alike is put under the later, but what 28 and
 * 29 have alike under 28, unless 29 saved it. */
static unsigned docker_generation(const struct sb_profile *profile, const struct sb_image *image,
                                  bool classic) {
    const struct sb_json *history = sb_json_member(image->config, "history");
    const struct sb_json *on_build =
        sb_json_member(sb_json_member(image->config, "config"), "OnBuild");
    unsigned major = major_of(sb_json_string(image->config, "docker_version"));
    bool known = false, bits = has_type_bits(image, &known);
    bool old = known     ? bits
               : classic ? major && major < 23
                         : on_build && on_build->type == SB_JSON_NULL;
    if (classic && sb_json_member(image->config, "container_config") &&
        !sb_json_member(image->config, "os"))
        return SB_DOCKER_17;
    if (old)
        return SB_DOCKER_20;
    if ((classic && is_nameless(image)) || image->artifact ||
        says(history, classic ? "HEALTHCHECK &{Test:" : "HEALTHCHECK {Test:"))
        return SB_DOCKER_29;
    if (says(history, "EXPOSE map[") || (classic && says(history, "HEALTHCHECK &{[\"")))
        return SB_DOCKER_26;
    if (says(history, "HEALTHCHECK &{[") || (classic && says(history, "EXPOSE [")))
        return SB_DOCKER_28;
    if (profile->no_umask && !classic)
        return SB_DOCKER_29;
    if (says(history, "EXPOSE ["))
        return SB_DOCKER_28;
    return profile->index_time || (major && major < 28) ? SB_DOCKER_26 : SB_DOCKER_28;
}

/* Buildah 1.43 says "ADD file:SUM in /t" and six spaces, where metadata could stand. */
static bool ends_wide(const struct sb_json *history) {
    for (const struct sb_json *item = history ? history->first : NULL; item; item = item->next)
        if (sb_span_ends(sb_json_string(item, "created_by"), "      "))
            return true;
    return false;
}

const struct sb_builder *sb_builder_find(const struct sb_profile *profile,
                                         const struct sb_image *image) {
    const struct sb_json *config = image->config;
    const struct sb_json *run = sb_json_member(config, "config");
    const struct sb_json *history = sb_json_member(config, "history");
    bool known = false, bits = has_type_bits(image, &known);
    bool containerd = profile->saver->containerd_store;
    bool docker = sb_json_member(config, "container_config") != NULL;
    bool buildah = sb_json_string(sb_json_member(run, "Labels"), "io.buildah.version").size > 0;
    enum sb_builder_kind kind = SB_BUILDER_CLASSIC;
    enum sb_config_style style = docker ? SB_CONFIG_DOCKER : SB_CONFIG_CONTAINERD;
    if (buildah) {
        kind = SB_BUILDER_BUILDAH;
        style = docker ? SB_CONFIG_BUILDAH_DOCKER : SB_CONFIG_OCI;
    } else if (!docker && history && sb_json_string(history->first, "comment").size) {
        kind = SB_BUILDER_BUILDKIT;
        style = SB_CONFIG_BUILDKIT;
    } else if (!docker && !(containerd && stands_before(config, "rootfs", "config"))) {
        return NULL;
    }
    unsigned generation = buildah ? bits                 ? SB_BUILDAH_128
                                    : ends_wide(history) ? SB_BUILDAH_143
                                                         : SB_BUILDAH_139
                                  : docker_generation(profile, image, kind == SB_BUILDER_CLASSIC);
    for (const struct sb_builder *builder = sb_builders; builder->name; builder++)
        if (builder->kind == kind && builder->style == style && builder->generation == generation &&
            (buildah || builder->containerd == containerd))
            return builder;
    return NULL;
}
