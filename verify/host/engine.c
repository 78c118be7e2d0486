#include "host/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/process.h"
#include "host/run_name.h"
#include "host/temporary.h"

enum { PROBE_SECONDS = 30, CLIENTS = 8 };

static struct builder *add_builder(struct engine *engine, enum engine_kind kind,
                                   const char *label) {
    struct builder *builder = sb_vec_push(&engine->builders);
    builder->kind = kind;
    builder->label = label;
    builder->own = engine->suite.pid || engine->dockerd.pid;
    if (engine->suite.pid)
        builder->prefix = engine->suite.prefix;
    return builder;
}

typedef SB_VEC(const char *) arguments;

static void add(arguments *argv, const char *argument) {
    *sb_vec_push(argv) = argument;
}

/* A command where the engine is. */
static void start_command(arguments *argv, const char *const *prefix) {
    for (; prefix && *prefix; prefix++)
        add(argv, *prefix);
}

/* A program's standard output, trimmed; NULL where it fails. */
static char *ask_there(const struct engine *engine, const char *const *command,
                       const char *const *environment) {
    struct process process = PROCESS_INIT;
    struct process_result result = PROCESS_RESULT_INIT;
    struct sb_error error;
    char *answer = NULL;
    arguments argv = {0};
    start_command(&argv, engine ? engine->suite.prefix : NULL);
    for (; *command; command++)
        add(&argv, *command);
    add(&argv, NULL);
    process.argv = argv.items;
    process.environment = environment;
    process.timeout = engine && engine->patience ? engine->patience : PROBE_SECONDS;
    if (process_run(&process, &result, &error) == 0 && result.status == 0)
        answer = sb_memory_copy(result.output.data, strcspn(sb_buf_string(&result.output), "\r\n"));
    process_result_release(&result);
    sb_vec_release(&argv);
    return answer;
}

static char *ask(const char *const *argv, const char *const *environment) {
    return ask_there(NULL, argv, environment);
}

/* Docker */

static char *server_version(const struct engine *engine) {
    const char *const argv[] = {"docker", "version", "--format", "{{.Server.Version}}", NULL};
    const char *const environment[] = {engine->host, NULL};
    char *answer = ask_there(engine, argv, engine->host ? environment : NULL);
    if (answer && !*answer) {
        free(answer);
        answer = NULL;
    }
    return answer;
}

/* A client up to 22 has BuildKit in it, a later one needs the buildx plugin. */
static bool offers_buildkit(const char *client) {
    const char *const version[] = {client, "--version", NULL};
    const char *const buildx[] = {client, "buildx", "version", NULL};
    char *said = ask(version, NULL);
    const char *number = said ? strpbrk(said, "0123456789") : NULL;
    bool old = number && atoi(number) < 23;
    free(said);
    if (old)
        return true;
    char *plugin = ask(buildx, NULL);
    free(plugin);
    return plugin != NULL;
}

static void add_docker_builder(struct engine *engine, const char *label, bool buildkit,
                               char *const *clients, size_t count, const char *version) {
    struct builder *builder = add_builder(engine, ENGINE_DOCKER, label);
    size_t environment = 0;
    builder->version = sb_memory_copy_string(version);
    builder->environment[environment++] = buildkit ? "DOCKER_BUILDKIT=1" : "DOCKER_BUILDKIT=0";
    builder->environment[environment++] = "BUILDX_BUILDER=default";
    if (engine->host)
        builder->environment[environment++] = engine->host;
    for (size_t i = 0; i < count && !builder->client; i++)
        if (!buildkit || offers_buildkit(clients[i]))
            builder->client = sb_memory_copy_string(clients[i]);
    if (!builder->client)
        builder->reason = sb_memory_copy_string(
            "no docker client in PATH can drive BuildKit (it lacks the buildx plugin)");
}

static void add_docker(struct engine *engine, const char *version) {
    char *clients[CLIENTS];
    size_t count = process_find_all("docker", clients, CLIENTS);
    struct sb_buf note = SB_BUF_INIT;
    add_docker_builder(engine, "docker-classic", false, clients, count, version);
    add_docker_builder(engine, "docker-buildkit", true, clients, count, version);
    for (size_t i = 0; i < engine->builders.count; i++) {
        const struct builder *builder = &engine->builders.items[i];
        if (builder->client)
            sb_buf_appendf(&note, "%s%s by %s", note.size ? ", " : "", builder->label,
                           builder->client);
    }
    lines_add(&engine->notes, "%s", sb_buf_string(&note));
    sb_buf_release(&note);
    for (size_t i = 0; i < count; i++)
        free(clients[i]);
}

