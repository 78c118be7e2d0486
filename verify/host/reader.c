#include "host/reader.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/encoder.h"
#include "host/process.h"
#include "host/progress.h"
#include "host/request.h"
#include "host/sandbox.h"
#include "host/temporary.h"

#ifdef SAMEBYTES_COVERAGE
void __gcov_dump(void);
#endif

enum { TROUBLE = 2, WAIT_MILLISECONDS = 200 };

struct service {
    const struct reader_rights *rights;
    struct progress progress;
    SB_VEC(struct result_file) results;
};

/* What follows folder and a slash in path; NULL. */
static const char *below(const char *folder, const char *path) {
    size_t size = folder ? strlen(folder) : 0;
    bool inside = folder && strncmp(path, folder, size) == 0 && path[size] == '/' && path[size + 1];
    return inside ? path + size + 1 : NULL;
}

/* No component is empty, . or .. */
static bool is_clean(const char *path) {
    for (;;) {
        size_t size = strcspn(path, "/");
        if (size == 0 || (path[0] == '.' && (size == 1 || (size == 2 && path[1] == '.'))))
            return false;
        if (!path[size])
            return true;
        path += size + 1;
    }
}

static bool may_write(const struct reader_rights *rights, const char *path) {
    for (size_t i = 0; i < rights->results.count; i++)
        if (rights->results.items[i] && strcmp(rights->results.items[i], path) == 0)
            return true;
    const char *name = below(rights->result_folder, path);
    const char *inside = below(rights->result_tree, path);
    return (name && !strchr(name, '/') && is_clean(name)) || (inside && is_clean(inside));
}

static int open_result(struct service *service, struct request *request, struct reply *reply,
                       int *fd) {
    request->path[sizeof request->path - 1] = '\0';
    if (!may_write(service->rights, request->path))
        return sb_error_set(&reply->error, SB_ERROR_SYSTEM, "%.900s: not a result of this command",
                            request->path);
    struct result_file result;
    if (below(service->rights->result_tree, request->path))
        result_make_folders(request->path);
    if (result_open(&result, request->path, &reply->error) < 0)
        return -1;
    result.path = sb_memory_copy_string(request->path);
    reply->slot = (unsigned)service->results.count;
    *sb_vec_push(&service->results) = result;
    *fd = result.fd;
    return 0;
}

static int end_result(struct service *service, const struct request *request, struct reply *reply) {
    if (request->slot >= service->results.count)
        return sb_error_set(&reply->error, SB_ERROR_SYSTEM, "no such result");
    struct result_file *result = &service->results.items[request->slot];
    if (request->kind == REQUEST_COMMIT)
        return result_commit(result, &reply->error);
    result_drop(result);
    return 0;
}

/* *fd is a descriptor for the reader. */
static int fulfil(struct service *service, struct request *request, const int fds[2],
                  struct reply *reply, int *fd) {
    switch (request->kind) {
    case REQUEST_SPOOL:
        *fd = temporary_file(NULL, &reply->error);
        return *fd < 0 ? -1 : 0;
    case REQUEST_RESULT:
        return open_result(service, request, reply, fd);
    case REQUEST_COMMIT:
    case REQUEST_DROP:
        return end_result(service, request, reply);
    case REQUEST_REPORT:
        progress_end(&service->progress);
        return 0;
    case REQUEST_ENCODE:
        return encoder_run(request->which, request->level, fds[0], fds[1], &reply->error);
    }
    return sb_error_set(&reply->error, SB_ERROR_SYSTEM, "an unknown request");
}

/* false where the reader is gone. */
static bool serve(struct service *service, int socket) {
    struct request request;
    struct reply reply = {0};
    int fds[2], fd = -1;
    if (request_read(socket, &request, sizeof request, fds) != 0)
        return false;
    reply.status = fulfil(service, &request, fds, &reply, &fd);
    bool sent = request_write(socket, &reply, sizeof reply, &fd, fd >= 0) == 0;
    for (int i = 0; i < 2; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    if (request.kind == REQUEST_SPOOL && fd >= 0)
        close(fd);
    return sent;
}

/* Until it has ended, or for WAIT_SECONDS; in steps where the system has no descriptors of
 * processes (Linux 5.3). */
static void wait_a_while(pid_t pid) {
    enum { WAIT_SECONDS = 2, STEP_MILLISECONDS = 1 };
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd wait = {fd, POLLIN, 0};
    for (int i = 0; i < WAIT_SECONDS * 1000 / STEP_MILLISECONDS && !process_signal(); i++) {
        siginfo_t info = {0};
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid)
            break;
        poll(fd < 0 ? NULL : &wait, fd >= 0, STEP_MILLISECONDS);
    }
    if (fd >= 0)
        close(fd);
}

