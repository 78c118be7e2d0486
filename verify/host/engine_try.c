#include "host/engine_try.h"

#include <stdio.h>
#include <unistd.h>

#include "host/process.h"

enum { KILLED = 128 + 9, MOST_ARGUMENTS = 24 };

/* Runs the engine's client; what it prints, without the line's end, goes to output (may be NULL).
 */
static int ask(const struct builder *builder, const struct options *options,
               const char *const *words, struct sb_buf *output, struct sb_error *error) {
    const char *argv[MOST_ARGUMENTS + 1] = {0};
    size_t count = 0;
    struct process process = PROCESS_INIT;
    struct process_result result = PROCESS_RESULT_INIT;
    for (size_t i = 0; builder->prefix && builder->prefix[i] && count < MOST_ARGUMENTS / 2; i++)
        argv[count++] = builder->prefix[i];
    argv[count++] = builder->client;
    while (*words && count < MOST_ARGUMENTS)
        argv[count++] = *words++;
    process.argv = argv;
    process.environment = builder->environment;
    process.timeout = (unsigned)options->timeout;
    int status = process_check(&process, &result, error);
    if (status == 0 && output) {
        size_t size = result.output.size;
        while (size && result.output.data[size - 1] == '\n')
            size--;
        output->size = 0;
        sb_buf_append(output, result.output.data, size);
    }
    process_result_release(&result);
    return status < 0 ? sb_error_wrap(error, "%s", builder->label) : 0;
}

static int refuse_name(const struct builder *builder, const struct options *options,
                       const char *image, struct sb_error *error) {
    const char *const words[] = {"images", "--quiet", image, NULL};
    struct sb_buf there = SB_BUF_INIT;
    int status = ask(builder, options, words, &there, error);
    bool taken = there.size > 0;
    sb_buf_release(&there);
    if (status < 0 || !taken)
        return status;
    return sb_error_set(error, SB_ERROR_SYSTEM,
                        "%s: it has an image called %s already; remove or rename it first",
                        builder->label, image);
}

/* The container's own end. */
static int expect_code(const struct builder *builder, const struct options *options,
                       const char *container, int code, struct sb_error *error) {
    const char *const words[] = {"wait", container, NULL};
    struct sb_buf answer = SB_BUF_INIT, wanted = SB_BUF_INIT;
    int status = ask(builder, options, words, &answer, error);
    sb_buf_appendf(&wanted, "%d", code);
    if (status == 0 && strcmp(sb_buf_string(&answer), sb_buf_string(&wanted)) != 0)
        status = sb_error_set(error, SB_ERROR_SYSTEM, "%s: the container ended with %s, not %d",
                              builder->label, sb_buf_string(&answer), code);
    sb_buf_release(&answer);
    sb_buf_release(&wanted);
    return status;
}

static int expect_running(const struct builder *builder, const struct options *options,
                          const char *container, struct sb_error *error) {
    const char *const words[] = {"inspect", "--format", "{{.State.Running}}", container, NULL};
    const char *const kill_words[] = {"kill", container, NULL};
    struct sb_buf answer = SB_BUF_INIT;
    sleep(1);
    int status = ask(builder, options, words, &answer, error);
    if (status == 0 && strcmp(sb_buf_string(&answer), "true") != 0)
        status = sb_error_set(error, SB_ERROR_SYSTEM,
                              "%s: the container does not run after a second", builder->label);
    sb_buf_release(&answer);
    if (status == 0)
        status = ask(builder, options, kill_words, NULL, error);
    return status == 0 ? expect_code(builder, options, container, KILLED, error) : -1;
}

static int run_image(const struct builder *builder, const struct options *options,
                     const char *image, const char *command, int exit_code,
                     struct sb_error *error) {
    char name[64];
    snprintf(name, sizeof name, "samebytes-try-%ld", (long)getpid());
    const char *const words[] = {
        "run", "--detach", "--pull=never", "--network=none", "--name", name, image, command, NULL};
    const char *const remove[] = {"rm", "--force", name, NULL};
    struct sb_error ignored;
    int status = ask(builder, options, words, NULL, error);
    if (status == 0)
        status = exit_code < 0 ? expect_running(builder, options, name, error)
                               : expect_code(builder, options, name, exit_code, error);
    /* One that could not be started is there as well. */
    process_hold_signals(true);
    (void)!ask(builder, options, remove, NULL, &ignored);
    process_hold_signals(false);
    return status;
}

int builder_try(const struct builder *builder, const struct options *options, const char *path,
                const char *image, const char *command, int exit_code, struct sb_error *error) {
    struct sb_error ignored;
    if (builder->kind == ENGINE_BUILDAH)
        return sb_error_set(error, SB_ERROR_USAGE, "%s runs no images: docker and podman do",
                            builder->label);
    if (refuse_name(builder, options, image, error) < 0)
        return -1;
    char *there = builder_path(builder, path);
    const char *const load[] = {"load", "--input", there, NULL};
    const char *const remove[] = {"rmi", "--force", image, NULL};
    int status = ask(builder, options, load, NULL, error);
    free(there);
    if (status == 0) {
        status = run_image(builder, options, image, command, exit_code, error);
        process_hold_signals(true);
        (void)!ask(builder, options, remove, NULL, &ignored);
        process_hold_signals(false);
    }
    return status;
}
