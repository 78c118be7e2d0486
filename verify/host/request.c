#include "host/request.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int parent = -1;

void request_use(int socket) {
    parent = socket;
}

bool request_is_needed(void) {
    return parent >= 0;
}

int request_write(int socket, const void *data, size_t size, const int *fds, size_t count) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(2 * sizeof *fds)];
    } control = {0};
    struct iovec part = {(void *)(uintptr_t)data, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count) {
        message.msg_control = &control;
        message.msg_controllen = (socklen_t)CMSG_SPACE(count * sizeof *fds);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = (socklen_t)CMSG_LEN(count * sizeof *fds);
        memcpy(CMSG_DATA(header), fds, count * sizeof *fds);
    }
    ssize_t sent;
    /* There is one message on its way at a time; who does not read does not want to. */
    do
        sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)size ? 0 : -1;
}

int request_read(int socket, void *data, size_t size, int fds[2]) {
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(2 * sizeof *fds)];
    } control = {0};
    struct iovec part = {data, size};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t got;
    fds[0] = fds[1] = -1;
    do
        got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        return 1;
    struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (header && header->cmsg_type == SCM_RIGHTS)
        memcpy(fds, CMSG_DATA(header), header->cmsg_len - CMSG_LEN(0));
    if (got == (ssize_t)size)
        return 0;
    for (int i = 0; i < 2; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    return -1;
}

int request_send(const struct request *request, const int *fds, size_t count, struct reply *reply,
                 int *fd, struct sb_error *error) {
    /* One request and its reply at a time, whichever thread asks. */
    static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
    int came[2] = {-1, -1};
    pthread_mutex_lock(&turn);
    bool served = request_write(parent, request, sizeof *request, fds, count) == 0 &&
                  request_read(parent, reply, sizeof *reply, came) == 0;
    pthread_mutex_unlock(&turn);
    if (!served)
        return sb_error_set(error, SB_ERROR_SYSTEM, "the process that started the reader is gone");
    if (fd)
        *fd = came[0];
    else if (came[0] >= 0)
        close(came[0]);
    if (reply->status < 0)
        *error = reply->error;
    return reply->status;
}

void request_report(void) {
    struct request request = {.kind = REQUEST_REPORT};
    struct reply reply;
    struct sb_error ignored;
    if (request_is_needed() && isatty(STDERR_FILENO))
        (void)!request_send(&request, NULL, 0, &reply, NULL, &ignored);
}
