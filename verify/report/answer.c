#include "report/answer.h"

#include <inttypes.h>
#include <stdio.h>

#include "compare/cause.h"

/* the reason */

enum { KINDS_NAMED = 3, SETTINGS_NAMED = 2, VALUE_SHOWN = 40 };

static bool is_setting(const struct sb_difference *difference) {
    return strcmp(difference->kind, "config") == 0;
}

static bool is_of_pass(const struct sb_difference *difference) {
    return sb_pass_lookup(difference->kind) >= 0;
}

/* Values of settings are JSON, and may be long. */
static void append_value(struct sb_buf *buf, const char *value) {
    if (!value)
        sb_buf_append_string(buf, "absent");
    else if (strlen(value) > VALUE_SHOWN)
        sb_buf_appendf(buf, "%.*s...", VALUE_SHOWN - 3, value);
    else
        sb_buf_append_string(buf, value);
}

static void append_values(struct sb_buf *buf, const char *where, const char *a, const char *b) {
    sb_buf_appendf(buf, "%s ", where);
    append_value(buf, a);
    sb_buf_append_string(buf, " | ");
    append_value(buf, b);
}

static size_t count_nuisances(const struct sb_comparison *result, uint64_t *values) {
    size_t kinds = 0;
    *values = 0;
    for (int pass = 0; pass < SB_PASSES; pass++) {
        kinds += result->nuisances[pass].differ > 0;
        *values += result->nuisances[pass].differ;
    }
    return kinds;
}

static int next_pass(const struct sb_comparison *result, const bool *done) {
    int best = -1;
    for (int pass = 0; pass < SB_PASSES; pass++)
        if (!done[pass] && result->nuisances[pass].differ &&
            (best < 0 || result->nuisances[pass].differ > result->nuisances[best].differ))
            best = pass;
    return best;
}

/* "file-timestamps 4, image-timestamps 1, and 2 more kinds" */
static void append_nuisances(struct sb_buf *buf, const struct sb_comparison *result) {
    uint64_t values;
    size_t kinds = count_nuisances(result, &values);
    bool done[SB_PASSES] = {false};
    for (size_t i = 0; i < kinds && i < KINDS_NAMED; i++) {
        int pass = next_pass(result, done);
        const struct sb_nuisance *nuisance = &result->nuisances[pass];
        done[pass] = true;
        sb_buf_appendf(buf, "%s%s of %" PRIu64 " %s", i ? ", " : "", sb_passes[pass].name,
                       nuisance->differ, sb_passes[pass].counts);
    }
    if (kinds > KINDS_NAMED)
        sb_buf_appendf(buf, ", and %zu more kinds", kinds - KINDS_NAMED);
}

static void append_reproduced(struct sb_buf *buf, const struct sb_comparison *result) {
    uint64_t values;
    size_t kinds = count_nuisances(result, &values);
    if (kinds == 0) {
        sb_buf_append_string(buf, "same files and configuration");
    } else if (values == 1) {
        bool done[SB_PASSES] = {false};
        const struct sb_nuisance *nuisance = &result->nuisances[next_pass(result, done)];
        sb_buf_append_string(buf, "all but one value is equal: ");
        append_values(buf, nuisance->where, nuisance->a, nuisance->b);
    } else {
        sb_buf_append_string(buf, "same files and configuration; only these differ: ");
        append_nuisances(buf, result);
    }
}

struct tally {
    size_t entries, settings, kept, others; /* others: platforms, how many layers there are */
    size_t caused, of_packages, unknown;    /* of all of them, those that a baseline allows aside */
    size_t layers;
};

static struct tally count_differences(const struct sb_comparison *result) {
    struct tally tally = {0};
    const char *last = NULL;
    for (size_t i = 0; i < result->differences.count; i++) {
        const struct sb_difference *difference = &result->differences.items[i];
        struct sb_span path = sb_difference_path(difference);
        /* Mode, owner and content of one file are one entry. */
        tally.entries += path.size && !(last && strcmp(last, difference->where) == 0);
        tally.settings += is_setting(difference);
        tally.kept += is_of_pass(difference);
        tally.others += !path.size && !is_setting(difference) && !is_of_pass(difference);
        last = difference->where;
        if (difference->reason)
            continue;
        if (!difference->cause)
            tally.unknown++;
        else if (difference->cause->class == SB_CAUSE_PACKAGE)
            tally.of_packages++;
        else
            tally.caused++;
    }
    for (size_t i = 0; i < result->layers.count; i++)
        tally.layers += result->layers.items[i].differ > 0;
    return tally;
}

