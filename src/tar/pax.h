/* PAX extended header records (POSIX.1-2001 pax, "LENGTH KEY=VALUE\n"). */
#ifndef SB_TAR_PAX_H
#define SB_TAR_PAX_H

#include "base/buf.h"
#include "base/error.h"
#include "base/vec.h"

struct sb_pax_record {
    struct sb_span key, value; /* into the parsed text */
};

typedef SB_VEC(struct sb_pax_record) sb_pax_records;

/* Takes text apart; records borrow from it. Order and repetitions are kept. */
int sb_pax_parse(struct sb_span text, sb_pax_records *records, struct sb_error *error) SB_MUST_USE;
/* The last record with that key, which is the one that holds; NULL where none has it. */
const struct sb_pax_record *sb_pax_find(const sb_pax_records *records, const char *key);
void sb_pax_append(struct sb_buf *buf, struct sb_span key, struct sb_span value);

/* A decimal time with an optional sign and fraction: the floor in seconds, and whether it is not 0.
 */
bool sb_pax_time(struct sb_span text, int64_t *seconds, uint32_t *nanoseconds, bool *nonzero);

#endif
