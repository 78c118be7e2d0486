/* gzip members (RFC 1952) around deflate (RFC 1951). The framing is read here, byte by byte,
 * because readers disagree on it; the deflate data goes through a library. */
#ifndef SB_CODEC_GZIP_H
#define SB_CODEC_GZIP_H

#include "base/finding.h"
#include "io/input.h"

/* Header of one member (RFC 1952 §2.3). */
struct sb_gzip_header {
    uint32_t mtime; /* seconds since 1970, 0: none */
    unsigned char flags, extra_flags, os;
    char name[256]; /* FNAME, cut; "" where there is none */
};

bool sb_gzip_recognise(struct sb_span beginning);

/* The decompressed bytes of all members of parent (taken), which has size bytes or, where nobody
 * knows, 0: a large one is decoded by the faster library (codec/inflate.h). CRC-32, ISIZE, header
 * CRC and reserved flags are checked. Several members, trailing bytes and unused bits become
 * findings at where (copied). */
struct sb_input *sb_gzip_open(struct sb_input *parent, uint64_t size, struct sb_findings *findings,
                              const char *where);
/* The first member's header; valid once something was peeked. */
const struct sb_gzip_header *sb_gzip_first_header(struct sb_input *gzip);

#endif
