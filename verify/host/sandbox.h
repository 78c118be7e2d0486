/* Rights given up for good: what reads an archive opens nothing by name, connects nowhere, executes
 * nothing. seccomp(2) through libseccomp, and landlock(7) where the kernel has it. */
#ifndef VERIFY_HOST_SANDBOX_H
#define VERIFY_HOST_SANDBOX_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

/* What the reader asked of the system and had no right to. It lies in memory that the parent
 * shares, because the reader itself can say nothing any more. */
struct sandbox_refusal {
    volatile bool happened;
    volatile int call;              /* the number of the system call, */
    volatile unsigned architecture; /* of this machine (AUDIT_ARCH_…) */
};

/* Folders (or files) below which reading stays allowed: an OCI layout, a context. */
struct sandbox {
    const char *const *folders;
    size_t folder_count;
    struct sandbox_refusal *refusal;
};

/* Whether the kernel has what a sandbox needs; else an error that says how to go without. */
bool sandbox_possible(struct sb_error *error);
/* For this process and its threads; anything else that it asks of the system then ends it, and
 * refusal says what. An error where the kernel has no seccomp. In a build with sanitizers or
 * coverage, whose runtime opens files, it does nothing. */
int sandbox_apply(const struct sandbox *sandbox, struct sb_error *error) SB_MUST_USE;
/* "socket on x86_64 (Linux 6.1.0)" */
void sandbox_describe_refusal(const struct sandbox_refusal *refusal, struct sb_buf *text);
/* "seccomp, Landlock 3", or what is missing. */
void sandbox_describe(struct sb_buf *text);

#endif
