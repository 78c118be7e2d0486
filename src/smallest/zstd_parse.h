/* Which bytes are literals and which are copied; for zstd.c alone. */
#ifndef SB_SMALLEST_ZSTD_PARSE_H
#define SB_SMALLEST_ZSTD_PARSE_H

#include "smallest/zstd_format.h"

/* Sequences and literals of zstd->runs' data, by the prices of hint. */
void sb_zstd_parse(struct sb_zstd *zstd, const struct sb_zstd_hint *hint);

#endif
