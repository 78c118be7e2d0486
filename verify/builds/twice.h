/* Two builds of one engine, in varied surroundings: the first instruction whose layer differs, and
 * the files that differ in it, times included. */
#ifndef VERIFY_TWICE_H
#define VERIFY_TWICE_H

#include "base/vec.h"
#include "inputs/subject.h"
#include "options/lines.h"

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
    bool config_differs;     /* the canonical configurations do */
    const line_list *varied; /* what the second had otherwise (host/vary.h); borrowed */
    size_t umask_modes;      /* entries whose mode follows the umask, and nothing else */
};

/* Both are prepared. */
int twice_compare(struct twice *twice, const char *builder, struct subject *first,
                  struct subject *second, const line_list *varied, const struct options *options,
                  struct sb_error *error) SB_MUST_USE;
/* Takes modes that follow the umask away from the differences of a second build: every engine runs
 * RUN with 022, so they are told and counted, and change no verdict. Returns how many. */
size_t twice_forgive_umask(struct sb_comparison *result, const line_list *varied);
/* Whether a mode of the second build is that of the first under the second's umask. */
bool twice_is_umask(uint64_t first, uint64_t second);
void twice_release(struct twice *twice);

#endif
