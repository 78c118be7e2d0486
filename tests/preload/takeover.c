/* Loaded into the program (LD_PRELOAD): what a parser that was taken over would try. The first time
 * that something is hashed (TRY_IN_READER: in a process whose parent is the program itself) it does
 * what TRY says and reports on standard error whether the system let it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "host/request.h"

/* The program forks once: a process other than the one that began is its reader. To ask the system
 * who the parent is would be refused before what is to be tried. */
static pid_t began;

static long open_with(int flags) {
    const char *path = getenv("TRY_PATH");
    return syscall(SYS_openat, AT_FDCWD, path ? path : "/etc/passwd", flags, 0600);
}

static long try_socket(void) {
    return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

static long try_connect(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/docker.sock"};
    return syscall(SYS_connect, 0, &address, sizeof address);
}

static long try_execute(void) {
    char *argv[] = {(char *)"true", NULL};
    return syscall(SYS_execve, "/bin/true", argv, environ);
}

static long try_fork(void) {
    long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        _exit(0);
    return pid;
}

static long try_kill(void) {
    return syscall(SYS_kill, began, 0);
}

static long try_code(void) {
    return (long)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long try_protect(void) {
    void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static long try_unlink(void) {
    return syscall(SYS_unlinkat, AT_FDCWD, "/tmp/no-such-file-here", 0);
}

static long try_rename(void) {
    return syscall(SYS_renameat2, AT_FDCWD, "/tmp/no-such", AT_FDCWD, "/tmp/no-other", 0);
}

static long try_link(void) {
    return syscall(SYS_linkat, AT_FDCWD, "/tmp/no-such", AT_FDCWD, "/tmp/no-other", 0);
}

static long try_mkdir(void) {
    return syscall(SYS_mkdirat, AT_FDCWD, "/tmp", 0700);
}

static long try_chmod(void) {
    return syscall(SYS_fchmodat, AT_FDCWD, "/tmp/no-such", 0700);
}

static long try_truncate(void) {
    return syscall(SYS_truncate, "/tmp/no-such", 0);
}

static long try_stat(void) {
    char status[256];
    return syscall(SYS_newfstatat, AT_FDCWD, "/etc/passwd", status, 0);
}

static long try_ptrace(void) {
    return syscall(SYS_ptrace, 0x4206, began, 0, 0);
}

static long try_memory(void) {
    return syscall(SYS_process_vm_readv, began, NULL, 0, NULL, 0, 0);
}

static long try_memfd(void) {
    return syscall(SYS_memfd_create, "code", 0);
}

static long try_uring(void) {
    return syscall(SYS_io_uring_setup, 1, NULL);
}

static long try_bpf(void) {
    return syscall(SYS_bpf, 0, NULL, 0);
}

static long try_namespace(void) {
    return syscall(SYS_unshare, 0);
}

static long try_user(void) {
    return syscall(SYS_setuid, getuid());
}

static long try_folder(void) {
    return syscall(SYS_chdir, "/");
}

static long try_steal(void) {
    return syscall(SYS_pidfd_open, began, 0);
}

/* The parent is asked for a file that the command line does not name. */
static long try_ask(void) {
    struct request request = {.kind = REQUEST_RESULT};
    struct reply reply = {.status = -1};
    strncpy(request.path, getenv("TRY_PATH"), sizeof request.path - 1);
    for (int fd = 3; fd < 30; fd++) {
        struct iovec part = {&request, sizeof request};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
        if (syscall(SYS_sendmsg, fd, &message, MSG_NOSIGNAL) < 0)
            continue;
        part = (struct iovec){&reply, sizeof reply};
        syscall(SYS_recvmsg, fd, &message, 0);
        dprintf(2, "takeover: the parent says: %s\n", reply.error.message);
        break;
    }
    return reply.status;
}

/* Nobody can see it any more, and it goes on for ever. */
static long try_hide(void) {
    for (int fd = 3; fd < 64; fd++)
        syscall(SYS_close, fd);
    for (;;)
        ;
}

/* The parent is asked and asked, and its answers are not read. */
static long try_flood(void) {
    struct request request = {.kind = REQUEST_DROP, .slot = 1 << 20};
    for (;;)
        for (int fd = 3; fd < 30; fd++) {
            struct iovec part = {&request, sizeof request};
            struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
            syscall(SYS_sendmsg, fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        }
}

/* To see what is refused, and go on. */
static long try_handler(void) {
    struct sigaction action = {.sa_handler = SIG_IGN};
    return sigaction(SIGSYS, &action, NULL);
}

static const struct {
    const char *name;
    long (*run)(void);
} tries[] = {
    {"handler", try_handler}, {"socket", try_socket},     {"connect", try_connect},
    {"execute", try_execute}, {"fork", try_fork},         {"kill", try_kill},
    {"code", try_code},       {"protect", try_protect},   {"unlink", try_unlink},
    {"rename", try_rename},   {"link", try_link},         {"mkdir", try_mkdir},
    {"chmod", try_chmod},     {"truncate", try_truncate}, {"stat", try_stat},
    {"ptrace", try_ptrace},   {"memory", try_memory},     {"memfd", try_memfd},
    {"uring", try_uring},     {"bpf", try_bpf},           {"namespace", try_namespace},
    {"user", try_user},       {"folder", try_folder},     {"steal", try_steal},
    {"ask", try_ask},         {"hide", try_hide},         {"flood", try_flood},
};

static void attempt(const char *what) {
    long done = -1;
    if (strcmp(what, "open") == 0)
        done = open_with(O_RDONLY);
    else if (strcmp(what, "create") == 0)
        done = open_with(O_WRONLY | O_CREAT);
    else if (strcmp(what, "open-write") == 0)
        done = open_with(O_RDWR);
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
        if (strcmp(tries[i].name, what) == 0)
            done = tries[i].run();
    dprintf(2, "takeover: %s was %s\n", what, done < 0 ? "refused" : "done");
}

__attribute__((constructor)) static void begin(void) {
    began = getpid();
}

ssize_t pread(int fd, void *data, size_t size, off_t offset) {
    static int tried;
    ssize_t (*next)(int, void *, size_t, off_t) = NULL;
    const char *what = getenv("TRY");
    *(void **)&next = dlsym(RTLD_NEXT, "pread");
    if (what && (!getenv("TRY_IN_READER") || getpid() != began) && !tried++) {
        dprintf(2, "takeover: trying %s\n", what);
        attempt(what);
    }
    return next(fd, data, size, offset);
}
