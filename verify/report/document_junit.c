/* What was compared as JUnit XML, the form that CI systems read: a test case for the whole, one for
 * each build and each platform, and one for the budget. */
#include "report/document.h"
#include "report/page.h"

struct cases {
    struct sb_buf list;
    const char *command;
    unsigned count, failed, skipped;
};

static void put_text(struct sb_buf *buf, struct sb_span text) {
    struct sb_buf copy = SB_BUF_INIT;
    sb_buf_append_span(&copy, text);
    page_text(buf, sb_buf_string(&copy));
    sb_buf_release(&copy);
}

static void open_case(struct cases *cases, struct sb_span name) {
    cases->count++;
    sb_buf_appendf(&cases->list, "    <testcase classname=\"samebytes.%s\" name=\"",
                   cases->command);
    put_text(&cases->list, name);
    sb_buf_append_string(&cases->list, "\">");
}

static void fail(struct cases *cases, struct sb_span message) {
    cases->failed++;
    sb_buf_append_string(&cases->list, "<failure message=\"");
    put_text(&cases->list, message);
    sb_buf_append_string(&cases->list, "\"/>");
}

static void close_case(struct cases *cases) {
    sb_buf_append_string(&cases->list, "</testcase>\n");
}

/* Of differences, the first places. */
static void put_whole(struct cases *cases, const struct report *report,
                      const struct sb_json *root) {
    enum { PLACES = 20 };
    const struct sb_json *differences = sb_json_member(root, "differences");
    struct sb_span verdict = sb_json_string(root, "verdict");
    size_t shown = 0;
    open_case(cases, sb_span_string(report->command));
    if (!report->met) {
        cases->failed++;
        sb_buf_append_string(&cases->list, "<failure message=\"");
        put_text(&cases->list, verdict.size ? verdict : sb_span_string("not as it should be"));
        sb_buf_append_string(&cases->list, "\">");
        for (const struct sb_json *item = differences ? differences->first : NULL;
             item && shown < PLACES; item = item->next, shown++) {
            put_text(&cases->list, sb_json_string(item, "where"));
            sb_buf_append_string(&cases->list, " ");
            put_text(&cases->list, sb_json_string(item, "kind"));
            sb_buf_append_string(&cases->list, "\n");
        }
        if (differences && differences->count > shown)
            sb_buf_appendf(&cases->list, "and %zu more\n", differences->count - shown);
        sb_buf_append_string(&cases->list, "</failure>");
    }
    close_case(cases);
}

/* Rows with a verdict: builds, builds of one engine twice, platforms. name: of the member that
 * names them. */
static void put_rows(struct cases *cases, const struct sb_json *list, const char *name,
                     const char *suffix) {
    for (const struct sb_json *row = list ? list->first : NULL; row; row = row->next) {
        struct sb_buf title = SB_BUF_INIT;
        struct sb_span verdict = sb_json_string(row, "verdict");
        struct sb_span reason = sb_json_string(row, "reason");
        sb_buf_append_span(&title, sb_json_string(row, name));
        sb_buf_append_string(&title, suffix);
        open_case(cases, sb_buf_span(&title));
        if (reason.size) {
            cases->skipped++;
            sb_buf_append_string(&cases->list, "<skipped message=\"");
            put_text(&cases->list, reason);
            sb_buf_append_string(&cases->list, "\"/>");
        } else if (sb_span_is(verdict, "different")) {
            fail(cases, verdict);
        }
        close_case(cases);
        sb_buf_release(&title);
    }
}

static void put_budget(struct cases *cases, const struct sb_json *budget) {
    const struct sb_json *ok = sb_json_member(budget, "ok"), *max = sb_json_member(budget, "max");
    if (!ok || !max || max->type == SB_JSON_NULL)
        return;
    open_case(cases, sb_span_string("budget"));
    if (ok->type == SB_JSON_FALSE)
        fail(cases, sb_span_string("the archive is larger than its budget"));
    close_case(cases);
}

void document_junit(const struct report *report, const struct sb_json *root, struct sb_buf *buf) {
    struct cases cases = {.command = report->command};
    put_whole(&cases, report, root);
    put_rows(&cases, sb_json_member(root, "platforms"), "platform", "");
    put_rows(&cases, sb_json_member(root, "builds"), "builder", "");
    put_rows(&cases, sb_json_member(root, "twice"), "builder", ", built twice");
    put_budget(&cases, sb_json_member(root, "budget"));
    sb_buf_appendf(buf,
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                   "  <testsuite name=\"samebytes %s\" tests=\"%u\" failures=\"%u\" errors=\"0\" "
                   "skipped=\"%u\">\n",
                   cases.command, cases.count, cases.failed, cases.skipped);
    sb_buf_append_span(buf, sb_buf_span(&cases.list));
    sb_buf_append_string(buf, "  </testsuite>\n</testsuites>\n");
    sb_buf_release(&cases.list);
}
