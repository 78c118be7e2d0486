#include "codec/zstd.h"

#include <inttypes.h>
#include <zstd.h>

#include "codec/decoder.h"

enum { MAGIC_SIZE = 4 };
/* 8 MiB of window is what decoders must support (RFC 8878 §3.1.1.1.2); `zstd --long` and engines go
 * to 128 MiB. That one window is not counted in what memory is promised. */
enum { WINDOW_LOG = 27 };

static bool is_skippable(const unsigned char *magic) {
    return (magic[0] & 0xf0) == 0x50 && magic[1] == 0x2a && magic[2] == 0x4d && magic[3] == 0x18;
}

bool sb_zstd_recognise(struct sb_span beginning) {
    static const unsigned char magic[MAGIC_SIZE] = {0x28, 0xb5, 0x2f, 0xfd};
    return beginning.size >= MAGIC_SIZE &&
           (memcmp(beginning.data, magic, MAGIC_SIZE) == 0 || is_skippable(beginning.data));
}

static void begin(struct sb_findings *findings, const char *where, struct sb_span bytes,
                  uint64_t offset, unsigned number) {
    if (bytes.size >= MAGIC_SIZE && is_skippable(bytes.data))
        sb_finding_add(findings, SB_FINDING_ZSTD_FRAMES, where,
                       "a skippable frame at offset %" PRIu64, offset);
    else if (number == 2)
        sb_finding_add(findings, SB_FINDING_ZSTD_FRAMES, where, "another frame at offset %" PRIu64,
                       offset);
}

static enum sb_decoder_result decode(void *state, struct sb_decoder_step *step) {
    ZSTD_inBuffer in = {step->in.data, step->in.size, 0};
    ZSTD_outBuffer out = {step->out, step->room, 0};
    size_t result = ZSTD_decompressStream(state, &out, &in);
    if (ZSTD_isError(result)) {
        step->reason = ZSTD_getErrorName(result);
        return SB_DECODER_FAILED;
    }
    step->in = sb_span_from(step->in, in.pos);
    step->room -= out.pos;
    return result ? SB_DECODER_MORE : SB_DECODER_STREAM_END;
}

static void *open_state(void) {
    ZSTD_DStream *stream = ZSTD_createDStream();
    if (stream && ZSTD_isError(ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, WINDOW_LOG)))
        SB_BUG("ZSTD_d_windowLogMax");
    return stream;
}

static void close_state(void *state) {
    ZSTD_freeDStream(state);
}

struct sb_input *sb_zstd_open(struct sb_input *parent, struct sb_findings *findings,
                              const char *where) {
    static const struct sb_decoder_format format = {"zstd", begin, decode, open_state, close_state};
    return sb_decoder_open(&format, parent, findings, where);
}
