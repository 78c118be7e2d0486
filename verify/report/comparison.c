/* The parts of a comparison, as JSON members and as text. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "compare/cause.h"
#include "report/report.h"

bool report_use_color(enum color wish) {
    const char *off = getenv("NO_COLOR");
    if (wish != COLOR_AUTO)
        return wish == COLOR_ALWAYS;
    return isatty(STDOUT_FILENO) && !(off && *off);
}

void text_release(struct text *text) {
    sb_buf_release(&text->buf);
}

void text_add(struct text *text, enum style style, const char *format, ...) {
    static const char *const codes[] = {"",         "\033[32m", "\033[31m",
                                        "\033[33m", "\033[2m",  "\033[1m"};
    va_list arguments;
    char *line;
    va_start(arguments, format);
    int size = vasprintf(&line, format, arguments);
    va_end(arguments);
    if (size < 0)
        SB_BUG("out of memory");
    bool colored = text->color && style != STYLE_PLAIN;
    if (colored)
        sb_buf_append_string(&text->buf, codes[style]);
    sb_buf_append(&text->buf, line, (size_t)size);
    if (colored)
        sb_buf_append_string(&text->buf, "\033[0m");
    free(line);
}

void report_json_normalised(struct json *json, const uint64_t *a, const uint64_t *b) {
    json_open(json, "normalised", '[');
    for (int pass = 0; pass < SB_PASSES; pass++) {
        if (a[pass] + b[pass] == 0)
            continue;
        json_open(json, NULL, '{');
        json_string(json, "pass", sb_passes[pass].name);
        json_number(json, "count", a[pass] + b[pass]);
        json_number(json, "a", a[pass]);
        json_number(json, "b", b[pass]);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void report_json_difference(struct json *json, const struct sb_difference *difference,
                            const char *builder) {
    json_open(json, NULL, '{');
    if (builder)
        json_string(json, "builder", builder);
    json_string(json, "where", difference->where);
    json_string(json, "kind", difference->kind);
    json_string(json, "a", difference->a);
    json_string(json, "b", difference->b);
    json_offset(json, "offset_a", difference->offset_a);
    json_offset(json, "offset_b", difference->offset_b);
    if (difference->inside)
        json_string(json, "inside", difference->inside);
    if (difference->text)
        json_string(json, "text", difference->text);
    if (difference->reason)
        json_string(json, "reason", difference->reason);
    if (difference->cause) {
        json_open(json, "cause", '{');
        json_string(json, "name", difference->cause->name);
        json_string(json, "class", sb_cause_class_name(difference->cause->class));
        json_string(json, "cause", difference->cause->cause);
        json_string(json, "cure", difference->cause->cure);
        json_close(json, '}');
    }
    if (difference->package)
        json_string(json, "package", difference->package);
    if (difference->looks_like)
        json_string(json, "looks_like", difference->looks_like);
    json_close(json, '}');
}

void report_json_differences(struct json *json, const struct sb_comparison *result) {
    json_open(json, "differences", '[');
    for (size_t i = 0; i < result->differences.count; i++)
        report_json_difference(json, &result->differences.items[i], NULL);
    json_close(json, ']');
}

void report_json_packages(struct json *json, const struct sb_comparison *result) {
    json_open(json, "packages", '[');
    for (size_t i = 0; i < result->moved.count; i++) {
        const struct sb_moved *moved = &result->moved.items[i];
        json_open(json, NULL, '{');
        json_string(json, "manager", moved->manager);
        json_string(json, "name", moved->name);
        json_string(json, "a", moved->a);
        json_string(json, "b", moved->b);
        json_number(json, "packages", moved->packages);
        json_number(json, "differences", moved->differences);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void report_json_identity_rows(struct json *json, const struct sb_comparison *result,
                               const char *builder) {
    for (int what = 0; what < SB_IDENTITIES; what++) {
        const struct sb_identity_row *row = &result->identity[what];
        bool list = sb_identity_is_list(row->what);
        json_open(json, NULL, '{');
        if (builder)
            json_string(json, "builder", builder);
        json_string(json, "what", sb_identity_name(row->what));
        json_digests(json, "a", row->a, row->a_count, list);
        json_digests(json, "b", row->b, row->b_count, list);
        json_bool(json, "equal", row->equal);
        json_close(json, '}');
    }
}

void report_json_identity(struct json *json, const struct sb_comparison *result) {
    json_open(json, "identity", '[');
    report_json_identity_rows(json, result, NULL);
    json_close(json, ']');
}

void report_json_notes(struct json *json, const struct sb_comparison *result) {
    json_open(json, "notes", '[');
    for (size_t i = 0; i < result->notes.count; i++)
        json_string(json, NULL, result->notes.items[i]);
    json_close(json, ']');
}

void report_json_findings(struct json *json, const char *name, const struct sb_findings *findings) {
    json_open(json, name, '[');
    for (size_t i = 0; i < findings->list.count; i++) {
        const struct sb_finding *finding = &findings->list.items[i];
        json_open(json, NULL, '{');
        json_string(json, "severity", sb_finding_severity_name(finding->kind));
        json_string(json, "kind", sb_finding_name(finding->kind));
        json_string(json, "what", finding->what);
        json_string(json, "where", finding->where);
        json_bool(json, "ambiguous", finding->ambiguous);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static const char *digest_text(const struct sb_digest *digests, size_t count, char *text,
                               size_t size) {
    char one[SB_DIGEST_TEXT];
    if (count == 0)
        return "-";
    sb_digest_format(&digests[0], one);
    if (count == 1)
        snprintf(text, size, "%s", one);
    else
        snprintf(text, size, "%.19s… and %zu more", one, count - 1);
    return text;
}

void report_text_identity(struct text *text, const struct sb_comparison *result) {
    text_add(text, STYLE_HEAD, "\nidentity\n");
    for (int what = 0; what < SB_IDENTITIES; what++) {
        const struct sb_identity_row *row = &result->identity[what];
        char a[SB_DIGEST_TEXT + 32], b[SB_DIGEST_TEXT + 32];
        if (!row->compared)
            continue;
        text_add(text, STYLE_PLAIN, "  %-10s", sb_identity_name(row->what));
        text_add(text, row->equal ? STYLE_GOOD : STYLE_WARN, "%-7s",
                 row->equal                                   ? "equal"
                 : (row->a_count == 0) != (row->b_count == 0) ? "one has"
                                                              : "differ");
        if (row->a_count || row->b_count)
            text_add(text, STYLE_PLAIN, " %s", digest_text(row->a, row->a_count, a, sizeof a));
        if (!row->equal && (row->a_count || row->b_count))
            text_add(text, STYLE_PLAIN, "\n  %-18s%s", "",
                     digest_text(row->b, row->b_count, b, sizeof b));
        text_add(text, STYLE_PLAIN, "\n");
    }
}

void report_text_normalised(struct text *text, const uint64_t *a, const uint64_t *b) {
    bool any = false;
    for (int pass = 0; pass < SB_PASSES; pass++) {
        if (a[pass] + b[pass] == 0)
            continue;
        if (!any)
            text_add(text, STYLE_HEAD, "\nnormalised %32s %8s\n", "A", "B");
        any = true;
        text_add(text, STYLE_PLAIN, "  %-24s %16" PRIu64 " %8" PRIu64 "  %s\n",
                 sb_passes[pass].name, a[pass], b[pass], sb_passes[pass].counts);
    }
}

void report_json_baseline(struct json *json, const struct sb_baseline *baseline, size_t allowed,
                          size_t fresh) {
    json_open(json, "baseline", '{');
    json_number(json, "allowed", allowed);
    json_number(json, "new", fresh);
    json_open(json, "stale", '[');
    for (size_t i = 0; i < baseline->allowed.count; i++) {
        const struct sb_allowance *allowance = &baseline->allowed.items[i];
        if (allowance->used)
            continue;
        json_open(json, NULL, '{');
        if (allowance->path.size)
            json_bytes(json, "path", allowance->path);
        else
            json_bytes(json, "field", allowance->field);
        json_bytes(json, "kind", allowance->kind);
        if (allowance->a.pinned)
            json_string(json, "a", allowance->a.text);
        if (allowance->b.pinned)
            json_string(json, "b", allowance->b.text);
        json_string(json, "reason", allowance->reason);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

void report_text_baseline(struct text *text, const struct sb_baseline *baseline) {
    for (size_t i = 0; i < baseline->allowed.count; i++) {
        const struct sb_allowance *allowance = &baseline->allowed.items[i];
        struct sb_span where = allowance->path.size ? allowance->path : allowance->field;
        if (allowance->used)
            continue;
        text_add(text, STYLE_WARN, "stale in the baseline:");
        text_add(text, STYLE_PLAIN, " %s%.*s %.*s (%s)%s\n", allowance->path.size ? "/" : "",
                 SB_SPAN(where), SB_SPAN(allowance->kind), allowance->reason,
                 allowance->missed ? "; it differs there, with other values than are allowed" : "");
    }
}

/* What is before the path in it: the archive, or a layer. */
static size_t place_size(const char *where) {
    const char *path = strstr(where, ": ");
    return path ? (size_t)(path - where) : strlen(where);
}

