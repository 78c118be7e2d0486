/* Loaded into the program (LD_PRELOAD): a system that fails. FAULT is a kind and a number, as in
 * "malloc:17": the 17th call fails, and for full and eio every one after it; "killed:N" ends the
 * process in the midst of the N-th write. Counted in each process for itself. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int due(const char *kind, long *count, int forever) {
    static const char *fault;
    static int looked;
    if (!looked) {
        looked = 1;
        fault = getenv("FAULT");
    }
    size_t size = strlen(kind);
    if (!fault || strncmp(fault, kind, size) != 0 || fault[size] != ':')
        return 0;
    long wanted = 0;
    for (const char *digit = fault + size + 1; *digit; digit++)
        wanted = wanted * 10 + (*digit - '0');
    ++*count;
    return forever ? *count >= wanted : *count == wanted;
}

/* Memory. glibc's own names are called, for dlsym allocates. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
static long allocations;

void *malloc(size_t size) {
    return due("malloc", &allocations, 0) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return due("malloc", &allocations, 0) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    return due("malloc", &allocations, 0) ? NULL : __libc_realloc(old, size);
}

/* Files. */
static long reads, writes;

ssize_t read(int fd, void *data, size_t size) {
    if (fd > 2 && due("eio", &reads, 1)) {
        errno = EIO;
        return -1;
    }
    return syscall(SYS_read, fd, data, size);
}

ssize_t pread(int fd, void *data, size_t size, off_t offset) {
    if (due("eio", &reads, 1)) {
        errno = EIO;
        return -1;
    }
    return syscall(SYS_pread64, fd, data, size, offset);
}

ssize_t pread64(int fd, void *data, size_t size, off_t offset) {
    return pread(fd, data, size, offset);
}

ssize_t write(int fd, const void *data, size_t size) {
    if (fd > 2 && due("full", &writes, 1)) {
        if (size > 1)
            syscall(SYS_write, fd, data, size / 2);
        errno = ENOSPC;
        return -1;
    }
    if (fd > 2 && due("killed", &writes, 0)) {
        syscall(SYS_write, fd, data, size / 2);
        raise(SIGKILL);
    }
    return syscall(SYS_write, fd, data, size);
}

/* A place that is taken away between writing and naming. */
static long renames;

int rename(const char *from, const char *to) {
    if (due("rename", &renames, 0)) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_rename, from, to);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    if (due("rename", &renames, 0)) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
}