static void append_settings(struct sb_buf *buf, const struct sb_comparison *result) {
    bool first = true;
    for (size_t i = 0; i < result->differences.count; i++) {
        const struct sb_difference *difference = &result->differences.items[i];
        if (!is_setting(difference))
            continue;
        sb_buf_append_string(buf, first ? "" : ", ");
        append_values(buf, difference->where, difference->a, difference->b);
        first = false;
    }
}

static void append_kept(struct sb_buf *buf, const struct sb_comparison *result) {
    bool first = true;
    for (size_t i = 0; i < result->differences.count; i++) {
        const struct sb_difference *difference = &result->differences.items[i];
        if (!is_of_pass(difference))
            continue;
        sb_buf_appendf(buf, "%s%s (kept): ", first ? "" : "; ", difference->kind);
        append_values(buf, difference->where, difference->a, difference->b);
        first = false;
    }
}

static void append_causes(struct sb_buf *buf, const struct tally *tally) {
    size_t all = tally->caused + tally->of_packages + tally->unknown;
    if (tally->of_packages)
        sb_buf_appendf(buf, "; %zu in packages that moved", tally->of_packages);
    if (tally->caused)
        sb_buf_appendf(buf, "; %s%zu of known causes",
                       tally->caused == all && all > 1 ? "all " : "", tally->caused);
    if (tally->unknown && tally->unknown < all)
        sb_buf_appendf(buf, ", %zu unknown", tally->unknown);
}

static const char *plural(size_t count, const char *one, const char *many) {
    return count == 1 ? one : many;
}

static void append_different(struct sb_buf *buf, const struct sb_comparison *result) {
    struct tally tally = count_differences(result);
    if (tally.entries == 0 && tally.settings == 0 && tally.kept) {
        sb_buf_append_string(buf, "same files and configuration; ");
        append_kept(buf, result);
        return;
    }
    if (tally.entries == 0 && tally.settings && tally.settings <= SETTINGS_NAMED && !tally.others) {
        sb_buf_append_string(buf, "same files; ");
        append_settings(buf, result);
    } else if (tally.entries || tally.settings) {
        if (tally.entries)
            sb_buf_appendf(buf, "%zu %s", tally.entries, plural(tally.entries, "entry", "entries"));
        if (tally.entries && tally.layers)
            sb_buf_appendf(buf, " in %zu %s", tally.layers,
                           plural(tally.layers, "layer", "layers"));
        if (tally.settings)
            sb_buf_appendf(buf, "%s%zu %s", tally.entries ? ", " : "", tally.settings,
                           plural(tally.settings, "setting", "settings"));
    } else {
        sb_buf_append_string(buf, "the images run differently");
    }
    append_causes(buf, &tally);
    if (tally.kept) {
        sb_buf_append_string(buf, "; ");
        append_kept(buf, result);
    }
}

static void append_equivalent(struct sb_buf *buf, const struct sb_comparison *result) {
    size_t a = 0, b = 0;
    for (size_t i = 0; i < result->layers.count; i++) {
        a += result->layers.items[i].a > 0;
        b += result->layers.items[i].b > 0;
    }
    sb_buf_appendf(buf, "same files and configuration; layers are cut differently (%zu | %zu)", a,
                   b);
}

void answer_reason(struct sb_buf *buf, const struct sb_comparison *result) {
    switch (result->verdict) {
    case SB_VERDICT_IDENTICAL:
        sb_buf_append_string(buf, "the same bytes");
        break;
    case SB_VERDICT_REPRODUCED:
        append_reproduced(buf, result);
        break;
    case SB_VERDICT_EQUIVALENT:
        append_equivalent(buf, result);
        break;
    case SB_VERDICT_DIFFERENT:
        append_different(buf, result);
        break;
    }
}

/* digests */

static void short_digest(char *text, const struct sb_digest *digests, size_t count) {
    enum { SHORT = 12, ALGORITHM = 7 };
    char whole[SB_DIGEST_TEXT] = "       absent";
    if (count)
        sb_digest_format(digests, whole);
    snprintf(text, SHORT + 1, "%.*s", SHORT, whole + ALGORITHM);
}

static const struct sb_trail_row *trail_of(const struct sb_comparison *result,
                                           enum sb_identity what) {
    for (size_t i = 0; i < result->trail.count; i++)
        if (result->trail.items[i].what == what)
            return &result->trail.items[i];
    return NULL;
}

