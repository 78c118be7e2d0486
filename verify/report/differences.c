/* Differences as text: a summary first, then groups that say the same of many files, then one by
 * one. */
#include <inttypes.h>

#include "compare/cause.h"
#include "report/report.h"

enum { GROUP_SIZE = 4, NAMES_SHOWN = 3 };

/* Kinds whose values say all there is to say: many files with the same two are one line. */
static bool is_plain_kind(const char *kind) {
    static const char *const kinds[] = {"mode", "uid", "gid", "mtime", "uname", "gname"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i], kind) == 0)
            return true;
    return false;
}

static int compare_text(const char *a, const char *b) {
    return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

/* Plain kinds with equal values stand together, in the order of the first; mtime by kind alone, for
 * no two files have the same. */
static int compare_groups(const void *a, const void *b) {
    const struct sb_difference *x = *(const struct sb_difference *const *)a;
    const struct sb_difference *y = *(const struct sb_difference *const *)b;
    int order = strcmp(x->kind, y->kind);
    bool values = strcmp(x->kind, "mtime") != 0;
    if (order == 0 && values)
        order = compare_text(x->a, y->a);
    if (order == 0 && values)
        order = compare_text(x->b, y->b);
    return order ? order : (x > y) - (x < y);
}

static bool same_group(const struct sb_difference *x, const struct sb_difference *y) {
    return strcmp(x->kind, y->kind) == 0 &&
           (strcmp(x->kind, "mtime") == 0 ||
            (compare_text(x->a, y->a) == 0 && compare_text(x->b, y->b) == 0));
}

static void text_cause(struct text *text, const struct sb_difference *difference) {
    if (difference->cause)
        text_add(text, STYLE_DIM, "    %s; cure: %s\n", difference->cause->cause,
                 difference->cause->cure);
}

static void text_group(struct text *text, const struct sb_difference *const *group, size_t count) {
    const struct sb_difference *first = group[0];
    text_add(text, STYLE_PLAIN, "  %zu entries  ", count);
    text_add(text, STYLE_BAD, "%s", first->kind);
    if (strcmp(first->kind, "mtime") != 0)
        text_add(text, STYLE_PLAIN, "  A: %s  B: %s", first->a ? first->a : "not there",
                 first->b ? first->b : "not there");
    text_add(text, STYLE_PLAIN, "\n    ");
    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++)
        text_add(text, STYLE_PLAIN, "%s%s", i ? ", " : "", group[i]->where);
    text_add(text, STYLE_PLAIN, "%s\n", count > NAMES_SHOWN ? ", …" : "");
    text_cause(text, first);
}

/* A unified diff. */
static void text_lines(struct text *text, const char *lines) {
    while (lines && *lines) {
        size_t size = strcspn(lines, "\n");
        enum style style = *lines == '-'   ? STYLE_BAD
                           : *lines == '+' ? STYLE_GOOD
                           : *lines == '@' ? STYLE_HEAD
                                           : STYLE_PLAIN;
        text_add(text, style, "    %.*s", (int)size, lines);
        text_add(text, STYLE_PLAIN, "\n");
        lines += size + (lines[size] == '\n');
    }
}

static void text_difference(struct text *text, const struct sb_difference *difference) {
    const char *values[] = {difference->a, difference->b};
    int64_t offsets[] = {difference->offset_a, difference->offset_b};
    text_add(text, STYLE_PLAIN, "  %s  ", difference->where);
    text_add(text, STYLE_BAD, "%s", difference->kind);
    text_add(text, STYLE_PLAIN, difference->inside ? " (%s)\n" : "\n", difference->inside);
    for (int side = 0; side < 2; side++) {
        text_add(text, STYLE_PLAIN, "    %c: %s", 'A' + side,
                 values[side] ? values[side] : "not there");
        if (offsets[side] >= 0)
            text_add(text, STYLE_DIM, "  (offset %" PRId64 " of the layer's tar)", offsets[side]);
        text_add(text, STYLE_PLAIN, "\n");
    }
    text_cause(text, difference);
    text_lines(text, difference->text);
}

/* "3 content, 12 mode" */
static void text_kinds(struct text *text, const struct sb_comparison *result) {
    struct {
        const char *kind;
        size_t count;
    } kinds[32];
    size_t used = 0;
    for (size_t i = 0; i < result->differences.count; i++) {
        const char *kind = result->differences.items[i].kind;
        size_t at = 0;
        while (at < used && strcmp(kinds[at].kind, kind) != 0)
            at++;
        if (at == used && used < sizeof kinds / sizeof *kinds) {
            kinds[used].kind = kind;
            kinds[used++].count = 0;
        }
        if (at < used)
            kinds[at].count++;
    }
    for (size_t i = 0; i < used; i++)
        text_add(text, STYLE_HEAD, "%s%zu %s", i ? ", " : ": ", kinds[i].count, kinds[i].kind);
}

/* Those that stand in a group are marked; returns how many items were shown. */
static size_t text_groups(struct text *text, const struct sb_comparison *result, bool *grouped,
                          size_t *covered) {
    SB_VEC(const struct sb_difference *) plain = {0};
    size_t shown = 0;
    for (size_t i = 0; i < result->differences.count; i++) {
        const struct sb_difference *difference = &result->differences.items[i];
        if (!difference->reason && is_plain_kind(difference->kind))
            *sb_vec_push(&plain) = difference;
    }
    sb_vec_sort(&plain, compare_groups);
    for (size_t from = 0, to; from < plain.count; from = to) {
        for (to = from + 1; to < plain.count && same_group(plain.items[from], plain.items[to]);)
            to++;
        if (to - from < GROUP_SIZE)
            continue;
        text_group(text, plain.items + from, to - from);
        for (size_t i = from; i < to; i++)
            grouped[plain.items[i] - result->differences.items] = true;
        *covered += to - from;
        shown++;
    }
    sb_vec_release(&plain);
    return shown;
}

static void text_allowed(struct text *text, const struct sb_difference *difference) {
    text_add(text, STYLE_PLAIN, "  %s  %s  ", difference->where, difference->kind);
    text_add(text, STYLE_DIM, "allowed: %s\n", difference->reason);
}

void report_text_differences(struct text *text, const struct sb_comparison *result,
                             uint64_t highest) {
    size_t count = result->differences.count, covered = 0;
    if (count == 0)
        return;
    bool *done = sb_memory_new(count, sizeof *done);
    text_add(text, STYLE_HEAD, "\n%zu difference%s", count, count == 1 ? "" : "s");
    if (count > 1)
        text_kinds(text, result);
    if (result->allowed)
        text_add(text, STYLE_HEAD, "; %zu of them allowed", result->allowed);
    text_add(text, STYLE_HEAD, "\n");
    size_t shown = text_groups(text, result, done, &covered);
    for (int allowed = 0; allowed < 2; allowed++)
        for (size_t i = 0; i < count && (highest == 0 || shown < highest); i++) {
            const struct sb_difference *difference = &result->differences.items[i];
            if (done[i] || (difference->reason != NULL) != allowed)
                continue;
            (allowed ? text_allowed : text_difference)(text, difference);
            shown++;
            covered++;
        }
    if (covered < count)
        text_add(text, STYLE_PLAIN, "  … and %zu more (--max-differences 0 shows all)\n",
                 count - covered);
    free(done);
}
