#include "compare/align.h"

#include "image/config.h"
#include "image/path.h"

/* One image's layers, with what is known of each. */
struct stack {
    const struct sb_image *image;
    const char *const *instructions; /* by layer; NULL: not known */
};

/* "/bin/sh -c #(nop) ADD file:5f2… in / " and "ADD t /t # buildkit" as the Dockerfile had them. */
static const char *cleaned(struct sb_arena *arena, struct sb_span text) {
    static const char *const fronts[] = {"/bin/sh -c #(nop) ", "/bin/sh -c ", "#(nop) ", "|0 "};
    static const char buildkit[] = " # buildkit";
    for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++)
        if (sb_span_starts(text, fronts[i]))
            text = sb_span_from(text, strlen(fronts[i]));
    if (sb_span_ends(text, buildkit))
        text.size -= strlen(buildkit);
    while (text.size && *text.data == ' ')
        text = sb_span_from(text, 1);
    while (text.size && text.data[text.size - 1] == ' ')
        text.size--;
    return sb_arena_visible(arena, text);
}

/* The steps of the history that made a layer, where there are as many as layers. */
static const char *const *instructions_of(const struct sb_image *image, struct sb_arena *arena) {
    const struct sb_json *history = sb_json_member(image->config, "history");
    size_t count = image->layers.count, steps = 0;
    const char **list = sb_arena_new(arena, (count + 1) * sizeof *list);
    for (const struct sb_json *step = history ? history->first : NULL; step; step = step->next) {
        if (sb_config_is_empty_layer(step))
            continue;
        if (steps < count)
            list[steps] = cleaned(arena, sb_json_string(step, "created_by"));
        steps++;
    }
    for (size_t i = 0; i < count; i++)
        if (steps != count || !*list[i])
            list[i] = NULL;
    return list;
}

/* Up to the first digest: "COPY file:5f2… in /t" of two builds is one instruction. */
static bool same_instruction(const char *a, const char *b) {
    if (!a || !b)
        return false;
    while (*a && *a == *b) {
        if (*a == ':' && strlen(a) > 64 && strlen(b) > 64) {
            a += 64;
            b += 64;
        }
        a++;
        b++;
    }
    return *a == *b;
}

/* pairs */

struct aligning {
    struct stack a, b;
    size_t *partner; /* by layer of A: its layer of B, or NONE */
    bool *taken;     /* by layer of B */
};

enum { NONE = SIZE_MAX };
typedef bool is_same(const struct aligning *aligning, size_t a, size_t b);

static bool same_diff_id(const struct aligning *aligning, size_t a, size_t b) {
    const struct sb_image *x = aligning->a.image, *y = aligning->b.image;
    return a < x->diff_ids.count && b < y->diff_ids.count &&
           sb_digest_equal(&x->diff_ids.items[a], &y->diff_ids.items[b]);
}

static bool same_step(const struct aligning *aligning, size_t a, size_t b) {
    return same_instruction(aligning->a.instructions[a], aligning->b.instructions[b]);
}

/* Pairs the longest common sequence within [a, a_end) and [b, b_end). */
static void pair_sequence(struct aligning *aligning, size_t a, size_t a_end, size_t b, size_t b_end,
                          is_same *same) {
    size_t width = b_end - b + 1;
    uint16_t *length = sb_memory_new((a_end - a + 1) * width, sizeof *length);
    for (size_t i = a_end; i-- > a;)
        for (size_t k = b_end; k-- > b;) {
            uint16_t *here = &length[(i - a) * width + (k - b)];
            uint16_t down = here[width], right = here[1];
            *here = same(aligning, i, k) ? (uint16_t)(here[width + 1] + 1)
                    : down > right       ? down
                                         : right;
        }
    for (size_t i = a, k = b; i < a_end && k < b_end;) {
        const uint16_t *here = &length[(i - a) * width + (k - b)];
        if (same(aligning, i, k)) {
            aligning->partner[i] = k;
            aligning->taken[k] = true;
            i++;
            k++;
        } else if (here[width] >= here[1]) {
            i++;
        } else {
            k++;
        }
    }
    free(length);
}