/* 1 where none answers. */
static int open_docker(struct engine *engine, const char *socket) {
    struct sb_buf host = SB_BUF_INIT;
    if (socket) {
        sb_buf_appendf(&host, "DOCKER_HOST=%s%s", strstr(socket, "://") ? "" : "unix://", socket);
        engine->host = sb_buf_detach(&host);
    }
    char *version = server_version(engine);
    if (!version)
        return 1;
    add_docker(engine, version);
    free(version);
    return 0;
}

static int open_private(struct engine *engine, const struct options *options,
                        struct sb_error *error) {
    unsigned timeout = (unsigned)(options->timeout < 120 ? options->timeout : 120);
    if (dockerd_start(&engine->dockerd, timeout, error) < 0)
        return -1;
    engine->host = sb_memory_copy_string(engine->dockerd.host);
    char *version = server_version(engine);
    if (!version)
        return sb_error_set(error, SB_ERROR_SYSTEM, "the private dockerd says no version");
    lines_add(&engine->notes, "no docker answered: a private dockerd was started");
    add_docker(engine, version);
    free(version);
    return 0;
}

/* Podman and Buildah need no daemon: the program is the engine. 1 where it is not installed. */
static int open_program(struct engine *engine, enum engine_kind kind, const char *name) {
    char *client = process_find(name);
    if (!client)
        return 1;
    const char *const argv[] = {client, "--version", NULL};
    char *said = ask(argv, NULL);
    struct builder *builder = add_builder(engine, kind, name);
    const char *number = said ? strpbrk(said, "0123456789") : NULL;
    builder->client = client;
    builder->version = sb_memory_copy(number ? number : "?", number ? strcspn(number, " ") : 1);
    free(said);
    return 0;
}

/* docker@RELEASE[+STORE], podman@RELEASE, buildah@RELEASE: what Debian's release has of it. */
static int open_suite(struct engine *engine, const char *spec, const struct options *options,
                      struct sb_error *error) {
    const char *at = strchr(spec, '@'), *plus = strchr(at, '+');
    size_t size = (size_t)(at - spec);
    bool docker = size == 6 && memcmp(spec, "docker", 6) == 0;
    bool podman = size == 6 && memcmp(spec, "podman", 6) == 0;
    const char *name = docker ? "docker" : podman ? "podman" : "buildah";
    if ((!docker && !podman && !(size == 7 && memcmp(spec, "buildah", 7) == 0)) ||
        (plus && !docker))
        return sb_error_set(error, SB_ERROR_USAGE,
                            "--engine %s: must be docker@RELEASE, docker@RELEASE+STORE, "
                            "podman@RELEASE or buildah@RELEASE",
                            spec);
    const char *release = sb_arena_printf(
        &engine->arena, "%.*s", (int)(plus ? (size_t)(plus - at - 1) : strlen(at + 1)), at + 1);
    unsigned timeout = (unsigned)(options->timeout < 120 ? options->timeout : 120);
    if (suite_start(&engine->suite, release, docker ? plus ? plus + 1 : "overlay2" : "none",
                    timeout, error) < 0)
        return sb_error_wrap(error, "--engine %s", spec);
    const char *const ask_version[] = {name, "--version", NULL};
    char *version = docker ? server_version(engine) : ask_there(engine, ask_version, NULL);
    if (!version)
        return sb_error_set(error, SB_ERROR_SYSTEM, "--engine %s: it says no version", spec);
    const char *number = strpbrk(version, "0123456789");
    for (int buildkit = 0; buildkit < (docker ? 2 : 1); buildkit++) {
        const char *label = sb_arena_printf(&engine->arena, "%s%s%s", name,
                                            docker ? buildkit ? "-buildkit" : "-classic" : "", at);
        struct builder *builder = add_builder(engine,
                                              docker   ? ENGINE_DOCKER
                                              : podman ? ENGINE_PODMAN
                                                       : ENGINE_BUILDAH,
                                              label);
        builder->version = sb_memory_copy(number ? number : "?", number ? strcspn(number, " ") : 1);
        builder->client = sb_memory_copy_string(name);
        if (docker)
            builder->environment[0] = buildkit ? "DOCKER_BUILDKIT=1" : "DOCKER_BUILDKIT=0";
    }
    free(version);
    return 0;
}

static int open_default(struct engine *engine, const struct options *options,
                        struct sb_error *error) {
    const char *why = "";
    if (open_docker(engine, NULL) == 0 || open_program(engine, ENGINE_PODMAN, "podman") == 0 ||
        open_program(engine, ENGINE_BUILDAH, "buildah") == 0)
        return 0;
    if (dockerd_possible(&why))
        return open_private(engine, options, error);
    return sb_error_set(error, SB_ERROR_SYSTEM,
                        "no engine: docker does not answer, podman and buildah are not installed, "
                        "and %s; start one, or say --engine none",
                        why);
}

