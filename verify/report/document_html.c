/* A report as a page that needs nothing else. */
#include <stdio.h>

#include "report/document.h"
#include "report/page.h"

static void put_value(struct sb_buf *buf, const struct sb_json *value) {
    struct sb_buf text = SB_BUF_INIT;
    document_value(value, &text);
    page_text(buf, sb_buf_string(&text));
    sb_buf_release(&text);
}

static void put_name(struct sb_buf *buf, const char *before, const struct sb_json *value) {
    struct sb_buf name = SB_BUF_INIT;
    sb_buf_append_string(buf, before);
    sb_buf_append_span(&name, value->name);
    page_text(buf, sb_buf_string(&name));
    sb_buf_release(&name);
}

static void put_table(struct sb_buf *buf, const struct sb_json *list) {
    sb_buf_append_string(buf, "<table><tr>");
    for (const struct sb_json *member = list->first->first; member; member = member->next)
        put_name(buf, "<th>", member);
    for (const struct sb_json *row = list->first; row; row = row->next) {
        sb_buf_append_string(buf, "<tr>");
        for (const struct sb_json *member = row->first; member; member = member->next) {
            sb_buf_append_string(buf, "<td>");
            put_value(buf, member);
        }
    }
    sb_buf_append_string(buf, "</table>");
}

static void put(struct sb_buf *buf, const struct sb_json *object) {
    sb_buf_append_string(buf, "<table>");
    for (const struct sb_json *member = object->first; member; member = member->next)
        if (document_is_single(member)) {
            put_name(buf, "<tr><th>", member);
            sb_buf_append_string(buf, "<td>");
            put_value(buf, member);
        }
    sb_buf_append_string(buf, "</table>");
    for (const struct sb_json *member = object->first; member; member = member->next) {
        if (document_is_single(member) || member->count == 0)
            continue;
        put_name(buf, "<h2>", member);
        sb_buf_append_string(buf, "</h2>");
        if (document_is_table(member)) {
            put_table(buf, member);
        } else if (member->type == SB_JSON_OBJECT) {
            put(buf, member);
        } else {
            sb_buf_append_string(buf, "<ul>");
            for (const struct sb_json *item = member->first; item; item = item->next) {
                sb_buf_append_string(buf, "<li>");
                put_value(buf, item);
            }
            sb_buf_append_string(buf, "</ul>");
        }
    }
}

void document_html(const struct report *report, const struct sb_json *root, struct sb_buf *buf) {
    if (report->html) {
        report->html(buf, report->result);
        return;
    }
    char title[64];
    snprintf(title, sizeof title, "samebytes %.30s", report->command);
    page_begin(buf, title, "");
    sb_buf_appendf(buf, "<h1>%s</h1>", title);
    put(buf, root);
    sb_buf_append_string(buf, "</html>\n");
}
