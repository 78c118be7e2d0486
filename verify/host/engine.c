#include "host/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/number.h"
#include "compare/twice.h"
#include "host/process.h"
#include "host/run_name.h"
#include "host/temporary.h"
#include "host/vary.h"

/* The first Docker whose BuildKit lets the host name of RUN be set. */
enum { HOSTNAME_SINCE = 23 };

typedef SB_VEC(const char *) arguments;

static void add(arguments *argv, const char *argument) {
    *sb_vec_push(argv) = argument;
}

/* A command where the engine is. */
static void start_command(arguments *argv, const char *const *prefix) {
    for (; prefix && *prefix; prefix++)
        add(argv, *prefix);
}

static int run(const struct builder *builder, const struct build_request *request, arguments *argv,
               int output, struct sb_error *error) {
    struct process process = PROCESS_INIT;
    struct process_result result = PROCESS_RESULT_INIT;
    add(argv, NULL);
    const char *environment[12];
    size_t count = 0;
    for (size_t i = 0; builder->environment[i]; i++)
        environment[count++] = builder->environment[i];
    if (request->epoch)
        environment[count++] = "BUILDX_NO_DEFAULT_ATTESTATIONS=1";
    if (request->temporary)
        environment[count++] = request->temporary;
    if (request->varied) {
        environment[count++] = "TZ=Pacific/Kiritimati";
        environment[count++] = "LC_ALL=C.UTF-8";
        process.umask = SB_TWICE_UMASK;
    }
    environment[count] = NULL;
    process.argv = argv->items;
    process.environment = environment;
    process.folder = builder->kind == ENGINE_COMMAND ? request->context : NULL;
    process.output = output;
    process.timeout = (unsigned)request->options->timeout;
    int status = process_check(&process, &result, error);
    process_result_release(&result);
    sb_vec_release(argv);
    return status < 0 ? sb_error_wrap(error, "%s", builder->label) : 0;
}

char *builder_path(const struct builder *builder, const char *path) {
    struct sb_buf there = SB_BUF_INIT;
    char *whole = builder->prefix ? realpath(path, NULL) : NULL;
    sb_buf_appendf(&there, "%s%s", whole ? suite_host : "", whole ? whole : path);
    free(whole);
    return sb_buf_detach(&there);
}

static void add_build_arg(arguments *argv, const char *text) {
    add(argv, "--build-arg");
    add(argv, text);
}

/* "28.5.2": 28; 0 where it is no number. */
static unsigned major_of(const char *version) {
    uint64_t major = 0;
    (void)sb_number_decimal(sb_span_of(version, strcspn(version, ".")), UINT16_MAX, &major);
    return (unsigned)major;
}

/* What the build command can be told, of an engine whose runtime is out of reach. */
static void vary_by_options(const struct builder *builder, arguments *argv, line_list *varied) {
    /* One of the names that RUN gets without an ARG, and that no history has. */
    add_build_arg(argv, "FTP_PROXY=http://built-again.invalid");
    vary_add(varied, "environment");
    if (builder->buildkit && major_of(builder->version) >= HOSTNAME_SINCE) {
        add_build_arg(argv, "BUILDKIT_SANDBOX_HOSTNAME=built-again");
        vary_add(varied, "domain_host");
    }
}

/* Of Podman and Buildah the runtime is an option, of a dockerd of our own it is found first. */
static void vary_by_runtime(const struct builder *builder, arguments *argv, struct sb_buf *path) {
    if (builder->kind == ENGINE_DOCKER)
        return;
    char *crun = process_find("crun");
    sb_buf_appendf(path, "%s/%s", builder->bin, crun ? "crun" : "runc");
    free(crun);
    add(argv, "--runtime");
    add(argv, sb_buf_string(path));
}

static bool reaches_runtime(const struct builder *builder) {
    return builder->bin && !builder->isolated;
}

/* The texts that arguments borrow. */
struct texts {
    struct sb_buf epoch, caches, runtime;
    char *context, *dockerfile;
    vary_words before;
    char cpu[16];
};

