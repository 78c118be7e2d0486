#include "smallest/zstd_format.h"

struct writing {
    const struct sb_zstd *zstd;
    struct sb_buf *output;
    size_t begin;   /* of the frame in output */
    uint64_t *at;   /* where in the data each literal stands */
    uint64_t *from; /* where in the data each sequence's literals begin */
    void (*visit)(void *, const struct sb_deflate_step *);
    void *visitor;
};

static uint64_t written(const struct writing *writing) {
    return 8 * (uint64_t)(writing->output->size - writing->begin);
}

static void step(const struct writing *writing, enum sb_deflate_part part, uint64_t bit,
                 uint64_t end, uint64_t output, uint64_t outputs) {
    struct sb_deflate_step step = {part, bit, end - bit, output, outputs};
    if (writing->visit && end > bit)
        writing->visit(writing->visitor, &step);
}

static void put_little_endian(struct sb_buf *output, uint32_t value, int bytes) {
    for (int i = 0; i < bytes; i++)
        sb_buf_append_byte(output, (unsigned char)(value >> 8 * i));
}

/* The longest codes are the lowest numbers. */
static void number_codes(const unsigned char *lengths, unsigned *codes) {
    unsigned next = 0;
    for (unsigned length = 15; length > 0; length--) {
        for (int i = 0; i < 256; i++)
            if (lengths[i] == length)
                codes[i] = next++;
        next >>= 1;
    }
}

static void put_literal_codes(const struct writing *writing, const unsigned char *lengths) {
    const struct sb_zstd *zstd = writing->zstd;
    struct sb_bits bits = {.output = writing->output};
    unsigned codes[256];
    uint64_t base = written(writing);
    number_codes(lengths, codes);
    for (int i = zstd->literal_count - 1; i >= 0; i--) {
        uint64_t begin = bits.count;
        sb_bits_put(&bits, codes[zstd->literals[i]], lengths[zstd->literals[i]]);
        step(writing, SB_DEFLATE_LITERAL, base + begin, base + bits.count, writing->at[i], 1);
    }
    uint64_t begin = bits.count;
    sb_bits_put(&bits, 1, 1);
    sb_bits_flush(&bits);
    step(writing, SB_DEFLATE_HEADER, base + begin, written(writing), 0, 0);
}

static void put_literals(const struct writing *writing) {
    const struct sb_zstd *zstd = writing->zstd;
    uint32_t count = (uint32_t)zstd->literal_count;
    uint64_t begin = written(writing);
    if (!zstd->found.huffman) {
        if (count <= ZSTD_LITERALS_TINY)
            put_little_endian(writing->output, count << 3, 1);
        else
            put_little_endian(writing->output, count << 4 | 4, 2);
        step(writing, SB_DEFLATE_HEADER, begin, written(writing), 0, 0);
        for (uint32_t i = 0; i < count; i++) {
            sb_buf_append_byte(writing->output, zstd->literals[i]);
            step(writing, SB_DEFLATE_LITERAL, written(writing) - 8, written(writing),
                 writing->at[i], 1);
        }
        return;
    }
    struct sb_buf description = SB_BUF_INIT;
    uint32_t bits = 1;
    for (uint32_t i = 0; i < count; i++)
        bits += zstd->found.literals[zstd->literals[i]];
    uint32_t bytes =
        (uint32_t)sb_zstd_huffman_describe(zstd->found.literals, &description) + (bits + 7) / 8;
    put_little_endian(writing->output, 2 | count << 4 | bytes << 14, 3);
    sb_buf_append_span(writing->output, sb_buf_span(&description));
    sb_buf_release(&description);
    step(writing, SB_DEFLATE_HEADER, begin, written(writing), 0, 0);
    put_literal_codes(writing, zstd->found.literals);
}

static void put_extra(struct sb_bits *bits, const struct sb_zstd_sequence *sequence) {
    static const enum sb_zstd_table order[] = {SB_ZSTD_LITERAL_LENGTHS, SB_ZSTD_MATCH_LENGTHS,
                                               SB_ZSTD_OFFSETS};
    for (int i = 0; i < SB_ZSTD_TABLES; i++) {
        struct sb_zstd_symbol symbol = sb_zstd_sequence_symbol(order[i], sequence);
        sb_bits_put(bits, (uint32_t)symbol.extra, (unsigned)symbol.extra_bits);
    }
}

