/* A test program is a main() full of CHECKs between plan-less TAP lines: `TEST(name) { … }`
 * registers by being called from main. */
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

static inline void tap_run(const char *name, void (*test)(void)) {
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
