/* The report of samebytes diff. */
#include <inttypes.h>

#include "report/answer.h"
#include "report/report.h"

/* The digest of one kind, null where none was made. */
static void canonical_json(struct json *json, const struct sb_comparison *result) {
    const struct sb_identity_row *row = &result->identity[SB_IDENTITY_CANONICAL];
    json_open(json, "canonical", '[');
    json_digest(json, NULL, row->a_count ? row->a : NULL);
    json_digest(json, NULL, row->b_count ? row->b : NULL);
    json_close(json, ']');
}

/* The reason of the verdict, as text that the caller frees. */
static char *reason_of(const struct diff *diff) {
    struct sb_buf buf = SB_BUF_INIT;
    answer_reason(&buf, &diff->result);
    return sb_buf_detach(&buf);
}

static void members(struct json *json, const struct diff *diff) {
    const struct sb_comparison *result = &diff->result;
    char *reason = reason_of(diff);
    json_string(json, "verdict", sb_verdict_name(result->verdict));
    json_string(json, "reason", reason);
    free(reason);
    report_json_identity(json, result);
    canonical_json(json, result);
    answer_json_trail(json, result);
    answer_json_layers(json, result);
    answer_json_normalised(json, result);
    report_json_differences(json, result);
    report_json_packages(json, result);
    answer_json_groups(json, result);
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

static void one_text(struct text *text, const struct diff *diff, bool several,
                     const struct options *options) {
    const struct sb_comparison *result = &diff->result;
    bool quiet = result->verdict == SB_VERDICT_IDENTICAL && !options->verbose;
    char *reason = reason_of(diff);
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
        text_add(text, STYLE_PLAIN, ": %s\n", reason);
    free(reason);
    text_add(text, STYLE_PLAIN, "  A: %s\n  B: %s\n", diff->a->name, diff->b->name);
    answer_text_digests(text, result, options->verbose);
    answer_text_layers(text, result, options->verbose);
    report_text_differences(text, result, options->max_differences);
    if (!quiet)
        answer_text_nuisances(text, result, options->verbose);
    if (diff->baseline)
        report_text_baseline(text, diff->baseline);
    if (!quiet)
        report_explanation_text(text, &diff->why, result, options->verbose);
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
    char *reason = reason_of(diff);
    sb_buf_appendf(buf, "### %s%s%s: %s\n\n`%s` and `%s`\n\n", several ? diff->platform : "",
                   several ? ": " : "", sb_verdict_name(result->verdict), reason, diff->a->name,
                   diff->b->name);
    free(reason);
    sb_buf_append_string(buf, "| digest | equal |\n|---|---|\n");
    for (int what = 0; what < SB_IDENTITIES; what++)
        if (result->identity[what].compared)
            sb_buf_appendf(buf, "| %s | %s |\n", sb_identity_name((enum sb_identity)what),
                           result->identity[what].equal ? "yes" : "no");
    sb_buf_append_string(buf, "\n| differs, and does not count | in | first | A | B |\n"
                              "|---|---|---|---|---|\n");
    for (int pass = 0; pass < SB_PASSES; pass++) {
        const struct sb_nuisance *nuisance = &result->nuisances[pass];
        if (nuisance->differ == 0)
            continue;
        sb_buf_appendf(buf, "| %s | %" PRIu64 " of %" PRIu64 " %s | ", sb_passes[pass].name,
                       nuisance->differ, nuisance->pairs, sb_passes[pass].counts);
        cell(buf, nuisance->where);
        cell(buf, nuisance->a);
        cell(buf, nuisance->b);
        sb_buf_append_byte(buf, '\n');
    }
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
