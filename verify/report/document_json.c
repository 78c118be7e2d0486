/* The JSON document, of which most others are made (docs/json.md). */
#include "report/document.h"

void document_json(const struct report *report, const struct sb_json *root, struct sb_buf *buf) {
    (void)root;
    struct json json = JSON_INIT;
    report->json(&json, report->result);
    sb_buf_append_span(buf, sb_buf_span(&json.text));
    sb_buf_release(&json.text);
}
