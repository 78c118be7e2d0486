/* One job on a second core, beside what its starter goes on to do. */
#ifndef VERIFY_HOST_BESIDE_H
#define VERIFY_HOST_BESIDE_H

#include <pthread.h>
#include <stdbool.h>

#include "base/error.h"

/* Shares no data with its starter that either of them changes. 0 or -1. */
typedef int beside_job(void *context, struct sb_error *error);

struct beside {
    beside_job *job;
    void *context;
    pthread_t thread;
    bool running;
    int status;
    struct sb_error error;
};

/* Where there is no thread to be had it is done here and now. The struct stays where it is. */
void beside_start(struct beside *beside, beside_job *job, void *context);
/* Waits for its end; may be called again, and without a start, which is no error. */
int beside_end(struct beside *beside, struct sb_error *error) SB_MUST_USE;

#endif
