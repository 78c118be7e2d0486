/* Deflate data (RFC 1951) symbol by symbol: which bits make which bytes. */
#ifndef SB_CODEC_DEFLATE_TRACE_H
#define SB_CODEC_DEFLATE_TRACE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

enum sb_deflate_part {
    SB_DEFLATE_HEADER, /* of a block: type, code tables, the end-of-block code */
    SB_DEFLATE_LITERAL,
    SB_DEFLATE_MATCH,
    SB_DEFLATE_STORED,
    SB_DEFLATE_SLACK /* bits that no decoder looks at */
};

struct sb_deflate_step {
    enum sb_deflate_part part;
    uint64_t bit, bits;       /* in the deflate data */
    uint64_t output, outputs; /* bytes that come out */
};

/* Calls visit for every step, in order; the bits of all steps are those of data up to the last byte
 * used. Decoded bytes are appended to output. */
int sb_deflate_trace(struct sb_span data, struct sb_buf *output,
                     void (*visit)(void *visitor, const struct sb_deflate_step *step),
                     void *visitor, struct sb_error *error) SB_MUST_USE;

#endif
