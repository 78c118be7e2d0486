#include "builds/verification.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "builds/building.h"
#include "builds/confine.h"
#include "compare/cause.h"
#include "compare/moved.h"
#include "host/archive_output.h"
#include "host/gzip.h"
#include "host/temporary.h"
#include "inputs/requirement.h"

/* Of what was published for several platforms the one that was built here. */
static const char *platform_for(const struct verification *verification,
                                const struct build *build) {
    const struct sb_image *reference = verification->builds.items[0]->subject.core.image;
    bool several = build->is_against && build->subject.archive.images.count > 1;
    return verification->options->platform ? verification->options->platform
           : several && reference          ? reference->platform
                                           : NULL;
}

static int read_build(struct verification *verification, struct build *build,
                      struct sb_error *error) {
    const struct options *options = verification->options;
    if (subject_read(&build->subject, SB_CONTENTS_TAG, error) < 0)
        return -1;
    const char *platform = platform_for(verification, build);
    if (subject_choose(&build->subject, options, platform, error) < 0 ||
        subject_refuse_ambiguous(&build->subject, options, true, error) < 0)
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
    return native_compresses(options, build->archive_size)
               ? gzip_size(build->saved, &build->compressed_size, error)
               : 0;
}

static struct build *reference_of(const struct verification *verification) {
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
    if (fstat(fd, &status) < 0)
        return sb_error_set_errno(error, errno, "%s", builder);
    SB_CLEANUP(sb_input_close_at)
    struct sb_input *input = sb_input_file(fd, 0, (uint64_t)status.st_size);
    sb_buf_appendf(&path, "%s/%s%s", verification->options->output_dir, builder, suffix);
    int done = result_copy(sb_buf_string(&path), input, error);
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
    if (lines_have(&build->varied, "umask"))
        sb_twice_forgive_umask(&build->result);
    /* Equal canonical digests are equal bytes; under gzip they are shown where that was asked for.
     */
    if (!native_compresses(verification->options, build->archive_size))
        return 0;
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

/* reading: what was gathered, in a process without rights */

static int enter_reader(struct verification *verification, struct sb_error *error) {
    const char *folder = verification->options->output_dir;
    struct reader_rights rights = RIGHTS_INIT;
    if (folder && mkdir(folder, 0777) < 0 && errno != EEXIST)
        return sb_error_set_errno(error, errno, "%s: cannot make the folder", folder);
    rights_of_options(&rights, verification->options);
    for (size_t i = 0; i < verification->builds.count; i++)
        rights_of_subject(&rights, &verification->builds.items[i]->subject, READINGS);
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
    if (building_same_files(first->saved, second->saved, &first->builds_equal, error) < 0)
        return -1;
    second->builds_equal = first->builds_equal;
    struct twice_builds *compared = sb_memory_new(1, sizeof *compared);
    *sb_vec_push(&verification->twices) = compared;
    compared->varied = &second->varied;
    return sb_twice_compare(&compared->twice, first->builder, &first->subject.core,
                            &second->subject.core, lines_have(&second->varied, "umask"),
                            &verification->options->passes, error);
}

static int read_all(struct verification *verification, struct sb_error *error) {
    struct allowances *allowances = &verification->allowances;
    if (enter_reader(verification, error) < 0 ||
        allowances_read(allowances, verification->options, error) < 0)
        return -1;
    for (size_t i = 0; i < verification->builds.count; i++)
        if (read_one(verification, verification->builds.items[i], error) < 0)
            return -1;
    for (size_t i = 0; i < verification->builds.count; i++)
        if (verification->builds.items[i]->again &&
            compare_twice(verification, verification->builds.items[i], error) < 0)
            return -1;
    for (size_t i = 0; i < verification->builds.count; i++) {
        struct build *build = verification->builds.items[i];
        struct sb_comparison *result = &build->result;
        if (build->compared && result->differences.count &&
            sb_moved_apply(&reference_of(verification)->subject.core, &build->subject.core, result,
                           error) < 0)
            return -1;
        if (sb_causes_apply(result, &temporary_spool, error) < 0 ||
            allowances_apply(allowances, verification->options, result, error) < 0)
            return -1;
    }
    return allowances_write(allowances, verification->options, error);
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
        verification->met = verification->met && requirement_met(options, &build->result);
        if (build->saved >= 0 && build->compressed_size > options->max_save_size)
            verification->save_fits = false;
    }
    for (size_t i = 0; i < verification->twices.count; i++)
        if (verification->twices.items[i]->twice.verdict < verification->verdict)
            verification->verdict = verification->twices.items[i]->twice.verdict;
    /* What was not measured keeps no budget. */
    verification->fits =
        options->max_size == UINT64_MAX ||
        (verification->has_native && verification->native.compressed_size <= options->max_size);
}

static bool anything_compared(const struct verification *verification) {
    for (size_t i = 0; i < verification->builds.count; i++)
        if (verification->builds.items[i]->compared)
            return true;
    return false;
}

int verification_run(struct verification *verification, struct sb_error *error) {
    if (building_gather(verification, error) < 0)
        return -1;
    if (read_all(verification, error) < 0)
        return -1;
    if (verification->engine_asked && !anything_compared(verification))
        return sb_error_set(error, SB_ERROR_SYSTEM, "no builder of the engine could be asked: %s",
                            verification->builds.items[verification->builds.count - 1]->reason
                                ? verification->builds.items[verification->builds.count - 1]->reason
                                : "there is only one build");
    if (verification->twices.count)
        lines_add(
            &verification->notes,
            "built twice: a second or more later, SOURCE_DATE_EPOCH is the same, attestations "
            "are left out, caches of RUN are empty each time");
    judge(verification);
    return 0;
}

static void release_build(struct build *build) {
    if (build->saved >= 0)
        close(build->saved);
    sb_comparison_release(&build->result);
    subject_release(&build->subject);
    lines_release(&build->varied);
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
        sb_twice_release(&verification->twices.items[i]->twice);
        free(verification->twices.items[i]);
    }
    sb_vec_release(&verification->twices);
    lines_release(&verification->notes);
    allowances_release(&verification->allowances);
    if (verification->reference_gzip >= 0)
        close(verification->reference_gzip);
    native_release(&verification->native);
}
