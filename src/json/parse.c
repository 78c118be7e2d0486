#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "json/value.h"

struct parser {
    struct sb_span text;
    size_t at;
    struct sb_arena *arena;
    struct sb_findings *findings;
    const char *where;
    struct sb_error *error;
    unsigned depth;
    size_t nodes;
};

static int refuse(struct parser *parser, const char *what) {
    return sb_error_set(parser->error, SB_ERROR_MALFORMED, "%s: JSON: %s, at offset %zu",
                        parser->where, what, parser->at);
}

static void report(struct parser *parser, enum sb_finding_kind kind, const char *what,
                   struct sb_span name) {
    struct sb_buf text = SB_BUF_INIT;
    char place[256];
    sb_buf_append_visible(&text, name);
    snprintf(place, sizeof place, "%.200s: offset %zu", parser->where, parser->at);
    sb_finding_add(parser->findings, kind, place, "%s: %.100s", what, sb_buf_string(&text));
    sb_buf_release(&text);
}

static int peek(const struct parser *parser) {
    return parser->at < parser->text.size ? parser->text.data[parser->at] : -1;
}

static void skip_space(struct parser *parser) {
    for (int c = peek(parser); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = peek(parser))
        parser->at++;
}

static bool take_word(struct parser *parser, const char *word) {
    if (!sb_span_starts(sb_span_from(parser->text, parser->at), word))
        return false;
    parser->at += strlen(word);
    return true;
}

static int take_hex4(struct parser *parser, uint32_t *code) {
    *code = 0;
    for (int i = 0; i < 4; i++) {
        int digit = peek(parser) < 0 ? -1 : sb_hex_digit((unsigned char)peek(parser));
        if (digit < 0)
            return refuse(parser, "a \\u escape needs four hex digits");
        *code = *code << 4 | (uint32_t)digit;
        parser->at++;
    }
    return 0;
}

/* Behind \u. Half a surrogate pair is what Go replaces by U+FFFD; that reading is taken. */
static int take_unicode(struct parser *parser, struct sb_buf *buf) {
    uint32_t code, low;
    if (take_hex4(parser, &code) < 0)
        return -1;
    if (code >= 0xd800 && code < 0xdc00 && take_word(parser, "\\u")) {
        if (take_hex4(parser, &low) < 0)
            return -1;
        if (low >= 0xdc00 && low < 0xe000) {
            sb_buf_append_utf8(buf, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
            return 0;
        }
        parser->at -= 6;
    }
    if (code >= 0xd800 && code < 0xe000) {
        report(parser, SB_FINDING_JSON_SURROGATE, "half a surrogate pair", sb_span_string(""));
        code = 0xfffd;
    }
    sb_buf_append_utf8(buf, code);
    return 0;
}

static int take_escape(struct parser *parser, struct sb_buf *buf) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    int c = peek(parser);
    const char *found = c > 0 ? strchr(from, c) : NULL;
    if (c == 'u') {
        parser->at++;
        return take_unicode(parser, buf);
    }
    if (!found)
        return refuse(parser, "an unknown escape");
    parser->at++;
    sb_buf_append_byte(buf, (unsigned char)to[found - from]);
    return 0;
}

/* Up to the first escape it is the document's own bytes, and is put together only behind that. */
static int take_string(struct parser *parser, struct sb_span *text) {
    struct sb_buf buf = SB_BUF_INIT;
    bool escaped = false;
    int status = 0;
    size_t begin = ++parser->at;
    while (status == 0) {
        uint32_t code;
        struct sb_span rest = sb_span_from(parser->text, parser->at);
        size_t length = sb_utf8_decode(rest, &code);
        if (length == 0)
            status = refuse(parser, rest.size ? "not UTF-8" : "a string has no end");
        else if (code < 0x20)
            status = refuse(parser, "a control character in a string");
        else if (code == '"')
            break;
        else if (code == '\\') {
            if (!escaped)
                sb_buf_append(&buf, parser->text.data + begin, parser->at - begin);
            escaped = true;
            parser->at++;
            status = take_escape(parser, &buf);
        } else {
            if (escaped)
                sb_buf_append(&buf, rest.data, length);
            parser->at += length;
        }
    }
    struct sb_span plain = sb_span_of(parser->text.data + begin, parser->at - begin);
    parser->at++;
    if (status == 0)
        *text = sb_arena_copy(parser->arena, escaped ? sb_buf_span(&buf) : plain);
    sb_buf_release(&buf);
    return status;
}

static size_t take_digits(struct parser *parser) {
    size_t begin = parser->at;
    while (peek(parser) >= '0' && peek(parser) <= '9')
        parser->at++;
    return parser->at - begin;
}

static void check_number(struct parser *parser, struct sb_span literal) {
    char *copy = sb_memory_copy(literal.data, literal.size);
    double number = strtod(copy, NULL);
    free(copy);
    if (isinf(number))
        report(parser, SB_FINDING_JSON_NUMBER, "too large for a double", literal);
    if (number == 0 && literal.data[0] == '-')
        report(parser, SB_FINDING_JSON_NUMBER, "a negative zero", literal);
}