static void add_options(const struct builder *builder, const struct build_request *request,
                        arguments *argv, struct texts *texts) {
    const struct options *options = request->options;
    if (options->target) {
        add(argv, "--target");
        add(argv, options->target);
    }
    for (size_t i = 0; i < options->build_args.count; i++)
        add_build_arg(argv, options->build_args.items[i]);
    if (request->epoch) {
        sb_buf_appendf(&texts->epoch, "SOURCE_DATE_EPOCH=%s", request->epoch);
        add_build_arg(argv, sb_buf_string(&texts->epoch));
    }
    if (builder->own && builder->kind == ENGINE_DOCKER)
        add(argv, "--network=none");
    /* What RUN --mount=type=cache keeps is this build's alone. */
    if (builder->buildkit) {
        sb_buf_appendf(&texts->caches, "BUILDKIT_CACHE_MOUNT_NS=%s", request->run);
        add_build_arg(argv, sb_buf_string(&texts->caches));
    }
    /* A layer for each instruction, so that one can be blamed. */
    if (builder->kind == ENGINE_BUILDAH && request->epoch)
        add(argv, "--layers");
    if (request->varied && reaches_runtime(builder))
        vary_by_runtime(builder, argv, &texts->runtime);
    else if (request->varied)
        vary_by_options(builder, argv, request->varied);
    for (size_t i = 0; i < options->rest.count; i++)
        add(argv, options->rest.items[i]);
}

static int build(const struct builder *builder, const struct build_request *request,
                 struct texts *texts, struct sb_error *error) {
    arguments argv = {0};
    start_command(&argv, builder->prefix);
    if (request->varied && builder->isolated) {
        vary_command(builder->prefix, texts->before, texts->cpu, request->varied);
        start_command(&argv, texts->before);
    }
    add(&argv, builder->client);
    add(&argv, "build");
    add(&argv, "--no-cache");
    add(&argv, "--tag");
    add(&argv, request->name);
    add(&argv, "--file");
    add(&argv, texts->dockerfile);
    add_options(builder, request, &argv, texts);
    add(&argv, texts->context);
    if (request->varied)
        vary_add(request->varied, "build_path");
    if (!request->varied || !reaches_runtime(builder))
        return run(builder, request, &argv, -1, error);
    int status = vary_begin(builder->bin, error);
    if (status == 0)
        status = run(builder, request, &argv, -1, error);
    vary_end(builder->bin, request->varied);
    return status;
}

/* A command runs where it is saved, and gets what run() varies. */
static void vary_command_alone(line_list *varied) {
    static const char *const names[] = {"build_path", "locales", "timezone", "umask"};
    for (size_t i = 0; varied && i < sizeof names / sizeof *names; i++)
        vary_add(varied, names[i]);
}

int builder_build(const struct builder *builder, const struct build_request *request,
                  struct sb_error *error) {
    struct texts texts = {0};
    if (builder->kind == ENGINE_COMMAND) {
        vary_command_alone(request->varied);
        return 0;
    }
    texts.context = builder_path(builder, request->context);
    texts.dockerfile = builder_path(builder, request->dockerfile);
    int status = build(builder, request, &texts, error);
    free(texts.context);
    free(texts.dockerfile);
    sb_buf_release(&texts.epoch);
    sb_buf_release(&texts.caches);
    sb_buf_release(&texts.runtime);
    return status;
}