static void text_reasons(struct text *text, const struct sb_trail_row *trail, bool all) {
    enum { SHOWN = 4 };
    size_t count = trail ? trail->reasons.count : 0;
    for (size_t i = 0; i < count && (all || i < SHOWN); i++)
        text_add(text, STYLE_PLAIN, "\n      <- %s", trail->reasons.items[i]);
    if (count > SHOWN && !all)
        text_add(text, STYLE_PLAIN, "\n      <- %zu more (-v)", count - SHOWN);
}

void answer_text_digests(struct text *text, const struct sb_comparison *result, bool all) {
    static const enum sb_identity whats[] = {SB_IDENTITY_ARCHIVE, SB_IDENTITY_INDEX,
                                             SB_IDENTITY_MANIFEST, SB_IDENTITY_CONFIG};
    bool any = false;
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++) {
        const struct sb_identity_row *row = &result->identity[whats[i]];
        char a[16], b[16];
        if (!row->compared || row->equal)
            continue;
        if (!any)
            text_add(text, STYLE_HEAD, "\nwhy the digests differ\n");
        any = true;
        short_digest(a, row->a, row->a_count);
        short_digest(b, row->b, row->b_count);
        text_add(text, STYLE_PLAIN, "  %-9s", sb_identity_name(whats[i]));
        if (row->a_count || row->b_count)
            text_add(text, STYLE_PLAIN, " %s | %s", a, b);
        text_reasons(text, trail_of(result, whats[i]), all);
        text_add(text, STYLE_PLAIN, "\n");
    }
    if (all)
        report_text_identity(text, result);
}

void answer_json_trail(struct json *json, const struct sb_comparison *result) {
    json_open(json, "trail", '[');
    for (size_t i = 0; i < result->trail.count; i++) {
        const struct sb_trail_row *row = &result->trail.items[i];
        json_open(json, NULL, '{');
        json_string(json, "what", sb_identity_name(row->what));
        json_open(json, "reasons", '[');
        for (size_t k = 0; k < row->reasons.count; k++)
            json_string(json, NULL, row->reasons.items[k]);
        json_close(json, ']');
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* layers */

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

/* what does not count */

void answer_text_nuisances(struct text *text, const struct sb_comparison *result, bool all) {
    uint64_t values;
    size_t kinds = count_nuisances(result, &values);
    bool done[SB_PASSES] = {false};
    if (kinds) {
        text_add(text, STYLE_HEAD, "\ndiffers, and does not count\n");
        for (size_t i = 0; i < kinds; i++) {
            int pass = next_pass(result, done);
            const struct sb_nuisance *nuisance = &result->nuisances[pass];
            done[pass] = true;
            text_add(text, STYLE_PLAIN, "  %-24s %" PRIu64 " of %" PRIu64 " %s\n",
                     sb_passes[pass].name, nuisance->differ, nuisance->pairs,
                     sb_passes[pass].counts);
            struct sb_buf line = SB_BUF_INIT;
            if (nuisance->a || nuisance->b)
                append_values(&line, nuisance->where, nuisance->a, nuisance->b);
            else
                sb_buf_append_string(&line, nuisance->where);
            text_add(text, STYLE_DIM, "    first: %s\n", sb_buf_string(&line));
            sb_buf_release(&line);
        }
    }
    if (all)
        report_text_normalised(text, result->counts_a, result->counts_b);
}

void answer_json_normalised(struct json *json, const struct sb_comparison *result) {
    json_open(json, "normalised", '[');
    for (int pass = 0; pass < SB_PASSES; pass++) {
        const struct sb_nuisance *nuisance = &result->nuisances[pass];
        uint64_t a = result->counts_a[pass], b = result->counts_b[pass];
        if (a + b + nuisance->differ == 0)
            continue;
        json_open(json, NULL, '{');
        json_string(json, "pass", sb_passes[pass].name);
        json_number(json, "count", a + b);
        json_number(json, "a", a);
        json_number(json, "b", b);
        json_number(json, "differ", nuisance->differ);
        json_number(json, "pairs", nuisance->pairs);
        if (nuisance->differ) {
            json_open(json, "first", '{');
            json_string(json, "where", nuisance->where);
            json_string(json, "a", nuisance->a);
            json_string(json, "b", nuisance->b);
            json_close(json, '}');
        }
        json_close(json, '}');
    }
    json_close(json, ']');
}
