/* The reader: what parses input runs in a process of its own that has no rights but what is open
 * (host/sandbox.h). Its parent waits, serves its few requests (host/request.h), and cleans up after
 * it, however it ended. */
#ifndef VERIFY_HOST_READER_H
#define VERIFY_HOST_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"

struct reader_rights {
    SB_VEC(const char *) folders; /* folders below which, and files that, it may read */
    SB_VEC(const char *) results; /* files that it may write */
    const char *result_folder;    /* any file right in it, too; NULL: none */
    const char *result_tree;      /* any file below it, whose folders are made; NULL: none */
    bool unconfined;              /* --no-sandbox: no process, no rights given up */
    uint64_t bytes;               /* that it will read, about; 0: nobody knows */
};

/* Everything that is needed is open. Returns 0 in the reader, which goes on from here; the parent
 * does not come back: it ends with the reader's status. */
int reader_enter(const struct reader_rights *rights, struct sb_error *error) SB_MUST_USE;

#endif
