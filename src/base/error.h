/* The error channel: a value that says why a call could not go on. It is filled where the fact is
 * known, gets context in front on its way up, and is never touched on success. Facts about the
 * input that do not stop the reader are findings (base/finding.h), never errors. */
#ifndef SB_BASE_ERROR_H
#define SB_BASE_ERROR_H

#include "base/memory.h"

enum sb_error_kind {
    SB_ERROR_NONE,
    SB_ERROR_USAGE,     /* the caller asked for something that makes no sense */
    SB_ERROR_UNBUILT,   /* a Dockerfile is right, and says what only an engine builds */
    SB_ERROR_MALFORMED, /* no engine reads such an input, or a digest does not match */
    SB_ERROR_AMBIGUOUS, /* two readings exist and neither can be chosen */
    SB_ERROR_LIMIT,     /* a limit of base/limits.h */
    SB_ERROR_SYSTEM,    /* a file, a tool or an engine failed */
};

struct sb_error {
    enum sb_error_kind kind;
    char message[1024]; /* one line, no newline */
};

#define SB_ERROR_INIT                                                                              \
    { 0 }

/* Both return -1, so that `return sb_error_set(…)` reads well; error may be NULL. */
int sb_error_set(struct sb_error *error, enum sb_error_kind kind, const char *format, ...)
    SB_FORMAT(3, 4);
/* Puts "context: " in front of the message. */
int sb_error_wrap(struct sb_error *error, const char *format, ...) SB_FORMAT(2, 3);
/* Appends ": " and the text of errno. */
int sb_error_set_errno(struct sb_error *error, int number, const char *format, ...) SB_FORMAT(3, 4);

#endif
