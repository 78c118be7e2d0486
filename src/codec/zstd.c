#include "codec/zstd.h"

#include <inttypes.h>
#include <zstd.h>

#include "base/limits.h"

enum { OUTPUT_SIZE = 64 << 10, MAGIC_SIZE = 4 };
/* 8 MiB of window is what decoders must support (RFC 8878 §3.1.1.1.2); `zstd --long` and engines go
 * to 128 MiB. That one window is not counted in what memory is promised. */
enum { WINDOW_LOG = 27 };

struct zstd_input {
    struct sb_input base;
    struct sb_input *parent;
    struct sb_findings *findings;
    char *where;
    ZSTD_DStream *stream;
    bool in_frame;
    unsigned frames;
    uint64_t total;
    size_t begin, end;
    unsigned char output[OUTPUT_SIZE];
};

static bool is_skippable(const unsigned char *magic) {
    return (magic[0] & 0xf0) == 0x50 && magic[1] == 0x2a && magic[2] == 0x4d && magic[3] == 0x18;
}

bool sb_zstd_recognise(struct sb_span beginning) {
    static const unsigned char magic[MAGIC_SIZE] = {0x28, 0xb5, 0x2f, 0xfd};
    return beginning.size >= MAGIC_SIZE &&
           (memcmp(beginning.data, magic, MAGIC_SIZE) == 0 || is_skippable(beginning.data));
}

static int malformed(struct zstd_input *zstd, struct sb_error *error, const char *what) {
    return sb_error_set(error, SB_ERROR_MALFORMED, "zstd: %s, at offset %" PRIu64, what,
                        zstd->parent->position);
}

static void begin_frame(struct zstd_input *zstd, struct sb_span bytes) {
    zstd->in_frame = true;
    zstd->frames++;
    if (bytes.size >= MAGIC_SIZE && is_skippable(bytes.data))
        sb_finding_add(zstd->findings, SB_FINDING_ZSTD_FRAMES, zstd->where,
                       "a skippable frame at offset %" PRIu64, zstd->parent->position);
    else if (zstd->frames == 2)
        sb_finding_add(zstd->findings, SB_FINDING_ZSTD_FRAMES, zstd->where,
                       "another frame at offset %" PRIu64, zstd->parent->position);
}

static int decode_some(struct zstd_input *zstd, struct sb_error *error) {
    struct sb_span bytes;
    int status = sb_input_peek(zstd->parent, &bytes, error);
    if (status < 0)
        return -1;
    if (status > 0)
        return zstd->in_frame ? malformed(zstd, error, "the compressed data is cut short") : 1;
    if (!zstd->in_frame)
        begin_frame(zstd, bytes);
    ZSTD_inBuffer in = {bytes.data, bytes.size, 0};
    ZSTD_outBuffer out = {zstd->output, OUTPUT_SIZE, 0};
    size_t result = ZSTD_decompressStream(zstd->stream, &out, &in);
    if (ZSTD_isError(result))
        return malformed(zstd, error, ZSTD_getErrorName(result));
    zstd->in_frame = result != 0;
    sb_input_consume(zstd->parent, in.pos);
    zstd->begin = 0;
    zstd->end = out.pos;
    zstd->total += out.pos;
    uint64_t highest = sb_limit_of(zstd->findings, SB_LIMIT_UNPACKED);
    if (zstd->total > highest)
        return sb_error_set(error, SB_ERROR_LIMIT,
                            "zstd: more than %" PRIu64
                            " bytes come out; --limit unpacked=SIZE allows more",
                            highest);
    return 0;
}

static int zstd_peek(struct sb_input *input, struct sb_span *bytes, struct sb_error *error) {
    struct zstd_input *zstd = (struct zstd_input *)input;
    while (zstd->begin == zstd->end) {
        int status = decode_some(zstd, error);
        if (status)
            return status;
    }
    *bytes = sb_span_of(zstd->output + zstd->begin, zstd->end - zstd->begin);
    return 0;
}

static void zstd_consume(struct sb_input *input, size_t count) {
    ((struct zstd_input *)input)->begin += count;
}

static void zstd_close(struct sb_input *input) {
    struct zstd_input *zstd = (struct zstd_input *)input;
    ZSTD_freeDStream(zstd->stream);
    sb_input_close(zstd->parent);
    free(zstd->where);
    free(zstd);
}

struct sb_input *sb_zstd_open(struct sb_input *parent, struct sb_findings *findings,
                              const char *where) {
    static const struct sb_input_ops ops = {zstd_peek, zstd_consume, NULL, zstd_close};
    struct zstd_input *zstd = sb_memory_new(1, sizeof *zstd);
    zstd->base.ops = &ops;
    zstd->parent = parent;
    zstd->findings = findings;
    zstd->where = sb_memory_copy_string(where);
    zstd->stream = ZSTD_createDStream();
    if (!zstd->stream)
        SB_BUG("out of memory");
    if (ZSTD_isError(ZSTD_DCtx_setParameter(zstd->stream, ZSTD_d_windowLogMax, WINDOW_LOG)))
        SB_BUG("ZSTD_d_windowLogMax");
    return &zstd->base;
}
