/* What Jib writes as a Docker archive (jib-core, DockerTarball): layers, config.json and
 * manifest.json, by a tar writer of Java's. Its archives are recognised, and not made again. */
#include "engines/internal.h"

static bool gives_name(const char *name, unsigned char type) {
    bool layer = sb_saver_hex_digits(name) == 64 && strcmp(name + 64, ".tar.gz") == 0;
    return type == '0' && (layer || strcmp(name, "config.json") == 0);
}

static const struct sb_profile profiles[] = {
    {.name = "jib", .saver = &sb_saver_jib},
    {.name = NULL},
};

static const struct sb_profile *recognise(const struct sb_outer *outer,
                                          const struct sb_archive *archive) {
    const struct sb_outer_entry *config = sb_outer_find(outer, "config.json");
    size_t count = outer->list.count;
    return archive->has_docker && !archive->has_oci && config && count > 2 &&
                   config == &outer->list.items[count - 2] && config->mode >> 12
               ? profiles
               : NULL;
}

static void tell(struct sb_fingerprint *fingerprint, const struct sb_outer *outer) {
    (void)outer;
    sb_fingerprint_say(fingerprint, "%s: the form of Jib's tarball",
                       "layers as DIGEST.tar.gz, behind them config.json and manifest.json, types "
                       "in the modes");
}

static const struct sb_habit habits[] = {
    {SB_PASS_COMPRESSION, "Jib writes layers compressed by Java's gzip", 0},
    {SB_PASSES, NULL, 0},
};

const struct sb_saver sb_saver_jib = {
    .engine = "jib",
    .profiles = profiles,
    .documents = (const char *const[]){"manifest.json", NULL},
    .members = (const char *const[]){"Config", "RepoTags", "Layers", NULL},
    .file_mode = 0644,
    .json_mode = 0644,
    .timeless = true,
    .unordered = true,
    .other_tar = true,
    .gives_name = gives_name,
    .recognise = recognise,
    .tell = tell,
    .habits = habits,
};
