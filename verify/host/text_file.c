#include "host/text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/limits.h"

enum { STEP = 65536 };

int text_file_open(const char *path, int *fd, struct sb_error *error) {
    *fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    return *fd < 0 ? sb_error_set_errno(error, errno, "%s: cannot open it", path) : 0;
}

int text_file_read(const char *path, int fd, struct sb_buf *text, struct sb_error *error) {
    int status = 0;
    for (;;) {
        unsigned char *end = sb_buf_reserve(text, STEP);
        ssize_t got = read(fd, end, STEP);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            status = sb_error_set_errno(error, errno, "%s: cannot read it", path);
        if (got <= 0 || text->size > SB_LIMIT_JSON_SIZE_STANDARD)
            break;
        text->size += (size_t)got;
    }
    close(fd);
    if (status == 0 && text->size > SB_LIMIT_JSON_SIZE_STANDARD)
        status = sb_error_set(error, SB_ERROR_LIMIT, "%s: more than %u bytes", path,
                              SB_LIMIT_JSON_SIZE_STANDARD);
    return status;
}
