/* The audit of a published blob: facts → rebuild → compare → ledger. */
#ifndef VERIFY_AUDIT_H
#define VERIFY_AUDIT_H

#include "audit/ledger.h"
#include "builds/native.h"
#include "builds/rebuild.h"
#include "inputs/subject.h"
#include "options/lines.h"
#include "smallest/smallest.h"

struct audit {
    const struct options *options;
    struct native staged;  /* the source's context, ready to be read */
    struct options source; /* options to read it with */
    int agreed;            /* --facts: its descriptor */
    struct subject subject;
    struct sb_buf blob; /* after base64 */
    struct sb_buf tar;  /* inside of it */
    bool has_profile;
    struct sb_error why; /* where there is none */
    struct sb_facts facts;
    bool encoder_known;
    struct native native;   /* of --source */
    struct sb_builds own;   /* what the archive itself holds */
    struct rebuild sources; /* of the source; as own where there is none */
    struct sb_marked rebuilt;
    struct sb_ledger ledger;
    const struct sb_smallest_class *smallest; /* it is one of ours; NULL: most are not */
    bool canonical;                           /* it is a canonical archive */
    int exit_code;                            /* of its program */
    bool judged;                              /* there is a source */
    enum sb_verdict verdict;
    line_list lines; /* what differs, what is to be supplied */
};

#define AUDIT_INIT                                                                                 \
    { .native = NATIVE_INIT, .staged = NATIVE_INIT, .agreed = -1 }

int audit_run(struct audit *audit, struct sb_error *error) SB_MUST_USE;
void audit_release(struct audit *audit);
/* Whether the blob is that tar, or what gzip -9n makes of it. */
bool audit_encoder_agrees(const struct audit *audit, struct sb_span tar);
/* Sets audit->smallest, with the ledger, where the blob is such an archive. */
int audit_smallest(struct audit *audit, struct sb_error *error) SB_MUST_USE;
/* Sets audit->canonical, with the ledger, where the blob is the canonical archive of its image. */
int audit_canonical(struct audit *audit, struct sb_error *error) SB_MUST_USE;

#endif
