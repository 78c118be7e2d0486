#include "pair.h"

#include <pthread.h>

struct side {
    struct subject *subject;
    const struct options *options;
    struct sb_error error;
    int status;
};

static int read_side(struct side *side) {
    struct subject *subject = side->subject;
    const struct options *options = side->options;
    struct sb_error *error = &side->error;
    if (subject_read(subject, SB_CONTENTS_TAG, error) < 0 ||
        subject_choose(subject, options, error) < 0 ||
        subject_refuse_ambiguous(subject, options, error) < 0 ||
        subject_prepare(subject, options, error) < 0)
        return -1;
    return subject_refuse_ambiguous(subject, options, error);
}

static void *run(void *context) {
    struct side *side = context;
    side->status = read_side(side);
    return NULL;
}

int pair_read(struct subject subjects[2], const struct options *options, struct sb_error *error) {
    struct side sides[2] = {{.subject = &subjects[0], .options = options},
                            {.subject = &subjects[1], .options = options}};
    pthread_t second;
    bool together = pthread_create(&second, NULL, run, &sides[1]) == 0;
    run(&sides[0]);
    if (together)
        pthread_join(second, NULL);
    else if (sides[0].status == 0)
        run(&sides[1]);
    for (int i = 0; i < 2; i++)
        if (sides[i].status < 0) {
            *error = sides[i].error;
            return -1;
        }
    return 0;
}
