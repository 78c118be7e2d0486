/* search CLASS [--order ORDER --keys KEYS] [--program KIND] [--tar FILE] [--seed N] [--seconds N]
 *
 * Searches, and prints the best that was found as an initialiser for src/smallest/found. It goes on
 * from what is found there, but with --order, which begins anew, or from a tar of the same order.
 * Ctrl-C prints what there is. */
#include "search.h"

#include <ctype.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "smallest/deflate_format.h"
#include "smallest/prefix_code.h"
#include "smallest/sketch.h"

struct plan plan;
static uint32_t random_state = 1;

uint32_t random_number(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

int random_below(int limit) {
    return (int)(random_number() % (uint32_t)limit);
}

bool one_in(int chances) {
    return random_below(chances) == 0;
}

/* Bits of what zlib makes at its best level, which is what GNU gzip makes of so little. */
static int stock_bits(struct sb_span data) {
    static z_stream stream, back;
    static unsigned char packed[2 * SB_SMALL_MAX], unpacked[2 * SB_SMALL_MAX];
    if (!stream.state) {
        deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
        inflateInit2(&back, -15);
    }
    deflateReset(&stream);
    inflateReset(&back);
    stream.next_in = (unsigned char *)(uintptr_t)data.data;
    stream.avail_in = (unsigned)data.size;
    stream.next_out = packed;
    stream.avail_out = sizeof packed;
    deflate(&stream, Z_FINISH);
    back.next_in = packed;
    back.avail_in = (unsigned)stream.total_out;
    back.next_out = unpacked;
    back.avail_out = sizeof unpacked;
    inflate(&back, Z_FINISH);
    return (int)(8 * stream.total_out) - (back.data_type & 7);
}

static int deflate_bits(struct state *state, struct sb_span data) {
    static struct sb_deflate deflate;
    struct sb_deflate_code hint = state->code;
    int best = IMPOSSIBLE;
    for (int round = 0; round < 2; round++) {
        sb_deflate_find(&deflate, data, state->dynamic, &hint);
        if (deflate.bits < best) {
            best = deflate.bits;
            state->code = deflate.code;
        }
        hint = deflate.code;
    }
    return best;
}

static int zstd_bits(struct state *state, struct sb_span data) {
    static struct sb_zstd zstd;
    struct sb_zstd_hint hint = state->zstd, best_hint = hint;
    int best = IMPOSSIBLE;
    for (int round = 0; round < 2 && sb_zstd_find(&zstd, data, &hint); round++) {
        if (zstd.bits < best) {
            best = zstd.bits;
            best_hint = hint;
        }
        hint = zstd.found;
    }
    state->zstd = best_hint;
    return best;
}

/* Of everything, in bits; the rest of the last byte counts for nothing, so that small gains show.
 */
static int cost(struct state *state) {
    enum { FRAMING = 8 * (10 + 8), FIRST = 8 };
    static struct sb_deflate first;
    (plan.wrapping == SB_WRAPPING_STOCK ? &strict_model : &loose_model)->finish(state);
    struct sb_span data = sb_span_of(state->bytes, state->size);
    switch (plan.wrapping) {
    case SB_WRAPPING_STOCK:
        return FRAMING + stock_bits(data);
    case SB_WRAPPING_ZSTD:
        return zstd_bits(state, data);
    case SB_WRAPPING_MEMBERS:
        sb_deflate_find(&first, sb_span_of(data.data, FIRST), 0, &state->code);
        return 2 * FRAMING + (first.bits + 7) / 8 * 8 +
               deflate_bits(state, sb_span_from(data, FIRST));
    default:
        return FRAMING + deflate_bits(state, data);
    }
}

/* Lengths of a code move by one, others follow so that it stays complete. */
static void change_lengths(unsigned char *lengths, int size, int longest) {
    int used[SB_PREFIX_SYMBOLS], count = 0, room = 1 << 15;
    for (int i = 0; i < size; i++)
        if (lengths[i]) {
            used[count++] = i;
            room -= (1 << 15) >> lengths[i];
        }
    if (count < 3)
        return;
    int moved = used[random_below(count)], up = one_in(2);
    if (one_in(6)) { /* a symbol beside it that nobody uses makes the description shorter */
        int beside = moved + (one_in(2) ? 1 : -1);
        if (beside < 0 || beside >= size || lengths[beside])
            return;
        lengths[beside] = lengths[moved];
        room -= (1 << 15) >> lengths[beside];
    } else if (up && lengths[moved] < longest) {
        room += ((1 << 15) >> lengths[moved]) / 2;
        lengths[moved]++;
    } else if (!up && lengths[moved] > 1) {
        room -= (1 << 15) >> lengths[moved];
        lengths[moved]--;
    }
    for (int tries = 0; room != 0 && tries < 24; tries++) {
        int other = used[random_below(count)];
        int share = (1 << 15) >> lengths[other];
        if (other == moved)
            continue;
        if (room < 0 && lengths[other] < longest) {
            room += share / 2;
            lengths[other]++;
        } else if (room >= share && lengths[other] > 1) {
            room -= share;
            lengths[other]--;
        }
    }
}

/* Counts that are alike become one, so that the code's description gets shorter. */
static void level(int *counts, int size, int tolerance) {
    for (int begin = 0, end; begin < size; begin = end) {
        int sum = counts[begin];
        for (end = begin + 1; end < size; end++) {
            int mean = sum / (end - begin);
            if (abs(counts[end] - mean) > tolerance)
                break;
            sum += counts[end];
        }
        int mean = (sum + (end - begin) / 2) / (end - begin);
        for (int i = begin; sum && i < end; i++)
            counts[i] = mean ? mean : 1;
    }
}

/* A code for the parse that the present one leads to, but levelled. */
static void level_code(struct state *state) {
    static struct sb_deflate deflate;
    struct sb_deflate_code fitted = {0};
    struct sb_deflate_counts counts;
    size_t at = plan.wrapping == SB_WRAPPING_MEMBERS ? 8 : 0;
    sb_deflate_find(&deflate, sb_span_of(state->bytes + at, state->size - at), state->dynamic,
                    &state->code);
    sb_deflate_count(&deflate, 0, deflate.tokens_dynamic, 0, &counts);
    for (int i = 0; i < SB_DEFLATE_LITERALS; i++)
        counts.literals[i] *= 2;
    for (int i = 0; i < SB_DEFLATE_DISTANCES; i++)
        counts.distances[i] *= 2;
    level(counts.literals, 286, random_below(8));
    level(counts.distances, SB_DEFLATE_DISTANCES, random_below(8));
    sb_prefix_code_fit(counts.literals, 286, 15, fitted.literals);
    sb_prefix_code_fit(counts.distances, SB_DEFLATE_DISTANCES, 15, fitted.distances);
    state->code = fitted;
}

/* All symbols of a stretch get one length; the others make room, or take it. */
static void flatten_lengths(unsigned char *lengths, int size, int longest) {
    int begin = random_below(size), end = begin + 2 + random_below(20), room = 1 << 15;
    unsigned char length = lengths[begin];
    if (!length || end > size)
        return;
    memset(lengths + begin, length, (size_t)(end - begin));
    for (int i = 0; i < size; i++)
        room -= lengths[i] ? (1 << 15) >> lengths[i] : 0;
    for (int tries = 0; room != 0 && tries < 60; tries++) {
        int i = random_below(size);
        if (!lengths[i] || (i >= begin && i < end))
            continue;
        int share = (1 << 15) >> lengths[i];
        if (room < 0 && lengths[i] < longest) {
            room += share / 2;
            lengths[i]++;
        } else if (room >= share && lengths[i] > 1) {
            room -= share;
            lengths[i]--;
        }
    }
}

static void change_states(struct sb_fse_counts *counts) {
    if (counts->log == 0 || counts->symbols < 2)
        return;
    int from = random_below(counts->symbols), to = random_below(counts->symbols);
    if (counts->states[from] < 1 || counts->states[to] < 0)
        return;
    counts->states[from]--;
    counts->states[to]++;
    while (counts->symbols > 1 && counts->states[counts->symbols - 1] == 0)
        counts->symbols--;
}

static void change_encoding(struct state *state) {
    if (plan.wrapping == SB_WRAPPING_ZSTD) {
        if (one_in(2))
            change_states(&state->zstd.tables[random_below(SB_ZSTD_TABLES)]);
        else if (state->zstd.huffman)
            (one_in(3) ? flatten_lengths : change_lengths)(state->zstd.literals, 256, 11);
    } else if (!state->dynamic) {
        return;
    } else if (one_in(4)) {
        state->dynamic = one_in(3) ? state->size : state->size - (size_t)random_below(90);
    } else if (one_in(4) && state->dynamic > 20 && state->dynamic < state->size) {
        state->dynamic += (size_t)random_below(9) - 4;
    } else if (one_in(6)) {
        level_code(state);
    } else if (one_in(3)) {
        flatten_lengths(state->code.literals, SB_DEFLATE_LITERALS - 2, 15);
    } else if (one_in(4)) {
        change_lengths(state->code.distances, SB_DEFLATE_DISTANCES, 15);
    } else {
        change_lengths(state->code.literals, SB_DEFLATE_LITERALS - 2, 15);
    }
}

static volatile sig_atomic_t enough;

static void stop(int signal) {
    (void)signal;
    enough = 1;
}

static struct state anneal(const struct model *model, struct state current, double seconds) {
    enum { STEPS = 100000 };
    struct state best = current, other;
    int best_cost = cost(&best);
    double warmth = 16, end = (double)time(NULL) + seconds;
    while (!enough && (double)time(NULL) < end) {
        int current_cost = best_cost;
        current = best;
        for (int i = 0; i < STEPS && !enough && (i % 256 || (double)time(NULL) < end); i++) {
            double warm = warmth * pow(0.03, (double)i / STEPS);
            other = current;
            if (one_in(6))
                change_encoding(&other);
            else if (!model->change(&other))
                continue;
            int other_cost = cost(&other);
            if (other_cost > current_cost &&
                random_number() > exp((current_cost - other_cost) / warm) * UINT32_MAX)
                continue;
            current = other;
            current_cost = other_cost;
            if (current_cost < best_cost) {
                best = current;
                best_cost = current_cost;
            }
        }
        fprintf(stderr, "%s %s %s: %d bits, %d bytes\n", plan.name, plan.order, plan.keys,
                best_cost, (best_cost + 7) / 8);
        warmth = 4 + random_below(14);
    }
    return best;
}

static const struct {
    struct plan plan;
    bool dynamic;
} plans[] = {
    {{"strict-plain", "LCM", "LRC", SB_WRAPPING_STOCK, SB_PROGRAM_PLAIN}, false},
    {{"strict-overlapped", "LCM", "CLR", SB_WRAPPING_STOCK, SB_PROGRAM_OVERLAPPED}, false},
    {{"portable", "MCL", "LRC", SB_WRAPPING_MEMBERS, SB_PROGRAM_TINY}, true},
    {{"one-member", "MCL", "LRC", SB_WRAPPING_GZIP, SB_PROGRAM_TINY}, true},
    {{"legacy", "RKL", "", SB_WRAPPING_GZIP, SB_PROGRAM_TINY}, false},
    {{"zstd", "MCL", "LRC", SB_WRAPPING_ZSTD, SB_PROGRAM_TINY}, false},
    {{"zstd-legacy", "RKL", "", SB_WRAPPING_ZSTD, SB_PROGRAM_TINY}, false},
};

static void usage(void) {
    fprintf(stderr, "usage: search CLASS [--order ORDER] [--keys KEYS] [--program overlapped|tiny] "
                    "[--tar FILE] [--seed N] [--seconds N]\n");
    exit(2);
}

/* Order of the members and keys of a class, by their letters. */
static void take_plan(const struct sb_smallest_class *class) {
    static char order[8], keys[8];
    for (int i = 0; i < SB_SMALLEST_ENTRIES && class->entries[i].name; i++) {
        const struct sb_smallest_entry *entry = &class->entries[i];
        order[i] = !entry->text                                ? (entry->link ? 'K' : 'L')
                   : strcmp(entry->name, "manifest.json") == 0 ? 'M'
                   : strcmp(entry->name, "repositories") == 0  ? 'R'
                                                               : 'C';
        for (const char *key = order[i] == 'M' ? entry->text : ""; *key; key++)
            if ((key[0] == '{' || key[0] == ',') && key[1] == '"')
                keys[strlen(keys)] = (char)toupper(key[2]);
    }
    plan.order = order;
    plan.keys = keys;
    plan.program = class->program;
}

static void take_class(struct state *state, const struct sb_smallest_class *class) {
    struct sb_marked tar = SB_MARKED_INIT;
    sb_sketch_write(class, SB_PROGRAM_WAITS, &tar);
    memcpy(state->bytes, tar.bytes.data, state->size);
    sb_marked_release(&tar);
    state->dynamic = class->dynamic < state->size ? class->dynamic : state->size;
    state->code = class->code;
    state->zstd = class->zstd;
}

static void read_tar(struct state *state, const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file || fread(state->bytes, 1, state->size, file) != state->size) {
        fprintf(stderr, "search: %s: cannot be read, or is smaller than %zu bytes\n", path,
                state->size);
        exit(2);
    }
    fclose(file);
}

