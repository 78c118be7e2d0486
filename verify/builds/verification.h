/* The main job: builds by independent ways, each compared with a reference, which is the native
 * build wherever there is one. */
#ifndef VERIFY_VERIFICATION_H
#define VERIFY_VERIFICATION_H

#include "builds/native.h"
#include "compare/twice.h"
#include "inputs/allowances.h"
#include "inputs/subject.h"
#include "options/lines.h"

enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };

/* One build: a row of the table. */
struct build {
    char *builder, *version;
    char *reason; /* why there is none; NULL where there is */
    int saved;    /* as the builder saved it: descriptor of a temporary file */
    uint64_t archive_size, compressed_size; /* compressed_size: of the save under gzip -9n */
    bool asked; /* it was asked to build, and could not: reason has its words */
    enum answer saves_equal, builds_equal;
    enum answer gzip_equal; /* its canonical archive under gzip is the reference's */
    struct subject subject;
    bool is_against;     /* --against: nobody built it here */
    struct build *again; /* the second build, where there are two */
    line_list varied;    /* of a second build: what it had otherwise, by reprotest's names */
    bool compared;
    struct sb_comparison result; /* against the reference */
};

/* Two builds of one engine, and what the second had otherwise (host/vary.h). */
struct twice_builds {
    struct sb_twice twice;
    const line_list *varied;
};

struct verification {
    const struct options *options;
    struct native native;
    bool has_native;
    SB_VEC(struct build *) builds;        /* the reference first */
    SB_VEC(struct twice_builds *) twices; /* where engines build twice */
    line_list notes;
    struct allowances allowances;
    int reference_gzip; /* descriptor of the reference's canonical archive under gzip; -1 */
    bool engine_asked, twice;
    enum sb_verdict verdict; /* the least of all rows */
    bool met;                /* --require, by every row */
    bool fits, save_fits;    /* the budgets */
};

#define VERIFICATION_INIT                                                                          \
    { .native = NATIVE_INIT, .reference_gzip = -1, .allowances = ALLOWANCES_INIT }

/* Builds and compares everything that the options ask for. */
int verification_run(struct verification *verification, struct sb_error *error) SB_MUST_USE;
void verification_release(struct verification *verification);

#endif