/* sizes: of the places of both. */
static bool is_alike(const struct sb_finding *a, const struct sb_finding *b, size_t a_size,
                     size_t b_size) {
    return a->kind == b->kind && a_size == b_size && a->where[a_size] && b->where[a_size] &&
           memcmp(a->where, b->where, a_size) == 0;
}

/* One line for each kind in each layer: the first place, and how many more there are. */
void report_text_findings(struct text *text, const struct sb_findings *findings) {
    static const enum style styles[] = {STYLE_DIM, STYLE_WARN, STYLE_BAD};
    size_t count = findings->list.count;
    if (count == 0)
        return;
    bool *said = sb_memory_new(count, sizeof *said);
    size_t *sizes = sb_memory_new(count, sizeof *sizes);
    for (size_t i = 0; i < count; i++)
        sizes[i] = place_size(findings->list.items[i].where);
    text_add(text, STYLE_HEAD, "\nfindings\n");
    for (size_t i = 0; i < count; i++) {
        const struct sb_finding *finding = &findings->list.items[i];
        size_t more = 0;
        for (size_t k = i + 1; k < count && !said[i]; k++) {
            bool alike =
                !said[k] && is_alike(finding, &findings->list.items[k], sizes[i], sizes[k]);
            said[k] = said[k] || alike;
            more += alike;
        }
        if (said[i])
            continue;
        text_add(text, styles[sb_finding_severity(finding->kind)], "  %-8s",
                 sb_finding_severity_name(finding->kind));
        text_add(text, STYLE_PLAIN, "%s%s: %s: %s", sb_finding_name(finding->kind),
                 finding->ambiguous ? " (ambiguous)" : "", finding->where, finding->what);
        if (more)
            text_add(text, STYLE_DIM, " (and %zu more like it in this layer)", more);
        text_add(text, STYLE_PLAIN, "\n");
    }
    if (findings->dropped)
        text_add(text, STYLE_PLAIN, "  … and %zu more\n", findings->dropped);
    free(said);
    free(sizes);
}

void report_text_verdict(struct text *text, enum sb_verdict verdict) {
    text_add(text,
             verdict >= SB_VERDICT_REPRODUCED   ? STYLE_GOOD
             : verdict == SB_VERDICT_EQUIVALENT ? STYLE_WARN
                                                : STYLE_BAD,
             "%s", sb_verdict_name(verdict));
}
