#include "codec/bzip2.h"

#include <bzlib.h>
#include <inttypes.h>

#include "codec/decoder.h"

struct state {
    bz_stream stream;
    bool begun;
};

bool sb_bzip2_recognise(struct sb_span beginning) {
    return sb_span_starts(beginning, "BZh");
}

static void begin(struct sb_findings *findings, const char *where, struct sb_span bytes,
                  uint64_t offset, unsigned number) {
    (void)bytes;
    if (number == 2)
        sb_finding_add(findings, SB_FINDING_BZIP2_STREAMS, where,
                       "another stream at offset %" PRIu64, offset);
}

static const char *reason_of(int status) {
    return status == BZ_DATA_ERROR_MAGIC ? "not bzip2 data"
           : status == BZ_MEM_ERROR      ? "there is not enough memory to decode it"
                                         : "its data is damaged";
}

static enum sb_decoder_result decode(void *opaque, struct sb_decoder_step *step) {
    struct state *state = opaque;
    bz_stream *stream = &state->stream;
    int status = state->begun ? BZ_OK : BZ2_bzDecompressInit(stream, 0, 0);
    if (status == BZ_OK) {
        state->begun = true;
        /* The library does not write to it, and has no const. */
        stream->next_in = (char *)(uintptr_t)step->in.data;
        stream->avail_in = (unsigned)step->in.size;
        stream->next_out = (char *)step->out;
        stream->avail_out = (unsigned)step->room;
        status = BZ2_bzDecompress(stream);
    }
    if (status != BZ_OK && status != BZ_STREAM_END) {
        step->reason = reason_of(status);
        return SB_DECODER_FAILED;
    }
    step->in = sb_span_from(step->in, step->in.size - stream->avail_in);
    step->room = stream->avail_out;
    if (status == BZ_OK)
        return SB_DECODER_MORE;
    BZ2_bzDecompressEnd(stream);
    state->begun = false;
    return SB_DECODER_STREAM_END;
}

static void *open_state(void) {
    return sb_memory_new(1, sizeof(struct state));
}

static void close_state(void *opaque) {
    struct state *state = opaque;
    if (state->begun)
        BZ2_bzDecompressEnd(&state->stream);
    free(state);
}

struct sb_input *sb_bzip2_open(struct sb_input *parent, struct sb_findings *findings,
                               const char *where) {
    static const struct sb_decoder_format format = {"bzip2", begin, decode, open_state,
                                                    close_state};
    return sb_decoder_open(&format, parent, findings, where);
}
