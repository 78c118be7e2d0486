/* Rights given up for good: what reads an archive opens nothing by name, connects nowhere, executes
 * nothing. seccomp(2) through libseccomp, and landlock(7) where the kernel has it. */
#ifndef VERIFY_HOST_SANDBOX_H
#define VERIFY_HOST_SANDBOX_H

#include "base/buf.h"
#include "base/error.h"

/* Folders (or files) below which reading stays allowed: an OCI layout, a context. */
struct sandbox {
    const char *const *folders;
    size_t folder_count;
};

/* For this process and its threads; anything else that it asks of the system then ends it with
 * SIGSYS. An error where the kernel has no seccomp. In a build with sanitizers or coverage, whose
 * runtime opens files, it does nothing. */
int sandbox_apply(const struct sandbox *sandbox, struct sb_error *error) SB_MUST_USE;
/* "seccomp, Landlock 3", or what is missing. */
void sandbox_describe(struct sb_buf *text);

#endif
