/* A test program: its main() calls tap_begin, RUN for each test, a function full of CHECKs, and
 * tap_finish. It prints TAP; with an argument it runs those tests alone that have it in their
 * names. */
#ifndef TESTS_UNIT_TAP_H
#define TESTS_UNIT_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;
static bool tap_ok;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition);                               \
            tap_ok = false;                                                                        \
        }                                                                                          \
    } while (0)

#define CHECK_TEXT(actual, expected)                                                               \
    do {                                                                                           \
        const char *tap_actual = (actual);                                                         \
        if (!tap_actual || strcmp(tap_actual, (expected)) != 0) {                                  \
            printf("# %s:%d: '%s' is not '%s'\n", __FILE__, __LINE__,                              \
                   tap_actual ? tap_actual : "(null)", (expected));                                \
            tap_ok = false;                                                                        \
        }                                                                                          \
    } while (0)

/* One row of a table of cases, which has no function of its own. */
static inline void tap_case(bool passed, const char *name, const char *detail) {
    tap_failed += !passed;
    printf("%sok %d - %s: %s\n", passed ? "" : "not ", ++tap_count, name, detail);
}

static const char *tap_wanted = "";

/* program [PART]: only tests with PART in their names. */
static inline void tap_begin(int argc, char **argv) {
    tap_wanted = argc > 1 ? argv[1] : "";
}

static inline void tap_run(const char *name, void (*test)(void)) {
    if (!strstr(name, tap_wanted))
        return;
    tap_ok = true;
    test();
    tap_failed += !tap_ok;
    printf("%sok %d - %s\n", tap_ok ? "" : "not ", ++tap_count, name);
}

#define RUN(test) tap_run(#test, test)

static int tap_finish(void) {
    printf("1..%d\n", tap_count);
    return tap_failed != 0;
}

#endif
