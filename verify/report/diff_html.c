/* The report of samebytes diff as a page. */
#include <inttypes.h>

#include "compare/cause.h"
#include "report/answer.h"
#include "report/page.h"
#include "report/report.h"

enum { ROWS_MAX = 5000 };

static const char style[] =
    "details{margin:.2em 0}.equal{background:#9bd5a0}.differ{background:#f4b6b0}"
    ".verdict{padding:.1em .5em;border-radius:3px}"
    ".identical,.reproduced{background:#9bd5a0}.equivalent{background:#f4cf74}"
    ".different{background:#e2574c;color:#fff}code{overflow-wrap:anywhere}";

static void put_digests(struct sb_buf *buf, const struct sb_digest *digests, size_t count) {
    sb_buf_append_string(buf, "<td>");
    for (size_t i = 0; i < count; i++) {
        char text[SB_DIGEST_TEXT];
        sb_digest_format(&digests[i], text);
        sb_buf_appendf(buf, "%s<code>%s</code>", i ? "<br>" : "", text);
    }
}

static void put_identity(struct sb_buf *buf, const struct sb_comparison *result) {
    sb_buf_append_string(buf, "<h2>Identity</h2><table><tr><th>digest<th><th>A<th>B</tr>");
    for (int what = 0; what < SB_IDENTITIES; what++) {
        const struct sb_identity_row *row = &result->identity[what];
        if (!row->compared)
            continue;
        sb_buf_appendf(buf, "<tr><td>%s<td><span class=%s>%s</span>", sb_identity_name(row->what),
                       row->equal ? "equal" : "differ", row->equal ? "equal" : "differ");
        put_digests(buf, row->a, row->a_count);
        put_digests(buf, row->b, row->b_count);
        sb_buf_append_string(buf, "</tr>");
    }
    sb_buf_append_string(buf, "</table>");
}

static void put_shown(struct sb_buf *buf, const char *text) {
    sb_buf_append_string(buf, "<td>");
    page_shown(buf, text ? text : "");
}

static void put_value(struct sb_buf *buf, const char *value) {
    sb_buf_append_string(buf, "<td>");
    page_shown(buf, value ? value : "not there");
}

static void put_nuisances(struct sb_buf *buf, const struct sb_comparison *result) {
    sb_buf_append_string(buf, "<h2>Differs, and does not count</h2><table>"
                              "<tr><th>pass<th>in<th>first<th>A<th>B</tr>");
    for (int pass = 0; pass < SB_PASSES; pass++) {
        const struct sb_nuisance *nuisance = &result->nuisances[pass];
        if (nuisance->differ == 0)
            continue;
        sb_buf_appendf(buf, "<tr><td>%s<td>%" PRIu64 " of %" PRIu64 " %s", sb_passes[pass].name,
                       nuisance->differ, nuisance->pairs, sb_passes[pass].counts);
        put_value(buf, nuisance->where);
        put_value(buf, nuisance->a);
        put_value(buf, nuisance->b);
        sb_buf_append_string(buf, "</tr>");
    }
    sb_buf_append_string(buf, "</table>");
}

static void put_layers(struct sb_buf *buf, const struct sb_comparison *result) {
    if (result->layers.count == 0)
        return;
    sb_buf_append_string(buf,
                         "<h2>Layers</h2><table><tr><th>state<th>A<th>B<th>differ<th>times<th>form"
                         "<th>instruction<th>first byte<th>A<th>B</tr>");
    for (size_t i = 0; i < result->layers.count; i++) {
        const struct sb_layer_row *row = &result->layers.items[i];
        sb_buf_appendf(buf, "<tr><td>%s<td>%.0zu<td>%.0zu<td>%zu<td>%" PRIu64 "<td>%" PRIu64,
                       row->state, row->a, row->b, row->differ, row->times, row->form);
        put_shown(buf, row->instruction);
        put_shown(buf, row->first);
        put_shown(buf, row->first_a);
        put_shown(buf, row->first_b);
        sb_buf_append_string(buf, "</tr>");
    }
    sb_buf_append_string(buf, "</table>");
}

static void put_difference(struct sb_buf *buf, const struct sb_difference *difference) {
    sb_buf_append_string(buf, "<tr><td>");
    page_shown(buf, difference->where);
    sb_buf_append_string(buf, "<td>");
    page_shown(buf, difference->kind);
    put_value(buf, difference->a);
    put_value(buf, difference->b);
    if (difference->cause) {
        sb_buf_append_string(buf, "<br>");
        page_shown(buf, difference->cause->cause);
        sb_buf_append_string(buf, "; cure: ");
        page_shown(buf, difference->cause->cure);
    }
    if (difference->reason) {
        sb_buf_append_string(buf, "<br>allowed: ");
        page_shown(buf, difference->reason);
    }
    sb_buf_append_string(buf, "</tr>");
    if (!difference->text)
        return;
    sb_buf_append_string(buf, "<tr><td colspan=4><details><summary>lines</summary><pre>");
    page_shown(buf, difference->text);
    sb_buf_append_string(buf, "</pre></details></tr>");
}

static void put_differences(struct sb_buf *buf, const struct sb_comparison *result) {
    size_t count = result->differences.count;
    sb_buf_appendf(buf, "<h2>%zu difference%s</h2>", count, count == 1 ? "" : "s");
    if (count == 0)
        return;
    sb_buf_append_string(buf, "<table class=differences><tr><th>where<th>kind<th>A<th>B</tr>");
    for (size_t i = 0; i < count && i < ROWS_MAX; i++)
        put_difference(buf, &result->differences.items[i]);
    sb_buf_append_string(buf, "</table>");
    if (count > ROWS_MAX)
        sb_buf_appendf(buf, "<p>%zu more; the JSON report has all.</p>", count - ROWS_MAX);
}

static void put_notes(struct sb_buf *buf, const struct sb_comparison *result) {
    if (result->notes.count)
        sb_buf_append_string(buf, "<h2>Notes</h2><ul>");
    for (size_t i = 0; i < result->notes.count; i++) {
        sb_buf_append_string(buf, "<li>");
        page_shown(buf, result->notes.items[i]);
    }
    if (result->notes.count)
        sb_buf_append_string(buf, "</ul>");
}

void report_diff_html(struct sb_buf *buf, const void *whole) {
    const struct diff *diffs = ((const struct diffs *)whole)->list;
    size_t count = ((const struct diffs *)whole)->count;
    page_begin(buf, "samebytes diff", style);
    for (size_t i = 0; i < count; i++) {
        const struct sb_comparison *result = &diffs[i].result;
        const char *verdict = sb_verdict_name(result->verdict);
        sb_buf_appendf(buf, "<h1><span class=\"verdict %s\">%s</span>", verdict, verdict);
        if (count > 1) {
            sb_buf_append_byte(buf, ' ');
            page_shown(buf, diffs[i].platform);
        }
        sb_buf_append_string(buf, "</h1><p>");
        struct sb_buf reason = SB_BUF_INIT;
        answer_reason(&reason, result);
        page_shown(buf, sb_buf_string(&reason));
        sb_buf_release(&reason);
        sb_buf_append_string(buf, "</p><table><tr><td>A<td>");
        page_shown(buf, diffs[i].a->name);
        sb_buf_append_string(buf, "</tr><tr><td>B<td>");
        page_shown(buf, diffs[i].b->name);
        sb_buf_append_string(buf, "</tr></table>");
        put_identity(buf, result);
        put_layers(buf, result);
        put_differences(buf, result);
        put_nuisances(buf, result);
        put_notes(buf, result);
    }
    sb_buf_append_string(buf, "</html>\n");
}
