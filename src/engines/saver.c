#include "engines/saver.h"

const struct sb_saver *const sb_savers[] = {&sb_saver_samebytes,     &sb_saver_go_containerregistry,
                                            &sb_saver_jib,           &sb_saver_containerd_oci,
                                            &sb_saver_oci_archive,   &sb_saver_docker_archive,
                                            &sb_saver_docker_legacy, &sb_saver_containerd,
                                            &sb_saver_docker,        NULL};

const struct sb_habit sb_saver_habits[] = {
    {SB_PASS_TAR_FORMAT,
     "engines write tars with Go, which fills device fields with zeros and says ustar, where GNU "
     "tar's own form does not",
     0},
    {SB_PASS_FILE_ORDER, "each saver has its own order of entries", 0},
    {SB_PASSES, NULL, 0},
};

const struct sb_profile *sb_profile_lookup(struct sb_span name) {
    for (size_t i = 0; sb_savers[i]; i++)
        for (const struct sb_profile *profile = sb_savers[i]->profiles; profile->name; profile++)
            if (sb_span_is(name, profile->name))
                return profile;
    return NULL;
}

const struct sb_profile *sb_saver_recognise(const struct sb_outer *outer,
                                            const struct sb_archive *archive) {
    const struct sb_profile *profile = NULL;
    for (size_t i = 0; sb_savers[i] && !profile; i++)
        profile = sb_savers[i]->recognise(outer, archive);
    return profile;
}