/* Podman and Buildah write to a named file; it is opened and its folder removed. */
static int save_by_name(const struct builder *builder, const struct build_request *request, int *fd,
                        struct sb_error *error) {
    char *folder;
    struct sb_buf file = SB_BUF_INIT, there = SB_BUF_INIT, target = SB_BUF_INIT;
    struct sb_buf script_out = SB_BUF_INIT;
    struct builder with_out = *builder;
    arguments argv = {0};
    if (temporary_folder(&folder, error) < 0)
        return -1;
    sb_buf_appendf(&file, "%s/image.tar", folder);
    const char *host = builder->prefix ? suite_host : "";
    sb_buf_appendf(&there, "%s%s", host, sb_buf_string(&file));
    sb_buf_appendf(&target, "docker-archive:%s:%s", sb_buf_string(&there), request->name);
    sb_buf_appendf(&script_out, "OUT=%s", sb_buf_string(&file));
    start_command(&argv, builder->prefix);
    add(&argv, builder->client);
    if (builder->kind == ENGINE_COMMAND) {
        add(&argv, "-c");
        add(&argv, builder->command);
        with_out.environment[0] = sb_buf_string(&script_out);
    } else if (builder->kind == ENGINE_PODMAN) {
        add(&argv, "save");
        add(&argv, "--quiet");
        add(&argv, "--output");
        add(&argv, sb_buf_string(&there));
        add(&argv, request->name);
    } else {
        add(&argv, "push");
        add(&argv, "--quiet");
        add(&argv, request->name);
        add(&argv, sb_buf_string(&target));
    }
    int status = run(&with_out, request, &argv, -1, error);
    if (status == 0)
        status = temporary_take(sb_buf_string(&file), fd, error);
    temporary_remove(folder);
    free(folder);
    sb_buf_release(&file);
    sb_buf_release(&there);
    sb_buf_release(&target);
    sb_buf_release(&script_out);
    return status;
}

int builder_save(const struct builder *builder, const struct build_request *request, int *fd,
                 struct sb_error *error) {
    arguments argv = {0};
    if (builder->kind != ENGINE_DOCKER)
        return save_by_name(builder, request, fd, error);
    *fd = temporary_file(NULL, error);
    if (*fd < 0)
        return -1;
    start_command(&argv, builder->prefix);
    add(&argv, builder->client);
    add(&argv, "save");
    add(&argv, request->name);
    if (run(builder, request, &argv, *fd, error) == 0)
        return 0;
    close(*fd);
    return -1;
}

/* Names of images in the engine, a line each. */
static int list_images(const struct builder *builder, const struct options *options,
                       struct process_result *result) {
    static const char filter[] = "--filter=reference=" RUN_NAME_PREFIX "*";
    struct sb_error ignored;
    struct process process = PROCESS_INIT;
    const char *const argv[] = {builder->client, "images", filter,
                                builder->kind == ENGINE_BUILDAH
                                    ? "--format={{.Name}}:{{.Tag}}"
                                    : "--format={{.Repository}}:{{.Tag}}",
                                NULL};
    process.argv = argv;
    process.environment = builder->environment;
    process.timeout =
        (unsigned)(options->timeout < PROBE_SECONDS ? options->timeout : PROBE_SECONDS);
    return process_check(&process, result, &ignored);
}

void builder_sweep(const struct builder *builder, const struct options *options) {
    struct process_result result = PROCESS_RESULT_INIT;
    if (builder->own || builder->prefix || builder->kind == ENGINE_COMMAND || !builder->client)
        return;
    if (list_images(builder, options, &result) == 0) {
        char *rest = sb_memory_copy(result.output.data, result.output.size), *text = rest, *line;
        while ((line = strsep(&rest, "\n")) != NULL) {
            struct build_request request = {.name = line, .options = options};
            if (run_name_is_left(line))
                builder_remove(builder, &request);
        }
        free(text);
    }
    process_result_release(&result);
}

void builder_remove(const struct builder *builder, const struct build_request *request) {
    struct sb_error ignored;
    arguments argv = {0};
    if (builder->kind == ENGINE_COMMAND || !builder->client)
        return;
    start_command(&argv, builder->prefix);
    add(&argv, builder->client);
    add(&argv, "rmi");
    add(&argv, "--force");
    add(&argv, request->name);
    process_hold_signals(true);
    (void)run(builder, request, &argv, -1, &ignored);
    process_hold_signals(false);
}
