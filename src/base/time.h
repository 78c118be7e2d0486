/* Times as JSON documents have them: RFC 3339, as Go's decoder reads it. */
#ifndef SB_BASE_TIME_H
#define SB_BASE_TIME_H

#include <stdint.h>

#include "base/arena.h"

enum sb_time_kind {
    SB_TIME_NONE, /* no time */
    SB_TIME_OLD,  /* one that only Go before 1.20 reads: an hour of one digit, a comma before the
                     fraction, a zone of 24 hours or more */
    SB_TIME_GOOD
};

enum sb_time_kind sb_time_kind(struct sb_span text);

/* Seconds since 1970 and nanoseconds as UTC for people: "2026-11-27 09:32:27", with as many digits
 * of the fraction as there are. */
const char *sb_time_text(struct sb_arena *arena, int64_t seconds, uint32_t nanoseconds);

#endif
