/* What go-containerregistry's tarball writes (pkg/v1/tarball/write.go), which crane, ko, kaniko and
 * apko use. Its archives are recognised, and not made again: their layers are compressed as the
 * registry had them. */
#include "engines/internal.h"

static bool gives_name(const char *name, unsigned char type) {
    bool config = strncmp(name, "sha256:", 7) == 0 && sb_saver_hex_digits(name + 7) == 64 &&
                  strlen(name) == 71;
    bool layer = sb_saver_hex_digits(name) == 64 && strcmp(name + 64, ".tar.gz") == 0;
    return type == '0' && (config || layer);
}

static const struct sb_profile profiles[] = {
    {.name = "go-containerregistry", .saver = &sb_saver_go_containerregistry},
    {.name = NULL},
};

static const struct sb_profile *recognise(const struct sb_outer *outer,
                                          const struct sb_archive *archive) {
    const char *first = (const char *)outer->list.items[0].name.data;
    return archive->has_docker && !archive->has_oci && strncmp(first, "sha256:", 7) == 0 ? profiles
                                                                                         : NULL;
}

static void tell(struct sb_fingerprint *fingerprint, const struct sb_outer *outer) {
    (void)outer;
    sb_fingerprint_say(fingerprint,
                       "%s: go-containerregistry's tarball, which crane, ko, kaniko and apko write",
                       "configurations as sha256:DIGEST, layers as DIGEST.tar.gz");
}

static const struct sb_habit habits[] = {
    {SB_PASS_COMPRESSION, "go-containerregistry writes layers compressed, as a registry has them",
     0},
    {SB_PASSES, NULL, 0},
};

const struct sb_saver sb_saver_go_containerregistry = {
    .engine = "go-containerregistry",
    .profiles = profiles,
    .documents = (const char *const[]){"manifest.json", "index.json", NULL},
    .members = (const char *const[]){"Config", "RepoTags", "Layers", NULL},
    .spare_member = "LayerSources",
    .file_mode = 0644,
    .json_mode = 0644,
    .timeless = true,
    .unordered = true,
    .gives_name = gives_name,
    .recognise = recognise,
    .tell = tell,
    .habits = habits,
};
