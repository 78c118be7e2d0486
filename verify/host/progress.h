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
/* Says how many bytes are done, where it is time to say anything. */
void progress_show(struct progress *progress, uint64_t done);
/* Takes the line away, and shows no other. */
void progress_end(struct progress *progress);
/* What a process has read so far, from wherever; 0 where the system does not say. */
uint64_t progress_of_process(pid_t pid);

#endif
