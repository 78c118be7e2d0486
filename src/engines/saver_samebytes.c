/* This program's own canonical archive (docs/canonical.md), which GNU tar writes, too. `audit`
 * makes it again by other means than a profile. */
#include "engines/internal.h"

static const struct sb_profile profiles[] = {
    {.name = "canonical", .saver = &sb_saver_samebytes},
    {.name = NULL},
};

static const struct sb_profile *recognise(const struct sb_outer *outer,
                                          const struct sb_archive *archive) {
    for (size_t i = 0; i < outer->list.count; i++)
        if (outer->list.items[i].type != '0' || outer->list.items[i].mode != 0644 ||
            outer->list.items[i].mtime || outer->list.items[i].plain)
            return NULL;
    return archive->has_docker && archive->has_oci ? profiles : NULL;
}

static void tell(struct sb_fingerprint *fingerprint, const struct sb_outer *outer) {
    (void)outer;
    sb_fingerprint_say(fingerprint, "%s: a canonical archive",
                       "GNU headers without folders, every mode 0644, every time 0");
}

static const struct sb_habit habits[] = {{SB_PASSES, NULL, 0}};

const struct sb_saver sb_saver_samebytes = {
    .engine = "samebytes",
    .profiles = profiles,
    .documents = (const char *const[]){"index.json", "manifest.json", NULL},
    .members = (const char *const[]){"Config", "Layers", "RepoTags", NULL},
    .file_mode = 0644,
    .json_mode = 0644,
    .timeless = true,
    .other_tar = true,
    .gives_name = sb_saver_names_blobs,
    .recognise = recognise,
    .tell = tell,
    .habits = habits,
};
