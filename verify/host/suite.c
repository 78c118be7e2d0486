#include "host/suite.h"

#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "host/process.h"
#include "host/temporary.h"

enum { MAKE_SECONDS = 1800, STOP_SECONDS = 20 };

const char suite_host[] = "/host";

static int find_script(struct suite *suite, struct sb_error *error) {
    suite->script = process_find_helper("SAMEBYTES_SUITE", "/../tools/engines", "suite.sh");
    if (!suite->script)
        return sb_error_set(
            error, SB_ERROR_SYSTEM,
            "the helper suite.sh is not installed; SAMEBYTES_SUITE names its folder");
    if (geteuid() != 0)
        return sb_error_set(error, SB_ERROR_SYSTEM,
                            "the engine of another release needs root, for its namespaces");
    return 0;
}

/* The root file system: there, or made now. */
static int make_root(struct suite *suite, const char *release, struct sb_error *error) {
    const char *const look[] = {suite->script, "path", release, NULL};
    const char *const make[] = {suite->script, "make", release, NULL};
    struct process process = PROCESS_INIT;
    struct process_result result = PROCESS_RESULT_INIT;
    process.argv = look;
    process.timeout = 30;
    int status = process_run(&process, &result, error);
    bool there = status == 0 && result.status == 0;
    process_result_release(&result);
    if (status < 0 || there)
        return status;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "samebytes: making the root file system of %s (once, some 800 MB) ...\n",
                release);
    return process_do(make, MAKE_SECONDS, error);
}

static int serve(struct suite *suite, const char *release, const char *store, unsigned timeout,
                 struct sb_error *error) {
    const char *const argv[] = {suite->script, "serve", release, store, suite->folder, NULL};
    const char *const wait[] = {suite->script, "wait", suite->folder, NULL};
    struct sb_buf log = SB_BUF_INIT;
    struct process process = PROCESS_INIT;
    sb_buf_appendf(&log, "%s/serve.log", suite->folder);
    process.argv = argv;
    int status = process_start(&process, sb_buf_string(&log), &suite->pid, error);
    sb_buf_release(&log);
    return status == 0 ? process_do(wait, timeout, error) : -1;
}

int suite_start(struct suite *suite, const char *release, const char *store, unsigned timeout,
                struct sb_error *error) {
    int status = find_script(suite, error);
    if (status == 0)
        status = make_root(suite, release, error);
    if (status == 0)
        status = temporary_folder(&suite->folder, error);
    if (status == 0)
        status = serve(suite, release, store, timeout, error);
    if (status < 0) {
        suite_stop(suite);
        return -1;
    }
    struct sb_buf bin = SB_BUF_INIT;
    sb_buf_appendf(&bin, "%s/bin", suite->folder);
    suite->bin = sb_buf_detach(&bin);
    suite->prefix[0] = suite->script;
    suite->prefix[1] = "in";
    suite->prefix[2] = suite->folder;
    return 0;
}

void suite_stop(struct suite *suite) {
    if (suite->pid)
        process_stop(suite->pid, STOP_SECONDS);
    suite->pid = 0;
    if (suite->folder)
        temporary_remove(suite->folder);
    free(suite->folder);
    free(suite->script);
    free(suite->bin);
    *suite = (struct suite){0};
}
