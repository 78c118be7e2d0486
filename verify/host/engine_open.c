/* Finding an engine: one that answers, one that is a program, or one that is started for the run.
 */
#include "host/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/process.h"
#include "host/temporary.h"
#include "host/vary.h"

enum { CLIENTS = 8 };

static struct builder *add_builder(struct engine *engine, enum engine_kind kind,
                                   const char *label) {
    struct builder *builder = sb_vec_push(&engine->builders);
    builder->kind = kind;
    builder->label = label;
    builder->own = engine->suite.pid || engine->dockerd.pid;
    builder->bin = engine->dockerd.bin;
    if (engine->suite.pid) {
        builder->prefix = engine->suite.prefix;
        builder->bin = engine->suite.bin;
    }
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

/* A program's standard output, trimmed; NULL where it fails, then with what it said in why (may be
 * NULL). */
static char *ask_there(const struct engine *engine, const char *const *command,
                       const char *const *environment, struct sb_buf *why) {
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
    else if (why)
        sb_buf_append_span(why, sb_buf_span(&result.errors));
    process_result_release(&result);
    sb_vec_release(&argv);
    return answer;
}

static char *ask(const char *const *argv, const char *const *environment) {
    return ask_there(NULL, argv, environment, NULL);
}

/* Docker */

/* An engine that answers, but not this client: its own words, in one line. */
static void note_quarrel(struct engine *engine, const struct sb_buf *said) {
    const char *text = said->size ? sb_buf_string(said) : "";
    if (!strstr(text, "API version") && !strstr(text, "client version"))
        return;
    size_t size = strcspn(text, "\r\n");
    engine->quarrel = sb_arena_printf(&engine->arena, "%.*s", (int)(size < 500 ? size : 500), text);
}

static char *server_version(struct engine *engine) {
    const char *const argv[] = {"docker", "version", "--format", "{{.Server.Version}}", NULL};
    const char *const environment[] = {engine->host, NULL};
    struct sb_buf said = SB_BUF_INIT;
    char *answer = ask_there(engine, argv, engine->host ? environment : NULL, &said);
    if (!answer)
        note_quarrel(engine, &said);
    sb_buf_release(&said);
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
    builder->buildkit = buildkit;
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
        return sb_error_set(error, SB_ERROR_SYSTEM,
                            "the private dockerd did not report its version");
    lines_add(&engine->notes, "no docker answered: a private dockerd was started");
    add_docker(engine, version);
    free(version);
    return 0;
}

/* Why RUN cannot have a container of its own here; NULL where it can. */
static const char *no_container(void) {
    const char *const probe[] = {
        "unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "true", NULL};
    char *crun = process_find("crun"), *runc = process_find("runc");
    bool runtime = crun || runc;
    free(crun);
    free(runc);
    if (!runtime)
        return "neither crun nor runc is installed";
    char *done = ask(probe, NULL);
    bool possible = done != NULL;
    free(done);
    return possible ? NULL : "this system gives no user a process namespace of his own";
}

/* What an ordinary user needs for RUN where nothing more is to be had. */
static void set_isolation(struct engine *engine, struct builder *builder) {
    const char *why = geteuid() != 0 && !getenv("BUILDAH_ISOLATION") ? no_container() : NULL;
    if (!why)
        return;
    builder->environment[0] = "BUILDAH_ISOLATION=chroot";
    builder->isolated = true;
    lines_add(&engine->notes, "%s runs in a chroot (BUILDAH_ISOLATION=chroot), for %s",
              builder->label, why);
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
    struct sb_error ignored;
    if (!engine->folder && temporary_folder(&engine->folder, &ignored) == 0)
        engine->bin = vary_install(engine->folder);
    builder->bin = engine->bin;
    if (geteuid() != 0)
        lines_add(&engine->notes, "%s builds without root", name);
    set_isolation(engine, builder);
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
    char *version = docker ? server_version(engine) : ask_there(engine, ask_version, NULL, NULL);
    if (!version)
        return sb_error_set(error, SB_ERROR_SYSTEM,
                            "--engine %s: the engine did not report its version", spec);
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
        builder->buildkit = docker && buildkit;
        builder->isolated = !docker; /* suite.sh says so */
        if (docker)
            builder->environment[0] = buildkit ? "DOCKER_BUILDKIT=1" : "DOCKER_BUILDKIT=0";
    }
    free(version);
    return 0;
}

static int open_default(struct engine *engine, const struct options *options,
                        struct sb_error *error) {
    const char *why = "";
    if (open_docker(engine, NULL) == 0)
        return 0;
    if (open_program(engine, ENGINE_PODMAN, "podman") == 0 ||
        open_program(engine, ENGINE_BUILDAH, "buildah") == 0) {
        lines_add(&engine->notes, "no docker answered%s%s: %s is asked",
                  engine->quarrel ? " this client: " : "", engine->quarrel ? engine->quarrel : "",
                  engine->builders.items[0].label);
        return 0;
    }
    if (dockerd_possible(&why))
        return open_private(engine, options, error);
    return sb_error_set(error, SB_ERROR_SYSTEM,
                        "no engine: docker does not answer, podman and buildah are not installed, "
                        "and %s; start one, apt-get install buildah, or say --engine none",
                        why);
}

static int open_spec(struct engine *engine, const char *spec, const struct options *options,
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
        if (status && !engine->quarrel && dockerd_possible(&why))
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
                            "podman@trixie, buildah@trixie; behind docker's :classic or :buildkit "
                            "takes one of its builders",
                            spec);
    }
    if (status && engine->quarrel)
        return sb_error_set(error, SB_ERROR_SYSTEM,
                            "--engine %s: it answers, but not this docker client (%s); install a "
                            "client of its version",
                            spec, engine->quarrel);
    if (status)
        return sb_error_set(error, SB_ERROR_SYSTEM, "--engine %s: %s; or say --engine none", spec,
                            why);
    return 0;
}

