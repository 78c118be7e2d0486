#include "verification.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "archive_output.h"
#include "command.h"
#include "confine.h"
#include "host/engine.h"
#include "host/gzip.h"
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

static int read_build(struct verification *verification, struct build *build,
                      struct sb_error *error) {
    const struct options *options = verification->options;
    if (subject_read(&build->subject, error) < 0 ||
        subject_choose(&build->subject, options, error) < 0 ||
        subject_refuse_ambiguous(&build->subject, options, error) < 0)
        return -1;
    return subject_prepare(&build->subject, options, error);
}

static int open_build(struct verification *verification, struct build *build,
                      struct sb_error *error) {
    const struct options *options = verification->options;
    struct stat status;
    if (subject_open_file(&build->subject, build->builder, build->saved, options, error) < 0 ||
        read_build(verification, build, error) < 0)
        return -1;
    if (fstat(build->saved, &status) < 0)
        return sb_error_set_errno(error, errno, "%s: cannot look at the save", build->builder);
    build->archive_size = (uint64_t)status.st_size;
    return gzip_size(build->saved, &build->compressed_size, error);
}

/* The first that was built. */
static struct build *reference_of(const struct verification *verification) {
    for (size_t i = 0; i < verification->builds.count; i++)
        if (!verification->builds.items[i]->reason)
            return verification->builds.items[i];
    return verification->builds.items[0];
}

struct renamed {
    const struct sb_canon *canon;
    enum sb_canon_form form;
};

static int write_canonical(void *context, struct sb_output *output, struct sb_error *error) {
    const struct renamed *renamed = context;
    return sb_canon_write(renamed->canon, renamed->form, output, error);
}

/* The build's canonical archive, under the reference's names (its own are those of this run), as a
 * tar and under gzip. */
static int write_named_as(const struct verification *verification, const struct build *build,
                          const struct build *reference, int *plain, int *compressed,
                          struct sb_error *error) {
    struct sb_canon canon = build->subject.core.canon;
    canon.names.items = reference->subject.core.canon.names.items;
    canon.names.count = reference->subject.core.canon.names.count;
    canon.bare_names.count = 0;
    struct renamed renamed = {&canon, verification->options->form};
    if (archive_to_temporary(write_canonical, &renamed, plain, error) < 0)
        return -1;
    *compressed = temporary_file(NULL, error);
    if (*compressed >= 0 && gzip_file(*plain, *compressed, error) == 0)
        return 0;
    close(*plain);
    if (*compressed >= 0)
        close(*compressed);
    return -1;
}

static int keep_file(const struct verification *verification, const char *builder,
                     const char *suffix, int fd, struct sb_error *error) {
    struct sb_buf path = SB_BUF_INIT;
    struct stat status;
    struct result_file result = {0};
    struct sb_output_file output;
    sb_buf_appendf(&path, "%s/%s%s", verification->options->output_dir, builder, suffix);
    int done = fstat(fd, &status) < 0 ? sb_error_set_errno(error, errno, "%s", builder)
                                      : result_open(&result, sb_buf_string(&path), error);
    if (done == 0) {
        struct sb_input *input = sb_input_file(fd, 0, (uint64_t)status.st_size);
        sb_output_to_file(&output, result.fd);
        done = sb_output_copy(&output.base, input, error);
        sb_input_close(input);
        if (sb_output_flush_file(&output, error) < 0 || done < 0) {
            result_drop(&result);
            done = -1;
        } else {
            done = result_commit(&result, error);
        }
    }
    sb_buf_release(&path);
    return done;
}

static int keep_build(const struct verification *verification, const struct build *build, int plain,
                      int compressed, struct sb_error *error) {
    if (!verification->options->output_dir)
        return 0;
    if (keep_file(verification, build->builder, ".tar", build->saved, error) < 0 ||
        keep_file(verification, build->builder, ".canonical.tar", plain, error) < 0)
        return -1;
    return keep_file(verification, build->builder, ".canonical.tar.gz", compressed, error);
}

/* The reference's canonical archive under gzip: made once, compared with every row. */
static int compress_reference(struct verification *verification, struct sb_error *error) {
    const struct build *reference = reference_of(verification);
    int plain;
    if (verification->reference_gzip >= 0)
        return 0;
    if (write_named_as(verification, reference, reference, &plain, &verification->reference_gzip,
                       error) < 0) {
        verification->reference_gzip = -1;
        return -1;
    }
    close(plain);
    return 0;
}

