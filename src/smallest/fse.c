#include "smallest/fse.h"

static int highest_bit(unsigned value) {
    int bit = -1;
    for (; value; value >>= 1)
        bit++;
    return bit;
}

/* Which symbol each state has: rare ones at the end, the others in steps that meet every state. */
static void spread(const struct sb_fse_counts *counts, unsigned char *symbols) {
    int size = 1 << counts->log, high = size - 1, at = 0;
    int step = (size >> 1) + (size >> 3) + 3;
    for (int s = 0; s < counts->symbols; s++)
        if (counts->states[s] < 0)
            symbols[high--] = (unsigned char)s;
    for (int s = 0; s < counts->symbols; s++)
        for (int i = 0; i < counts->states[s]; i++) {
            symbols[at] = (unsigned char)s;
            do
                at = (at + step) & (size - 1);
            while (at > high);
        }
}

void sb_fse_make(struct sb_fse *fse, const struct sb_fse_counts *counts) {
    unsigned char symbols[1 << SB_FSE_LOG_MAX] = {0};
    int first[SB_FSE_SYMBOLS] = {0}, size = 1 << counts->log, total = 0;
    fse->log = counts->log;
    spread(counts, symbols);
    for (int s = 0; s < counts->symbols; s++) {
        int states = counts->states[s] < 0 ? 1 : counts->states[s];
        first[s] = total;
        if (states < 2) {
            fse->bits[s] = (counts->log + !states) * 65536 - size;
            fse->find[s] = total - 1;
        } else {
            int most = counts->log - highest_bit((unsigned)states - 1);
            fse->bits[s] = most * 65536 - (states << most);
            fse->find[s] = total - states;
        }
        total += states;
    }
    for (int i = 0; i < size; i++)
        fse->next[first[symbols[i]]++] = (uint16_t)(size + i);
}

unsigned sb_fse_begin(const struct sb_fse *fse, int symbol) {
    int bits = (fse->bits[symbol] + 32768) >> 16;
    int value = bits * 65536 - fse->bits[symbol];
    return fse->next[(value >> bits) + fse->find[symbol]];
}

unsigned sb_fse_put(const struct sb_fse *fse, unsigned state, int symbol, struct sb_bits *bits,
                    int *count) {
    int size = ((int)state + fse->bits[symbol]) >> 16;
    if (bits)
        sb_bits_put(bits, state, (unsigned)size);
    if (count)
        *count += size;
    return fse->next[((int)state >> size) + fse->find[symbol]];
}

void sb_fse_end(const struct sb_fse *fse, unsigned state, struct sb_bits *bits) {
    sb_bits_put(bits, state, (unsigned)fse->log);
}

bool sb_fse_fit(struct sb_fse_counts *counts, const int *occurrences, int symbols, int log) {
    int all = 0, size = 1 << log, left = size, most = 0;
    *counts = (struct sb_fse_counts){.log = log};
    for (int s = 0; s < symbols; s++)
        all += occurrences[s];
    for (int s = 0; s < symbols; s++) {
        if (occurrences[s] == 0)
            continue;
        int states = (occurrences[s] * size + all / 2) / all;
        counts->states[s] = (int16_t)(states ? states : 1);
        counts->symbols = s + 1;
        left -= counts->states[s];
        if (occurrences[s] > occurrences[most] || !counts->states[most])
            most = s;
    }
    if (counts->states[most] + left < 1)
        return false;
    counts->states[most] = (int16_t)(counts->states[most] + left);
    return true;
}

/* A run of symbols without a state: threes, and what is left. */
static int put_zeros(const struct sb_fse_counts *counts, int from, struct sb_bits *bits) {
    int to = from;
    while (to < counts->symbols && counts->states[to] == 0)
        to++;
    for (; to >= from + 3; from += 3)
        sb_bits_put(bits, 3, 2);
    sb_bits_put(bits, (uint32_t)(to - from), 2);
    return to;
}

void sb_fse_counts_put(const struct sb_fse_counts *counts, struct sb_bits *bits) {
    int threshold = 1 << counts->log, rest = threshold + 1, width = counts->log + 1;
    bool zero = false;
    sb_bits_put(bits, (uint32_t)counts->log - 5, 4);
    for (int s = 0; s < counts->symbols && rest > 1;) {
        if (zero)
            s = put_zeros(counts, s, bits);
        if (s == counts->symbols)
            break;
        int states = counts->states[s++], small = 2 * threshold - 1 - rest;
        int value = states + 1;
        rest -= states < 0 ? 1 : states;
        if (value >= threshold)
            value += small;
        sb_bits_put(bits, (uint32_t)value, (unsigned)(width - (value < small)));
        zero = states == 0;
        while (rest < threshold && threshold > 1) {
            width--;
            threshold >>= 1;
        }
    }
    sb_bits_flush(bits);
}
