#include "recipe/words.h"

#include "json/value.h"

static bool is_space(unsigned char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int compare_variables(const void *a, const void *b) {
    const struct sb_variable *x = a, *y = b;
    return sb_span_compare(x->name, y->name);
}

void sb_variables_sort(sb_variables *variables) {
    sb_vec_sort(variables, compare_variables);
}

struct sb_span sb_words_take(struct sb_span *rest) {
    size_t size = 0;
    while (size < rest->size && rest->data[size] != ' ' && rest->data[size] != '\t')
        size++;
    struct sb_span word = sb_span_of(rest->data, size);
    *rest = sb_words_trim(sb_span_from(*rest, size));
    return word;
}

struct sb_span sb_words_trim(struct sb_span text) {
    while (text.size && is_space(text.data[0]))
        text = sb_span_from(text, 1);
    while (text.size && is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

void sb_words_split(struct sb_span text, unsigned char escape, sb_words *words) {
    size_t at = 0;
    while (at < text.size) {
        while (at < text.size && is_space(text.data[at]))
            at++;
        size_t begin = at;
        unsigned char quote = 0;
        for (; at < text.size && (quote || !is_space(text.data[at])); at++) {
            unsigned char c = text.data[at];
            if (c == escape && quote != '\'' && at + 1 < text.size)
                at++;
            else if (quote ? c == quote : c == '"' || c == '\'')
                quote = quote ? 0 : c;
        }
        if (at > text.size)
            at = text.size;
        if (at > begin)
            *sb_vec_push(words) = sb_span_of(text.data + begin, at - begin);
    }
}

struct expansion {
    struct sb_span text;
    size_t at;
    unsigned char escape;
    const sb_variables *variables;
    struct sb_buf out;
    struct sb_error *error;
    int depth;
};

static int peek(const struct expansion *expansion) {
    return expansion->at < expansion->text.size ? expansion->text.data[expansion->at] : -1;
}

static const struct sb_span *find(const struct expansion *expansion, struct sb_span name) {
    for (size_t i = expansion->variables->count; i-- > 0;)
        if (sb_span_equal(expansion->variables->items[i].name, name))
            return &expansion->variables->items[i].value;
    return NULL;
}

static bool is_name(int c, bool first) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (!first && c >= '0' && c <= '9');
}

static struct sb_span take_name(struct expansion *expansion) {
    size_t begin = expansion->at;
    while (is_name(peek(expansion), expansion->at == begin))
        expansion->at++;
    return sb_span_of(expansion->text.data + begin, expansion->at - begin);
}

static int expand(struct expansion *expansion, int end);

/* Behind "${NAME:": - or + and a word up to the closing brace. */
static int take_modifier(struct expansion *expansion, const struct sb_span *value) {
    int kind = peek(expansion);
    bool set = value && value->size;
    if (kind != '-' && kind != '+')
        return sb_error_set(expansion->error, SB_ERROR_UNBUILT,
                            "${…:%c…} is not built natively; ${…:-…} and ${…:+…} are",
                            kind < 0 ? ' ' : kind);
    expansion->at++;
    size_t before = expansion->out.size;
    if (++expansion->depth > 100)
        return sb_error_set(expansion->error, SB_ERROR_USAGE, "variables nested too deep");
    if (expand(expansion, '}') < 0)
        return -1;
    expansion->depth--;
    if (peek(expansion) != '}')
        return sb_error_set(expansion->error, SB_ERROR_USAGE, "a ${ has no }");
    expansion->at++;
    if (set == (kind == '-'))
        expansion->out.size = before;
    if (set && kind == '-')
        sb_buf_append_span(&expansion->out, *value);
    return 0;
}

static int take_variable(struct expansion *expansion) {
    expansion->at++;
    if (peek(expansion) != '{') {
        struct sb_span name = take_name(expansion);
        const struct sb_span *value = find(expansion, name);
        if (name.size == 0)
            sb_buf_append_byte(&expansion->out, '$');
        else if (value)
            sb_buf_append_span(&expansion->out, *value);
        return 0;
    }
    expansion->at++;
    struct sb_span name = take_name(expansion);
    const struct sb_span *value = find(expansion, name);
    int c = peek(expansion);
    if (name.size == 0 || (c != '}' && c != ':'))
        return sb_error_set(expansion->error, SB_ERROR_USAGE,
                            "a ${ that does not begin a variable");
    expansion->at++;
    if (c == ':')
        return take_modifier(expansion, value);
    if (value)
        sb_buf_append_span(&expansion->out, *value);
    return 0;
}

static int take_quoted(struct expansion *expansion, int quote) {
    expansion->at++;
    for (;;) {
        int c = peek(expansion);
        if (c < 0)
            return sb_error_set(expansion->error, SB_ERROR_USAGE, "a quote is not closed");
        if (c == quote)
            break;
        if (quote == '"' && c == '$') {
            if (take_variable(expansion) < 0)
                return -1;
            continue;
        }
        expansion->at++;
        int next = peek(expansion);
        if (quote == '"' && c == expansion->escape &&
            (next == '"' || next == '$' || next == expansion->escape)) {
            c = next;
            expansion->at++;
        }
        sb_buf_append_byte(&expansion->out, (unsigned char)c);
    }
    expansion->at++;
    return 0;
}

/* Up to end (-1: to the end of the text). */
static int expand(struct expansion *expansion, int end) {
    for (int c = peek(expansion); c >= 0 && c != end; c = peek(expansion)) {
        int status = 0;
        if (c == '$') {
            status = take_variable(expansion);
        } else if (c == '"' || c == '\'') {
            status = take_quoted(expansion, c);
        } else {
            expansion->at++;
            if (c == expansion->escape && peek(expansion) >= 0) {
                c = peek(expansion);
                expansion->at++;
            }
            sb_buf_append_byte(&expansion->out, (unsigned char)c);
        }
        if (status < 0)
            return -1;
    }
    return 0;
}

int sb_words_expand(struct sb_span word, unsigned char escape, const sb_variables *variables,
                    struct sb_arena *arena, struct sb_span *result, struct sb_error *error) {
    struct expansion expansion = {
        .text = word, .escape = escape, .variables = variables, .error = error};
    int status = expand(&expansion, -1);
    *result = sb_arena_copy(arena, sb_buf_span(&expansion.out));
    sb_buf_release(&expansion.out);
    return status;
}

int sb_words_json(struct sb_span text, struct sb_arena *arena, sb_words *words) {
    struct sb_json *value;
    text = sb_words_trim(text);
    if (!sb_span_starts(text, "[") || sb_json_parse(text, arena, NULL, "", &value, NULL) < 0 ||
        value->type != SB_JSON_ARRAY)
        return 1;
    for (const struct sb_json *item = value->first; item; item = item->next)
        if (item->type != SB_JSON_STRING)
            return 1;
    for (const struct sb_json *item = value->first; item; item = item->next)
        *sb_vec_push(words) = item->text;
    return 0;
}