static int take_number(struct parser *parser, struct sb_json *value) {
    size_t begin = parser->at;
    if (peek(parser) == '-')
        parser->at++;
    bool zero = peek(parser) == '0';
    size_t digits = take_digits(parser);
    if (digits == 0 || (zero && digits > 1))
        return refuse(parser, "a value is missing or misspelt");
    if (peek(parser) == '.') {
        parser->at++;
        if (take_digits(parser) == 0)
            return refuse(parser, "a number ends in a point");
    }
    if (peek(parser) == 'e' || peek(parser) == 'E') {
        parser->at++;
        if (peek(parser) == '+' || peek(parser) == '-')
            parser->at++;
        if (take_digits(parser) == 0)
            return refuse(parser, "a number has an empty exponent");
    }
    struct sb_span literal = sb_span_of(parser->text.data + begin, parser->at - begin);
    check_number(parser, literal);
    value->type = SB_JSON_NUMBER;
    value->text = sb_arena_copy(parser->arena, literal);
    return 0;
}

static int compare_names(const void *a, const void *b) {
    const struct sb_json *const *x = a, *const *y = b;
    return sb_span_compare((*x)->name, (*y)->name);
}

static void check_members(struct parser *parser, const struct sb_json *object) {
    if (object->count < 2)
        return;
    const struct sb_json **sorted = sb_memory_new(object->count, sizeof *sorted);
    size_t count = 0;
    for (const struct sb_json *member = object->first; member; member = member->next)
        sorted[count++] = member;
    qsort(sorted, count, sizeof *sorted, compare_names);
    for (size_t i = 1; i < count; i++)
        if (sb_span_equal(sorted[i]->name, sorted[i - 1]->name))
            report(parser, SB_FINDING_JSON_KEY_TWICE, "member twice", sorted[i]->name);
    free(sorted);
}

static int take_value(struct parser *parser, struct sb_json **value);

static int take_member_name(struct parser *parser, struct sb_span *name) {
    skip_space(parser);
    if (peek(parser) != '"')
        return refuse(parser, "a member name is missing");
    if (take_string(parser, name) < 0)
        return -1;
    skip_space(parser);
    if (peek(parser) != ':')
        return refuse(parser, "a colon is missing");
    parser->at++;
    return 0;
}

static int take_children(struct parser *parser, struct sb_json *value) {
    bool object = value->type == SB_JSON_OBJECT;
    int close = object ? '}' : ']';
    parser->at++;
    skip_space(parser);
    if (peek(parser) == close) {
        parser->at++;
        return 0;
    }
    for (;;) {
        struct sb_span name = {0};
        struct sb_json *child;
        if ((object && take_member_name(parser, &name) < 0) || take_value(parser, &child) < 0)
            return -1;
        child->name = name;
        sb_json_append(value, child);
        skip_space(parser);
        int c = peek(parser);
        if (c != ',' && c != close)
            return refuse(parser, "a comma or the end of a list or object is missing");
        parser->at++;
        if (c == close)
            break;
    }
    if (object)
        check_members(parser, value);
    return 0;
}

static int take_value(struct parser *parser, struct sb_json **result) {
    skip_space(parser);
    uint64_t highest = sb_limit_of(parser->findings, SB_LIMIT_JSON_VALUES);
    if (++parser->nodes > highest) {
        sb_error_set(parser->error, SB_ERROR_LIMIT,
                     "%s: JSON: more than %" PRIu64 " values; --limit json-values=N allows more",
                     parser->where, highest);
        return -1;
    }
    struct sb_json *value = sb_json_new(parser->arena, SB_JSON_NULL);
    *result = value;
    int c = peek(parser);
    if (c == '"') {
        value->type = SB_JSON_STRING;
        return take_string(parser, &value->text);
    }
    if (c == '{' || c == '[') {
        value->type = c == '{' ? SB_JSON_OBJECT : SB_JSON_ARRAY;
        if (++parser->depth > SB_LIMIT_JSON_DEPTH)
            return sb_error_set(parser->error, SB_ERROR_LIMIT,
                                "%s: JSON: nested deeper than %d, at offset %zu", parser->where,
                                SB_LIMIT_JSON_DEPTH, parser->at);
        int status = take_children(parser, value);
        parser->depth--;
        return status;
    }
    if (take_word(parser, "null"))
        return 0;
    if (take_word(parser, "true")) {
        value->type = SB_JSON_TRUE;
        return 0;
    }
    if (take_word(parser, "false")) {
        value->type = SB_JSON_FALSE;
        return 0;
    }
    return take_number(parser, value);
}

int sb_json_parse(struct sb_span text, struct sb_arena *arena, struct sb_findings *findings,
                  const char *where, struct sb_json **value, struct sb_error *error) {
    struct parser parser = {
        .text = text, .arena = arena, .findings = findings, .where = where, .error = error};
    if (take_value(&parser, value) < 0)
        return -1;
    skip_space(&parser);
    if (parser.at < text.size)
        return refuse(&parser, "something follows the document");
    return 0;
}
