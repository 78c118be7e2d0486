/* Two builds of one engine, in varied surroundings: the first instruction whose layer differs, and
 * the files that differ in it, times included. */
#ifndef SB_COMPARE_TWICE_H
#define SB_COMPARE_TWICE_H

#include "compare/compare.h"

struct sb_twice_file {
    const char *path;
    const char *what; /* "content, mtime" */
};

struct sb_twice {
    struct sb_arena arena;
    const char *builder;
    enum sb_verdict verdict; /* of the second against the first */
    size_t layer;            /* the first that differs, from 1; 0: none does */
    size_t earlier;          /* a layer before it that differs in times alone; 0 */
    const char *instruction; /* that made it, as the engine says it */
    SB_VEC(struct sb_twice_file) files;
    bool config_differs; /* the canonical configurations do */
    size_t umask_modes;  /* entries whose mode follows the umask, and nothing else */
};

/* The umask that RUN has in the second build, where it is varied; engines give it 022. */
enum { SB_TWICE_UMASK = 0002, SB_TWICE_UMASK_USUAL = 0022 };

/* Both are prepared. umask: the second had another. */
int sb_twice_compare(struct sb_twice *twice, const char *builder, struct sb_subject *first,
                     struct sb_subject *second, bool umask, const struct sb_pass_options *options,
                     struct sb_error *error) SB_MUST_USE;
/* Takes modes that follow the umask away from the differences of a second build: every engine runs
 * RUN with 022, so they are told and counted, and change no verdict. Returns how many. */
size_t sb_twice_forgive_umask(struct sb_comparison *result);
/* Whether a mode of the second build is that of the first under the second's umask. */
bool sb_twice_is_umask(uint64_t first, uint64_t second);
void sb_twice_release(struct sb_twice *twice);

#endif
