/* The findings channel: facts about the input that a reader of the report should know, graded, each
 * of a kind from base/kinds.def. A finding never stops the reader. One that is ambiguous makes
 * diff, verify and normalize refuse the input unless its kind is allowed. */
#ifndef SB_BASE_FINDING_H
#define SB_BASE_FINDING_H

#include "base/arena.h"
#include "base/limits.h"
#include "base/vec.h"

enum sb_severity { SB_INFO, SB_WARNING, SB_ALARM };

enum sb_finding_kind {
#define SB_KIND(id, name, grade, ambiguous, meaning) SB_FINDING_##id,
#include "base/kinds.def"
#undef SB_KIND
    SB_FINDING_KINDS
};

/* Whether a kind makes an input ambiguous: that two readings exist which can change what runs. */
enum sb_ambiguity {
    SB_NEVER,
    SB_ALWAYS,
    SB_IN_ENVELOPE /* not inside a layer, whose digest and diff_id fix the decoded stream */
};

struct sb_finding {
    enum sb_finding_kind kind;
    bool in_layer; /* not of the envelope */
    bool ambiguous;
    const char *where; /* entry, field, offset; lives as long as the list */
    const char *what;
};

struct sb_findings {
    struct sb_arena arena;
    SB_VEC(struct sb_finding) list;
    bool seen[2][SB_FINDING_KINDS]; /* in the envelope, in layers */
    bool in_layer;                  /* where the reader is */
    size_t dropped;                 /* found beyond SB_LIMIT_FINDINGS */
    uint64_t limits[SB_LIMITS];     /* how far readers go; 0: the standard */
};

#define SB_FINDINGS_INIT                                                                           \
    { 0 }

void sb_findings_release(struct sb_findings *findings);
/* Copies both texts; where is escaped for people, what is a format. findings may be NULL. */
void sb_finding_add(struct sb_findings *findings, enum sb_finding_kind kind, const char *where,
                    const char *what, ...) SB_FORMAT(4, 5);

/* How far a reader with these findings (NULL: none) goes. */
uint64_t sb_limit_of(const struct sb_findings *findings, enum sb_limit limit);
/* Its name on the command line: "entries", "unpacked", "json-size", … */
const char *sb_limit_name(enum sb_limit limit);

const char *sb_finding_name(enum sb_finding_kind kind);
const char *sb_finding_meaning(enum sb_finding_kind kind);
enum sb_severity sb_finding_severity(enum sb_finding_kind kind);
const char *sb_finding_severity_name(enum sb_finding_kind kind);
enum sb_ambiguity sb_finding_ambiguity(enum sb_finding_kind kind);
bool sb_findings_have(const struct sb_findings *findings, enum sb_finding_kind kind);
/* Takes all of one kind out of the list, once they are known to say nothing. */
void sb_findings_forget(struct sb_findings *findings, enum sb_finding_kind kind);
/* -1 where no kind has that name. */
int sb_finding_lookup(const char *name);

#endif
