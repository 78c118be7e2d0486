#include <zlib.h>

#include "base/memory.h"
#include "codec/inflate.h"

struct zlib_inflater {
    struct sb_inflater base;
    z_stream stream;
    unsigned char last_byte; /* of the deflate data taken so far */
};

static void zlib_reset(struct sb_inflater *inflater) {
    if (inflateReset(&((struct zlib_inflater *)inflater)->stream) != Z_OK)
        SB_BUG("inflateReset");
}

/* zlib says how many bits it has left when it stops at the end of the last block (Z_BLOCK: 128 at
 * the end of a block, 64 in the last one). */
static void note_slack(struct zlib_inflater *zlib) {
    unsigned unused = (unsigned)zlib->stream.data_type & 7;
    if (((unsigned)zlib->stream.data_type & 192) != 192)
        return;
    zlib->base.slack_bits = unused;
    zlib->base.slack = (unsigned)zlib->last_byte >> (8 - unused);
}

static enum sb_inflate_status zlib_step(struct sb_inflater *inflater, struct sb_span *input,
                                        unsigned char **output, size_t *room) {
    enum { CHUNK = 1 << 30 };
    struct zlib_inflater *zlib = (struct zlib_inflater *)inflater;
    unsigned taken = input->size < CHUNK ? (unsigned)input->size : CHUNK;
    unsigned given = *room < CHUNK ? (unsigned)*room : CHUNK;
    zlib->stream.next_in = (unsigned char *)(uintptr_t)input->data;
    zlib->stream.avail_in = taken;
    zlib->stream.next_out = *output;
    zlib->stream.avail_out = given;
    int result = inflate(&zlib->stream, Z_BLOCK);
    inflater->what = zlib->stream.msg;
    taken -= zlib->stream.avail_in;
    given -= zlib->stream.avail_out;
    if (taken)
        zlib->last_byte = input->data[taken - 1];
    if (result == Z_OK)
        note_slack(zlib);
    inflater->crc = (uint32_t)crc32(inflater->crc, *output, given);
    *input = sb_span_from(*input, taken);
    *output += given;
    *room -= given;
    if (result == Z_STREAM_END)
        return SB_INFLATE_ENDS;
    return result == Z_OK || result == Z_BUF_ERROR ? SB_INFLATE_GOES_ON : SB_INFLATE_BROKEN;
}

static void zlib_close(struct sb_inflater *inflater) {
    inflateEnd(&((struct zlib_inflater *)inflater)->stream);
    free(inflater);
}

struct sb_inflater *sb_inflater_zlib(void) {
    static const struct sb_inflater_ops ops = {zlib_reset, zlib_step, zlib_close};
    struct zlib_inflater *zlib = sb_memory_new(1, sizeof *zlib);
    zlib->base.ops = &ops;
    if (inflateInit2(&zlib->stream, -MAX_WBITS) != Z_OK)
        SB_BUG("inflateInit2");
    return &zlib->base;
}
