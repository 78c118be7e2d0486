/* Memory that is freed all at once: nodes and strings of one document, one index, one report. */
#ifndef SB_BASE_ARENA_H
#define SB_BASE_ARENA_H

#include "base/memory.h"
#include "base/span.h"

struct sb_arena {
    struct sb_arena_block *blocks;
};

#define SB_ARENA_INIT                                                                              \
    { 0 }

/* Zeroed, aligned for pointers and 64-bit numbers; lives until sb_arena_release. */
void *sb_arena_new(struct sb_arena *arena, size_t size);
/* A copy with a NUL behind it. */
struct sb_span sb_arena_copy(struct sb_arena *arena, struct sb_span span);
char *sb_arena_printf(struct sb_arena *arena, const char *format, ...) SB_FORMAT(2, 3);
/* Bytes for people, as sb_buf_append_visible makes them, with a NUL behind them. */
const char *sb_arena_visible(struct sb_arena *arena, struct sb_span bytes);
/* Frees all but a first block, for the next round of a loop. */
void sb_arena_reset(struct sb_arena *arena);
void sb_arena_release(struct sb_arena *arena);

#endif
