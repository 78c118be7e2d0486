#include "codec/inflate.h"

#ifdef SAMEBYTES_ISAL

#include <isa-l.h>

#include "base/memory.h"

struct isal_inflater {
    struct sb_inflater base;
    struct inflate_state state;
};

static void isal_reset(struct sb_inflater *inflater) {
    struct isal_inflater *isal = (struct isal_inflater *)inflater;
    isal_inflate_init(&isal->state);
    isal->state.crc_flag = ISAL_GZIP_NO_HDR; /* counts the CRC and leaves the framing alone */
}

/* It reads ahead: what is left in its 64 bits begins with those of the last byte. */
static void give_back(struct isal_inflater *isal) {
    unsigned bits = (unsigned)isal->state.read_in_length % 8;
    uint64_t left = isal->state.read_in;
    isal->base.slack_bits = bits;
    isal->base.slack = (unsigned)(left & ((1u << bits) - 1));
    left >>= bits;
    isal->base.rest_size = (size_t)isal->state.read_in_length / 8;
    for (size_t i = 0; i < isal->base.rest_size; i++, left >>= 8)
        isal->base.rest[i] = (unsigned char)left;
}

static enum sb_inflate_status isal_step(struct sb_inflater *inflater, struct sb_span *input,
                                        unsigned char **output, size_t *room) {
    enum { CHUNK = 1 << 30 };
    struct isal_inflater *isal = (struct isal_inflater *)inflater;
    uint32_t taken = input->size < CHUNK ? (uint32_t)input->size : CHUNK;
    uint32_t given = *room < CHUNK ? (uint32_t)*room : CHUNK;
    isal->state.next_in = (uint8_t *)(uintptr_t)input->data;
    isal->state.avail_in = taken;
    isal->state.next_out = *output;
    isal->state.avail_out = given;
    int result = isal_inflate(&isal->state);
    *input = sb_span_from(*input, taken - isal->state.avail_in);
    given -= isal->state.avail_out;
    *output += given;
    *room -= given;
    inflater->crc = isal->state.crc;
    if (result != ISAL_DECOMP_OK)
        return SB_INFLATE_BROKEN;
    if (isal->state.block_state != ISAL_BLOCK_FINISH)
        return SB_INFLATE_GOES_ON;
    give_back(isal);
    return SB_INFLATE_ENDS;
}

static void isal_close(struct sb_inflater *inflater) {
    free(inflater);
}

struct sb_inflater *sb_inflater_isal(void) {
    static const struct sb_inflater_ops ops = {isal_reset, isal_step, isal_close};
    struct isal_inflater *isal = sb_memory_new(1, sizeof *isal);
    isal->base.ops = &ops;
    return &isal->base;
}

#else

struct sb_inflater *sb_inflater_isal(void) {
    return NULL;
}

#endif
