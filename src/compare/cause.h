/* Well-known causes of differences, with their cures: the table is compare/causes.def. A cause is
 * said only where it explains the whole difference; what only looks like one is said as that. */
#ifndef SB_COMPARE_CAUSE_H
#define SB_COMPARE_CAUSE_H

#include "compare/compare.h"
#include "strip/strip.h"

enum sb_cause_class {
    SB_CAUSE_PROVED,     /* what is left of both contents without what it may change is equal */
    SB_CAUSE_DISPOSABLE, /* the place is one of files that no program needs */
    SB_CAUSE_LABEL,      /* other causes look alike: the difference stays unknown */
    SB_CAUSE_PACKAGE     /* a package has another version (compare/moved.h) */
};

struct sb_cause {
    const char *name;
    enum sb_cause_class class;
    const char *pattern, *kind; /* which differences it can be the cause of */
    sb_strip *strip;            /* NULL: contents are not looked into */
    const char *cause, *cure;
};

extern const struct sb_cause sb_causes[];
extern const size_t sb_cause_count;

/* "proved", "disposable", "label", "package" */
const char *sb_cause_class_name(enum sb_cause_class class);
/* Sets cause, or looks_like, of every difference. Contents are read again, within limits
 * (SB_LIMIT_STRIPPED, SB_LIMIT_STRIPPED_ALL). */
int sb_causes_apply(struct sb_comparison *result, const struct sb_spool *spool,
                    struct sb_error *error) SB_MUST_USE;

/* For the files of this folder: causes of several differences at once (compare/cause_groups.c). */
void sb_causes_apply_to_groups(struct sb_comparison *result);

#endif
