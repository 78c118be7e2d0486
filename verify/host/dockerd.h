/* A Docker engine of our own: a dockerd on a socket in a temporary folder, stopped with us. */
#ifndef VERIFY_HOST_DOCKERD_H
#define VERIFY_HOST_DOCKERD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

struct dockerd {
    pid_t pid;    /* 0: none was started */
    char *folder; /* data, sockets, log */
    char *host;   /* "DOCKER_HOST=unix://…" */
    char *bin;    /* where its runtime is found first (host/vary.h); NULL */
};

/* Whether one can be started: as root, with dockerd installed. *why says what is missing. */
bool dockerd_possible(const char **why);
/* Starts it and waits until it answers, at most timeout seconds. */
int dockerd_start(struct dockerd *dockerd, unsigned timeout, struct sb_error *error) SB_MUST_USE;
/* Stops it, unmounts and removes all it left. */
void dockerd_stop(struct dockerd *dockerd);

#endif