static void drop_builder(struct engine *engine, size_t at) {
    struct builder *items = engine->builders.items;
    free(items[at].version);
    free(items[at].client);
    free(items[at].reason);
    engine->builders.count--;
    memmove(items + at, items + at + 1, (engine->builders.count - at) * sizeof *items);
}

/* docker:classic, docker@trixie:buildkit: one of Docker's two builders. */
int engine_open(struct engine *engine, const char *spec, const struct options *options,
                struct sb_error *error) {
    bool docker = spec && strncmp(spec, "docker", 6) == 0;
    struct sb_span text = sb_span_string(spec ? spec : "");
    bool classic = docker && sb_span_ends(text, ":classic");
    bool buildkit = docker && sb_span_ends(text, ":buildkit");
    if (!classic && !buildkit)
        return open_spec(engine, spec, options, error);
    size_t size = text.size - strlen(classic ? ":classic" : ":buildkit");
    const char *rest = sb_arena_printf(&engine->arena, "%.*s", (int)size, spec);
    if (open_spec(engine, rest, options, error) < 0)
        return -1;
    for (size_t i = engine->builders.count; i-- > 0;)
        if (engine->builders.items[i].buildkit != buildkit)
            drop_builder(engine, i);
    return 0;
}

void engine_add_command(struct engine *engine, const char *command) {
    struct builder *builder = add_builder(engine, ENGINE_COMMAND, "command");
    builder->command = command;
    builder->version = sb_memory_copy_string("-");
    builder->client = sb_memory_copy_string("/bin/sh");
}

void engine_close(struct engine *engine) {
    while (engine->builders.count)
        drop_builder(engine, engine->builders.count - 1);
    sb_vec_release(&engine->builders);
    lines_release(&engine->notes);
    process_hold_signals(true);
    dockerd_stop(&engine->dockerd);
    suite_stop(&engine->suite);
    process_hold_signals(false);
    if (engine->folder)
        temporary_remove(engine->folder);
    free(engine->folder);
    free(engine->bin);
    free(engine->host);
    sb_arena_release(&engine->arena);
    engine->host = NULL;
}
