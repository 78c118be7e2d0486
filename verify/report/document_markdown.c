/* A report as Markdown, fit for the summary of a CI job. */
#include <stdio.h>

#include "report/document.h"

/* A cell of a table: | and line ends would break it. */
static void put_cell(struct sb_buf *buf, const struct sb_json *value) {
    struct sb_buf text = SB_BUF_INIT;
    if (value)
        document_value(value, &text);
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '|')
            sb_buf_append_string(buf, "\\|");
        else
            sb_buf_append_byte(buf, text.data[i] == '\n' ? ' ' : text.data[i]);
    sb_buf_append_string(buf, " | ");
    sb_buf_release(&text);
}

static void put_name(struct sb_buf *buf, const struct sb_json *value) {
    sb_buf_append_span(buf, value->name);
}

static void put_table(struct sb_buf *buf, const struct sb_json *list) {
    const struct sb_json *first = list->first;
    sb_buf_append_string(buf, "| ");
    for (const struct sb_json *member = first->first; member; member = member->next) {
        put_name(buf, member);
        sb_buf_append_string(buf, " | ");
    }
    sb_buf_append_string(buf, "\n|");
    for (const struct sb_json *member = first->first; member; member = member->next)
        sb_buf_append_string(buf, "---|");
    for (const struct sb_json *row = list->first; row; row = row->next) {
        sb_buf_append_string(buf, "\n| ");
        for (const struct sb_json *column = first->first; column; column = column->next) {
            char name[64];
            snprintf(name, sizeof name, "%.*s",
                     (int)(column->name.size < 60 ? column->name.size : 60),
                     (const char *)column->name.data);
            put_cell(buf, sb_json_member(row, name));
        }
    }
    sb_buf_append_byte(buf, '\n');
}

static void put_item(struct sb_buf *buf, const struct sb_json *value) {
    sb_buf_append_string(buf, "- ");
    if (value->name.size) {
        put_name(buf, value);
        sb_buf_append_string(buf, ": ");
    }
    document_value(value, buf);
    sb_buf_append_byte(buf, '\n');
}

/* Single values first, then a section for each of the others. */
static void put(struct sb_buf *buf, const struct sb_json *object) {
    for (const struct sb_json *member = object->first; member; member = member->next)
        if (document_is_single(member))
            put_item(buf, member);
    for (const struct sb_json *member = object->first; member; member = member->next) {
        if (document_is_single(member) || member->count == 0)
            continue;
        sb_buf_append_string(buf, "\n#### ");
        put_name(buf, member);
        sb_buf_append_string(buf, "\n\n");
        if (document_is_table(member))
            put_table(buf, member);
        else if (member->type == SB_JSON_OBJECT)
            put(buf, member);
        else
            for (const struct sb_json *item = member->first; item; item = item->next)
                put_item(buf, item);
    }
}

void document_markdown(const struct report *report, const struct sb_json *root,
                       struct sb_buf *buf) {
    if (report->markdown) {
        report->markdown(buf, report->result);
        return;
    }
    sb_buf_appendf(buf, "### samebytes %s\n\n", report->command);
    put(buf, root);
}
