/* Why two engines' saves of one context differ, in words for operators: the habits of the savers
 * and builders, as far as they were measured. */
#ifndef SB_COMPARE_EXPLAIN_H
#define SB_COMPARE_EXPLAIN_H

#include "compare/compare.h"

struct sb_reason {
    const char *what; /* the pass, or where the difference is */
    const char *side; /* "A", "B" or "both" */
    const char *text;
};

/* What an engine that loads or built the image shows as its id. */
struct sb_image_id {
    const char *engine; /* "docker, overlay2 store; podman" */
    const char *kind;   /* "config digest" */
    struct sb_digest a, b;
    bool has_a, has_b;
};

struct sb_explanation {
    struct sb_arena arena;
    const char *engine_a, *engine_b; /* "docker 27.0 or later"; "unknown" */
    SB_VEC(struct sb_reason) reasons;
    SB_VEC(struct sb_image_id) ids;
    const char *id_note; /* where the two engines show digests of two kinds; NULL */
    size_t unexplained;  /* differences that no habit accounts for */
};

int sb_explain(struct sb_explanation *explanation, const struct sb_subject *a,
               const struct sb_subject *b, const struct sb_comparison *result,
               struct sb_error *error) SB_MUST_USE;
void sb_explanation_release(struct sb_explanation *explanation);

#endif