/* Its socket is closed because it ends, or because it was taken over and wants nobody to look. */
static int wait_or_kill(pid_t pid, int *status) {
    wait_a_while(pid);
    pid_t done = waitpid(pid, status, WNOHANG);
    if (done == 0)
        kill(pid, SIGKILL);
    while (done == 0 || (done < 0 && errno == EINTR))
        done = waitpid(pid, status, 0);
    return done < 0 ? -1 : 0;
}

static int report_refusal(const struct sandbox_refusal *refusal) {
    struct sb_buf what = SB_BUF_INIT;
    if (refusal->happened)
        sandbox_describe_refusal(refusal, &what);
    else
        sb_buf_append_string(&what, "a call of another kind of machine");
    fprintf(stderr,
            "samebytes: the reader asked the system for what it has no right to, %s: a mistake of "
            "samebytes, or an attack (--no-sandbox goes without the guard)\n",
            sb_buf_string(&what));
    sb_buf_release(&what);
    return TROUBLE;
}

static int status_of(pid_t pid, const struct sandbox_refusal *refusal) {
    int status;
    if (wait_or_kill(pid, &status) < 0)
        return TROUBLE;
    if (refusal->happened)
        return report_refusal(refusal);
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    if (process_signal())
        fprintf(stderr, "samebytes: stopped by signal %d\n", process_signal());
    else if (WTERMSIG(status) == SIGSYS)
        return report_refusal(refusal);
    else
        fprintf(stderr, "samebytes: the reader was ended by signal %d\n", WTERMSIG(status));
    return TROUBLE;
}

static _Noreturn void wait_for(pid_t pid, int socket, const struct reader_rights *rights,
                               const struct sandbox_refusal *refusal) {
    struct service service = {.rights = rights};
    progress_begin(&service.progress, "read", rights->bytes);
    struct pollfd wait = {socket, POLLIN, 0};
    for (;;) {
        int ready = poll(&wait, 1, WAIT_MILLISECONDS);
        if (process_signal()) {
            kill(pid, SIGKILL);
            break;
        }
        if (ready > 0 && !serve(&service, socket))
            break;
        progress_show(&service.progress, pid);
    }
    progress_end(&service.progress);
    int status = status_of(pid, refusal);
    for (size_t i = 0; i < service.results.count; i++)
        result_drop(&service.results.items[i]);
    temporary_remove_all();
#ifdef SAMEBYTES_COVERAGE
    __gcov_dump();
#endif
    _exit(status);
}

static int become(const struct reader_rights *rights, int socket, pid_t parent,
                  struct sandbox_refusal *refusal, struct sb_error *error) {
    struct sandbox sandbox = {rights->folders.items, rights->folders.count, refusal};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        return sb_error_set(error, SB_ERROR_SYSTEM, "the process that started the reader is gone");
    request_use(socket);
    return sandbox_apply(&sandbox, error);
}

/* What takes less time than waking a second processor stays, with its parent, on this one. */
static void stay_here(uint64_t bytes) {
    enum { SMALL = 1 << 20 };
    cpu_set_t here;
    int processor = bytes && bytes < SMALL ? sched_getcpu() : -1;
    if (processor < 0 || processor >= CPU_SETSIZE)
        return;
    CPU_ZERO(&here);
    CPU_SET((size_t)processor, &here);
    sched_setaffinity(0, sizeof here, &here);
}

int reader_enter(const struct reader_rights *rights, struct sb_error *error) {
    int sockets[2];
    if (rights->unconfined)
        return 0;
    if (!sandbox_possible(error))
        return -1;
    struct sandbox_refusal *refusal =
        mmap(NULL, sizeof *refusal, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (refusal == MAP_FAILED)
        return sb_error_set_errno(error, errno, "no memory to share with the reader");
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
        return sb_error_set_errno(error, errno, "cannot make a socket");
    fflush(NULL);
    stay_here(rights->bytes);
    pid_t own = getpid(), pid = fork();
    if (pid < 0)
        return sb_error_set_errno(error, errno, "cannot start the reader");
    if (pid > 0) {
        close(sockets[1]);
        wait_for(pid, sockets[0], rights, refusal);
    }
    close(sockets[0]);
    return become(rights, sockets[1], own, refusal, error);
}
