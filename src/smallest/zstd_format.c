#include "smallest/zstd_format.h"

enum { WEIGHTS = 13, DIRECT_MAX = 128 };

static const struct sb_fse_counts standard[SB_ZSTD_TABLES] = {
    [SB_ZSTD_LITERAL_LENGTHS] = {6, 36, {4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1,  1,  2,  2,
                                         2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1}},
    [SB_ZSTD_OFFSETS] = {5, 29, {1, 1, 1, 1, 1, 1, 2, 2, 2, 1,  1,  1,  1,  1, 1,
                                 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1}},
    [SB_ZSTD_MATCH_LENGTHS] = {6, 53, {1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1,  1,  1,  1,  1,  1,  1, 1,
                                       1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,  1,  1,  1,  1,  1,  1, 1,
                                       1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1}},
};

const struct sb_fse_counts *sb_zstd_standard(enum sb_zstd_table table) {
    return &standard[table];
}

static struct sb_zstd_symbol find(int value, int base, int direct, const unsigned char *extra) {
    if (value < base + direct)
        return (struct sb_zstd_symbol){value - base, 0, 0};
    int symbol = direct;
    base += direct;
    for (; value >= base + (1 << *extra); symbol++, extra++)
        base += 1 << *extra;
    return (struct sb_zstd_symbol){symbol, *extra, value - base};
}

struct sb_zstd_symbol sb_zstd_literals_symbol(int length) {
    static const unsigned char extra[] = {1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13};
    return find(length, 0, 16, extra);
}

struct sb_zstd_symbol sb_zstd_match_symbol(int length) {
    static const unsigned char extra[] = {1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13};
    return find(length, ZSTD_SHORTEST, 32, extra);
}

struct sb_zstd_symbol sb_zstd_offset_symbol(int offset) {
    int symbol = 0;
    while (offset >> (symbol + 1))
        symbol++;
    return (struct sb_zstd_symbol){symbol, symbol, offset - (1 << symbol)};
}

struct sb_zstd_symbol sb_zstd_sequence_symbol(enum sb_zstd_table table,
                                              const struct sb_zstd_sequence *sequence) {
    return table == SB_ZSTD_LITERAL_LENGTHS ? sb_zstd_literals_symbol(sequence->literals)
           : table == SB_ZSTD_OFFSETS       ? sb_zstd_offset_symbol(sequence->offset)
                                            : sb_zstd_match_symbol(sequence->length);
}

int sb_zstd_mode(const struct sb_fse_counts *counts) {
    return counts->log       ? ZSTD_MODE_WRITTEN
           : counts->symbols ? ZSTD_MODE_SINGLE
                             : ZSTD_MODE_STANDARD;
}

/* Weights of all symbols but the last, which follows from the others. Returns how many. */
static int weigh(const unsigned char *lengths, unsigned char *weights) {
    int longest = 0, last = 0;
    for (int i = 0; i < 256; i++)
        if (lengths[i]) {
            last = i;
            longest = lengths[i] > longest ? lengths[i] : longest;
        }
    for (int i = 0; i < last; i++)
        weights[i] = lengths[i] ? (unsigned char)(longest + 1 - lengths[i]) : 0;
    return last;
}

/* Two states take turns; the first weight is the first one's. */
static void put_weights(const unsigned char *weights, int count, const struct sb_fse_counts *counts,
                        struct sb_buf *output) {
    struct sb_bits bits = {.output = output};
    struct sb_fse fse;
    unsigned states[2] = {0};
    sb_fse_counts_put(counts, &bits);
    sb_fse_make(&fse, counts);
    for (int i = count - 1; i >= 0; i--)
        states[i & 1] = i >= count - 2 ? sb_fse_begin(&fse, weights[i])
                                       : sb_fse_put(&fse, states[i & 1], weights[i], &bits, NULL);
    sb_fse_end(&fse, states[1], &bits);
    sb_fse_end(&fse, states[0], &bits);
    sb_bits_put(&bits, 1, 1);
    sb_bits_flush(&bits);
}

static void keep_shorter(struct sb_buf *best, struct sb_buf *other) {
    if (best->size == 0 || other->size < best->size) {
        best->size = 0;
        sb_buf_append_span(best, sb_buf_span(other));
    }
    other->size = 0;
}

static void describe_directly(const unsigned char *weights, int count, struct sb_buf *output) {
    sb_buf_append_byte(output, (unsigned char)(127 + count));
    for (int i = 0; i < count; i += 2)
        sb_buf_append_byte(output,
                           (unsigned char)(weights[i] << 4 | (i + 1 < count ? weights[i + 1] : 0)));
}

/* The same with tables that have one state more for one weight than it deserves, as well. */
static void describe_coded(const unsigned char *weights, int count, struct sb_buf *best) {
    struct sb_buf other = SB_BUF_INIT;
    int occurrences[WEIGHTS] = {0}, kinds = 0;
    for (int i = 0; i < count; i++)
        kinds += occurrences[weights[i]]++ == 0;
    for (int log = 5; log <= SB_FSE_LOG_MAX && kinds > 1; log++)
        for (int favoured = 0; favoured <= WEIGHTS; favoured++) {
            struct sb_fse_counts counts;
            int most = 0;
            if (!sb_fse_fit(&counts, occurrences, WEIGHTS, log))
                continue;
            for (int i = 0; i < WEIGHTS; i++)
                most = occurrences[i] > occurrences[most] ? i : most;
            if (favoured < WEIGHTS) {
                if (!occurrences[favoured] || favoured == most || counts.states[most] < 2)
                    continue;
                counts.states[favoured]++;
                counts.states[most]--;
            }
            sb_buf_append_byte(&other, 0);
            put_weights(weights, count, &counts, &other);
            if (other.size <= DIRECT_MAX) {
                other.data[0] = (unsigned char)(other.size - 1);
                keep_shorter(best, &other);
            }
            other.size = 0;
        }
    sb_buf_release(&other);
}

size_t sb_zstd_huffman_describe(const unsigned char *lengths, struct sb_buf *output) {
    unsigned char weights[256];
    struct sb_buf best = SB_BUF_INIT;
    int count = weigh(lengths, weights);
    if (count <= DIRECT_MAX)
        describe_directly(weights, count, &best);
    describe_coded(weights, count, &best);
    size_t size = best.size;
    sb_buf_append_span(output, sb_buf_span(&best));
    sb_buf_release(&best);
    return size;
}
