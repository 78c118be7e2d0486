/* Lines, paragraphs and blocks of a text. */
#include "base/vec.h"
#include "strip/strip.h"

/* One part of a text off its beginning, with what ends it. */
typedef struct sb_span take_part(struct sb_span *text);

static struct sb_span take(struct sb_span *text, size_t size) {
    struct sb_span part = sb_span_of(text->data, size);
    *text = sb_span_from(*text, size);
    return part;
}

static struct sb_span take_line(struct sb_span *text) {
    const unsigned char *end = memchr(text->data, '\n', text->size);
    return take(text, end ? (size_t)(end - text->data) + 1 : text->size);
}

static struct sb_span take_paragraph(struct sb_span *text) {
    struct sb_span rest = *text;
    while (rest.size && !sb_span_is(take_line(&rest), "\n")) {
    }
    return take(text, text->size - rest.size);
}

static struct sb_span take_block(struct sb_span *text) {
    struct sb_span rest = *text;
    while (rest.size && !sb_span_starts(take_line(&rest), "-----END ")) {
    }
    return take(text, text->size - rest.size);
}

static bool strip_order(struct sb_span content, struct sb_buf *rest, take_part *next) {
    SB_VEC(struct sb_span) parts = {0};
    if (!sb_strip_is_text(content))
        return false;
    while (content.size)
        *sb_vec_push(&parts) = next(&content);
    sb_vec_sort(&parts, sb_span_compare_items);
    for (size_t i = 0; i < parts.count; i++) {
        sb_buf_append_span(rest, parts.items[i]);
        sb_buf_append_byte(rest, 0);
    }
    sb_vec_release(&parts);
    return true;
}

bool sb_strip_line_order(struct sb_span content, struct sb_buf *rest) {
    return strip_order(content, rest, take_line);
}

bool sb_strip_paragraph_order(struct sb_span content, struct sb_buf *rest) {
    return strip_order(content, rest, take_paragraph);
}

bool sb_strip_pem_order(struct sb_span content, struct sb_buf *rest) {
    return strip_order(content, rest, take_block);
}

static bool is_number(struct sb_span text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return true;
}

/* A line has nine fields, of which the third is a number of days, or empty. */
bool sb_strip_shadow_day(struct sb_span content, struct sb_buf *rest) {
    if (!sb_strip_is_text(content))
        return false;
    while (content.size) {
        struct sb_span line = take_line(&content);
        size_t colons = 0, from = 0, to = 0;
        for (size_t i = 0; i < line.size; i++)
            if (line.data[i] == ':') {
                colons++;
                from = colons == 2 ? i + 1 : from;
                to = colons == 3 ? i : to;
            }
        if (colons != 8 || !is_number(sb_span_of(line.data + from, to - from)))
            return false;
        sb_buf_append(rest, line.data, from);
        sb_buf_append_span(rest, sb_span_from(line, to));
    }
    return true;
}

/* Of etc/apk/world: ".build=20261127.093227". */
static void append_world_line(struct sb_buf *rest, struct sb_span line) {
    const unsigned char *equals = *line.data == '.' ? memchr(line.data, '=', line.size) : NULL;
    sb_buf_append(rest, line.data, equals ? (size_t)(equals - line.data) : line.size);
}

/* Of a package's paragraph the lines of its name, version and checksum begin with P:, V: and C:. */
bool sb_strip_apk_virtual(struct sb_span content, struct sb_buf *rest) {
    if (!sb_strip_is_text(content))
        return false;
    while (content.size) {
        struct sb_span paragraph = take_paragraph(&content), lines = paragraph;
        bool dotted = false;
        while (lines.size)
            dotted = sb_span_starts(take_line(&lines), "P:.") || dotted;
        while (paragraph.size) {
            struct sb_span line = take_line(&paragraph);
            if (!dotted)
                append_world_line(rest, line);
            else if (!sb_span_starts(line, "V:") && !sb_span_starts(line, "C:"))
                sb_buf_append_span(rest, line);
        }
    }
    return true;
}