/* The share of the larger layer's paths that the other has, too, in hundredths. */
static size_t common_paths(const struct sb_layer *a, const struct sb_layer *b) {
    size_t i = 0, k = 0, common = 0;
    size_t most = a->entries.count > b->entries.count ? a->entries.count : b->entries.count;
    while (i < a->entries.count && k < b->entries.count) {
        int order = sb_path_compare(a->entries.items[i].path, b->entries.items[k].path);
        common += order == 0;
        i += order <= 0;
        k += order >= 0;
    }
    return most ? common * 100 / most : 0;
}

static void pair_by_paths(struct aligning *aligning, size_t a, size_t a_end, size_t b,
                          size_t b_end) {
    enum { LEAST_SHARE = 30 };
    for (size_t i = a; i < a_end; i++) {
        size_t best = LEAST_SHARE, found = NONE;
        for (size_t k = b; k < b_end && aligning->partner[i] == NONE; k++) {
            if (aligning->taken[k])
                continue;
            size_t share = common_paths(aligning->a.image->layers.items[i],
                                        aligning->b.image->layers.items[k]);
            if (share >= best) {
                best = share + 1;
                found = k;
            }
        }
        if (found != NONE) {
            aligning->partner[i] = found;
            aligning->taken[found] = true;
        }
    }
}

/* What lies between two pairs, or before the first and behind the last. */
static void pair_gap(struct aligning *aligning, size_t a, size_t a_end, size_t b, size_t b_end) {
    if (a == a_end || b == b_end)
        return;
    pair_sequence(aligning, a, a_end, b, b_end, same_step);
    /* Where each has as many left, by position. */
    size_t left_a = 0, left_b = 0;
    for (size_t i = a; i < a_end; i++)
        left_a += aligning->partner[i] == NONE;
    for (size_t k = b; k < b_end; k++)
        left_b += !aligning->taken[k];
    if (left_a != left_b) {
        pair_by_paths(aligning, a, a_end, b, b_end);
        return;
    }
    for (size_t i = a, k = b; i < a_end; i++) {
        if (aligning->partner[i] != NONE)
            continue;
        while (aligning->taken[k])
            k++;
        aligning->partner[i] = k;
        aligning->taken[k] = true;
    }
}

static void pair_all(struct aligning *aligning) {
    size_t a_count = aligning->a.image->layers.count, b_count = aligning->b.image->layers.count;
    pair_sequence(aligning, 0, a_count, 0, b_count, same_diff_id);
    size_t a = 0, b = 0;
    for (size_t i = 0; i <= a_count; i++) {
        if (i < a_count && (aligning->partner[i] == NONE || i < a))
            continue;
        size_t b_end = i < a_count ? aligning->partner[i] : b_count;
        pair_gap(aligning, a, i, b, b_end);
        a = i + 1;
        b = b_end + 1;
    }
}

/* rows */

/* The classic builder names what it copied by a digest, BuildKit as the Dockerfile does. */
static bool has_digest(const char *instruction) {
    const char *colon = strchr(instruction, ':');
    return colon && strspn(colon + 1, "0123456789abcdef") == 64;
}

static const char *clearer(const char *a, const char *b) {
    return !a || (b && has_digest(a) && !has_digest(b)) ? b : a;
}

static void add_row(const struct aligning *aligning, size_t a, size_t b,
                    struct sb_comparison *result) {
    struct sb_layer_row *row = sb_vec_push(&result->layers);
    if (b != NONE) {
        const struct sb_layer *layer = aligning->b.image->layers.items[b];
        row->b = b + 1;
        row->instruction = aligning->b.instructions[b];
        row->entries_b = layer->entries.count;
        row->size_b = layer->tar_size;
    }
    if (a != NONE) {
        const struct sb_layer *layer = aligning->a.image->layers.items[a];
        row->a = a + 1;
        row->instruction = clearer(aligning->a.instructions[a], row->instruction);
        row->entries_a = layer->entries.count;
        row->size_a = layer->tar_size;
    }
}