/* The row against the reference: images, then the bytes of both canonical archives under gzip. */
static int compare_build(struct verification *verification, struct build *build,
                         struct sb_error *error) {
    struct build *reference = reference_of(verification);
    int plain, compressed;
    uint64_t offset;
    if (sb_compare(&reference->subject.core, &build->subject.core, &verification->options->passes,
                   &build->result, error) < 0)
        return -1;
    build->compared = true;
    if (compress_reference(verification, error) < 0 ||
        write_named_as(verification, build, reference, &plain, &compressed, error) < 0)
        return -1;
    int status = native_compare_files(verification->reference_gzip, compressed, &offset, error);
    build->gzip_equal = status == 1 ? ANSWER_YES : ANSWER_NO;
    if (status >= 0)
        status = keep_build(verification, build, plain, compressed, error);
    close(plain);
    close(compressed);
    return status < 0 ? -1 : 0;
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

static int same_files(int a, int b, enum answer *answer, struct sb_error *error) {
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
    int status = same_files(build->saved, again, &build->saves_equal, error);
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
    char name[RUN_NAME_SIZE];
    run_name_make(name, round);
    /* Where nobody else has images they are called what they are, for their size. */
    const char *image = verification->options->image;
    if (builder->own && image && *image && strlen(image) + 8 < sizeof name)
        snprintf(name, sizeof name, "%s%s", image, strchr(image, ':') ? "" : ":latest");
    struct build_request request = {.context = verification->native.folder,
                                    .dockerfile = verification->native.dockerfile,
                                    .name = name,
                                    .options = verification->options,
                                    .epoch = verification->twice ? source_date_epoch() : NULL,
                                    .varied = round > 0};
    char *elsewhere = NULL, *context = NULL, *dockerfile = NULL;
    progress(verification, "building with", builder->label);
    if (round == 0)
        builder_sweep(builder, verification->options);
    int status = round ? copy_context(&request, &elsewhere, &context, &dockerfile, error) : 0;
    if (status == 0)
        status = builder_build(builder, &request, error);
    if (status == 0)
        status = save_twice(build, builder, &request, error);
    builder_remove(builder, &request);
    if (elsewhere)
        temporary_remove(elsewhere);
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

static int run_builder(struct verification *verification, const struct builder *builder,
                       struct sb_error *error) {
    if (add_row(verification, builder, 0, error) < 0)
        return -1;
    if (!verification->twice || builder->reason)
        return 0;
    next_second();
    struct build *first = verification->builds.items[verification->builds.count - 1];
    if (add_row(verification, builder, 1, error) < 0)
        return -1;
    first->again = verification->builds.items[verification->builds.count - 1];
    return 0;
}

static int run_engine(struct verification *verification, const char *spec, struct sb_error *error) {
    struct engine engine = ENGINE_INIT;
    progress(verification, "looking for", spec ? spec : "an engine");
    int status = engine_open(&engine, spec, verification->options, error);
    for (size_t i = 0; i < engine.notes.count; i++)
        lines_add(&verification->notes, "%s", engine.notes.items[i]);
    for (size_t i = 0; i < engine.builders.count && status == 0; i++)
        status = run_builder(verification, &engine.builders.items[i], error);
    engine_close(&engine);
    return status;
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
    if (!verification->engine_asked)
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

/* reading: what was gathered, in a process without rights */

static int enter_reader(struct verification *verification, struct sb_error *error) {
    const char *folder = verification->options->output_dir;
    struct reader_rights rights = RIGHTS_INIT;
    if (folder && mkdir(folder, 0777) < 0 && errno != EEXIST)
        return sb_error_set_errno(error, errno, "%s: cannot make the folder", folder);
    rights_of_options(&rights, verification->options);
    for (size_t i = 0; i < verification->builds.count; i++)
        rights_of_subject(&rights, &verification->builds.items[i]->subject);
    return confine(&rights, error);
}

static int read_against(struct verification *verification, struct build *build,
                        struct sb_error *error) {
    if (read_build(verification, build, error) < 0)
        return -1;
    build->archive_size = build->subject.core.bytes.source ? build->subject.core.bytes.size : 0;
    build->compared = true;
    return sb_compare(&reference_of(verification)->subject.core, &build->subject.core,
                      &verification->options->passes, &build->result, error);
}

static int read_one(struct verification *verification, struct build *build,
                    struct sb_error *error) {
    const struct native *native = &verification->native;
    if (build->reason)
        return 0;
    if (build->is_against)
        return read_against(verification, build, error);
    if (open_build(verification, build, error) < 0)
        return -1;
    if (build != reference_of(verification))
        return compare_build(verification, build, error);
    return verification->has_native
               ? keep_build(verification, build, native->archive, native->compressed, error)
               : 0;
}

static int compare_twice(struct verification *verification, struct build *first,
                         struct sb_error *error) {
    struct build *second = first->again;
    if (same_files(first->saved, second->saved, &first->builds_equal, error) < 0)
        return -1;
    second->builds_equal = first->builds_equal;
    struct twice *compared = sb_memory_new(1, sizeof *compared);
    *sb_vec_push(&verification->twices) = compared;
    return twice_compare(compared, first->builder, &first->subject, &second->subject,
                         verification->options, error);
}

static int read_all(struct verification *verification, struct sb_error *error) {
    if (enter_reader(verification, error) < 0)
        return -1;
    for (size_t i = 0; i < verification->builds.count; i++)
        if (read_one(verification, verification->builds.items[i], error) < 0)
            return -1;
    for (size_t i = 0; i < verification->builds.count; i++)
        if (verification->builds.items[i]->again &&
            compare_twice(verification, verification->builds.items[i], error) < 0)
            return -1;
    return 0;
}

/* verdict */

static void judge(struct verification *verification) {
    const struct options *options = verification->options;
    verification->verdict = SB_VERDICT_IDENTICAL;
    verification->met = true;
    verification->save_fits = true;
    for (size_t i = 0; i < verification->builds.count; i++) {
        const struct build *build = verification->builds.items[i];
        if (!build->compared)
            continue;
        if (build->result.verdict < verification->verdict)
            verification->verdict = build->result.verdict;
        verification->met = verification->met && command_requirement_met(options, &build->result);
        if (build->saved >= 0 && build->compressed_size > options->max_save_size)
            verification->save_fits = false;
    }
    for (size_t i = 0; i < verification->twices.count; i++)
        if (verification->twices.items[i]->verdict < verification->verdict)
            verification->verdict = verification->twices.items[i]->verdict;
    verification->fits =
        !verification->has_native || verification->native.compressed_size <= options->max_size;
}

static bool anything_compared(const struct verification *verification) {
    for (size_t i = 0; i < verification->builds.count; i++)
        if (verification->builds.items[i]->compared)
            return true;
    return false;
}

int verification_run(struct verification *verification, struct sb_error *error) {
    const struct options *options = verification->options;
    verification->twice = options->twice;
    if (native_prepare(&verification->native, options, error) < 0)
        return -1;
    if (build_native(verification, error) < 0) {
        if (error->kind != SB_ERROR_USAGE || verification->has_native)
            return -1;
        lines_add(&verification->notes,
                  "no native build: %s; so the engine builds twice, and the two are compared",
                  error->message);
        verification->twice = true;
    }
    if (run_engines(verification, error) < 0)
        return -1;
    if (verification->builds.count == 0)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "nothing was built: the Dockerfile needs an engine, and none was "
                            "asked");
    for (size_t i = 0; i < options->against.count; i++)
        if (add_against(verification, options->against.items[i], error) < 0)
            return -1;
    if (read_all(verification, error) < 0)
        return -1;
    if (verification->engine_asked && !anything_compared(verification))
        return sb_error_set(error, SB_ERROR_SYSTEM, "no builder of the engine could be asked: %s",
                            verification->builds.items[verification->builds.count - 1]->reason
                                ? verification->builds.items[verification->builds.count - 1]->reason
                                : "there is only one build");
    if (verification->twices.count)
        lines_add(&verification->notes, "the second build has other surroundings: %s",
                  twice_surroundings);
    judge(verification);
    return 0;
}

static void release_build(struct build *build) {
    if (build->saved >= 0)
        close(build->saved);
    sb_comparison_release(&build->result);
    subject_release(&build->subject);
    free(build->builder);
    free(build->version);
    free(build->reason);
    free(build);
}

void verification_release(struct verification *verification) {
    for (size_t i = 0; i < verification->builds.count; i++)
        release_build(verification->builds.items[i]);
    sb_vec_release(&verification->builds);
    for (size_t i = 0; i < verification->twices.count; i++) {
        twice_release(verification->twices.items[i]);
        free(verification->twices.items[i]);
    }
    sb_vec_release(&verification->twices);
    lines_release(&verification->notes);
    if (verification->reference_gzip >= 0)
        close(verification->reference_gzip);
    native_release(&verification->native);
}