int main(int argc, char **argv) {
    const char *tar = NULL;
    double seconds = 60;
    bool dynamic = false, anew = false;
    if (argc < 2)
        usage();
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
        if (strcmp(plans[i].plan.name, argv[1]) == 0) {
            plan = plans[i].plan;
            dynamic = plans[i].dynamic;
        }
    if (!plan.name || argc % 2)
        usage();
    const struct sb_smallest_class *class = sb_smallest_class_find(plan.name);
    if (class->entries[0].name)
        take_plan(class);
    for (int i = 2; i + 1 < argc; i += 2) {
        const char *value = argv[i + 1];
        if (strcmp(argv[i], "--order") == 0)
            plan.order = value, anew = true;
        else if (strcmp(argv[i], "--keys") == 0)
            plan.keys = value;
        else if (strcmp(argv[i], "--program") == 0)
            plan.program = strcmp(value, "tiny") ? SB_PROGRAM_OVERLAPPED : SB_PROGRAM_TINY;
        else if (strcmp(argv[i], "--tar") == 0)
            tar = value;
        else if (strcmp(argv[i], "--seed") == 0)
            random_state = (uint32_t)atoi(value) * 7919 + 17;
        else if (strcmp(argv[i], "--seconds") == 0)
            seconds = atof(value);
        else
            usage();
    }
    const struct model *model = plan.wrapping == SB_WRAPPING_STOCK ? &strict_model : &loose_model;
    static struct state state;
    model->begin(&state);
    if (tar)
        read_tar(&state, tar);
    state.dynamic = dynamic ? state.size : 0;
    if (!tar && !anew && class->entries[0].name && model == &loose_model)
        take_class(&state, class);
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    state = anneal(model, state, seconds);
    int bits = cost(&state);
    fprintf(stderr, "%s: %d bits, %d bytes\n", plan.name, bits, (bits + 7) / 8);
    model->print(&state, stdout);
    return 0;
}
