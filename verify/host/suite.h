/* The engine of another Debian release, in a root file system of its own (tools/engines/suite.sh):
 * namespaces that end with us, and nothing of this machine changed. */
#ifndef VERIFY_HOST_SUITE_H
#define VERIFY_HOST_SUITE_H

#include <sys/types.h>

#include "base/error.h"

struct suite {
    pid_t pid;    /* 0: none was started */
    char *folder; /* data and log of the engine */
    char *script;
    char *bin;             /* where its runtime is found first (host/vary.h); NULL */
    const char *prefix[4]; /* in front of a command that runs there; ends in NULL */
};

/* Where this machine's files are seen there. */
extern const char suite_host[];

/* Starts it: "trixie", and the store overlay2, vfs, containerd, or none (no dockerd). Makes the
 * root file system where it is not there yet, which takes a minute and is said on standard error.
 */
int suite_start(struct suite *suite, const char *release, const char *store, unsigned timeout,
                struct sb_error *error) SB_MUST_USE;
void suite_stop(struct suite *suite);

#endif
