#include "builds/building.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "host/engine.h"
#include "host/process.h"
#include "host/run_name.h"
#include "host/temporary.h"

static struct build *add_build(struct verification *verification, const char *builder,
                               const char *version) {
    struct build *build = sb_memory_new(1, sizeof *build);
    *sb_vec_push(&verification->builds) = build;
    build->builder = sb_memory_copy_string(builder);
    build->version = sb_memory_copy_string(version);
    build->saved = -1;
    return build;
}

/* Says on a terminal what takes time. */
static void progress(const struct verification *verification, const char *what,
                     const char *builder) {
    if (!verification->options->quiet && isatty(STDERR_FILENO))
        fprintf(stderr, "samebytes: %s %s ...\n", what, builder);
}

/* native */

static int build_native(struct verification *verification, struct sb_error *error) {
    struct native *native = &verification->native;
    if (native_build(native, verification->options, error) < 0)
        return -1;
    verification->has_native = true;
    char version[128];
    snprintf(version, sizeof version, "%.60s, %.60s", native->tar_version, native->gzip_version);
    struct build *build = add_build(verification, "native", version);
    build->saved = dup(native->archive);
    build->saves_equal = ANSWER_YES;
    build->gzip_equal = ANSWER_YES;
    return 0;
}

/* engines */

/* A save's time has whole seconds: two in one second prove nothing. */
static void next_second(void) {
    time_t begin = time(NULL);
    struct timespec pause = {0, 20000000};
    while (time(NULL) == begin && !process_signal())
        nanosleep(&pause, NULL);
}

int building_same_files(int a, int b, enum answer *answer, struct sb_error *error) {
    uint64_t offset;
    int status = native_compare_files(a, b, &offset, error);
    *answer = status == 1 ? ANSWER_YES : ANSWER_NO;
    return status < 0 ? -1 : 0;
}

static int save_twice(struct build *build, const struct builder *builder,
                      const struct build_request *request, struct sb_error *error) {
    int again;
    if (builder_save(builder, request, &build->saved, error) < 0)
        return -1;
    if (builder->kind == ENGINE_COMMAND)
        return 0;
    next_second();
    if (builder_save(builder, request, &again, error) < 0)
        return -1;
    int status = building_same_files(build->saved, again, &build->saves_equal, error);
    close(again);
    return status;
}

static const char *source_date_epoch(void) {
    const char *own = getenv("SOURCE_DATE_EPOCH");
    return own && *own ? own : "0";
}

/* The context in another folder; a Dockerfile in it goes along. */
static int copy_context(struct build_request *request, char **elsewhere, char **context,
                        char **dockerfile, struct sb_error *error) {
    struct sb_buf from = SB_BUF_INIT, to = SB_BUF_INIT, file = SB_BUF_INIT;
    size_t size = strlen(request->context);
    if (temporary_folder(elsewhere, error) < 0)
        return -1;
    sb_buf_appendf(&from, "%s/.", request->context);
    sb_buf_appendf(&to, "%s/built-again", *elsewhere);
    const char *const argv[] = {"cp", "-a", sb_buf_string(&from), sb_buf_string(&to), NULL};
    int status = process_do(argv, 0, error);
    bool inside = strncmp(request->dockerfile, request->context, size) == 0 &&
                  request->dockerfile[size] == '/';
    sb_buf_appendf(&file, "%s%s", inside ? sb_buf_string(&to) : "",
                   request->dockerfile + (inside ? size : 0));
    *dockerfile = sb_buf_detach(&file);
    request->dockerfile = *dockerfile;
    sb_buf_release(&from);
    free(*context);
    *context = sb_buf_detach(&to);
    request->context = *context;
    return status;
}

/* Names are unique to the run; what a build leaves in the engine is removed at once. */
static int build_and_save(struct verification *verification, struct build *build,
                          const struct builder *builder, int round, struct sb_error *error) {
    char run[RUN_NAME_SIZE], name[RUN_NAME_SIZE];
    run_name_make(run, round);
    snprintf(name, sizeof name, "%s", run);
    /* Where nobody else has images they are called what they are, for their size. */
    const char *image = verification->options->image;
    if (builder->own && image && *image && strlen(image) + 8 < sizeof name)
        snprintf(name, sizeof name, "%s%s", image, strchr(image, ':') ? "" : ":latest");
    struct sb_buf temporary = SB_BUF_INIT;
    char *scratch = NULL;
    struct build_request request = {.context = verification->native.folder,
                                    .dockerfile = verification->native.dockerfile,
                                    .name = name,
                                    .run = run,
                                    .options = verification->options,
                                    .epoch = verification->twice ? source_date_epoch() : NULL,
                                    .varied = round ? &build->varied : NULL};
    char *elsewhere = NULL, *context = NULL, *dockerfile = NULL;
    progress(verification, "building with", builder->label);
    if (round == 0)
        builder_sweep(builder, verification->options);
    int status = round ? copy_context(&request, &elsewhere, &context, &dockerfile, error) : 0;
    /* Podman and Buildah keep the caches of RUN --mount=type=cache below it. */
    if (status == 0 && !builder->prefix &&
        (builder->kind == ENGINE_PODMAN || builder->kind == ENGINE_BUILDAH)) {
        status = temporary_folder(&scratch, error);
        sb_buf_appendf(&temporary, "TMPDIR=%s", scratch ? scratch : "");
        request.temporary = sb_buf_string(&temporary);
    }
    if (status == 0)
        status = builder_build(builder, &request, error);
    if (status == 0)
        status = save_twice(build, builder, &request, error);
    builder_remove(builder, &request);
    if (elsewhere)
        temporary_remove(elsewhere);
    if (scratch)
        temporary_remove(scratch);
    sb_buf_release(&temporary);
    free(scratch);
    free(elsewhere);
    free(context);
    free(dockerfile);
    return status;
}

