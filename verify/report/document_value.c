/* Values of the JSON document as people read them, for the documents that are made of it. */
#include "report/document.h"

bool document_is_single(const struct sb_json *value) {
    return value->type != SB_JSON_ARRAY && value->type != SB_JSON_OBJECT;
}

bool document_is_table(const struct sb_json *value) {
    return value->type == SB_JSON_ARRAY && value->first && value->first->type == SB_JSON_OBJECT;
}

void document_value(const struct sb_json *value, struct sb_buf *buf) {
    switch ((enum sb_json_type)value->type) {
    case SB_JSON_NULL:
        sb_buf_append_string(buf, "-");
        break;
    case SB_JSON_TRUE:
        sb_buf_append_string(buf, "yes");
        break;
    case SB_JSON_FALSE:
        sb_buf_append_string(buf, "no");
        break;
    case SB_JSON_NUMBER:
    case SB_JSON_STRING:
        sb_buf_append_span(buf, value->text);
        break;
    case SB_JSON_ARRAY:
    case SB_JSON_OBJECT:
        sb_buf_appendf(buf, "%u of them", value->count);
        break;
    }
}
