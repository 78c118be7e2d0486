/* An input that decodes another one through a library that works in steps: what zstd, xz and bzip2
 * have in common. A compressed file is one stream (a frame, in zstd's words) or several, one behind
 * the other. */
#ifndef SB_CODEC_DECODER_H
#define SB_CODEC_DECODER_H

#include "base/finding.h"
#include "io/input.h"

enum sb_decoder_result { SB_DECODER_MORE, SB_DECODER_STREAM_END, SB_DECODER_FAILED };

struct sb_decoder_step {
    struct sb_span in; /* the step takes what it read off its beginning */
    unsigned char *out;
    size_t room;        /* the step takes what it wrote off it */
    const char *reason; /* set where the step failed */
};

struct sb_decoder_format {
    const char *name; /* as messages have it */
    /* Says what is worth a word of a stream before it is decoded; bytes are its first ones. */
    void (*begin)(struct sb_findings *findings, const char *where, struct sb_span bytes,
                  uint64_t offset, unsigned number);
    enum sb_decoder_result (*step)(void *state, struct sb_decoder_step *step);
    /* The library's state; it is ready for another stream after each end. */
    void *(*open)(void);
    void (*close)(void *state);
};

/* The decoded bytes of all streams of parent (taken). where is copied. */
struct sb_input *sb_decoder_open(const struct sb_decoder_format *format, struct sb_input *parent,
                                 struct sb_findings *findings, const char *where);

#endif
