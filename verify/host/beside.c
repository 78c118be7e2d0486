#include "host/beside.h"

static void *run(void *context) {
    struct beside *beside = context;
    beside->status = beside->job(beside->context, &beside->error);
    return NULL;
}

void beside_start(struct beside *beside, beside_job *job, void *context) {
    beside->job = job;
    beside->context = context;
    beside->running = pthread_create(&beside->thread, NULL, run, beside) == 0;
    if (!beside->running)
        run(beside);
}

int beside_end(struct beside *beside, struct sb_error *error) {
    if (beside->running)
        pthread_join(beside->thread, NULL);
    beside->running = false;
    if (beside->status < 0)
        *error = beside->error;
    return beside->status;
}
