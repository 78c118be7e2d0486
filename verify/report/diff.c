/* The report of samebytes diff. */
#include <inttypes.h>

#include "report/report.h"

void report_diff_json(struct json *json, const struct sb_comparison *result,
                      const struct sb_explanation *why, const struct sb_baseline *baseline,
                      const struct subject *a, const struct subject *b) {
    json_open(json, NULL, '{');
    json_number(json, "schema", 1);
    json_string(json, "verdict", sb_verdict_name(result->verdict));
    report_json_identity(json, result);
    json_open(json, "canonical", '[');
    json_digest(json, NULL, &a->core.canon.digest);
    json_digest(json, NULL, &b->core.canon.digest);
    json_close(json, ']');
    report_json_normalised(json, result->counts_a, result->counts_b);
    report_json_differences(json, result);
    if (baseline)
        report_json_baseline(json, baseline, result->allowed,
                             result->differences.count - result->allowed);
    report_explanation_json(json, why);
    report_json_notes(json, result);
    json_open(json, "findings", '{');
    report_json_findings(json, "a", &a->findings);
    report_json_findings(json, "b", &b->findings);
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

void report_diff_text(struct text *text, const struct sb_comparison *result,
                      const struct sb_explanation *why, const struct sb_baseline *baseline,
                      const struct subject *a, const struct subject *b,
                      const struct options *options) {
    report_text_verdict(text, result->verdict);
    if (result->allowed && result->allowed == result->differences.count)
        text_add(text, STYLE_GOOD, " as the baseline allows");
    text_add(text, STYLE_PLAIN, ": %s\n  A: %s\n  B: %s\n", meaning(result->verdict), a->name,
             b->name);
    report_text_identity(text, result);
    if (result->verdict != SB_VERDICT_IDENTICAL || options->verbose)
        report_text_normalised(text, result->counts_a, result->counts_b);
    report_text_differences(text, result, options->max_differences);
    if (baseline)
        report_text_baseline(text, baseline);
    if (result->verdict != SB_VERDICT_IDENTICAL || options->verbose)
        report_explanation_text(text, why);
    if (result->notes.count)
        text_add(text, STYLE_HEAD, "\nnotes\n");
    for (size_t i = 0; i < result->notes.count; i++)
        text_add(text, STYLE_PLAIN, "  %s\n", result->notes.items[i]);
    if (options->verbose) {
        report_text_findings(text, &a->findings);
        report_text_findings(text, &b->findings);
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

void report_diff_markdown(struct sb_buf *buf, const struct sb_comparison *result,
                          const struct subject *a, const struct subject *b) {
    sb_buf_appendf(buf, "### %s\n\n`%s` and `%s`: %s\n\n", sb_verdict_name(result->verdict),
                   a->name, b->name, meaning(result->verdict));
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
