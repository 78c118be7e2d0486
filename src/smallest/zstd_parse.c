#include "smallest/zstd_parse.h"

#include <math.h>

enum {
    UNIT = 256, /* of prices in a bit */
    UNREACHED = 1 << 30,
    UNKNOWN = 8,
    UNKNOWN_LITERAL = 9
};

struct prices {
    int literals[256], tables[SB_ZSTD_TABLES][SB_FSE_SYMBOLS];
    int runs[SB_SMALL_MAX + 2]; /* of so many literals */
    int lengths[SB_SMALL_MAX + 1];
};

/* The cheapest way to a place that was found. */
struct path {
    int price, literals;              /* before this place, since the last match */
    int recent[3];                    /* distances, the last one first */
    struct sb_zstd_sequence sequence; /* length 0: a literal */
};

static void price_table(int *prices, const struct sb_fse_counts *counts, enum sb_zstd_table table) {
    int mode = sb_zstd_mode(counts);
    const struct sb_fse_counts *used =
        mode == ZSTD_MODE_STANDARD ? sb_zstd_standard(table) : counts;
    for (int s = 0; s < SB_FSE_SYMBOLS; s++) {
        int states = s < used->symbols ? used->states[s] : 0;
        if (mode == ZSTD_MODE_SINGLE)
            prices[s] = s == used->symbols - 1 ? 0 : UNKNOWN_LITERAL * UNIT;
        else
            prices[s] =
                states ? (int)(UNIT * (used->log - log2(states < 0 ? 1 : states))) : UNKNOWN * UNIT;
    }
}

static void set_prices(struct prices *prices, const struct sb_zstd_hint *hint, int size) {
    for (int i = 0; i < 256; i++) {
        int bits = !hint->huffman ? 8 : hint->literals[i] ? hint->literals[i] : UNKNOWN_LITERAL;
        prices->literals[i] = bits * UNIT;
    }
    for (int table = 0; table < SB_ZSTD_TABLES; table++)
        price_table(prices->tables[table], &hint->tables[table], (enum sb_zstd_table)table);
    for (int i = 0; i <= size + 1; i++) {
        struct sb_zstd_symbol symbol = sb_zstd_literals_symbol(i);
        prices->runs[i] =
            prices->tables[SB_ZSTD_LITERAL_LENGTHS][symbol.symbol] + symbol.extra_bits * UNIT;
    }
    for (int i = ZSTD_SHORTEST; i <= size; i++) {
        struct sb_zstd_symbol symbol = sb_zstd_match_symbol(i);
        prices->lengths[i] =
            prices->tables[SB_ZSTD_MATCH_LENGTHS][symbol.symbol] + symbol.extra_bits * UNIT;
    }
}

/* The offset that stands for distance (RFC 8878 §3.1.1.5), and the distances that are recent
 * afterwards. Behind a match without literals the last distance is not among the short ones. */
static int offset_of(const struct path *path, int distance, int recent[3]) {
    const int *last = path->recent;
    int skip = path->literals == 0, offset = distance + 3, kept = 2;
    for (int i = 0; i < 3; i++)
        if (distance == (i + skip < 3 ? last[i + skip] : last[0] - 1)) {
            offset = i + 1;
            kept = i + skip < 3 ? i + skip : 2;
            break;
        }
    recent[0] = distance;
    recent[1] = kept == 0 ? last[1] : last[0];
    recent[2] = kept < 2 ? last[2] : last[1];
    return offset;
}

static void relax(const struct sb_runs *runs, const struct prices *prices, struct path *paths,
                  int at, const struct sb_match *match) {
    struct path next = {.sequence = {.literals = paths[at].literals, .distance = match->distance}};
    int limit = at + match->length;
    if (limit > (int)runs->data.size)
        limit = (int)runs->data.size;
    if (limit < at + ZSTD_SHORTEST || match->distance < 1)
        return;
    next.sequence.offset = offset_of(&paths[at], match->distance, next.recent);
    struct sb_zstd_symbol offset = sb_zstd_offset_symbol(next.sequence.offset);
    int price = paths[at].price + prices->tables[SB_ZSTD_OFFSETS][offset.symbol] +
                offset.extra_bits * UNIT + prices->runs[0];
    for (int to = runs->next_cut[at + ZSTD_SHORTEST]; to <= limit; to = runs->next_cut[to + 1]) {
        next.price = price + prices->lengths[to - at];
        if (next.price < paths[to].price) {
            next.sequence.length = to - at;
            paths[to] = next;
        }
    }
}

static void relax_all(const struct sb_runs *runs, const struct prices *prices, struct path *paths,
                      int at, struct sb_match *matches) {
    int count = sb_runs_match(runs, at, matches);
    for (int i = 0; i < count; i++)
        relax(runs, prices, paths, at, &matches[i]);
    for (int i = 0; i < 3; i++) {
        int distance = paths[at].recent[i];
        if (distance > at)
            continue;
        struct sb_match again = {sb_runs_common(runs, at - distance, at), distance};
        relax(runs, prices, paths, at, &again);
    }
}

static void collect(struct sb_zstd *zstd, const struct path *paths) {
    int size = (int)zstd->runs.data.size;
    zstd->count = zstd->literal_count = 0;
    for (int at = size; at > 0; at -= paths[at].sequence.length ? paths[at].sequence.length : 1)
        if (paths[at].sequence.length)
            zstd->count++;
        else
            zstd->literal_count++;
    int sequence = zstd->count, literal = zstd->literal_count;
    for (int at = size; at > 0;)
        if (paths[at].sequence.length) {
            zstd->sequences[--sequence] = paths[at].sequence;
            at -= paths[at].sequence.length;
        } else {
            zstd->literals[--literal] = zstd->runs.data.data[--at];
        }
}

void sb_zstd_parse(struct sb_zstd *zstd, const struct sb_zstd_hint *hint) {
    const struct sb_runs *runs = &zstd->runs;
    struct path paths[SB_SMALL_MAX + 1];
    struct sb_match matches[SB_SMALL_MAX];
    struct prices prices;
    int size = (int)runs->data.size;
    set_prices(&prices, hint, size);
    for (int at = 0; at <= size; at++)
        paths[at] = (struct path){.price = UNREACHED};
    paths[0] = (struct path){.price = prices.runs[0], .recent = {1, 4, 8}};
    for (int at = 0; at < size; at++) {
        struct path *path = &paths[at];
        if (!sb_runs_cut(runs, at) || path->price == UNREACHED)
            continue;
        int price = path->price + prices.literals[runs->data.data[at]] +
                    prices.runs[path->literals + 1] - prices.runs[path->literals];
        if (price < paths[at + 1].price)
            paths[at + 1] = (struct path){price,
                                          path->literals + 1,
                                          {path->recent[0], path->recent[1], path->recent[2]},
                                          {0}};
        relax_all(runs, &prices, paths, at, matches);
    }
    collect(zstd, paths);
}
