#include "smallest/deflate_format.h"
#include "smallest/prefix_code.h"

enum {
    UNREACHED = 1 << 28,
    UNKNOWN = 11, /* bits that a symbol without a code is taken to cost */
    BLOCK_HEADER = 3
};

struct prices {
    int literals[256], lengths[DEFLATE_LONGEST + 1], distances[SB_SMALL_MAX + 1];
};

static int price(int bits) {
    return bits ? bits : UNKNOWN;
}

static void set_prices(struct prices *prices, const struct sb_deflate_code *code) {
    for (int i = 0; i < 256; i++)
        prices->literals[i] = price(code->literals[i]);
    for (int i = DEFLATE_SHORTEST; i <= DEFLATE_LONGEST; i++) {
        struct sb_deflate_symbol length = sb_deflate_length_symbol(i);
        prices->lengths[i] = price(code->literals[length.symbol]) + length.extra_bits;
    }
    for (int symbol = 0, i = 1; i <= SB_SMALL_MAX; symbol++) {
        int extra = symbol < 4 ? 0 : symbol / 2 - 1;
        for (int n = 0; n < 1 << extra && i <= SB_SMALL_MAX; n++, i++)
            prices->distances[i] = price(code->distances[symbol]) + extra;
    }
}

struct path {
    int bits;
    struct sb_deflate_token token;
};

static void improve(struct path *paths, int to, int bits, int length, int distance) {
    if (bits < paths[to].bits)
        paths[to] = (struct path){bits, {(int16_t)length, (int16_t)distance}};
}

/* Ends are at cuts, and where a match is as long as one can be, wherever that is. */
static void relax(const struct sb_runs *runs, const struct prices *prices, struct path *paths,
                  int at, int end, const struct sb_match *match) {
    int limit = at + match->length;
    if (limit > at + DEFLATE_LONGEST)
        limit = at + DEFLATE_LONGEST;
    if (limit > end)
        limit = end;
    if (limit < at + DEFLATE_SHORTEST)
        return;
    int bits = paths[at].bits + prices->distances[match->distance];
    for (int to = runs->next_cut[at + DEFLATE_SHORTEST]; to <= limit; to = runs->next_cut[to + 1])
        improve(paths, to, bits + prices->lengths[to - at], to - at, match->distance);
    if (limit == at + DEFLATE_LONGEST)
        improve(paths, limit, bits + prices->lengths[DEFLATE_LONGEST], DEFLATE_LONGEST,
                match->distance);
}

/* Appends the tokens of the bytes from begin to end. */
static void parse(struct sb_deflate *deflate, int begin, int end,
                  const struct sb_deflate_code *code) {
    struct path paths[SB_SMALL_MAX + 1];
    struct sb_match matches[SB_SMALL_MAX];
    struct prices prices;
    set_prices(&prices, code);
    for (int at = begin; at <= end; at++)
        paths[at] = (struct path){UNREACHED, {1, 0}};
    paths[begin].bits = 0;
    for (int at = begin; at < end; at++) {
        if (paths[at].bits == UNREACHED)
            continue;
        if (sb_runs_cut(&deflate->runs, at + 1))
            improve(paths, at + 1, paths[at].bits + prices.literals[deflate->runs.data.data[at]], 1,
                    0);
        int count = sb_runs_match(&deflate->runs, at, matches);
        for (int i = 0; i < count; i++)
            relax(&deflate->runs, &prices, paths, at, end, &matches[i]);
    }
    int count = 0;
    for (int at = end; at > begin; at -= paths[at].token.length)
        count++;
    deflate->count += count;
    struct sb_deflate_token *token = deflate->tokens + deflate->count;
    for (int at = end; at > begin; at -= token->length)
        *--token = paths[at].token;
}

