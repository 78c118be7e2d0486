#include "report/page.h"

static const char common_style[] =
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:62rem;padding:0 1rem;"
    "color:#1b1f24;background:#fff}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.15em .6em .15em 0;"
    "vertical-align:top}td.n{text-align:right}td{overflow-wrap:anywhere}"
    "pre{background:#f6f7f8;padding:.8em;overflow:auto}";

void page_begin(struct sb_buf *buf, const char *title, const char *style) {
    sb_buf_appendf(buf,
                   "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport "
                   "content=\"width=device-width\"><title>%s</title><style>%s%s</style>",
                   title, common_style, style);
}

void page_text(struct sb_buf *buf, const char *text) {
    for (; *text; text++)
        switch (*text) {
        case '&':
            sb_buf_append_string(buf, "&amp;");
            break;
        case '<':
            sb_buf_append_string(buf, "&lt;");
            break;
        case '>':
            sb_buf_append_string(buf, "&gt;");
            break;
        case '"':
            sb_buf_append_string(buf, "&quot;");
            break;
        default:
            sb_buf_append_byte(buf, (unsigned char)*text);
        }
}

void page_shown(struct sb_buf *buf, const char *text) {
    struct sb_buf visible = SB_BUF_INIT;
    sb_buf_append_visible(&visible, sb_span_string(text));
    page_text(buf, sb_buf_string(&visible));
    sb_buf_release(&visible);
}
