/* The layers of two images, side by side. */
#include "report/answer.h"

#include <inttypes.h>
#include <stdio.h>

static bool is_same(const struct sb_layer_row *row) {
    return strcmp(row->state, "same") == 0;
}

static void numbers(char *text, size_t size, size_t from, size_t to) {
    if (from == 0)
        snprintf(text, size, "-");
    else if (from == to)
        snprintf(text, size, "%zu", from);
    else
        snprintf(text, size, "%zu-%zu", from, to);
}

static void size_text(char *text, size_t room, uint64_t size) {
    static const char *const units[] = {"B", "kB", "MB", "GB"};
    double value = (double)size;
    size_t unit = 0;
    while (value >= 10000 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1000;
        unit++;
    }
    snprintf(text, room, unit && value < 100 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static void count_text(char *text, size_t room, uint64_t count) {
    if (count)
        snprintf(text, room, "%" PRIu64, count);
    else
        snprintf(text, room, "-");
}

/* rows from first up to end are one line: one, or a run of equal ones. */
static void text_row(struct text *text, const struct sb_layer_row *first, size_t count) {
    enum { INSTRUCTION = 23 };
    const struct sb_layer_row *last = first + count - 1;
    char a[24], b[24], entries[48], differ[24], times[24], form[24], size[24];
    uint64_t bytes = 0, all_a = 0, all_b = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += first[i].b ? first[i].size_b : first[i].size_a;
        all_a += first[i].entries_a;
        all_b += first[i].entries_b;
    }
    numbers(a, sizeof a, first->a, last->a);
    numbers(b, sizeof b, first->b, last->b);
    if (first->a && first->b && all_a != all_b)
        snprintf(entries, sizeof entries, "%" PRIu64 "|%" PRIu64, all_a, all_b);
    else
        count_text(entries, sizeof entries, first->a ? all_a : all_b);
    count_text(differ, sizeof differ, first->differ);
    count_text(times, sizeof times, first->times);
    count_text(form, sizeof form, first->form);
    size_text(size, sizeof size, bytes);
    text_add(text, STYLE_PLAIN, "  %-11s %3s %3s %11s %6s %5s %5s %8s  ", first->state, a, b,
             entries, differ, times, form, bytes ? size : "not read");
    if (count > 1)
        text_add(text, STYLE_PLAIN, "%zu layers\n", count);
    else
        text_add(text, STYLE_PLAIN, "%.*s%s\n", INSTRUCTION,
                 first->instruction ? first->instruction : "",
                 first->instruction && strlen(first->instruction) > INSTRUCTION ? "..." : "");
    if (count == 1 && first->first) {
        text_add(text, STYLE_DIM, "              first byte: %s", first->first);
        if (first->first_a || first->first_b)
            text_add(text, STYLE_DIM, " %s | %s", first->first_a ? first->first_a : "absent",
                     first->first_b ? first->first_b : "absent");
        text_add(text, STYLE_PLAIN, "\n");
    }
}

void answer_text_layers(struct text *text, const struct sb_comparison *result, bool all) {
    enum { ROWS = 8 };
    const struct sb_layer_row *rows = result->layers.items;
    size_t count = result->layers.count, shown = 0;
    if (count == 0 || (count == 1 && is_same(rows)))
        return;
    text_add(text, STYLE_HEAD, "\n%-13s %3s %3s %11s %6s %5s %5s %8s  %s\n", "layers", "A", "B",
             "entries", "differ", "times", "form", "size", "instruction");
    for (size_t i = 0, run; i < count; i += run) {
        for (run = 1; !all && i + run < count && is_same(&rows[i]) && is_same(&rows[i + run]);)
            run++;
        if (!all && shown == ROWS) {
            text_add(text, STYLE_PLAIN, "  … and %zu more (-v)\n", count - i);
            break;
        }
        text_row(text, &rows[i], run);
        shown++;
    }
}

void answer_json_layers(struct json *json, const struct sb_comparison *result) {
    json_open(json, "layers", '[');
    for (size_t i = 0; i < result->layers.count; i++) {
        const struct sb_layer_row *row = &result->layers.items[i];
        json_open(json, NULL, '{');
        json_string(json, "state", row->state);
        json_offset(json, "a", row->a ? (int64_t)row->a : -1);
        json_offset(json, "b", row->b ? (int64_t)row->b : -1);
        json_string(json, "instruction", row->instruction);
        json_number(json, "entries_a", row->entries_a);
        json_number(json, "entries_b", row->entries_b);
        json_number(json, "differ", row->differ);
        json_number(json, "times", row->times);
        json_number(json, "form", row->form);
        json_number(json, "size_a", row->size_a);
        json_number(json, "size_b", row->size_b);
        if (row->first) {
            json_open(json, "first", '{');
            json_string(json, "where", row->first);
            json_number(json, "offset", (uint64_t)row->first_offset);
            json_string(json, "a", row->first_a);
            json_string(json, "b", row->first_b);
            json_close(json, '}');
        }
        json_close(json, '}');
    }
    json_close(json, ']');
}
