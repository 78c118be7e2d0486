/* One more pair of what a pass takes away. */
#include "compare/nuisance.h"

void sb_nuisance_count(struct sb_comparison *result, enum sb_pass pass, bool differs,
                       const char *where, const char *a, const char *b) {
    struct sb_nuisance *nuisance = &result->nuisances[pass];
    nuisance->pairs++;
    nuisance->differ += differs;
    if (differs && !nuisance->where) {
        nuisance->where = where;
        nuisance->a = a;
        nuisance->b = b;
    }
}

const char *sb_nuisance_text(struct sb_arena *arena, struct sb_span bytes) {
    struct sb_buf buf = SB_BUF_INIT;
    sb_buf_append_visible(&buf, bytes);
    const char *copy = (const char *)sb_arena_copy(arena, sb_buf_span(&buf)).data;
    sb_buf_release(&buf);
    return copy;
}
