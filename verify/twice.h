/* Two builds of one engine, in varied surroundings: the first instruction whose layer differs, and
 * the files that differ in it, times included. */
#ifndef VERIFY_TWICE_H
#define VERIFY_TWICE_H

#include "base/vec.h"
#include "subject.h"

struct twice_file {
    const char *path;
    const char *what; /* "content, mtime" */
};

struct twice {
    struct sb_arena arena;
    const char *builder;
    enum sb_verdict verdict; /* of the second against the first */
    size_t layer;            /* the first that differs, from 1; 0: none does */
    size_t earlier;          /* a layer before it that differs in times alone; 0 */
    const char *instruction; /* that made it, as the engine says it */
    SB_VEC(struct twice_file) files;
    bool config_differs; /* the canonical configurations do */
};

/* Both are prepared. */
int twice_compare(struct twice *twice, const char *builder, struct subject *first,
                  struct subject *second, const struct options *options,
                  struct sb_error *error) SB_MUST_USE;
void twice_release(struct twice *twice);

/* What the second build has otherwise, for the notes. */
extern const char twice_surroundings[];

struct json;
struct text;
void report_twice_json(struct json *json, const struct twice *twice);
void report_twice_text(struct text *text, const struct twice *twice);

#endif