int engine_open(struct engine *engine, const char *spec, const struct options *options,
                struct sb_error *error) {
    engine->patience =
        options->timeout < PROBE_SECONDS ? (unsigned)options->timeout : PROBE_SECONDS;
    if (!spec)
        return open_default(engine, options, error);
    int status = 1;
    const char *why = "";
    if (strchr(spec, '@'))
        return open_suite(engine, spec, options, error);
    if (strcmp(spec, "docker") == 0) {
        status = open_docker(engine, NULL);
        if (status && dockerd_possible(&why))
            return open_private(engine, options, error);
    } else if (strncmp(spec, "docker=", 7) == 0) {
        status = open_docker(engine, spec + 7);
        why = sb_arena_printf(&engine->arena,
                              "nothing answers there as Docker does, within %u seconds",
                              engine->patience);
    } else if (strcmp(spec, "podman") == 0) {
        status = open_program(engine, ENGINE_PODMAN, "podman");
        why = "it is not installed (apt-get install podman)";
    } else if (strcmp(spec, "buildah") == 0) {
        status = open_program(engine, ENGINE_BUILDAH, "buildah");
        why = "it is not installed (apt-get install buildah)";
    } else {
        return sb_error_set(error, SB_ERROR_USAGE,
                            "--engine %s: must be docker, docker=SOCKET, podman, buildah, none, or "
                            "one of a Debian release: docker@trixie, docker@trixie+containerd, "
                            "podman@trixie, buildah@trixie",
                            spec);
    }
    if (status)
        return sb_error_set(error, SB_ERROR_SYSTEM, "--engine %s: %s", spec, why);
    return 0;
}

void engine_add_command(struct engine *engine, const char *command) {
    struct builder *builder = add_builder(engine, ENGINE_COMMAND, "command");
    builder->command = command;
    builder->version = sb_memory_copy_string("-");
    builder->client = sb_memory_copy_string("/bin/sh");
}

void engine_close(struct engine *engine) {
    for (size_t i = 0; i < engine->builders.count; i++) {
        free(engine->builders.items[i].version);
        free(engine->builders.items[i].client);
        free(engine->builders.items[i].reason);
    }
    sb_vec_release(&engine->builders);
    lines_release(&engine->notes);
    process_hold_signals(true);
    dockerd_stop(&engine->dockerd);
    suite_stop(&engine->suite);
    process_hold_signals(false);
    free(engine->host);
    sb_arena_release(&engine->arena);
    engine->host = NULL;
}

/* Building */

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
    if (request->varied) {
        environment[count++] = "TZ=Pacific/Kiritimati";
        environment[count++] = "LC_ALL=C.UTF-8";
        process.umask = 027;
    }
    environment[count] = NULL;
    process.argv = argv->items;
    process.environment = environment;
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

int builder_build(const struct builder *builder, const struct build_request *request,
                  struct sb_error *error) {
    const struct options *options = request->options;
    arguments argv = {0};
    if (builder->kind == ENGINE_COMMAND)
        return 0;
    char *context = builder_path(builder, request->context);
    char *dockerfile = builder_path(builder, request->dockerfile);
    struct sb_buf epoch = SB_BUF_INIT;
    start_command(&argv, builder->prefix);
    add(&argv, builder->client);
    add(&argv, "build");
    add(&argv, "--no-cache");
    add(&argv, "--tag");
    add(&argv, request->name);
    add(&argv, "--file");
    add(&argv, dockerfile);
    if (options->target) {
        add(&argv, "--target");
        add(&argv, options->target);
    }
    for (size_t i = 0; i < options->build_args.count; i++) {
        add(&argv, "--build-arg");
        add(&argv, options->build_args.items[i]);
    }
    if (request->epoch) {
        sb_buf_appendf(&epoch, "SOURCE_DATE_EPOCH=%s", request->epoch);
        add(&argv, "--build-arg");
        add(&argv, sb_buf_string(&epoch));
    }
    if (builder->own && builder->kind == ENGINE_DOCKER)
        add(&argv, "--network=none");
    for (size_t i = 0; i < options->rest.count; i++)
        add(&argv, options->rest.items[i]);
    add(&argv, context);
    int status = run(builder, request, &argv, -1, error);
    free(context);
    free(dockerfile);
    sb_buf_release(&epoch);
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
