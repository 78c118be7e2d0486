/* The report of samebytes diff. */
#include <inttypes.h>

#include "report/report.h"

/* The digest of one kind, null where none was made. */
static void canonical_json(struct json *json, const struct sb_comparison *result) {
    const struct sb_identity_row *row = &result->identity[SB_IDENTITY_CANONICAL];
    json_open(json, "canonical", '[');
    json_digest(json, NULL, row->a_count ? row->a : NULL);
    json_digest(json, NULL, row->b_count ? row->b : NULL);
    json_close(json, ']');
}

static void members(struct json *json, const struct diff *diff) {
    const struct sb_comparison *result = &diff->result;
    json_string(json, "verdict", sb_verdict_name(result->verdict));
    report_json_identity(json, result);
    canonical_json(json, result);
    report_json_normalised(json, result->counts_a, result->counts_b);
    report_json_differences(json, result);
    report_json_packages(json, result);
    if (diff->baseline)
        report_json_baseline(json, diff->baseline, result->allowed,
                             result->differences.count - result->allowed);
    report_explanation_json(json, &diff->why);
    report_json_notes(json, result);
}

static enum sb_verdict lowest(const struct diff *diffs, size_t count) {
    enum sb_verdict verdict = SB_VERDICT_IDENTICAL;
    for (size_t i = 0; i < count; i++)
        if (diffs[i].result.verdict < verdict)
            verdict = diffs[i].result.verdict;
    return verdict;
}

void report_diff_json(struct json *json, const void *result) {
    const struct diff *diffs = ((const struct diffs *)result)->list;
    size_t count = ((const struct diffs *)result)->count;
    json_open(json, NULL, '{');
    json_number(json, "schema", 1);
    if (count == 1) {
        members(json, diffs);
    } else {
        json_string(json, "verdict", sb_verdict_name(lowest(diffs, count)));
        json_open(json, "platforms", '[');
        for (size_t i = 0; i < count; i++) {
            json_open(json, NULL, '{');
            json_string(json, "platform", diffs[i].platform);
            members(json, &diffs[i]);
            json_close(json, '}');
        }
        json_close(json, ']');
    }
    json_open(json, "findings", '{');
    report_json_findings(json, "a", &diffs->a->findings);
    report_json_findings(json, "b", &diffs->b->findings);
    json_close(json, '}');
    json_close(json, '}');
}

static const char *meaning(enum sb_verdict verdict) {
    static const char *const texts[] = {
        "the images run differently, or hold different files",
        "equal root filesystem and run configuration; the layers are cut differently",
        "equal canonical archives; only the nuisances below differ", "the same bytes"};
    return texts[verdict];
}

static void one_text(struct text *text, const struct diff *diff, bool several,
                     const struct options *options) {
    const struct sb_comparison *result = &diff->result;
    bool quiet = result->verdict == SB_VERDICT_IDENTICAL && !options->verbose;
    if (several)
        text_add(text, STYLE_HEAD, "%s ", diff->platform);
    report_text_verdict(text, result->verdict);
    if (result->allowed && result->allowed == result->differences.count)
        text_add(text, STYLE_GOOD, " as the baseline allows");
    if (result->excluded)
        text_add(text, STYLE_WARN, ", %zu paths excluded", result->excluded);
    if (diff->platform_a && diff->platform_b && strcmp(diff->platform_a, diff->platform_b) != 0)
        text_add(text, STYLE_PLAIN, ": A is for %s, B for %s\n", diff->platform_a,
                 diff->platform_b);
    else
        text_add(text, STYLE_PLAIN, ": %s\n", meaning(result->verdict));
    text_add(text, STYLE_PLAIN, "  A: %s\n  B: %s\n", diff->a->name, diff->b->name);
    report_text_identity(text, result);
    if (!quiet)
        report_text_normalised(text, result->counts_a, result->counts_b);
    report_text_differences(text, result, options->max_differences);
    if (diff->baseline)
        report_text_baseline(text, diff->baseline);
    if (!quiet)
        report_explanation_text(text, &diff->why);
    if (result->notes.count)
        text_add(text, STYLE_HEAD, "\nnotes\n");
    for (size_t i = 0; i < result->notes.count; i++)
        text_add(text, STYLE_PLAIN, "  %s\n", result->notes.items[i]);
}

void report_diff_text(struct text *text, const void *result) {
    const struct diff *diffs = ((const struct diffs *)result)->list;
    size_t count = ((const struct diffs *)result)->count;
    const struct options *options = ((const struct diffs *)result)->options;
    for (size_t i = 0; i < count; i++) {
        if (i)
            text_add(text, STYLE_PLAIN, "\n");
        one_text(text, &diffs[i], count > 1, options);
    }
    if (options->verbose) {
        report_text_findings(text, &diffs->a->findings);
        report_text_findings(text, &diffs->b->findings);
    }
}

/* A cell of a table: | and line ends would break it. */
static void cell(struct sb_buf *buf, const char *text) {
    for (; text && *text; text++)
        if (*text == '|')
            sb_buf_append_string(buf, "\\|");
        else
            sb_buf_append_byte(buf, (unsigned char)*text);
    sb_buf_append_string(buf, " | ");
}

static void one_markdown(struct sb_buf *buf, const struct diff *diff, bool several) {
    const struct sb_comparison *result = &diff->result;
    sb_buf_appendf(buf, "### %s%s%s\n\n`%s` and `%s`: %s\n\n", several ? diff->platform : "",
                   several ? ": " : "", sb_verdict_name(result->verdict), diff->a->name,
                   diff->b->name, meaning(result->verdict));
    sb_buf_append_string(buf, "| digest | equal |\n|---|---|\n");
    for (int what = 0; what < SB_IDENTITIES; what++)
        if (result->identity[what].compared)
            sb_buf_appendf(buf, "| %s | %s |\n", sb_identity_name((enum sb_identity)what),
                           result->identity[what].equal ? "yes" : "no");
    sb_buf_append_string(buf, "\n| pass | A | B |\n|---|---|---|\n");
    for (int pass = 0; pass < SB_PASSES; pass++)
        if (result->counts_a[pass] + result->counts_b[pass])
            sb_buf_appendf(buf, "| %s | %" PRIu64 " | %" PRIu64 " |\n", sb_passes[pass].name,
                           result->counts_a[pass], result->counts_b[pass]);
    if (result->differences.count)
        sb_buf_append_string(buf, "\n| where | kind | A | B |\n|---|---|---|---|\n");
    for (size_t i = 0; i < result->differences.count; i++) {
        const struct sb_difference *difference = &result->differences.items[i];
        sb_buf_append_string(buf, "| ");
        cell(buf, difference->where);
        cell(buf, difference->kind);
        cell(buf, difference->a);
        cell(buf, difference->b);
        sb_buf_append_byte(buf, '\n');
    }
}

void report_diff_markdown(struct sb_buf *buf, const void *result) {
    const struct diff *diffs = ((const struct diffs *)result)->list;
    size_t count = ((const struct diffs *)result)->count;
    for (size_t i = 0; i < count; i++)
        one_markdown(buf, &diffs[i], count > 1);
}
