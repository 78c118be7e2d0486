/* xz streams (the .xz file format 1.1.0), decoded by liblzma. */
#ifndef SB_CODEC_XZ_H
#define SB_CODEC_XZ_H

#include "base/finding.h"
#include "io/input.h"

bool sb_xz_recognise(struct sb_span beginning);
/* The decompressed bytes of parent (taken). Several streams and padding between them become
 * findings at where (copied). */
struct sb_input *sb_xz_open(struct sb_input *parent, struct sb_findings *findings,
                            const char *where);

#endif
