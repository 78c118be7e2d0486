#include "host/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/progress.h"

enum { ERRORS_KEPT = 64 << 10, OUTPUT_KEPT = 64 << 20, ENVIRONMENT_SIZE = 64 };

/* Set by the handler, read by every wait: the one piece of state that a signal can reach. */
static volatile sig_atomic_t caught_signal;
static volatile sig_atomic_t hold_signals;

static void on_signal(int number) {
    caught_signal = number;
}

/* abort() is what the library does where memory has run out (base/memory.h). */
static void on_abort(int number) {
    static const char text[] = "samebytes: out of memory, or a mistake of samebytes\n";
    (void)number;
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    _exit(2);
}

void process_catch_signals(void) {
    struct sigaction action = {.sa_handler = on_signal}, end = {.sa_handler = on_abort};
    sigaction(SIGABRT, &end, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int process_signal(void) {
    return caught_signal;
}

void process_hold_signals(bool hold) {
    hold_signals = hold;
}

static bool must_stop(void) {
    return caught_signal && !hold_signals;
}

static const char search_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

size_t process_find_all(const char *name, char **paths, size_t highest) {
    const char *own = getenv("PATH");
    struct sb_buf all = SB_BUF_INIT;
    size_t count = 0;
    sb_buf_appendf(&all, "%s:%s", own ? own : "", search_path);
    for (const char *at = sb_buf_string(&all); *at && count < highest;) {
        size_t size = strcspn(at, ":");
        struct sb_buf path = SB_BUF_INIT;
        struct stat status;
        sb_buf_appendf(&path, "%.*s/%s", (int)size, at, name);
        bool fits = size && access(sb_buf_string(&path), X_OK) == 0 &&
                    stat(sb_buf_string(&path), &status) == 0 && S_ISREG(status.st_mode);
        for (size_t i = 0; i < count && fits; i++)
            fits = strcmp(paths[i], sb_buf_string(&path)) != 0;
        if (fits)
            paths[count++] = sb_buf_detach(&path);
        sb_buf_release(&path);
        at += size + (at[size] == ':');
    }
    sb_buf_release(&all);
    return count;
}

char *process_find(const char *name) {
    char *path = NULL;
    if (strchr(name, '/'))
        return access(name, X_OK) == 0 ? sb_memory_copy_string(name) : NULL;
    return process_find_all(name, &path, 1) ? path : NULL;
}

/* What a builder may need to find its engine, and nothing that changes bytes. */
static bool passes_on(const char *variable) {
    static const char *const prefixes[] = {"PATH=",
                                           "HOME=",
                                           "DOCKER_",
                                           "BUILDX_",
                                           "TMPDIR=",
                                           "XDG_RUNTIME_DIR=",
                                           "CONTAINERS_",
                                           "STORAGE_",
                                           "BUILDAH_",
                                           "REGISTRY_",
                                           "SSL_CERT_",
                                           "FAKEROOTKEY=",
                                           "SOURCE_DATE_EPOCH=",
                                           "SAMEBYTES_",
                                           "XDG_CACHE_HOME=",
                                           "LD_PRELOAD=",
                                           "LD_LIBRARY_PATH="};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

extern char **environ;

static void make_environment(const struct process *process, const char **environment,
                             const char *path) {
    size_t count = 0;
    /* Of two values of one name the first counts. */
    for (size_t i = 0; process->environment && process->environment[i]; i++)
        environment[count++] = process->environment[i];
    environment[count++] = "LC_ALL=C";
    environment[count++] = "TZ=UTC0";
    for (char **variable = environ; *variable && count < ENVIRONMENT_SIZE - 2; variable++)
        if (passes_on(*variable) && strncmp(*variable, "PATH=", 5) != 0)
            environment[count++] = *variable;
    environment[count++] = path;
    environment[count] = NULL;
}

/* In the child. */
static _Noreturn void become(const struct process *process, const char *program, int input,
                             int output, int errors) {
    const char *environment[ENVIRONMENT_SIZE];
    const char *own = getenv("PATH");
    char path[4096];
    snprintf(path, sizeof path, "PATH=%s%s%s%s%s", process->first ? process->first : "",
             process->first ? ":" : "", own ? own : "", own ? ":" : "", search_path);
    make_environment(process, environment, path);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, process->death_signal ? process->death_signal : SIGTERM);
    umask(process->umask < 0 ? 022 : (mode_t)process->umask);
    const struct rlimit largest = {process->largest_file, process->largest_file};
    if (process->largest_file && setrlimit(RLIMIT_FSIZE, &largest) < 0)
        _exit(127);
    if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0 ||
        (process->folder && chdir(process->folder) < 0))
        _exit(127);
    execve(program, (char *const *)(uintptr_t)process->argv, (char *const *)(uintptr_t)environment);
    _exit(127);
}

static int spawn(const struct process *process, int output, int errors, pid_t *pid,
                 struct sb_error *error) {
    char *program = process_find(process->argv[0]);
    if (!program)
        return sb_error_set(error, SB_ERROR_SYSTEM, "%s is missing: install it", process->argv[0]);
    int input = process->input >= 0 ? process->input : open("/dev/null", O_RDONLY | O_CLOEXEC);
    *pid = fork();
    if (*pid == 0)
        become(process, program, input, output, errors);
    int number = errno;
    if (process->input < 0)
        close(input);
    free(program);
    if (*pid < 0)
        return sb_error_set_errno(error, number, "%s: cannot start it", process->argv[0]);
    setpgid(*pid, *pid);
    return 0;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Takes what a pipe has; false at its end. */
static bool drain(int fd, struct sb_buf *buf, size_t highest) {
    char bytes[65536];
    ssize_t got = read(fd, bytes, sizeof bytes);
    if (got <= 0)
        return got < 0 && (errno == EINTR || errno == EAGAIN);
    sb_buf_append(buf, bytes, (size_t)got);
    if (buf->size > highest) {
        size_t extra = buf->size - highest;
        memmove(buf->data, buf->data + extra, highest + 1);
        buf->size = highest;
    }
    return true;
}

static void kill_group(pid_t pid, int number) {
    kill(-pid, number);
    kill(pid, number);
}

static int wait_status(pid_t pid) {
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 127;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Reads both pipes to their ends. 0, or an error after which the child was killed. */
static int follow(const struct process *process, struct progress *progress, pid_t pid, int output,
                  int errors, struct process_result *result, struct sb_error *error) {
    enum { STEP_MILLISECONDS = 250 };
    struct pollfd fds[2] = {{output, POLLIN, 0}, {errors, POLLIN, 0}};
    double deadline = process->timeout ? now() + process->timeout : 0;
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        int wait = STEP_MILLISECONDS;
        if (deadline > 0 && (deadline - now()) * 1000 < wait)
            wait = (int)((deadline - now()) * 1000) + 1;
        poll(fds, 2, wait > 0 ? wait : 0);
        if (process->doing)
            progress_show(progress, pid);
        if (must_stop()) {
            kill_group(pid, SIGTERM);
            return sb_error_set(error, SB_ERROR_SYSTEM, "stopped by signal %d", caught_signal);
        }
        if (deadline > 0 && now() > deadline) {
            kill_group(pid, SIGKILL);
            return sb_error_set(error, SB_ERROR_SYSTEM,
                                "%s: still running after %u seconds; raise --timeout",
                                process->argv[0], process->timeout);
        }
        if (fds[0].fd >= 0 && fds[0].revents && !drain(output, &result->output, OUTPUT_KEPT))
            fds[0].fd = -1;
        if (fds[1].fd >= 0 && fds[1].revents && !drain(errors, &result->errors, ERRORS_KEPT))
            fds[1].fd = -1;
    }
    return 0;
}

int process_run(const struct process *process, struct process_result *result,
                struct sb_error *error) {
    int output[2] = {-1, -1}, errors[2];
    pid_t pid = -1;
    if (must_stop())
        return sb_error_set(error, SB_ERROR_SYSTEM, "stopped by signal %d", caught_signal);
    if (pipe2(errors, O_CLOEXEC) < 0 || (process->output < 0 && pipe2(output, O_CLOEXEC) < 0))
        return sb_error_set_errno(error, errno, "cannot make a pipe");
    int status =
        spawn(process, process->output < 0 ? output[1] : process->output, errors[1], &pid, error);
    close(errors[1]);
    if (output[1] >= 0)
        close(output[1]);
    if (status == 0) {
        struct progress progress;
        progress_begin(&progress, process->doing, 0);
        status = follow(process, &progress, pid, output[0], errors[0], result, error);
        progress_end(&progress);
        result->status = wait_status(pid);
    }
    close(errors[0]);
    if (output[0] >= 0)
        close(output[0]);
    return status;
}

/* The last lines of what a program said, in one line. */
static void quote(struct sb_buf *text, struct sb_span said) {
    while (said.size && (said.data[said.size - 1] == '\n' || said.data[said.size - 1] == ' '))
        said.size--;
    size_t from = said.size > 600 ? said.size - 600 : 0;
    for (size_t i = from; i < said.size; i++)
        if (said.data[i] == '\n')
            sb_buf_append_string(text, "; ");
        else if (said.data[i] >= ' ' && said.data[i] != 0x7f)
            sb_buf_append_byte(text, said.data[i]);
}

int process_check(const struct process *process, struct process_result *result,
                  struct sb_error *error) {
    if (process_run(process, result, error) < 0)
        return -1;
    if (result->status == 0)
        return 0;
    struct sb_buf said = SB_BUF_INIT;
    quote(&said, sb_buf_span(result->errors.size ? &result->errors : &result->output));
    sb_error_set(error, SB_ERROR_SYSTEM, "%s ended with status %d: %s", process->argv[0],
                 result->status, said.size ? sb_buf_string(&said) : "it said nothing");
    sb_buf_release(&said);
    return -1;
}

int process_do(const char *const *argv, unsigned timeout, struct sb_error *error) {
    struct process process = PROCESS_INIT;
    struct process_result result = PROCESS_RESULT_INIT;
    process.argv = argv;
    process.timeout = timeout;
    int status = process_check(&process, &result, error);
    process_result_release(&result);
    return status;
}

void process_result_release(struct process_result *result) {
    sb_buf_release(&result->output);
    sb_buf_release(&result->errors);
}

int process_start(const struct process *process, const char *log, pid_t *pid,
                  struct sb_error *error) {
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return sb_error_set_errno(error, errno, "%s: cannot write it", log);
    int status = spawn(process, fd, fd, pid, error);
    close(fd);
    return status;
}

void process_stop(pid_t pid, unsigned seconds) {
    struct timespec pause = {0, 20000000};
    double deadline = now() + seconds;
    kill(pid, SIGTERM);
    while (now() < deadline) {
        pid_t done = waitpid(pid, NULL, WNOHANG);
        if (done == pid || (done < 0 && errno == ECHILD))
            return;
        nanosleep(&pause, NULL);
    }
    kill_group(pid, SIGKILL);
    wait_status(pid);
}

char *process_find_helper(const char *variable, const char *beside, const char *name) {
    char own[4096];
    ssize_t size = readlink("/proc/self/exe", own, sizeof own - 1);
    own[size > 0 ? size : 0] = '\0';
    char *slash = strrchr(own, '/');
    if (slash)
        *slash = '\0';
    const char *const folders[][2] = {{getenv(variable), ""},
                                      {own, beside},
                                      {own, "/../libexec/samebytes"},
                                      {SAMEBYTES_LIBEXEC, ""}};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        struct sb_buf path = SB_BUF_INIT;
        if (!folders[i][0] || !*folders[i][0])
            continue;
        sb_buf_appendf(&path, "%s%s/%s", folders[i][0], folders[i][1], name);
        if (access(sb_buf_string(&path), X_OK) == 0)
            return sb_buf_detach(&path);
        sb_buf_release(&path);
    }
    return NULL;
}