/* The stream is read from its end: the last sequence is written first (RFC 8878 §3.1.1.3.2.1.2). */
static void put_stream(const struct writing *writing) {
    static const enum sb_zstd_table order[] = {SB_ZSTD_OFFSETS, SB_ZSTD_MATCH_LENGTHS,
                                               SB_ZSTD_LITERAL_LENGTHS};
    static const enum sb_zstd_table ends[] = {SB_ZSTD_MATCH_LENGTHS, SB_ZSTD_OFFSETS,
                                              SB_ZSTD_LITERAL_LENGTHS};
    const struct sb_zstd *zstd = writing->zstd;
    struct sb_bits bits = {.output = writing->output};
    struct sb_fse tables[SB_ZSTD_TABLES];
    unsigned states[SB_ZSTD_TABLES] = {0};
    bool single[SB_ZSTD_TABLES];
    uint64_t base = written(writing);
    for (int table = 0; table < SB_ZSTD_TABLES; table++) {
        const struct sb_fse_counts *counts = &zstd->found.tables[table];
        single[table] = sb_zstd_mode(counts) == ZSTD_MODE_SINGLE;
        if (!single[table])
            sb_fse_make(&tables[table], sb_zstd_mode(counts) == ZSTD_MODE_STANDARD
                                            ? sb_zstd_standard((enum sb_zstd_table)table)
                                            : counts);
    }
    for (int i = zstd->count - 1; i >= 0; i--) {
        const struct sb_zstd_sequence *sequence = &zstd->sequences[i];
        uint64_t begin = bits.count;
        for (int n = 0; n < SB_ZSTD_TABLES; n++) {
            int symbol = sb_zstd_sequence_symbol(order[n], sequence).symbol;
            if (single[order[n]])
                continue;
            states[order[n]] =
                i == zstd->count - 1
                    ? sb_fse_begin(&tables[order[n]], symbol)
                    : sb_fse_put(&tables[order[n]], states[order[n]], symbol, &bits, NULL);
        }
        put_extra(&bits, sequence);
        step(writing, SB_DEFLATE_MATCH, base + begin, base + bits.count,
             writing->from[i] + (uint64_t)sequence->literals, (uint64_t)sequence->length);
    }
    uint64_t begin = bits.count;
    for (int n = 0; n < SB_ZSTD_TABLES; n++)
        if (!single[ends[n]])
            sb_fse_end(&tables[ends[n]], states[ends[n]], &bits);
    sb_bits_put(&bits, 1, 1);
    sb_bits_flush(&bits);
    step(writing, SB_DEFLATE_HEADER, base + begin, written(writing), 0, 0);
}

static void put_sequences(const struct writing *writing) {
    const struct sb_fse_counts *tables = writing->zstd->found.tables;
    struct sb_bits bits = {.output = writing->output};
    uint64_t begin = written(writing);
    sb_buf_append_byte(writing->output, (unsigned char)writing->zstd->count);
    sb_buf_append_byte(writing->output,
                       (unsigned char)(sb_zstd_mode(&tables[SB_ZSTD_LITERAL_LENGTHS]) << 6 |
                                       sb_zstd_mode(&tables[SB_ZSTD_OFFSETS]) << 4 |
                                       sb_zstd_mode(&tables[SB_ZSTD_MATCH_LENGTHS]) << 2));
    for (int table = 0; table < SB_ZSTD_TABLES; table++)
        if (sb_zstd_mode(&tables[table]) == ZSTD_MODE_SINGLE)
            sb_buf_append_byte(writing->output, (unsigned char)(tables[table].symbols - 1));
        else if (sb_zstd_mode(&tables[table]) == ZSTD_MODE_WRITTEN)
            sb_fse_counts_put(&tables[table], &bits);
    step(writing, SB_DEFLATE_HEADER, begin, written(writing), 0, 0);
    put_stream(writing);
}

static void find_places(struct writing *writing) {
    const struct sb_zstd *zstd = writing->zstd;
    uint64_t place = 0;
    int literal = 0;
    writing->at = sb_memory_new((size_t)zstd->literal_count + 1, sizeof *writing->at);
    writing->from = sb_memory_new((size_t)zstd->count + 1, sizeof *writing->from);
    for (int i = 0; i <= zstd->count; i++) {
        int literals =
            i < zstd->count ? zstd->sequences[i].literals : zstd->literal_count - literal;
        writing->from[i] = place;
        while (literals-- > 0)
            writing->at[literal++] = place++;
        if (i < zstd->count)
            place += (uint64_t)zstd->sequences[i].length;
    }
}

void sb_zstd_write(const struct sb_zstd *zstd, struct sb_buf *output,
                   void (*visit)(void *, const struct sb_deflate_step *), void *visitor) {
    struct writing writing = {zstd, output, output->size, NULL, NULL, visit, visitor};
    find_places(&writing);
    /* Magic number; no content size, no checksum; a window of 4 KiB, or 8. */
    put_little_endian(output, 0xfd2fb528, 4);
    put_little_endian(output, zstd->runs.data.size > 4096 ? 3 << 11 : 2 << 11, 2);
    size_t block = output->size;
    put_little_endian(output, 0, ZSTD_BLOCK_HEADER);
    step(&writing, SB_DEFLATE_HEADER, 0, written(&writing), 0, 0);
    put_literals(&writing);
    put_sequences(&writing);
    uint32_t size = (uint32_t)(output->size - block - ZSTD_BLOCK_HEADER);
    uint32_t header = 1 | 2 << 1 | size << 3; /* the last one, compressed */
    for (int i = 0; i < ZSTD_BLOCK_HEADER; i++)
        output->data[block + (size_t)i] = (unsigned char)(header >> 8 * i);
    free(writing.at);
    free(writing.from);
}
