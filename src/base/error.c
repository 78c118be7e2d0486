#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int sb_error_set(struct sb_error *error, enum sb_error_kind kind, const char *format, ...) {
    if (!error)
        return -1;
    va_list arguments;
    va_start(arguments, format);
    error->kind = kind;
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return -1;
}

int sb_error_wrap(struct sb_error *error, const char *format, ...) {
    if (!error)
        return -1;
    char old[sizeof error->message];
    memcpy(old, error->message, sizeof old);
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    if (size >= 0 && (size_t)size + 3 < sizeof error->message) {
        int room = (int)(sizeof error->message - (size_t)size) - 3;
        snprintf(error->message + size, sizeof error->message - (size_t)size, ": %.*s", room, old);
    }
    return -1;
}

/* glibc's strerror_r gives the text, POSIX's writes it. */
static const char *describe(int number, char *buffer, size_t size) {
#ifdef __GLIBC__
    return strerror_r(number, buffer, size);
#else
    return strerror_r(number, buffer, size) == 0 ? buffer : "an unknown error";
#endif
}

int sb_error_set_errno(struct sb_error *error, int number, const char *format, ...) {
    if (!error)
        return -1;
    va_list arguments;
    va_start(arguments, format);
    error->kind = SB_ERROR_SYSTEM;
    int size = vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    char buffer[128];
    const char *text = describe(number, buffer, sizeof buffer);
    if (size >= 0 && (size_t)size + 3 < sizeof error->message)
        snprintf(error->message + size, sizeof error->message - (size_t)size, ": %s", text);
    return -1;
}
