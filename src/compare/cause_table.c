/* The table of causes. */
#include "compare/cause.h"

#define PROVED SB_CAUSE_PROVED
#define DISPOSABLE SB_CAUSE_DISPOSABLE
#define LABEL SB_CAUSE_LABEL
const struct sb_cause sb_causes[] = {
#define SB_CAUSE(name, class, pattern, kind, strip, cause, cure)                                   \
    {name, class, pattern, kind, strip, cause, cure},
#include "compare/causes.def"
#undef SB_CAUSE
};
#undef PROVED
#undef DISPOSABLE
#undef LABEL
const size_t sb_cause_count = sizeof sb_causes / sizeof *sb_causes;

const char *sb_cause_class_name(enum sb_cause_class class) {
    static const char *const names[] = {"proved", "disposable", "label", "package"};
    return names[class];
}
