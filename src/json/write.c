#include "json/write.h"

#include "base/utf8.h"

void sb_json_write_string(struct sb_buf *buf, struct sb_span text) {
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    sb_buf_append_byte(buf, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = text.data[i];
        const char *found = c ? strchr(from, c) : NULL;
        if (found) {
            sb_buf_append_byte(buf, '\\');
            sb_buf_append_byte(buf, (unsigned char)to[found - from]);
        } else if (c < 0x20) {
            sb_buf_appendf(buf, "\\u%04x", c);
        } else {
            sb_buf_append_byte(buf, c);
        }
    }
    sb_buf_append_byte(buf, '"');
}

void sb_json_write_go_string(struct sb_buf *buf, struct sb_span text) {
    static const char from[] = "\"\\\n\r\t", to[] = "\"\\nrt";
    sb_buf_append_byte(buf, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = text.data[i];
        const char *found = c ? strchr(from, c) : NULL;
        struct sb_span rest = sb_span_from(text, i);
        if (found) {
            sb_buf_append_byte(buf, '\\');
            sb_buf_append_byte(buf, (unsigned char)to[found - from]);
        } else if (c < 0x20 || c == '<' || c == '>' || c == '&') {
            sb_buf_appendf(buf, "\\u%04x", c);
        } else if (sb_span_starts(rest, "\xe2\x80\xa8") || sb_span_starts(rest, "\xe2\x80\xa9")) {
            sb_buf_appendf(buf, "\\u202%c", text.data[i + 2] == 0xa8 ? '8' : '9');
            i += 2;
        } else {
            sb_buf_append_byte(buf, c);
        }
    }
    sb_buf_append_byte(buf, '"');
}

/* The first UTF-16 code unit of a code point: only there do the orders of UTF-8 and UTF-16 part. */
static uint32_t first_unit(struct sb_span text) {
    uint32_t code = 0;
    sb_utf8_decode(text, &code);
    return code >= 0x10000 ? 0xd800 + ((code - 0x10000) >> 10) : code;
}

int sb_json_compare_names(struct sb_span a, struct sb_span b) {
    size_t common = a.size < b.size ? a.size : b.size, at = 0;
    while (at < common && a.data[at] == b.data[at])
        at++;
    if (at == common)
        return (a.size > b.size) - (a.size < b.size);
    while (at > 0 && (a.data[at] & 0xc0) == 0x80)
        at--;
    uint32_t x = first_unit(sb_span_from(a, at)), y = first_unit(sb_span_from(b, at));
    return x == y ? sb_span_compare(a, b) : x < y ? -1 : 1;
}

static int compare_members(const void *a, const void *b) {
    const struct sb_json *const *x = a, *const *y = b;
    return sb_json_compare_names((*x)->name, (*y)->name);
}

enum style { STYLE_CANONICAL, STYLE_GO };

static void write_string(struct sb_buf *buf, struct sb_span text, enum style style) {
    if (style == STYLE_GO)
        sb_json_write_go_string(buf, text);
    else
        sb_json_write_string(buf, text);
}

static void write_value(struct sb_buf *buf, const struct sb_json *value, enum style style);

static void write_children(struct sb_buf *buf, const struct sb_json *value, enum style style) {
    bool object = value->type == SB_JSON_OBJECT;
    const struct sb_json **children = sb_memory_new(value->count, sizeof *children);
    size_t count = 0;
    for (const struct sb_json *child = value->first; child; child = child->next)
        children[count++] = child;
    if (object && style == STYLE_CANONICAL)
        qsort(children, count, sizeof *children, compare_members);
    sb_buf_append_byte(buf, object ? '{' : '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            sb_buf_append_byte(buf, ',');
        if (object) {
            write_string(buf, children[i]->name, style);
            sb_buf_append_byte(buf, ':');
        }
        write_value(buf, children[i], style);
    }
    sb_buf_append_byte(buf, object ? '}' : ']');
    free(children);
}

static void write_value(struct sb_buf *buf, const struct sb_json *value, enum style style) {
    switch (value->type) {
    case SB_JSON_NULL:
        sb_buf_append_string(buf, "null");
        break;
    case SB_JSON_FALSE:
        sb_buf_append_string(buf, "false");
        break;
    case SB_JSON_TRUE:
        sb_buf_append_string(buf, "true");
        break;
    case SB_JSON_NUMBER:
        sb_buf_append_span(buf, value->text);
        break;
    case SB_JSON_STRING:
        write_string(buf, value->text, style);
        break;
    case SB_JSON_ARRAY:
    case SB_JSON_OBJECT:
        write_children(buf, value, style);
        break;
    }
}

void sb_json_write_canonical(struct sb_buf *buf, const struct sb_json *value) {
    write_value(buf, value, STYLE_CANONICAL);
}

void sb_json_write_go(struct sb_buf *buf, const struct sb_json *value) {
    write_value(buf, value, STYLE_GO);
}
