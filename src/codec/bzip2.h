/* bzip2 streams, decoded by libbz2. */
#ifndef SB_CODEC_BZIP2_H
#define SB_CODEC_BZIP2_H

#include "base/finding.h"
#include "io/input.h"

bool sb_bzip2_recognise(struct sb_span beginning);
/* The decompressed bytes of parent (taken). Several streams become findings at where (copied);
 * bytes behind them that are no stream are malformed. */
struct sb_input *sb_bzip2_open(struct sb_input *parent, struct sb_findings *findings,
                               const char *where);

#endif
