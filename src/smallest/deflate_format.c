#include "smallest/deflate_format.h"

#include "smallest/prefix_code.h"

enum { LENGTHS = 19, REPEAT = 16, ZEROS = 17, MANY_ZEROS = 18, DEEPEST_LENGTH = 7, ROUNDS = 4 };

const unsigned char sb_deflate_order[LENGTHS] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                 11, 4,  12, 3, 13, 2, 14, 1, 15};

struct sb_deflate_symbol sb_deflate_length_symbol(int length) {
    int base = DEFLATE_SHORTEST, symbol = 257, extra = 0;
    if (length == DEFLATE_LONGEST)
        return (struct sb_deflate_symbol){285, 0, 0};
    for (; length >= base + (1 << extra); symbol++) {
        base += 1 << extra;
        extra = symbol - 257 < 7 ? 0 : (symbol - 257 - 3) / 4;
    }
    return (struct sb_deflate_symbol){symbol, extra, length - base};
}

struct sb_deflate_symbol sb_deflate_distance_symbol(int distance) {
    int base = 1, symbol = 0, extra = 0;
    for (; distance >= base + (1 << extra); symbol++) {
        base += 1 << extra;
        extra = symbol < 3 ? 0 : (symbol - 1) / 2;
    }
    return (struct sb_deflate_symbol){symbol, extra, distance - base};
}

void sb_deflate_fixed_code(struct sb_deflate_code *code) {
    for (int i = 0; i < SB_DEFLATE_LITERALS; i++)
        code->literals[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    memset(code->distances, 5, sizeof code->distances);
}

int sb_deflate_extra_bits(int symbol) {
    return symbol == REPEAT ? 2 : symbol == ZEROS ? 3 : symbol == MANY_ZEROS ? 7 : 0;
}

static int used(const unsigned char *lengths, int size, int least) {
    while (size > least && lengths[size - 1] == 0)
        size--;
    return size;
}

struct choice {
    int bits, step;
    unsigned char symbol, extra;
};

static void consider(struct choice *best, const struct choice *rest, int step, int symbol,
                     int extra, const int *costs) {
    int bits = costs[symbol] + sb_deflate_extra_bits(symbol) + rest->bits;
    if (bits < best->bits)
        *best = (struct choice){bits, step, (unsigned char)symbol, (unsigned char)extra};
}

/* The cheapest way to write the lengths, from the end on. */
static void run_lengths(const unsigned char *lengths, int size, const int *costs,
                        struct choice *best) {
    best[size] = (struct choice){0};
    for (int i = size - 1; i >= 0; i--) {
        int length = lengths[i], run = 1;
        while (i + run < size && lengths[i + run] == length)
            run++;
        best[i].bits = 1 << 20;
        consider(&best[i], &best[i + 1], 1, length, 0, costs);
        for (int n = 3; length == 0 && n <= run && n <= 138; n++)
            consider(&best[i], &best[i + n], n, n <= 10 ? ZEROS : MANY_ZEROS,
                     n <= 10 ? n - 3 : n - 11, costs);
        for (int n = 3; i > 0 && lengths[i - 1] == length && n <= run && n <= 6; n++)
            consider(&best[i], &best[i + n], n, REPEAT, n - 3, costs);
    }
}

static void take(struct sb_deflate_header *header, const struct choice *best, int size) {
    int counts[LENGTHS] = {0};
    header->count = 0;
    for (int i = 0; i < size; i += best[i].step) {
        header->items[header->count].symbol = best[i].symbol;
        header->items[header->count++].extra = best[i].extra;
        counts[best[i].symbol]++;
    }
    sb_prefix_code_fit(counts, LENGTHS, DEEPEST_LENGTH, header->lengths);
    header->order = LENGTHS;
    while (header->order > 4 && header->lengths[sb_deflate_order[header->order - 1]] == 0)
        header->order--;
    header->bits = 5 + 5 + 4 + 3 * header->order;
    for (int i = 0; i < LENGTHS; i++)
        header->bits += counts[i] * (header->lengths[i] + sb_deflate_extra_bits(i));
}

void sb_deflate_header_make(struct sb_deflate_header *header, const struct sb_deflate_code *code) {
    struct sb_deflate_header other = {0};
    struct choice best[SB_DEFLATE_LITERALS + SB_DEFLATE_DISTANCES + 1];
    unsigned char lengths[SB_DEFLATE_LITERALS + SB_DEFLATE_DISTANCES];
    int costs[LENGTHS];
    other.literals = used(code->literals, SB_DEFLATE_LITERALS, 257);
    other.distances = used(code->distances, SB_DEFLATE_DISTANCES, 1);
    int size = other.literals + other.distances;
    memcpy(lengths, code->literals, (size_t)other.literals);
    memcpy(lengths + other.literals, code->distances, (size_t)other.distances);
    for (int i = 0; i < LENGTHS; i++)
        costs[i] = i < REPEAT ? 4 : 3;
    header->bits = 1 << 20;
    for (int round = 0; round < ROUNDS; round++) {
        run_lengths(lengths, size, costs, best);
        take(&other, best, size);
        if (other.bits < header->bits)
            *header = other;
        for (int i = 0; i < LENGTHS; i++)
            costs[i] = other.lengths[i] ? other.lengths[i] : DEEPEST_LENGTH;
    }
}

int sb_deflate_header_bits(const struct sb_deflate_code *code) {
    struct sb_deflate_header header;
    sb_deflate_header_make(&header, code);
    return header.bits;
}
