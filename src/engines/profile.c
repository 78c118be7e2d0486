#include "engines/profile.h"

#include "engines/internal.h"

static void release(struct sb_profile_writing *writing) {
    for (size_t i = 0; i < writing->image_count; i++)
        sb_profile_release_image(&writing->images[i]);
    free(writing->images);
    sb_arena_release(&writing->arena);
}

int sb_profile_write(const struct sb_facts *facts, const struct sb_build *const *sources,
                     const struct sb_encoder *encoder, struct sb_marked *archive,
                     struct sb_error *error) {
    struct sb_profile_writing writing = {.facts = facts, .encoder = encoder, .error = error};
    struct sb_profile_files files = {.arena = SB_ARENA_INIT};
    int status = 0;
    writing.images = sb_memory_new(facts->images.count + 1, sizeof *writing.images);
    for (size_t i = 0; i < facts->images.count && status == 0; i++) {
        struct sb_profile_image *image = &writing.images[writing.image_count++];
        image->facts = &facts->images.items[i];
        image->source = sources[i];
        status = sb_profile_make_image(&writing, image);
    }
    if (status == 0)
        status = facts->profile->saver->write(&writing, &files);
    if (status == 0)
        status = sb_profile_write_files(&writing, &files, archive);
    sb_profile_release_files(&files);
    release(&writing);
    return status;
}

int sb_profile_config_digest(const struct sb_facts *facts, const struct sb_fact_image *image,
                             const struct sb_build *source, struct sb_digest *digest,
                             struct sb_error *error) {
    struct sb_facts plain = *facts;
    /* Nothing is compressed for a configuration. */
    plain.profile = sb_saver_docker_legacy.profiles;
    struct sb_profile_writing writing = {.facts = &plain, .error = error};
    writing.images = sb_memory_new(1, sizeof *writing.images);
    writing.images->facts = image;
    writing.images->source = source;
    writing.image_count = 1;
    int status = sb_profile_make_image(&writing, writing.images);
    *digest = writing.images->config_digest;
    release(&writing);
    return status;
}
