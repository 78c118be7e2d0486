#include "codec/deflate_trace.h"

#include <inttypes.h>

enum { CODE_MAX = 15, LITERALS = 288, DISTANCES = 32, END_OF_BLOCK = 256 };

struct trace {
    struct sb_span data;
    uint64_t bit;
    struct sb_buf *output;
    void (*visit)(void *, const struct sb_deflate_step *);
    void *visitor;
    struct sb_error *error;
};

/* A canonical Huffman code: how many codes each length has, and the symbols in order (RFC 1951
 * §3.2.2). */
struct code {
    uint16_t count[CODE_MAX + 1];
    uint16_t symbol[LITERALS];
};

static int refuse(struct trace *trace, const char *what) {
    return sb_error_set(trace->error, SB_ERROR_MALFORMED, "deflate: %s, at bit %" PRIu64, what,
                        trace->bit);
}

static int take(struct trace *trace, unsigned bits, uint32_t *value) {
    *value = 0;
    for (unsigned i = 0; i < bits; i++, trace->bit++) {
        size_t byte = (size_t)(trace->bit / 8);
        if (byte >= trace->data.size)
            return refuse(trace, "cut short");
        *value |= (uint32_t)(trace->data.data[byte] >> trace->bit % 8 & 1) << i;
    }
    return 0;
}

static void visit(struct trace *trace, enum sb_deflate_part part, uint64_t from, uint64_t output) {
    struct sb_deflate_step step = {part, from, trace->bit - from, output,
                                   trace->output->size - output};
    if (step.bits)
        trace->visit(trace->visitor, &step);
}

static int make_code(struct trace *trace, struct code *code, const unsigned char *lengths,
                     size_t symbols) {
    uint16_t offsets[CODE_MAX + 2] = {0};
    int left = 1;
    *code = (struct code){0};
    for (size_t i = 0; i < symbols; i++)
        code->count[lengths[i]]++;
    for (int length = 1; length <= CODE_MAX; length++) {
        left = left * 2 - code->count[length];
        if (left < 0)
            return refuse(trace, "a code has too many symbols");
        offsets[length + 1] = (uint16_t)(offsets[length] + code->count[length]);
    }
    for (size_t i = 0; i < symbols; i++)
        if (lengths[i])
            code->symbol[offsets[lengths[i]]++] = (uint16_t)i;
    return 0;
}

static int decode(struct trace *trace, const struct code *code, uint32_t *symbol) {
    int value = 0, first = 0, index = 0;
    for (int length = 1; length <= CODE_MAX; length++) {
        uint32_t bit;
        if (take(trace, 1, &bit) < 0)
            return -1;
        value |= (int)bit;
        int count = code->count[length];
        if (value - count < first) {
            *symbol = code->symbol[index + value - first];
            return 0;
        }
        index += count;
        first = (first + count) << 1;
        value <<= 1;
    }
    return refuse(trace, "an invalid code");
}

static int stored(struct trace *trace, uint64_t header) {
    uint32_t length, inverted;
    visit(trace, SB_DEFLATE_HEADER, header, trace->output->size);
    uint64_t slack = trace->bit;
    trace->bit = (trace->bit + 7) / 8 * 8;
    visit(trace, SB_DEFLATE_SLACK, slack, trace->output->size);
    uint64_t from = trace->bit;
    if (take(trace, 16, &length) < 0 || take(trace, 16, &inverted) < 0)
        return -1;
    if (length != (~inverted & 0xffff))
        return refuse(trace, "a stored block's length is wrong");
    visit(trace, SB_DEFLATE_HEADER, from, trace->output->size);
    if (trace->bit / 8 + length > trace->data.size)
        return refuse(trace, "cut short");
    from = trace->bit;
    uint64_t output = trace->output->size;
    sb_buf_append(trace->output, trace->data.data + trace->bit / 8, length);
    trace->bit += (uint64_t)length * 8;
    visit(trace, SB_DEFLATE_STORED, from, output);
    return 0;
}

