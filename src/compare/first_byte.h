/* The first byte in which two layers differ, by the name of what it belongs to. */
#ifndef SB_COMPARE_FIRST_BYTE_H
#define SB_COMPARE_FIRST_BYTE_H

#include "compare/compare.h"

/* Sets first of a row whose two layers were read and have other tars: "/etc mtime", "/bin/t content
 * byte 7", with both values. Both tars are read up to there. */
int sb_first_byte_find(struct sb_layer *a, struct sb_layer *b, struct sb_layer_row *row,
                       const struct sb_spool *spool, struct sb_arena *arena,
                       struct sb_error *error) SB_MUST_USE;

#endif
