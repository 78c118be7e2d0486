#include "smallest/bits.h"
#include "smallest/deflate_format.h"

enum { BLOCK_FIXED = 1, BLOCK_DYNAMIC = 2 };

/* Canonical codes (RFC 1951 §3.2.2), whose first bit is written first. */
static void put_symbol(struct sb_bits *bits, const unsigned char *lengths, int size, int symbol) {
    unsigned length = lengths[symbol], code = 0;
    for (unsigned depth = 1; depth <= length; depth++) {
        code <<= 1;
        for (int i = 0; i < size; i++)
            if (lengths[i] && lengths[i] == depth - 1)
                code += 2;
    }
    for (int i = 0; i < symbol; i++)
        code += lengths[i] == length;
    for (unsigned i = length; i-- > 0;)
        sb_bits_put(bits, code >> i & 1, 1);
}

static void put_tokens(struct sb_bits *bits, const struct sb_deflate *deflate, int from, int to,
                       size_t at, const struct sb_deflate_code *code) {
    for (int i = from; i < to; i++) {
        struct sb_deflate_token token = deflate->tokens[i];
        if (token.distance == 0) {
            put_symbol(bits, code->literals, SB_DEFLATE_LITERALS, deflate->runs.data.data[at]);
        } else {
            struct sb_deflate_symbol length = sb_deflate_length_symbol(token.length);
            struct sb_deflate_symbol distance = sb_deflate_distance_symbol(token.distance);
            put_symbol(bits, code->literals, SB_DEFLATE_LITERALS, length.symbol);
            sb_bits_put(bits, (uint32_t)length.extra, (unsigned)length.extra_bits);
            put_symbol(bits, code->distances, SB_DEFLATE_DISTANCES, distance.symbol);
            sb_bits_put(bits, (uint32_t)distance.extra, (unsigned)distance.extra_bits);
        }
        at += (size_t)token.length;
    }
    put_symbol(bits, code->literals, SB_DEFLATE_LITERALS, DEFLATE_END);
}

static void put_header(struct sb_bits *bits, const struct sb_deflate_code *code) {
    struct sb_deflate_header header;
    sb_deflate_header_make(&header, code);
    sb_bits_put(bits, (uint32_t)header.literals - 257, 5);
    sb_bits_put(bits, (uint32_t)header.distances - 1, 5);
    sb_bits_put(bits, (uint32_t)header.order - 4, 4);
    for (int i = 0; i < header.order; i++)
        sb_bits_put(bits, header.lengths[sb_deflate_order[i]], 3);
    for (int i = 0; i < header.count; i++) {
        put_symbol(bits, header.lengths, sizeof header.lengths, header.items[i].symbol);
        sb_bits_put(bits, header.items[i].extra,
                    (unsigned)sb_deflate_extra_bits(header.items[i].symbol));
    }
}

void sb_deflate_write(const struct sb_deflate *deflate, struct sb_buf *output) {
    struct sb_bits bits = {.output = output};
    struct sb_deflate_code fixed;
    bool rest = deflate->dynamic < deflate->runs.data.size || !deflate->dynamic;
    if (deflate->dynamic) {
        sb_bits_put(&bits, !rest, 1);
        sb_bits_put(&bits, BLOCK_DYNAMIC, 2);
        put_header(&bits, &deflate->code);
        put_tokens(&bits, deflate, 0, deflate->tokens_dynamic, 0, &deflate->code);
    }
    if (rest) {
        sb_deflate_fixed_code(&fixed);
        sb_bits_put(&bits, 1, 1);
        sb_bits_put(&bits, BLOCK_FIXED, 2);
        put_tokens(&bits, deflate, deflate->tokens_dynamic, deflate->count, deflate->dynamic,
                   &fixed);
    }
    sb_bits_flush(&bits);
}
