#include "builds/native.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "host/archive_output.h"
#include "host/assemble.h"
#include "host/gnutar.h"
#include "host/gzip.h"
#include "host/process.h"
#include "host/temporary.h"
#include "inputs/subject.h"

static char *join(const char *folder, const char *name) {
    struct sb_buf path = SB_BUF_INIT;
    sb_buf_appendf(&path, "%s/%s", folder, name);
    return sb_buf_detach(&path);
}

static int size_of(int fd, uint64_t *size, struct sb_error *error) {
    struct stat status;
    if (fstat(fd, &status) < 0)
        return sb_error_set_errno(error, errno, "cannot look at a temporary file");
    *size = (uint64_t)status.st_size;
    return 0;
}

int native_compare_files(int a, int b, uint64_t *offset, struct sb_error *error) {
    uint64_t a_size = 0, b_size = 0;
    if (size_of(a, &a_size, error) < 0 || size_of(b, &b_size, error) < 0)
        return -1;
    SB_CLEANUP(sb_input_close_at) struct sb_input *x = sb_input_file(a, 0, a_size);
    SB_CLEANUP(sb_input_close_at) struct sb_input *y = sb_input_file(b, 0, b_size);
    for (;;) {
        struct sb_span p, q;
        int left = sb_input_peek(x, &p, error), right = sb_input_peek(y, &q, error);
        if (left < 0 || right < 0)
            return -1;
        if (left || right) {
            *offset = x->position;
            return left && right;
        }
        size_t common = p.size < q.size ? p.size : q.size, at = 0;
        while (at < common && p.data[at] == q.data[at])
            at++;
        if (at < common) {
            *offset = x->position + at;
            return 0;
        }
        sb_input_consume(x, common);
        sb_input_consume(y, common);
    }
}

/* A quarter of a second of gzip -9n. */
enum { COMPRESSED_ANYWAY = 4 << 20 };

/* --assemble */

static int same_content(const char *a, const char *b, bool *same, struct sb_error *error) {
    int x = open(a, O_RDONLY | O_CLOEXEC), y = open(b, O_RDONLY | O_CLOEXEC);
    uint64_t offset;
    int status = x < 0 || y < 0
                     ? sb_error_set_errno(error, errno, "%s: cannot open it", x < 0 ? a : b)
                     : native_compare_files(x, y, &offset, error);
    if (x >= 0)
        close(x);
    if (y >= 0)
        close(y);
    *same = status == 1;
    return status < 0 ? -1 : 0;
}

static int copy_context(struct native *native, struct sb_error *error) {
    if (native->copy)
        return 0;
    if (temporary_folder(&native->copy, error) < 0)
        return -1;
    char *from = join(native->folder, ".");
    const char *argv[] = {"cp", "-a", from, native->copy, NULL};
    int status = process_do(argv, 0, error);
    free(from);
    free(native->folder);
    native->folder = sb_memory_copy_string(native->copy);
    return status;
}

static int place(const char *from, const char *to, struct sb_error *error) {
    const char *argv[] = {"cp", "-p", from, to, NULL};
    return process_do(argv, 0, error);
}

/* NAME=SOURCE: where NAME is in the context it must be what SOURCE assembles to. */
static int assemble_one(struct native *native, const char *argument, struct sb_error *error) {
    const char *equals = strchr(argument, '=');
    char *folder;
    bool same;
    if (!equals || equals == argument || !equals[1])
        return sb_error_set(error, SB_ERROR_USAGE, "--assemble %s: must be NAME=SOURCE", argument);
    if (temporary_folder(&folder, error) < 0)
        return -1;
    char *name = sb_memory_copy(argument, (size_t)(equals - argument));
    char *made = join(folder, "assembled"), *there = join(native->folder, name);
    int status = assemble_file(equals + 1, made, error);
    if (status == 0 && access(there, F_OK) == 0) {
        status = same_content(made, there, &same, error);
        if (status == 0 && !same)
            status = sb_error_set(error, SB_ERROR_USAGE,
                                  "%s is not what %s assembles to; remove it, or mend the source",
                                  there, equals + 1);
    } else if (status == 0) {
        status = copy_context(native, error);
        char *target = join(native->folder, name);
        if (status == 0)
            status = place(made, target, error);
        free(target);
    }
    temporary_remove(folder);
    free(folder);
    free(name);
    free(made);
    free(there);
    return status;
}