/* In the order of B, with what only A has where it stood. */
static void add_rows(const struct aligning *aligning, struct sb_comparison *result) {
    size_t a_count = aligning->a.image->layers.count, b_count = aligning->b.image->layers.count;
    size_t k = 0;
    for (size_t i = 0; i < a_count; i++) {
        size_t partner = aligning->partner[i];
        for (; partner != NONE && k < partner; k++)
            if (!aligning->taken[k])
                add_row(aligning, NONE, k, result);
        add_row(aligning, i, partner, result);
        k = partner != NONE && k == partner ? k + 1 : k;
    }
    for (; k < b_count; k++)
        if (!aligning->taken[k])
            add_row(aligning, NONE, k, result);
}

void sb_align_layers(const struct sb_subject *a, const struct sb_subject *b,
                     struct sb_comparison *result) {
    struct aligning aligning = {
        .a = {a->image, instructions_of(a->image, &result->arena)},
        .b = {b->image, instructions_of(b->image, &result->arena)},
        .partner = sb_memory_new(a->image->layers.count, sizeof *aligning.partner),
        .taken = sb_memory_new(b->image->layers.count, sizeof *aligning.taken)};
    for (size_t i = 0; i < a->image->layers.count; i++)
        aligning.partner[i] = NONE;
    pair_all(&aligning);
    add_rows(&aligning, result);
    free(aligning.partner);
    free(aligning.taken);
}

/* states */

static size_t number_of(const struct sb_image *image, const struct sb_layer *layer) {
    for (size_t i = 0; layer && i < image->layers.count; i++)
        if (image->layers.items[i] == layer)
            return i + 1;
    return 0;
}

static bool equal_at(const struct sb_image *a, const struct sb_image *b, size_t x, size_t y) {
    return sb_digest_equal(&a->layers.items[x - 1]->diff_id, &b->layers.items[y - 1]->diff_id);
}

/* Whether the other image has the layer of a row that stands alone, elsewhere. */
static bool is_moved(const struct sb_image *own, const struct sb_image *other, size_t number) {
    for (size_t i = 1; i <= other->layers.count; i++)
        if (equal_at(own, other, number, i))
            return true;
    return false;
}

static const char *state_of(const struct sb_layer_row *row, const struct sb_image *a,
                            const struct sb_image *b) {
    if (!row->a || !row->b) {
        bool moved = row->a ? is_moved(a, b, row->a) : is_moved(b, a, row->b);
        return moved ? "moved" : row->a ? "only A" : "only B";
    }
    if (equal_at(a, b, row->a, row->b))
        return sb_digest_equal(&a->layers.items[row->a - 1]->digest,
                               &b->layers.items[row->b - 1]->digest)
                   ? "same"
                   : "compression";
    if (row->differ)
        return "differ";
    return row->form ? "form" : "times";
}

void sb_align_finish(const struct sb_subject *a, const struct sb_subject *b,
                     struct sb_comparison *result) {
    for (size_t i = 0; i < result->differences.count; i++) {
        struct sb_difference *difference = &result->differences.items[i];
        difference->number_a = number_of(a->image, difference->layer_a);
        difference->number_b = number_of(b->image, difference->layer_b);
        for (size_t k = 0; k < result->layers.count; k++) {
            struct sb_layer_row *row = &result->layers.items[k];
            bool of_b = difference->number_b && difference->number_b == row->b;
            bool of_a = difference->number_a && difference->number_a == row->a;
            if (difference->number_b ? of_b : of_a)
                row->differ++;
        }
    }
    for (size_t k = 0; k < result->layers.count; k++)
        result->layers.items[k].state = state_of(&result->layers.items[k], a->image, b->image);
}
