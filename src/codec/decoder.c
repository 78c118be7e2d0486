#include "codec/decoder.h"

#include <inttypes.h>

#include "base/limits.h"

enum { OUTPUT_SIZE = 64 << 10 };

struct decoder {
    struct sb_input base;
    const struct sb_decoder_format *format;
    struct sb_input *parent;
    struct sb_findings *findings;
    char *where;
    void *state;
    bool in_stream;
    unsigned streams;
    uint64_t total;
    size_t begin, end;
    unsigned char output[OUTPUT_SIZE];
};

static int malformed(struct decoder *decoder, struct sb_error *error, const char *what) {
    return sb_error_set(error, SB_ERROR_MALFORMED, "%s: %s, at offset %" PRIu64,
                        decoder->format->name, what, decoder->parent->position);
}

static int count_output(struct decoder *decoder, size_t size, struct sb_error *error) {
    uint64_t highest = sb_limit_of(decoder->findings, SB_LIMIT_UNPACKED);
    decoder->begin = 0;
    decoder->end = size;
    decoder->total += size;
    if (decoder->total <= highest)
        return 0;
    return sb_error_set(error, SB_ERROR_LIMIT,
                        "%s: more than %" PRIu64
                        " bytes come out; --limit unpacked=SIZE allows more",
                        decoder->format->name, highest);
}

static int decode_some(struct decoder *decoder, struct sb_error *error) {
    struct sb_span bytes;
    int status = sb_input_peek(decoder->parent, &bytes, error);
    if (status < 0)
        return -1;
    if (status > 0)
        return decoder->in_stream ? malformed(decoder, error, "the compressed data is cut short")
                                  : 1;
    if (!decoder->in_stream)
        decoder->format->begin(decoder->findings, decoder->where, bytes, decoder->parent->position,
                               ++decoder->streams);
    struct sb_decoder_step step = {bytes, decoder->output, OUTPUT_SIZE, NULL};
    enum sb_decoder_result result = decoder->format->step(decoder->state, &step);
    if (result == SB_DECODER_FAILED)
        return malformed(decoder, error, step.reason);
    decoder->in_stream = result != SB_DECODER_STREAM_END;
    sb_input_consume(decoder->parent, bytes.size - step.in.size);
    return count_output(decoder, OUTPUT_SIZE - step.room, error);
}

static int peek(struct sb_input *input, struct sb_span *bytes, struct sb_error *error) {
    struct decoder *decoder = (struct decoder *)input;
    while (decoder->begin == decoder->end) {
        int status = decode_some(decoder, error);
        if (status)
            return status;
    }
    *bytes = sb_span_of(decoder->output + decoder->begin, decoder->end - decoder->begin);
    return 0;
}

static void consume(struct sb_input *input, size_t count) {
    ((struct decoder *)input)->begin += count;
}

static void close_decoder(struct sb_input *input) {
    struct decoder *decoder = (struct decoder *)input;
    decoder->format->close(decoder->state);
    sb_input_close(decoder->parent);
    free(decoder->where);
    free(decoder);
}

struct sb_input *sb_decoder_open(const struct sb_decoder_format *format, struct sb_input *parent,
                                 struct sb_findings *findings, const char *where) {
    static const struct sb_input_ops ops = {peek, consume, NULL, close_decoder};
    struct decoder *decoder = sb_memory_new(1, sizeof *decoder);
    decoder->base.ops = &ops;
    decoder->format = format;
    decoder->parent = parent;
    decoder->findings = findings;
    decoder->where = sb_memory_copy_string(where);
    decoder->state = format->open();
    if (!decoder->state)
        SB_BUG("out of memory");
    return &decoder->base;
}
