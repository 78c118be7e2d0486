/* Source + facts = the engine's own bytes, wrappings included. */
#ifndef VERIFY_REBUILD_H
#define VERIFY_REBUILD_H

#include "account/profile.h"
#include "options.h"
#include "recipe/plan.h"
#include "subject.h"

/* The steps of an image: what a Dockerfile and its context give, or what an archive holds. */
struct steps {
    struct sb_arena arena;
    SB_VEC(struct sb_profile_step) list;
};

#define STEPS_INIT                                                                                 \
    { 0 }

/* From a plan. An error of kind USAGE where it has more than ADD and COPY of files into the root.
 */
int steps_from_plan(struct steps *steps, const struct sb_plan *plan,
                    struct sb_error *error) SB_MUST_USE;
/* From an archive whose facts were found: its own content, taken on trust. */
int steps_from_archive(struct steps *steps, struct sb_archive *archive,
                       struct sb_error *error) SB_MUST_USE;
void steps_release(struct steps *steps);

/* Reads the facts file at path; - is standard input. */
int rebuild_read_facts(const char *path, struct sb_facts *facts,
                       struct sb_error *error) SB_MUST_USE;
/* Puts the facts' wrappings around tar, the innermost first; without_base64 leaves text off. */
int rebuild_wrap(const struct sb_facts *facts, struct sb_span tar, bool without_base64,
                 struct sb_buf *output, struct sb_error *error) SB_MUST_USE;

#endif
