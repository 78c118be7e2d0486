#include "host/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/output.h"

static const char *temporary_root(void) {
    const char *root = getenv("TMPDIR");
    return root && *root ? root : "/tmp";
}

int temporary_folder(char **path, struct sb_error *error) {
    struct sb_buf name = SB_BUF_INIT;
    sb_buf_appendf(&name, "%s/samebytes.XXXXXX", temporary_root());
    *path = sb_buf_detach(&name);
    if (mkdtemp(*path))
        return 0;
    sb_error_set_errno(error, errno, "%s: cannot make a temporary folder (set TMPDIR to one)",
                       temporary_root());
    free(*path);
    *path = NULL;
    return -1;
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

void temporary_remove(const char *path) {
    if (!path)
        return;
    nftw(path, open_folder, 32, FTW_PHYS | FTW_MOUNT);
    nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

int temporary_file(void *context, struct sb_error *error) {
    (void)context;
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
    result->special = false;
}

/* A pipe or device is written to, not replaced. */
static int open_special(struct result_file *result, struct sb_error *error) {
    result->fd = open(result->path, O_WRONLY | O_CLOEXEC);
    result->special = true;
    return result->fd < 0 ? sb_error_set_errno(error, errno, "%s: cannot write there", result->path)
                          : 0;
}

int result_open(struct result_file *result, const char *path, struct sb_error *error) {
    struct stat status;
    *result = (struct result_file){.path = path, .fd = STDOUT_FILENO};
    if (strcmp(path, "-") == 0)
        return 0;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return open_special(result, error);
    /* Through a link the file that it leads to is replaced, not the link. */
    result->target = realpath(path, NULL);
    if (!result->target)
        result->target = sb_memory_copy_string(path);
    struct sb_buf name = SB_BUF_INIT;
    sb_buf_appendf(&name, "%s.XXXXXX", result->target);
    result->temporary = sb_buf_detach(&name);
    result->fd = mkostemp(result->temporary, O_CLOEXEC);
    if (result->fd < 0) {
        sb_error_set_errno(error, errno, "%s: cannot write there", path);
        forget(result);
        return -1;
    }
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(result->fd, 0666 & ~mask) < 0) {
        result_drop(result);
        return sb_error_set_errno(error, errno, "%s: cannot set its mode", path);
    }
    return 0;
}

int result_commit(struct result_file *result, struct sb_error *error) {
    int number = 0;
    if (!result->temporary && !result->special)
        return 0;
    if (close(result->fd) < 0 ||
        (result->temporary && rename(result->temporary, result->target) < 0)) {
        number = errno;
        if (result->temporary)
            unlink(result->temporary);
    }
    forget(result);
    return number ? sb_error_set_errno(error, number, "%s: cannot write it", result->path) : 0;
}

void result_drop(struct result_file *result) {
    if (result->temporary)
        unlink(result->temporary);
    if (result->temporary || result->special)
        close(result->fd);
    forget(result);
}

int result_write(const char *path, struct sb_span text, struct sb_error *error) {
    struct result_file result;
    struct sb_output_file output;
    if (result_open(&result, path, error) < 0)
        return -1;
    sb_output_to_file(&output, result.fd);
    int status = sb_output_append(&output.base, text, error);
    if (sb_output_flush_file(&output, error) < 0 || status < 0) {
        result_drop(&result);
        return sb_error_wrap(error, "%s", path);
    }
    return result_commit(&result, error);
}
