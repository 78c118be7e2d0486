#include "smallest/bits.h"

void sb_bits_put(struct sb_bits *bits, uint32_t value, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        bits->byte |= (unsigned char)((value >> i & 1) << bits->used);
        bits->count++;
        if (++bits->used == 8)
            sb_bits_flush(bits);
    }
}

void sb_bits_flush(struct sb_bits *bits) {
    if (bits->used == 0)
        return;
    sb_buf_append_byte(bits->output, bits->byte);
    bits->byte = 0;
    bits->used = 0;
}
