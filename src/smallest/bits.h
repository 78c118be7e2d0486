/* Bits written into bytes, the lowest first, as deflate and zstd have them. */
#ifndef SB_SMALLEST_BITS_H
#define SB_SMALLEST_BITS_H

#include "base/buf.h"

struct sb_bits {
    struct sb_buf *output; /* borrowed */
    unsigned char byte;
    unsigned used; /* bits of byte */
    uint64_t count;
};

void sb_bits_put(struct sb_bits *bits, uint32_t value, unsigned count);
/* Zeros up to the next byte. */
void sb_bits_flush(struct sb_bits *bits);

#endif
