/* zstd frames (RFC 8878), decoded by libzstd. */
#ifndef SB_CODEC_ZSTD_H
#define SB_CODEC_ZSTD_H

#include "base/finding.h"
#include "io/input.h"

/* A zstd frame or a skippable one. */
bool sb_zstd_recognise(struct sb_span beginning);
/* The decompressed bytes of parent (taken). Several frames and skippable ones become findings at
 * where (copied); bytes that are no frame are malformed. */
struct sb_input *sb_zstd_open(struct sb_input *parent, struct sb_findings *findings,
                              const char *where);

#endif