int native_prepare(struct native *native, const struct options *options, struct sb_error *error) {
    native->folder =
        sb_memory_copy_string(options->arguments.count ? options->arguments.items[0] : ".");
    for (size_t i = 0; i < options->assemble.count; i++)
        if (assemble_one(native, options->assemble.items[i], error) < 0)
            return -1;
    native->dockerfile = options->files.count ? sb_memory_copy_string(options->files.items[0])
                                              : join(native->folder, "Dockerfile");
    native->directory = open(native->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (native->directory < 0)
        return sb_error_set_errno(error, errno, "%s: cannot open the folder", native->folder);
    return 0;
}

static int read_dockerfile(const struct native *native, struct sb_buf *text,
                           struct sb_error *error) {
    int fd = open(native->dockerfile, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0) {
        int number = errno;
        if (fd >= 0)
            close(fd);
        return sb_error_set_errno(error, number, "%s: cannot read it", native->dockerfile);
    }
    struct sb_source *source = sb_source_file(fd, (uint64_t)status.st_size);
    int done = sb_range_read(sb_range_whole(source), SB_LIMIT_JSON_SIZE_STANDARD, text, error);
    sb_source_close(source);
    return done < 0 ? sb_error_wrap(error, "%s", native->dockerfile) : 0;
}

/* --build-arg NAME takes its value from the environment, as docker build does. */
static void read_build_arguments(struct native *native, const struct options *options) {
    size_t count = 0;
    native->build_arguments =
        sb_memory_new(options->build_args.count + 1, sizeof *native->build_arguments);
    for (size_t i = 0; i < options->build_args.count; i++) {
        const char *argument = options->build_args.items[i];
        const char *value = strchr(argument, '=') ? "" : getenv(argument);
        struct sb_buf text = SB_BUF_INIT;
        if (!value)
            continue;
        sb_buf_appendf(&text, "%s%s%s", argument, strchr(argument, '=') ? "" : "=", value);
        native->build_arguments[count++] = sb_buf_detach(&text);
    }
}

/* --like: a builder of Docker, of a generation that saves are known of. */
static int native_find_builder(const char *name, const struct sb_builder **builder,
                               struct sb_error *error) {
    struct sb_buf names = SB_BUF_INIT;
    for (const struct sb_builder *row = sb_builders; row->name && !*builder; row++) {
        if (row->kind == SB_BUILDER_BUILDAH || row->containerd)
            continue;
        if (strcmp(row->name, name) == 0)
            *builder = row;
        sb_buf_appendf(&names, "%s%s", names.size ? ", " : "", row->name);
    }
    if (!*builder)
        sb_error_set(error, SB_ERROR_USAGE, "--like %s: must be one of %s", name,
                     sb_buf_string(&names));
    sb_buf_release(&names);
    return *builder ? 0 : -1;
}

int native_plan(struct native *native, const struct options *options, struct sb_error *error) {
    const struct sb_builder *builder = NULL;
    if (options->like && native_find_builder(options->like, &builder, error) < 0)
        return -1;
    return native_plan_as(native, options, builder, sb_span_of(NULL, 0), error);
}

int native_plan_as(struct native *native, const struct options *options,
                   const struct sb_builder *builder, struct sb_span version,
                   struct sb_error *error) {
    struct sb_buf text = SB_BUF_INIT;
    int status = read_dockerfile(native, &text, error);
    read_build_arguments(native, options);
    if (status == 0) {
        struct sb_plan_request request = {
            .directory = native->directory,
            .dockerfile = native->dockerfile,
            .text = sb_buf_span(&text),
            .build_arguments = (const char *const *)native->build_arguments,
            .builder = builder,
            .target = options->target,
            .spool = &temporary_spool,
            .version = version,
            .platform = native->platform    ? native->platform
                        : options->platform ? options->platform
                                            : subject_default_platform()};
        status = sb_plan_make(&native->plan, &request, error);
    }
    sb_buf_release(&text);
    return status;
}

struct writing {
    const struct native *native;
    enum sb_canon_form form;
};

static int write_archive(void *context, struct sb_output *output, struct sb_error *error) {
    const struct writing *writing = context;
    return sb_canon_write(&writing->native->canon, writing->form, output, error);
}

/* Both writers, in one form; the library's stays open in *fd. */
static int write_twice(struct native *native, enum sb_canon_form form, int *fd,
                       struct sb_error *error) {
    struct writing writing = {native, form};
    uint64_t offset = 0;
    int other;
    if (archive_to_temporary(write_archive, &writing, fd, error) < 0)
        return -1;
    int status = gnutar_write(&native->plan, &native->canon, form, &other, error);
    if (status < 0)
        return -1;
    status = native_compare_files(*fd, other, &offset, error);
    close(other);
    if (status == 0)
        return sb_error_set(error, SB_ERROR_SYSTEM,
                            "GNU tar and the library's writer differ at byte %" PRIu64
                            " of the archive: is tar in PATH GNU tar 1.28 or later?",
                            offset);
    return status < 0 ? -1 : 0;
}

static char *first_line_of(const char *program) {
    const char *argv[] = {program, "--version", NULL};
    struct process process = PROCESS_INIT;
    struct process_result result = PROCESS_RESULT_INIT;
    struct sb_error error;
    process.argv = argv;
    process.timeout = 10;
    char *line = NULL;
    if (process_run(&process, &result, &error) == 0 && result.output.size) {
        size_t size = strcspn(sb_buf_string(&result.output), "\n");
        line = sb_memory_copy(result.output.data, size);
    }
    process_result_release(&result);
    return line ? line : sb_memory_copy_string("unknown");
}

/* --image NAME, or the default; an empty NAME is none. */
static const char *name_of(struct native *native, const struct options *options) {
    if (!options->image)
        return sb_plan_default_name(&native->plan);
    return *options->image ? options->image : NULL;
}

bool native_compresses(const struct options *options, uint64_t size) {
    return size <= COMPRESSED_ANYWAY || options->max_size != UINT64_MAX ||
           options->max_save_size != UINT64_MAX || options->output_dir;
}

static int compress(struct native *native, struct sb_error *error) {
    int compact = -1;
    native->compressed = temporary_file(NULL, error);
    if (native->compressed < 0 || gzip_file(native->archive, native->compressed, error) < 0 ||
        size_of(native->compressed, &native->compressed_size, error) < 0)
        return -1;
    int status = write_twice(native, SB_FORM_COMPACT, &compact, error);
    if (status == 0)
        status = gzip_size(compact, &native->compact_size, error);
    if (compact >= 0)
        close(compact);
    return status;
}

int native_build(struct native *native, const struct options *options, struct sb_error *error) {
    native->canon.spool = &temporary_spool;
    if (native_plan(native, options, error) < 0 ||
        sb_plan_canon(&native->plan, name_of(native, options), &native->canon, error) < 0 ||
        write_twice(native, options->form, &native->archive, error) < 0)
        return -1;
    native->tar_version = first_line_of("tar");
    native->gzip_version = first_line_of("gzip");
    if (size_of(native->archive, &native->archive_size, error) < 0)
        return -1;
    return native_compresses(options, native->archive_size) ? compress(native, error) : 0;
}

static void close_if_open(int fd) {
    if (fd >= 0)
        close(fd);
}

void native_release(struct native *native) {
    sb_canon_release(&native->canon);
    sb_plan_release(&native->plan);
    close_if_open(native->directory);
    close_if_open(native->archive);
    close_if_open(native->compressed);
    temporary_remove(native->copy);
    free(native->copy);
    free(native->folder);
    free(native->dockerfile);
    free(native->platform);
    for (size_t i = 0; native->build_arguments && native->build_arguments[i]; i++)
        free(native->build_arguments[i]);
    free(native->build_arguments);
    free(native->tar_version);
    free(native->gzip_version);
}

struct contributor {
    const char *name;
    uint64_t size;
};

static int compare_sizes(const void *a, const void *b) {
    const struct contributor *x = a, *y = b;
    return (x->size < y->size) - (x->size > y->size);
}

void native_describe_size(const struct native *native, struct sb_buf *text) {
    struct sb_arena arena = SB_ARENA_INIT;
    SB_VEC(struct contributor) list = {0};
    for (size_t i = 0; i < native->canon.layers.count; i++) {
        const struct sb_canon_layer *layer = &native->canon.layers.items[i];
        for (size_t k = 0; k < layer->items.count; k++) {
            struct sb_tar_entry header = sb_canon_item_header(layer, &layer->items.items[k]);
            *sb_vec_push(&list) = (struct contributor){
                sb_arena_printf(&arena, "/%.*s", SB_SPAN(header.name)), header.size};
        }
    }
    *sb_vec_push(&list) = (struct contributor){"the configuration", native->canon.config.size};
    *sb_vec_push(&list) = (struct contributor){"the manifest", native->canon.manifest.size};
    sb_vec_sort(&list, compare_sizes);
    for (size_t i = 0; i < list.count && i < 3; i++)
        sb_buf_appendf(text, "%s%s (%" PRIu64 " bytes)", i ? ", " : "", list.items[i].name,
                       list.items[i].size);
    sb_vec_release(&list);
    sb_arena_release(&arena);
}
