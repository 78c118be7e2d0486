#include "builds/rebuild.h"

#include "host/encoder.h"
#include "host/text_file.h"

static void empty_build(struct sb_build *build) {
    sb_build_release(build);
    *build = (struct sb_build)SB_BUILD_INIT;
}

/* The Dockerfile as the builder of image takes it. */
static int plan_image(struct rebuild *rebuild, const struct sb_fact_image *image,
                      const struct options *options, const char *file, struct sb_build *build,
                      struct sb_error *error) {
    struct native *native = sb_memory_new(1, sizeof *native);
    struct options own = *options;
    struct sb_buf platform = SB_BUF_INIT;
    const char *files[] = {file};
    *native = (struct native)NATIVE_INIT;
    *sb_vec_push(&rebuild->natives) = native;
    own.files.items = files;
    own.files.count = file != NULL;
    sb_buf_appendf(&platform, "linux/%.*s", SB_SPAN(image->architecture));
    native->platform = sb_buf_detach(&platform);
    int status = native_prepare(native, &own, error);
    if (status == 0)
        status = native_plan_as(native, &own, image->builder, image->docker_version, error);
    if (status == 0)
        status = sb_plan_build(&native->plan, image, build, error);
    return status;
}

/* Whether the Dockerfile makes the image; one that is no Dockerfile of it, or none, does not. */
static bool makes(struct rebuild *rebuild, const struct sb_facts *facts,
                  const struct sb_fact_image *image, const struct options *options,
                  const char *file, struct sb_build *build) {
    struct sb_digest digest, wanted;
    struct sb_error ignored;
    struct sb_span hex = sb_span_from(image->digest, 7);
    return image->digest.size == 71 && sb_digest_parse_hex(hex, &wanted) &&
           plan_image(rebuild, image, options, file, build, &ignored) == 0 &&
           sb_profile_config_digest(facts, image, build, &digest, &ignored) == 0 &&
           sb_digest_equal(&digest, &wanted);
}

/* Several images: the one whose configuration comes out; else in the order given. */
static int plan_several(struct rebuild *rebuild, const struct sb_facts *facts,
                        const struct options *options, struct sb_error *error) {
    size_t count = facts->images.count;
    if (options->files.count != count)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "the facts are of %zu images: say -f DOCKERFILE for each", count);
    for (size_t i = 0; i < count; i++) {
        const struct sb_fact_image *image = &facts->images.items[i];
        struct sb_build *build = sb_builds_add(&rebuild->builds);
        bool found = false;
        for (size_t k = 0; k < count && !found; k++) {
            found = makes(rebuild, facts, image, options, options->files.items[k], build);
            if (!found)
                empty_build(build);
        }
        if (!found &&
            plan_image(rebuild, image, options, options->files.items[i], build, error) < 0)
            return -1;
    }
    return 0;
}

int rebuild_from_source(struct rebuild *rebuild, const struct sb_facts *facts,
                        const struct options *options, struct sb_error *error) {
    if (facts->images.count > 1)
        return plan_several(rebuild, facts, options, error);
    return plan_image(rebuild, facts->images.items, options,
                      options->files.count ? options->files.items[0] : NULL,
                      sb_builds_add(&rebuild->builds), error);
}

void rebuild_release(struct rebuild *rebuild) {
    for (size_t i = 0; i < rebuild->natives.count; i++) {
        native_release(rebuild->natives.items[i]);
        free(rebuild->natives.items[i]);
    }
    sb_vec_release(&rebuild->natives);
    sb_builds_release(&rebuild->builds);
}

int rebuild_write(const struct rebuild *rebuild, const struct sb_facts *facts,
                  struct sb_marked *tar, struct sb_error *error) {
    return sb_profile_write(facts, (const struct sb_build *const *)rebuild->builds.list.items,
                            &host_encoder, tar, error);
}

int rebuild_read_facts(const char *path, int fd, struct sb_facts *facts, struct sb_error *error) {
    struct sb_buf text = SB_BUF_INIT;
    int status = text_file_read(path, fd, &text, error);
    if (status == 0 &&
        sb_facts_parse(facts, sb_arena_copy(&facts->arena, sb_buf_span(&text)), error) < 0)
        status = sb_error_wrap(error, "%s", path);
    sb_buf_release(&text);
    return status;
}
