#include "report/document.h"

#include "host/request.h"
#include "host/temporary.h"

static document_function *const writers[] = {
#define SB_DOCUMENT(name, option, help) document_##option,
#include "options/documents.def"
#undef SB_DOCUMENT
};

bool report_has_document(const struct options *options) {
    for (int i = 0; i < DOCUMENTS; i++)
        if (options->documents[i])
            return true;
    return false;
}

void report_made_text(struct text *text, const void *made) {
    sb_buf_append_span(&text->buf, sb_buf_span(&((const struct report_made *)made)->text->buf));
}

void report_made_json(struct json *json, const void *made) {
    sb_buf_append_span(&json->text, sb_buf_span(&((const struct report_made *)made)->json->text));
}

/* The JSON document again as values: it is ours, so none of its numbers is too many. */
static int read_back(const struct report *report, struct sb_arena *arena, struct sb_json **root,
                     struct sb_error *error) {
    struct sb_findings findings = SB_FINDINGS_INIT;
    struct sb_buf text = SB_BUF_INIT;
    findings.limits[SB_LIMIT_JSON_VALUES] = UINT64_MAX;
    document_json(report, NULL, &text);
    int status = sb_json_parse(sb_buf_span(&text), arena, &findings, "the report", root, error);
    sb_findings_release(&findings);
    sb_buf_release(&text);
    return status;
}

static int send_documents(const struct options *options, const struct report *report,
                          struct sb_error *error) {
    struct sb_arena arena = SB_ARENA_INIT;
    struct sb_json *root = NULL;
    int status = 0;
    for (int i = 0; i < DOCUMENTS && status == 0; i++) {
        struct sb_buf buf = SB_BUF_INIT;
        if (!options->documents[i])
            continue;
        if (!root && i != DOCUMENT_JSON)
            status = read_back(report, &arena, &root, error);
        if (status == 0) {
            writers[i](report, root, &buf);
            status = result_write(options->documents[i], sb_buf_span(&buf), error);
        }
        sb_buf_release(&buf);
    }
    sb_arena_release(&arena);
    return status;
}

int report_send(const struct options *options, const struct report *report,
                struct sb_error *error) {
    request_report();
    if (send_documents(options, report, error) < 0)
        return -1;
    for (int i = 0; i < DOCUMENTS; i++)
        if (options->documents[i] && strcmp(options->documents[i], "-") == 0)
            return 0;
    if (options->quiet)
        return 0;
    struct text text = {.color = report_use_color(options->color)};
    report->text(&text, report->result);
    int status = result_write("-", sb_buf_span(&text.buf), error);
    sb_buf_release(&text.buf);
    return status;
}