static int add_row(struct verification *verification, const struct builder *builder, int round,
                   struct sb_error *error) {
    char label[64];
    snprintf(label, sizeof label, "%s%s", builder->label, round ? "-again" : "");
    struct build *build = add_build(verification, label, builder->version);
    if (builder->reason) {
        build->reason = sb_memory_copy_string(builder->reason);
        return 0;
    }
    return build_and_save(verification, build, builder, round, error);
}

/* One that cannot build this Dockerfile is a row with its reason, as long as another can. */
static int add_first_row(struct verification *verification, const struct builder *builder,
                         struct sb_error *error) {
    if (add_row(verification, builder, 0, error) == 0)
        return 0;
    if (process_signal() || builder->kind != ENGINE_DOCKER)
        return -1;
    struct build *build = verification->builds.items[verification->builds.count - 1];
    build->reason = sb_memory_copy_string(error->message);
    build->asked = true;
    return 0;
}

static int run_builder(struct verification *verification, const struct builder *builder,
                       struct sb_error *error) {
    if (add_first_row(verification, builder, error) < 0)
        return -1;
    struct build *first = verification->builds.items[verification->builds.count - 1];
    if (!verification->twice || first->reason)
        return 0;
    next_second();
    if (add_row(verification, builder, 1, error) < 0)
        return -1;
    first->again = verification->builds.items[verification->builds.count - 1];
    return 0;
}

/* Trouble where no builder of an engine could build: the words of each. */
static int check_any_built(const struct verification *verification, size_t first,
                           struct sb_error *error) {
    struct sb_buf words = SB_BUF_INIT;
    bool built = false;
    for (size_t i = first; i < verification->builds.count; i++) {
        const struct build *build = verification->builds.items[i];
        built = built || !build->reason;
        if (build->asked)
            sb_buf_appendf(&words, "%s%s", words.size ? "; " : "", build->reason);
    }
    int status = built || !words.size
                     ? 0
                     : sb_error_set(error, SB_ERROR_SYSTEM, "%s", sb_buf_string(&words));
    sb_buf_release(&words);
    return status;
}

static int run_engine(struct verification *verification, const char *spec, struct sb_error *error) {
    struct engine engine = ENGINE_INIT;
    size_t first = verification->builds.count;
    progress(verification, "looking for", spec ? spec : "an engine");
    int status = engine_open(&engine, spec, verification->options, error);
    for (size_t i = 0; i < engine.notes.count; i++)
        lines_add(&verification->notes, "%s", engine.notes.items[i]);
    for (size_t i = 0; i < engine.builders.count && status == 0; i++)
        status = run_builder(verification, &engine.builders.items[i], error);
    engine_close(&engine);
    return status == 0 ? check_any_built(verification, first, error) : status;
}

static int run_command(struct verification *verification, struct sb_error *error) {
    struct engine engine = ENGINE_INIT;
    engine_add_command(&engine, verification->options->build_command);
    int status = run_builder(verification, &engine.builders.items[0], error);
    engine_close(&engine);
    return status;
}

static int run_engines(struct verification *verification, struct sb_error *error) {
    const string_list *engines = &verification->options->engines;
    size_t count = engines->count ? engines->count : 1;
    for (size_t i = 0; i < count; i++) {
        const char *spec = engines->count ? engines->items[i] : NULL;
        if (spec && strcmp(spec, "none") == 0)
            continue;
        verification->engine_asked = true;
        if (run_engine(verification, spec, error) < 0)
            return -1;
    }
    if (!verification->engine_asked && verification->has_native)
        lines_add(&verification->notes,
                  "no engine was asked (--engine none): the verdict is GNU tar and gzip "
                  "against the library's writer");
    return verification->options->build_command ? run_command(verification, error) : 0;
}

static int add_against(struct verification *verification, const char *name,
                       struct sb_error *error) {
    struct build *build = add_build(verification, name, "-");
    build->is_against = true;
    return subject_open(&build->subject, name, verification->options, error);
}

/* The first that was built. */
static void put_reference_first(struct verification *verification) {
    size_t at = 0, count = verification->builds.count;
    struct build **builds = verification->builds.items;
    while (at < count && builds[at]->reason)
        at++;
    if (at == 0 || at == count)
        return;
    struct build *reference = builds[at];
    memmove(builds + 1, builds, at * sizeof *builds);
    builds[0] = reference;
}

int building_gather(struct verification *verification, struct sb_error *error) {
    const struct options *options = verification->options;
    verification->twice = options->twice;
    if (allowances_open(&verification->allowances, options, error) < 0)
        return -1;
    if (native_prepare(&verification->native, options, error) < 0)
        return -1;
    if (build_native(verification, error) < 0) {
        if (error->kind != SB_ERROR_UNBUILT || verification->has_native)
            return -1;
        lines_add(&verification->notes,
                  "no native build: %s; so the engine builds twice, and the two are compared",
                  error->message);
        verification->twice = true;
    }
    if (run_engines(verification, error) < 0)
        return -1;
    put_reference_first(verification);
    if (verification->builds.count == 0)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "nothing was built: the Dockerfile needs an engine, and none was "
                            "asked");
    for (size_t i = 0; i < options->against.count; i++)
        if (add_against(verification, options->against.items[i], error) < 0)
            return -1;
    return 0;
}
