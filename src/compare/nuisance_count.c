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
