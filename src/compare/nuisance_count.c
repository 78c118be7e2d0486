/* One more pair of what a pass takes away. */
#include "compare/nuisance.h"

static const char *kept(struct sb_comparison *result, const char *text) {
    return text ? sb_arena_printf(&result->arena, "%s", text) : NULL;
}

void sb_nuisance_count(struct sb_comparison *result, enum sb_pass pass, bool differs,
                       const char *where, const char *a, const char *b) {
    struct sb_nuisance *nuisance = &result->nuisances[pass];
    nuisance->pairs++;
    nuisance->differ += differs;
    if (differs && !nuisance->where) {
        nuisance->where = kept(result, where);
        nuisance->a = kept(result, a);
        nuisance->b = kept(result, b);
    }
}
