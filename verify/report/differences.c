/* Differences as text: a summary first, then groups that say the same of many files, then one by
 * one. */
#include <inttypes.h>
#include <stdio.h>

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
    else if (difference->looks_like)
        text_add(text, STYLE_DIM, "    looks like %s\n", difference->looks_like);
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

/* Packages that moved, by source: the cause of most differences after a week. */
static void text_packages(struct text *text, const struct sb_comparison *result, bool all) {
    enum { SHOWN = 12 };
    size_t count = result->moved.count, shown = all || count <= SHOWN ? count : SHOWN - 1, rest = 0;
    size_t packages = 0;
    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++)
        packages += result->moved.items[i].packages;
    text_add(text, STYLE_HEAD, "\n%3zu package%s moved %*s %-24s %-24s %s\n", packages,
             packages == 1 ? "" : "s", packages == 1 ? 10 : 9, "", "A", "B", "differences");
    for (size_t i = 0; i < count; i++) {
        const struct sb_moved *moved = &result->moved.items[i];
        if (i >= shown) {
            rest += moved->differences;
            continue;
        }
        char name[64];
        if (moved->packages > 1)
            snprintf(name, sizeof name, "%s (%zu packages)", moved->name, moved->packages);
        else
            snprintf(name, sizeof name, "%s", moved->name);
        text_add(text, STYLE_PLAIN, "  %-26s %-24s %-24s %6zu\n", name,
                 moved->a ? moved->a : "not there", moved->b ? moved->b : "not there",
                 moved->differences);
    }
    if (shown < count)
        text_add(text, STYLE_PLAIN, "  … and %zu more (--max-differences 0) %*s %6zu\n",
                 count - shown, 38, "", rest);
}

/* What a person must read comes first. */
enum rank { UNKNOWN, KNOWN, OF_PACKAGES, ALLOWED };

static enum rank rank_of(const struct sb_difference *difference) {
    if (difference->reason)
        return ALLOWED;
    if (!difference->cause)
        return UNKNOWN;
    return difference->cause->class == SB_CAUSE_PACKAGE ? OF_PACKAGES : KNOWN;
}

/* What is shown of the differences, and how many of them. */
struct showing {
    struct text *text;
    const struct sb_comparison *result;
    bool *done;
    size_t shown, covered; /* items in the report, differences that they stand for */
    uint64_t highest;      /* 0: all */
};

static bool is_full(const struct showing *showing) {
    return showing->highest && showing->shown >= showing->highest;
}

/* Differences of one cause are one item: how many, and the first places. */
static void text_of_cause(struct showing *showing, size_t first) {
    const struct sb_difference *items = showing->result->differences.items;
    size_t count = 0;
    for (size_t i = first; i < showing->result->differences.count; i++)
        count += !showing->done[i] && !items[i].reason && !items[i].text &&
                 items[i].cause == items[first].cause;
    showing->shown++;
    if (count < 2) {
        text_difference(showing->text, &items[first]);
        showing->done[first] = true;
        showing->covered++;
        return;
    }
    text_add(showing->text, STYLE_PLAIN, "  %zu of ", count);
    text_add(showing->text, STYLE_BAD, "%s", items[first].cause->name);
    text_add(showing->text, STYLE_PLAIN, "\n    ");
    for (size_t i = first, named = 0; i < showing->result->differences.count; i++) {
        if (showing->done[i] || items[i].reason || items[i].text ||
            items[i].cause != items[first].cause)
            continue;
        if (named < NAMES_SHOWN)
            text_add(showing->text, STYLE_PLAIN, "%s%s", named ? ", " : "", items[i].where);
        named++;
        showing->done[i] = true;
    }
    text_add(showing->text, STYLE_PLAIN, "%s\n", count > NAMES_SHOWN ? ", …" : "");
    text_cause(showing->text, &items[first]);
    showing->covered += count;
}

static void text_rank(struct showing *showing, enum rank rank) {
    const struct sb_comparison *result = showing->result;
    for (size_t i = 0; i < result->differences.count && !is_full(showing); i++) {
        const struct sb_difference *difference = &result->differences.items[i];
        if (showing->done[i] || rank_of(difference) != rank)
            continue;
        if (rank == KNOWN && !difference->text) {
            text_of_cause(showing, i);
            continue;
        }
        (rank == ALLOWED ? text_allowed : text_difference)(showing->text, difference);
        showing->shown++;
        showing->covered++;
    }
}

/* "1682 differences: 3 content, 12 mode" */
static void text_summary(struct text *text, const struct sb_comparison *result) {
    size_t count = result->differences.count;
    text_add(text, STYLE_HEAD, "\n%zu difference%s", count, count == 1 ? "" : "s");
    if (count > 1)
        text_kinds(text, result);
    if (result->allowed)
        text_add(text, STYLE_HEAD, "; %zu of them allowed", result->allowed);
    text_add(text, STYLE_HEAD, "\n");
}

void report_text_differences(struct text *text, const struct sb_comparison *result,
                             uint64_t highest) {
    size_t count = result->differences.count;
    if (count == 0)
        return;
    struct showing showing = {.text = text, .result = result, .highest = highest};
    showing.done = sb_memory_new(count, sizeof *showing.done);
    text_summary(text, result);
    showing.shown = text_groups(text, result, showing.done, &showing.covered);
    text_rank(&showing, UNKNOWN);
    text_rank(&showing, KNOWN);
    text_packages(text, result, highest == 0);
    if (highest == 0)
        text_rank(&showing, OF_PACKAGES);
    text_rank(&showing, ALLOWED);
    if (showing.covered < count)
        text_add(text, STYLE_PLAIN, "  … and %zu more (--max-differences 0 shows all)\n",
                 count - showing.covered);
    free(showing.done);
}