static int match(struct trace *trace, uint32_t symbol, const struct code *distances,
                 uint64_t from) {
    static const uint16_t base[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                    31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
    static const unsigned char extra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                          2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    static const uint16_t far[] = {1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
                                   33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
                                   1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    uint32_t more, code;
    uint64_t output = trace->output->size;
    symbol -= 257;
    if (symbol >= sizeof extra)
        return refuse(trace, "an invalid length");
    if (take(trace, extra[symbol], &more) < 0 || decode(trace, distances, &code) < 0)
        return -1;
    uint32_t length = base[symbol] + more;
    if (code >= sizeof far / sizeof *far)
        return refuse(trace, "an invalid distance");
    if (take(trace, code < 4 ? 0 : code / 2 - 1, &more) < 0)
        return -1;
    uint32_t distance = far[code] + more;
    if (distance > output)
        return refuse(trace, "a match that begins before the data");
    for (uint32_t i = 0; i < length; i++)
        sb_buf_append_byte(trace->output, trace->output->data[trace->output->size - distance]);
    visit(trace, SB_DEFLATE_MATCH, from, output);
    return 0;
}

static int symbols(struct trace *trace, const struct code *literals, const struct code *distances) {
    for (;;) {
        uint32_t symbol;
        uint64_t from = trace->bit, output = trace->output->size;
        if (decode(trace, literals, &symbol) < 0)
            return -1;
        if (symbol == END_OF_BLOCK) {
            visit(trace, SB_DEFLATE_HEADER, from, output);
            return 0;
        }
        if (symbol < END_OF_BLOCK) {
            sb_buf_append_byte(trace->output, (unsigned char)symbol);
            visit(trace, SB_DEFLATE_LITERAL, from, output);
        } else if (match(trace, symbol, distances, from) < 0) {
            return -1;
        }
    }
}

static int fixed(struct trace *trace, uint64_t header) {
    unsigned char lengths[LITERALS];
    struct code literals, distances;
    for (int i = 0; i < LITERALS; i++)
        lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    if (make_code(trace, &literals, lengths, LITERALS) < 0)
        return -1;
    memset(lengths, 5, 30);
    if (make_code(trace, &distances, lengths, 30) < 0)
        return -1;
    visit(trace, SB_DEFLATE_HEADER, header, trace->output->size);
    return symbols(trace, &literals, &distances);
}

/* Code lengths, themselves coded: 16 repeats the last, 17 and 18 are zeros (RFC 1951 §3.2.7). */
static int take_lengths(struct trace *trace, const struct code *code, unsigned char *lengths,
                        size_t count) {
    static const unsigned char bits[] = {2, 3, 7}, least[] = {3, 3, 11};
    for (size_t at = 0; at < count;) {
        uint32_t symbol, more;
        if (decode(trace, code, &symbol) < 0)
            return -1;
        if (symbol < 16) {
            lengths[at++] = (unsigned char)symbol;
            continue;
        }
        if (take(trace, bits[symbol - 16], &more) < 0)
            return -1;
        more += least[symbol - 16];
        if ((symbol == 16 && at == 0) || more > count - at)
            return refuse(trace, "a repeat that does not fit");
        unsigned char value = symbol == 16 ? lengths[at - 1] : 0;
        while (more-- > 0)
            lengths[at++] = value;
    }
    return 0;
}

static int dynamic(struct trace *trace, uint64_t header) {
    static const unsigned char order[] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                          11, 4,  12, 3, 13, 2, 14, 1, 15};
    unsigned char lengths[LITERALS + DISTANCES] = {0};
    struct code code, literals, distances;
    uint32_t literal_count, distance_count, code_count, length;
    if (take(trace, 5, &literal_count) < 0 || take(trace, 5, &distance_count) < 0 ||
        take(trace, 4, &code_count) < 0)
        return -1;
    literal_count += 257;
    distance_count += 1;
    if (literal_count > 286 || distance_count > 30)
        return refuse(trace, "too many codes");
    for (uint32_t i = 0; i < code_count + 4; i++) {
        if (take(trace, 3, &length) < 0)
            return -1;
        lengths[order[i]] = (unsigned char)length;
    }
    if (make_code(trace, &code, lengths, sizeof order) < 0)
        return -1;
    memset(lengths, 0, sizeof lengths);
    if (take_lengths(trace, &code, lengths, literal_count + distance_count) < 0 ||
        make_code(trace, &literals, lengths, literal_count) < 0 ||
        make_code(trace, &distances, lengths + literal_count, distance_count) < 0)
        return -1;
    visit(trace, SB_DEFLATE_HEADER, header, trace->output->size);
    return symbols(trace, &literals, &distances);
}

int sb_deflate_trace(struct sb_span data, struct sb_buf *output,
                     void (*visit_step)(void *visitor, const struct sb_deflate_step *step),
                     void *visitor, struct sb_error *error) {
    struct trace trace = {data, 0, output, visit_step, visitor, error};
    uint32_t last = 0, type;
    while (!last) {
        uint64_t from = trace.bit;
        if (take(&trace, 1, &last) < 0 || take(&trace, 2, &type) < 0)
            return -1;
        int status = type == 0   ? stored(&trace, from)
                     : type == 1 ? fixed(&trace, from)
                     : type == 2 ? dynamic(&trace, from)
                                 : refuse(&trace, "a block of type 3");
        if (status < 0)
            return -1;
    }
    uint64_t slack = trace.bit;
    trace.bit = (trace.bit + 7) / 8 * 8;
    visit(&trace, SB_DEFLATE_SLACK, slack, output->size);
    return 0;
}
