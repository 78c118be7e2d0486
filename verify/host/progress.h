/* How far something is that takes longer than a second: one line on standard error, where that is a
 * terminal. */
#ifndef VERIFY_HOST_PROGRESS_H
#define VERIFY_HOST_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct progress {
    const char *doing; /* "read" */
    uint64_t total;    /* bytes, as far as they can be told; 0: not at all */
    double begun;      /* seconds */
    bool wanted, shown;
};

void progress_begin(struct progress *progress, const char *doing, uint64_t total);
/* Says how much the process has read so far, from wherever; where it is time to say anything, and
 * the system knows. */
void progress_show(struct progress *progress, pid_t pid);
/* Takes the line away, and shows no other. */
void progress_end(struct progress *progress);
#endif
