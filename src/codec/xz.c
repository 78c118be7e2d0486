#include "codec/xz.h"

#include <inttypes.h>
#include <lzma.h>

#include "codec/decoder.h"

enum { MAGIC_SIZE = 6, PADDING = 4 };
/* `xz -9` asks for 64 MiB; twice that is what zstd may take. It is not counted in what memory is
 * promised. */
#define MEMORY_MAX (UINT64_C(130) << 20)

struct state {
    lzma_stream stream;
    bool begun;
};

bool sb_xz_recognise(struct sb_span beginning) {
    static const unsigned char magic[MAGIC_SIZE] = {0xfd, '7', 'z', 'X', 'Z', 0};
    return beginning.size >= MAGIC_SIZE && memcmp(beginning.data, magic, MAGIC_SIZE) == 0;
}

static void begin(struct sb_findings *findings, const char *where, struct sb_span bytes,
                  uint64_t offset, unsigned number) {
    (void)bytes;
    if (number == 2)
        sb_finding_add(findings, SB_FINDING_XZ_STREAMS, where,
                       "another stream, or padding, at offset %" PRIu64, offset);
}

static const char *reason_of(lzma_ret status) {
    switch ((int)status) {
    case LZMA_FORMAT_ERROR:
        return "not xz data";
    case LZMA_OPTIONS_ERROR:
        return "a filter or option that this liblzma does not know";
    case LZMA_MEMLIMIT_ERROR:
        return "its dictionary asks for more than 130 MiB of memory";
    case LZMA_MEM_ERROR:
        return "there is not enough memory to decode it";
    default:
        return "its data is damaged";
    }
}

/* Between streams there may be zeros, four at a time (.xz file format §2.2). */
static enum sb_decoder_result skip_padding(struct sb_decoder_step *step) {
    size_t size = 0;
    while (size < step->in.size && step->in.data[size] == 0)
        size++;
    step->in = sb_span_from(step->in, size);
    return SB_DECODER_STREAM_END;
}

static enum sb_decoder_result decode(void *opaque, struct sb_decoder_step *step) {
    struct state *state = opaque;
    lzma_stream *stream = &state->stream;
    lzma_ret status = LZMA_OK;
    if (!state->begun && step->in.size && step->in.data[0] == 0)
        return skip_padding(step);
    if (!state->begun)
        status = lzma_stream_decoder(stream, MEMORY_MAX, LZMA_TELL_UNSUPPORTED_CHECK);
    if (status == LZMA_OK) {
        state->begun = true;
        stream->next_in = step->in.data;
        stream->avail_in = step->in.size;
        stream->next_out = step->out;
        stream->avail_out = step->room;
        status = lzma_code(stream, LZMA_RUN);
    }
    if (status != LZMA_OK && status != LZMA_STREAM_END) {
        step->reason = status == LZMA_UNSUPPORTED_CHECK ? "a check that this liblzma does not know"
                                                        : reason_of(status);
        return SB_DECODER_FAILED;
    }
    step->in = sb_span_from(step->in, step->in.size - stream->avail_in);
    step->room = stream->avail_out;
    state->begun = status == LZMA_OK;
    return state->begun ? SB_DECODER_MORE : SB_DECODER_STREAM_END;
}

static void *open_state(void) {
    return sb_memory_new(1, sizeof(struct state));
}

static void close_state(void *opaque) {
    struct state *state = opaque;
    lzma_end(&state->stream);
    free(state);
}

struct sb_input *sb_xz_open(struct sb_input *parent, struct sb_findings *findings,
                            const char *where) {
    static const struct sb_decoder_format format = {"xz", begin, decode, open_state, close_state};
    return sb_decoder_open(&format, parent, findings, where);
}
