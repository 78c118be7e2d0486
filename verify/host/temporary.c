#include "host/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/number.h"
#include "base/vec.h"
#include "host/request.h"

#include "io/output.h"

static const char *temporary_root(void) {
    const char *root = getenv("TMPDIR");
    return root && *root ? root : "/tmp";
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where) {
    (void)status, (void)where;
    if (kind == FTW_DP)
        rmdir(path);
    else
        unlink(path);
    return 0;
}

static int open_folder(const char *path, const struct stat *status, int kind, struct FTW *where) {
    (void)where;
    if (kind == FTW_D && (status->st_mode & S_IRWXU) != S_IRWXU)
        chmod(path, 0700);
    return 0;
}

static void remove_tree(const char *path) {
    nftw(path, open_folder, 32, FTW_PHYS | FTW_MOUNT);
    nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Folders that are in use. Each is locked by a descriptor, so that the next run knows what to
 * sweep.
 */
struct folder {
    char *path;
    int lock;
};
static SB_VEC(struct folder) folders;

/* A folder that nobody locks was left by a run that was killed. Its owner locks it right after it
 * was made, so one that is new is left alone. */
static void sweep_one(const char *path) {
    enum { NEW_SECONDS = 60 };
    struct stat status;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    if (fstat(fd, &status) == 0 && status.st_uid == geteuid() &&
        time(NULL) - status.st_mtime > NEW_SECONDS && flock(fd, LOCK_EX | LOCK_NB) == 0)
        remove_tree(path);
    close(fd);
}

static void sweep(void) {
    DIR *root = opendir(temporary_root());
    struct dirent *item;
    while (root && (item = readdir(root)) != NULL) {
        struct sb_buf path = SB_BUF_INIT;
        if (strncmp(item->d_name, "samebytes.", 10) != 0 || strlen(item->d_name) != 16)
            continue;
        sb_buf_appendf(&path, "%s/%s", temporary_root(), item->d_name);
        sweep_one(sb_buf_string(&path));
        sb_buf_release(&path);
    }
    if (root)
        closedir(root);
}

int temporary_folder(char **path, struct sb_error *error) {
    struct sb_buf name = SB_BUF_INIT;
    if (folders.count == 0)
        sweep();
    sb_buf_appendf(&name, "%s/samebytes.XXXXXX", temporary_root());
    *path = sb_buf_detach(&name);
    if (mkdtemp(*path)) {
        int lock = open(*path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (lock >= 0)
            flock(lock, LOCK_EX | LOCK_NB);
        *sb_vec_push(&folders) = (struct folder){sb_memory_copy_string(*path), lock};
        return 0;
    }
    sb_error_set_errno(error, errno, "%s: cannot make a temporary folder (set TMPDIR to one)",
                       temporary_root());
    free(*path);
    *path = NULL;
    return -1;
}

void temporary_remove(const char *path) {
    if (!path || request_is_needed())
        return;
    remove_tree(path);
    for (size_t i = 0; i < folders.count; i++) {
        if (strcmp(folders.items[i].path, path) != 0)
            continue;
        free(folders.items[i].path);
        close(folders.items[i].lock);
        folders.items[i] = folders.items[--folders.count];
    }
    if (folders.count == 0)
        sb_vec_release(&folders);
}

void temporary_remove_all(void) {
    for (size_t i = 0; i < folders.count; i++)
        remove_tree(folders.items[i].path);
}

uint64_t temporary_room(void) {
    struct statvfs status;
    if (statvfs(temporary_root(), &status) < 0)
        return 0;
    return (uint64_t)status.f_bavail * status.f_frsize / 10 * 9 + 1;
}

int temporary_file(void *context, struct sb_error *error) {
    (void)context;
    if (request_is_needed()) {
        struct request request = {.kind = REQUEST_SPOOL};
        struct reply reply;
        int came = -1;
        return request_send(&request, NULL, 0, &reply, &came, error) < 0 ? -1 : came;
    }
    int fd = open(temporary_root(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    char path[4096];
    snprintf(path, sizeof path, "%s/samebytes.XXXXXX", temporary_root());
    fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return sb_error_set_errno(error, errno,
                                  "%s: cannot make a temporary file (set TMPDIR to a folder)",
                                  temporary_root());
    unlink(path);
    return fd;
}

int temporary_take(const char *path, int *fd, struct sb_error *error) {
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0)
        return sb_error_set_errno(error, errno, "%s: nothing was written there", path);
    unlink(path);
    return 0;
}

const struct sb_spool temporary_spool = {temporary_file, NULL};

static void forget(struct result_file *result) {
    free(result->temporary);
    free(result->target);
    result->temporary = result->target = NULL;
    result->kind = RESULT_STDOUT;
}

/* A pipe or device is written to, not replaced. */
static int open_special(struct result_file *result, struct sb_error *error) {
    result->fd = open(result->path, O_WRONLY | O_CLOEXEC);
    result->kind = RESULT_SPECIAL;
    return result->fd < 0 ? sb_error_set_errno(error, errno, "%s: cannot write there", result->path)
                          : 0;
}

static int open_remote(struct result_file *result, struct sb_error *error) {
    struct request request = {.kind = REQUEST_RESULT};
    struct reply reply;
    if (strlen(result->path) >= sizeof request.path)
        return sb_error_set(error, SB_ERROR_USAGE, "%.200s…: the path is too long", result->path);
    memcpy(request.path, result->path, strlen(result->path) + 1);
    if (request_send(&request, NULL, 0, &reply, &result->fd, error) < 0)
        return -1;
    result->slot = reply.slot;
    result->kind = RESULT_REMOTE;
    return 0;
}

static int end_remote(struct result_file *result, enum request_kind kind, struct sb_error *error) {
    struct request request = {.kind = kind, .slot = result->slot};
    struct reply reply;
    close(result->fd);
    forget(result);
    return request_send(&request, NULL, 0, &reply, NULL, error);
}

/* In the folder of target, where the file system can. */
static int open_nameless(struct result_file *result) {
    char *folder = sb_memory_copy_string(result->target);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    result->fd = access("/proc/self/fd", X_OK) < 0
                     ? -1
                     : open(slash ? folder : ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
    free(folder);
    result->kind = RESULT_NAMELESS;
    return result->fd < 0 ? -1 : 0;
}

static int open_named(struct result_file *result, struct sb_error *error) {
    struct sb_buf name = SB_BUF_INIT;
    sb_buf_appendf(&name, "%s.XXXXXX", result->target);
    result->temporary = sb_buf_detach(&name);
    result->kind = RESULT_NAMED;
    result->fd = mkostemp(result->temporary, O_CLOEXEC);
    if (result->fd < 0)
        return sb_error_set_errno(error, errno, "%s: cannot write there", result->path);
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(result->fd, 0666 & ~mask) == 0)
        return 0;
    int number = errno;
    unlink(result->temporary);
    close(result->fd);
    return sb_error_set_errno(error, number, "%s: cannot set its mode", result->path);
}

/* /dev/stdout, /dev/fd/3, and whatever else is one of our standard outputs: written to as it is
 * open, for the file behind it may have no name, and may be appended to. -1: none. */
static int own_descriptor(const char *path, const struct stat *status) {
    static const char *const prefixes[] = {"/dev/fd/", "/proc/self/fd/"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t size = strlen(prefixes[i]);
        uint64_t descriptor;
        if (strncmp(path, prefixes[i], size) == 0 &&
            sb_number_decimal(sb_span_string(path + size), INT_MAX, &descriptor))
            return (int)descriptor;
    }
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        struct stat own;
        if (fstat(fd, &own) == 0 && own.st_dev == status->st_dev && own.st_ino == status->st_ino)
            return fd;
    }
    return -1;
}

static int open_own(struct result_file *result, int fd, struct sb_error *error) {
    result->fd = dup(fd);
    result->kind = RESULT_SPECIAL;
    return result->fd < 0 ? sb_error_set_errno(error, errno, "%s: cannot write there", result->path)
                          : 0;
}

/* What is replaced keeps its mode, and its owner where that is allowed. */
static void keep_mode(const struct result_file *result, const struct stat *status) {
    if (fchown(result->fd, status->st_uid, status->st_gid) == 0 ||
        (status->st_mode & (S_ISUID | S_ISGID)) == 0)
        (void)!fchmod(result->fd, status->st_mode & 07777);
}

bool result_is_direct(const char *path) {
    struct stat status;
    if (strcmp(path, "-") == 0)
        return true;
    return stat(path, &status) == 0 &&
           (!S_ISREG(status.st_mode) || own_descriptor(path, &status) >= 0);
}

int result_open(struct result_file *result, const char *path, struct sb_error *error) {
    struct stat status;
    *result = (struct result_file){.path = path, .fd = STDOUT_FILENO};
    if (strcmp(path, "-") == 0)
        return 0;
    if (request_is_needed())
        return open_remote(result, error);
    bool there = stat(path, &status) == 0;
    int own = there ? own_descriptor(path, &status) : -1;
    if (own >= 0)
        return open_own(result, own, error);
    if (there && !S_ISREG(status.st_mode))
        return open_special(result, error);
    /* Through a link the file that it leads to is replaced, not the link. */
    result->target = realpath(path, NULL);
    struct stat link;
    if (!result->target && lstat(path, &link) == 0)
        return sb_error_set(error, SB_ERROR_SYSTEM, "%s: a link to a file that is not there", path);
    if (!result->target)
        result->target = sb_memory_copy_string(path);
    if (open_nameless(result) < 0 && open_named(result, error) < 0) {
        forget(result);
        return -1;
    }
    if (there)
        keep_mode(result, &status);
    return 0;
}

void result_make_folders(const char *path) {
    char *copy = sb_memory_copy_string(path);
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(copy, 0777);
        *slash = '/';
    }
    free(copy);
}

/* A file that is there already cannot be replaced by a link: for a moment it has a name beside. */
static int link_nameless(const struct result_file *result) {
    char own[64];
    snprintf(own, sizeof own, "/proc/self/fd/%d", result->fd);
    if (linkat(AT_FDCWD, own, AT_FDCWD, result->target, AT_SYMLINK_FOLLOW) == 0)
        return 0;
    if (errno != EEXIST)
        return -1;
    struct sb_buf beside = SB_BUF_INIT;
    sb_buf_appendf(&beside, "%s.%ld", result->target, (long)getpid());
    int done = linkat(AT_FDCWD, own, AT_FDCWD, sb_buf_string(&beside), AT_SYMLINK_FOLLOW);
    if (done == 0 && rename(sb_buf_string(&beside), result->target) < 0) {
        int number = errno;
        unlink(sb_buf_string(&beside));
        errno = number;
        done = -1;
    }
    sb_buf_release(&beside);
    return done;
}

static int commit_here(struct result_file *result) {
    int done = result->kind == RESULT_NAMELESS ? link_nameless(result)
               : result->kind == RESULT_NAMED  ? rename(result->temporary, result->target)
                                               : 0;
    int number = errno;
    if (done < 0 && result->kind == RESULT_NAMED)
        unlink(result->temporary);
    if (close(result->fd) < 0 && done == 0) {
        number = errno;
        done = -1;
    }
    errno = number;
    return done;
}

int result_commit(struct result_file *result, struct sb_error *error) {
    if (result->kind == RESULT_STDOUT)
        return 0;
    if (result->kind == RESULT_REMOTE)
        return end_remote(result, REQUEST_COMMIT, error);
    int done = commit_here(result);
    int number = errno;
    forget(result);
    return done < 0 ? sb_error_set_errno(error, number, "%s: cannot write it", result->path) : 0;
}

void result_drop(struct result_file *result) {
    struct sb_error ignored;
    if (result->kind == RESULT_REMOTE) {
        if (end_remote(result, REQUEST_DROP, &ignored) < 0)
            return;
    } else if (result->kind != RESULT_STDOUT) {
        if (result->kind == RESULT_NAMED)
            unlink(result->temporary);
        close(result->fd);
        forget(result);
    }
}

int result_copy(const char *path, struct sb_input *input, struct sb_error *error) {
    struct result_file result;
    struct sb_output_file output;
    if (result_open(&result, path, error) < 0)
        return -1;
    sb_output_to_file(&output, result.fd);
    int status = sb_output_copy(&output.base, input, error);
    if (sb_output_flush_file(&output, error) < 0 || status < 0) {
        result_drop(&result);
        return sb_error_wrap(error, "%s", path);
    }
    return result_commit(&result, error);
}

int result_write(const char *path, struct sb_span text, struct sb_error *error) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = sb_input_memory(text);
    return result_copy(path, input, error);
}
