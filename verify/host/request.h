/* What the confined reader may ask its parent for (host/reader.h). Nothing else: no name that was
 * not on the command line, no program that is not in a table. */
#ifndef VERIFY_HOST_REQUEST_H
#define VERIFY_HOST_REQUEST_H

#include <stdbool.h>

#include "base/error.h"

enum request_kind {
    REQUEST_SPOOL,  /* → a descriptor of an unlinked file */
    REQUEST_RESULT, /* path → a descriptor, and a slot */
    REQUEST_COMMIT, /* slot */
    REQUEST_DROP,   /* slot */
    REQUEST_REPORT, /* a report or error is printed next: no progress from now on */
    REQUEST_ENCODE  /* which of the encoders, level, input and output descriptors */
};

struct request {
    enum request_kind kind;
    unsigned slot, which, level;
    char path[4096];
};

struct reply {
    int status;    /* 0; 1: not there; -1: failed, as error says */
    unsigned slot; /* of a result */
    struct sb_error error;
};

/* In the reader from now on: requests go to that socket. */
void request_use(int socket);
bool request_is_needed(void);
/* Before anything is printed, where a terminal may show progress. */
void request_report(void);
/* Sends fds (count of them) along; *fd (may be NULL) is what came back, or -1. Returns the reply's
 * status. */
int request_send(const struct request *request, const int *fds, size_t count, struct reply *reply,
                 int *fd, struct sb_error *error) SB_MUST_USE;

/* Both ends: one message with up to two descriptors; what was not sent is -1. 1 where the other end
 * was closed. */
int request_write(int socket, const void *data, size_t size, const int *fds, size_t count);
int request_read(int socket, void *data, size_t size, int fds[2]);

#endif
