#include "smallest/zstd_format.h"
#include "smallest/zstd_parse.h"

#include "smallest/prefix_code.h"

enum { NEVER = 1 << 20, DEEPEST = 11 };

/* The bits of all symbols of one table, with its description; NEVER where it lacks one. */
static int table_bits(const struct sb_zstd *zstd, enum sb_zstd_table table,
                      const struct sb_fse_counts *counts) {
    int mode = sb_zstd_mode(counts), bits = 0;
    struct sb_fse fse;
    if (mode == ZSTD_MODE_SINGLE)
        return 8;
    const struct sb_fse_counts *used =
        mode == ZSTD_MODE_STANDARD ? sb_zstd_standard(table) : counts;
    sb_fse_make(&fse, used);
    unsigned state = 0;
    for (int i = zstd->count - 1; i >= 0; i--) {
        int symbol = sb_zstd_sequence_symbol(table, &zstd->sequences[i]).symbol;
        if (symbol >= used->symbols || used->states[symbol] == 0)
            return NEVER;
        state = i == zstd->count - 1 ? sb_fse_begin(&fse, symbol)
                                     : sb_fse_put(&fse, state, symbol, NULL, &bits);
    }
    if (mode == ZSTD_MODE_WRITTEN) {
        struct sb_buf written = SB_BUF_INIT;
        struct sb_bits description = {.output = &written};
        sb_fse_counts_put(counts, &description);
        bits += (int)(8 * written.size);
        sb_buf_release(&written);
    }
    return bits + used->log;
}

static void choose_table(struct sb_zstd *zstd, enum sb_zstd_table table,
                         const struct sb_fse_counts *hint) {
    struct sb_fse_counts *found = &zstd->found.tables[table], other = {0};
    int occurrences[SB_FSE_SYMBOLS] = {0}, kinds = 0, last = 0;
    for (int i = 0; i < zstd->count; i++) {
        last = sb_zstd_sequence_symbol(table, &zstd->sequences[i]).symbol;
        kinds += occurrences[last]++ == 0;
    }
    *found = (struct sb_fse_counts){0};
    int best = table_bits(zstd, table, found);
    for (int choice = 0; choice < 4; choice++) {
        if (choice == 0 && sb_zstd_mode(hint) != ZSTD_MODE_SINGLE)
            other = *hint;
        else if (choice == 1 && kinds == 1)
            other = (struct sb_fse_counts){.symbols = last + 1};
        else if (choice < 2 || kinds == 1 ||
                 !sb_fse_fit(&other, occurrences, SB_FSE_SYMBOLS, 3 + choice))
            continue;
        int bits = table_bits(zstd, table, &other);
        if (bits < best) {
            best = bits;
            *found = other;
        }
    }
}

/* Bytes of the Huffman-coded literals behind their header; NEVER where one has no code. */
static int huffman_bytes(const struct sb_zstd *zstd, const unsigned char *lengths) {
    struct sb_buf description = SB_BUF_INIT;
    int bits = 1;
    for (int i = 0; i < zstd->literal_count; i++) {
        if (!lengths[zstd->literals[i]])
            return NEVER;
        bits += lengths[zstd->literals[i]];
    }
    int bytes = (int)sb_zstd_huffman_describe(lengths, &description) + (bits + 7) / 8;
    sb_buf_release(&description);
    return bytes;
}

/* Returns the bytes of the whole section. */
static int choose_literals(struct sb_zstd *zstd, const struct sb_zstd_hint *hint) {
    int occurrences[256] = {0};
    unsigned char fitted[256];
    int best = zstd->literal_count + (zstd->literal_count <= ZSTD_LITERALS_TINY ? 1 : 2);
    zstd->found.huffman = false;
    memset(zstd->found.literals, 0, sizeof fitted);
    for (int i = 0; i < zstd->literal_count; i++)
        occurrences[zstd->literals[i]]++;
    sb_prefix_code_fit(occurrences, 256, DEEPEST, fitted);
    for (int choice = 0; choice < 2 && zstd->literal_count > 1; choice++) {
        const unsigned char *lengths = choice ? fitted : hint->literals;
        if (!choice && !(hint->huffman && sb_prefix_code_complete(lengths, 256)))
            continue;
        int bytes = 3 + huffman_bytes(zstd, lengths);
        if (bytes < best) {
            best = bytes;
            zstd->found.huffman = true;
            memcpy(zstd->found.literals, lengths, sizeof fitted);
        }
    }
    return best;
}

bool sb_zstd_find(struct sb_zstd *zstd, struct sb_span data, const struct sb_zstd_hint *hint) {
    sb_runs_find(&zstd->runs, data, SB_SMALL_MAX);
    sb_zstd_parse(zstd, hint);
    if (zstd->count < 1 || zstd->count > ZSTD_SEQUENCES_MAX ||
        zstd->literal_count > ZSTD_LITERALS_MAX)
        return false;
    zstd->bits = 8 * (ZSTD_FRAME_HEADER + ZSTD_BLOCK_HEADER + choose_literals(zstd, hint) + 2) + 1;
    for (int table = 0; table < SB_ZSTD_TABLES; table++) {
        choose_table(zstd, (enum sb_zstd_table)table, &hint->tables[table]);
        zstd->bits += table_bits(zstd, (enum sb_zstd_table)table, &zstd->found.tables[table]);
        for (int i = 0; i < zstd->count; i++)
            zstd->bits +=
                sb_zstd_sequence_symbol((enum sb_zstd_table)table, &zstd->sequences[i]).extra_bits;
    }
    return true;
}