void sb_deflate_count(const struct sb_deflate *deflate, int from, int to, size_t at,
                      struct sb_deflate_counts *counts) {
    *counts = (struct sb_deflate_counts){0};
    counts->literals[DEFLATE_END] = 1;
    for (int i = from; i < to; i++) {
        struct sb_deflate_token token = deflate->tokens[i];
        if (token.distance == 0) {
            counts->literals[deflate->runs.data.data[at]]++;
        } else {
            struct sb_deflate_symbol length = sb_deflate_length_symbol(token.length);
            struct sb_deflate_symbol distance = sb_deflate_distance_symbol(token.distance);
            counts->literals[length.symbol]++;
            counts->distances[distance.symbol]++;
            counts->extra_bits += length.extra_bits + distance.extra_bits;
        }
        at += (size_t)token.length;
    }
}

/* UNREACHED where a symbol has no code. */
static int coded_bits(const struct sb_deflate_counts *counts, const struct sb_deflate_code *code) {
    int bits = counts->extra_bits;
    for (int i = 0; i < SB_DEFLATE_LITERALS; i++) {
        if (counts->literals[i] && !code->literals[i])
            return UNREACHED;
        bits += counts->literals[i] * code->literals[i];
    }
    for (int i = 0; i < SB_DEFLATE_DISTANCES; i++) {
        if (counts->distances[i] && !code->distances[i])
            return UNREACHED;
        bits += counts->distances[i] * code->distances[i];
    }
    return bits;
}

static bool usable(const struct sb_deflate_code *code) {
    return code->literals[DEFLATE_END] &&
           sb_prefix_code_complete(code->literals, SB_DEFLATE_LITERALS) &&
           sb_prefix_code_complete(code->distances, SB_DEFLATE_DISTANCES);
}

/* The code of the first block: the hint, or what fits the counts. Returns the block's bits. */
static int choose_code(struct sb_deflate *deflate, const struct sb_deflate_counts *counts,
                       const struct sb_deflate_code *hint) {
    struct sb_deflate_code fitted = {0};
    int bits = UNREACHED;
    sb_prefix_code_fit(counts->literals, SB_DEFLATE_LITERALS, DEFLATE_DEEPEST, fitted.literals);
    sb_prefix_code_fit(counts->distances, SB_DEFLATE_DISTANCES, DEFLATE_DEEPEST, fitted.distances);
    deflate->code = fitted;
    int fitted_bits = coded_bits(counts, &fitted) + sb_deflate_header_bits(&fitted);
    if (usable(hint))
        bits = coded_bits(counts, hint);
    if (bits < UNREACHED)
        bits += sb_deflate_header_bits(hint);
    if (bits <= fitted_bits)
        deflate->code = *hint;
    return BLOCK_HEADER + (bits <= fitted_bits ? bits : fitted_bits);
}

void sb_deflate_find(struct sb_deflate *deflate, struct sb_span data, size_t dynamic,
                     const struct sb_deflate_code *hint) {
    struct sb_deflate_code fixed;
    struct sb_deflate_counts counts;
    sb_deflate_fixed_code(&fixed);
    sb_runs_find(&deflate->runs, data, DEFLATE_LONGEST);
    deflate->dynamic = dynamic < data.size ? dynamic : data.size;
    sb_runs_divide(&deflate->runs, (int)deflate->dynamic);
    deflate->count = deflate->bits = 0;
    if (deflate->dynamic)
        parse(deflate, 0, (int)deflate->dynamic, hint);
    deflate->tokens_dynamic = deflate->count;
    if (deflate->dynamic) {
        sb_deflate_count(deflate, 0, deflate->count, 0, &counts);
        deflate->bits = choose_code(deflate, &counts, hint);
    }
    if (deflate->dynamic < data.size || !deflate->dynamic) {
        parse(deflate, (int)deflate->dynamic, (int)data.size, &fixed);
        sb_deflate_count(deflate, deflate->tokens_dynamic, deflate->count, deflate->dynamic,
                         &counts);
        deflate->bits += BLOCK_HEADER + coded_bits(&counts, &fixed);
    }
}
