/* Members of an archive, each as the bytes that must be equal; for the files of this folder. */
#ifndef SB_STRIP_MEMBERS_H
#define SB_STRIP_MEMBERS_H

#include "base/buf.h"
#include "base/vec.h"

typedef SB_VEC(struct sb_buf) sb_members;

/* Appends them, in their order or sorted, and releases them. */
void sb_members_append(struct sb_buf *rest, sb_members *members, bool sorted);
/* Whether no two names (which are sorted) are equal: of members of one name readers take the last,
 * so their order is data. */
bool sb_members_have_own_names(struct sb_span *names, size_t count);

#endif
