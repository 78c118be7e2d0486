/* Differences that were looked at and allowed: a JSON document (docs/baseline.md). A difference
 * that is not in it is new; an allowance that no difference needs is stale. */
#ifndef SB_COMPARE_BASELINE_H
#define SB_COMPARE_BASELINE_H

#include "compare/compare.h"

/* What one side must be, as compare/pin.h says it. */
struct sb_allowed_value {
    bool pinned;      /* else it may be anything */
    const char *text; /* NULL: not there */
};

struct sb_allowance {
    struct sb_span path;  /* pattern of a path in any layer, without the first slash; or empty */
    struct sb_span field; /* where the difference is, when it is in no file: "config.Env[1]" */
    struct sb_span kind;  /* "content", "mode", …; "*" is any */
    struct sb_allowed_value a, b;
    const char *reason;
    size_t used;   /* differences that it allowed */
    size_t missed; /* and those of its place and kind that have other values */
};

struct sb_baseline {
    SB_VEC(struct sb_allowance) allowed;
    struct sb_arena arena;
};

#define SB_BASELINE_INIT                                                                           \
    { 0 }

/* Reads a document; nothing borrows from text. */
int sb_baseline_parse(struct sb_baseline *baseline, struct sb_span text,
                      struct sb_error *error) SB_MUST_USE;
/* Sets the reason of each difference that is allowed, and counts them. The differences are pinned
 * (compare/pin.h). */
void sb_baseline_apply(struct sb_baseline *baseline, struct sb_comparison *result);
/* Adds an allowance for each difference that has none yet: of this place, with these values. */
void sb_baseline_add(struct sb_baseline *baseline, const struct sb_comparison *result);
void sb_baseline_write(const struct sb_baseline *baseline, struct sb_buf *text);
void sb_baseline_release(struct sb_baseline *baseline);

#endif
