#include "recipe/words.h"

#include <stdint.h>

#include "json/value.h"

static bool is_space(unsigned char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
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

void sb_words_fields(struct sb_span text, sb_words *words) {
    for (size_t at = 0; at < text.size;) {
        size_t begin = at;
        while (at < text.size && !is_space(text.data[at]))
            at++;
        if (at > begin)
            *sb_vec_push(words) = sb_span_of(text.data + begin, at - begin);
        at += at == begin;
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
    bool raw; /* quotes are characters like others */
    int stop; /* a character that ends the word of a modifier before its brace; 0 */
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

/* A shell's own parameters, which are empty here: $1, $@, $$ (BuildKit's shell/lex.go). */
static bool take_parameter(struct expansion *expansion) {
    size_t begin = expansion->at;
    while (peek(expansion) >= '0' && peek(expansion) <= '9')
        expansion->at++;
    if (expansion->at == begin && peek(expansion) > 0 && strchr("@*#?-$!", peek(expansion)))
        expansion->at++;
    return expansion->at > begin;
}

static struct sb_span take_name(struct expansion *expansion) {
    size_t begin = expansion->at;
    if (take_parameter(expansion))
        return sb_span_of(expansion->text.data + begin, expansion->at - begin);
    while (is_name(peek(expansion), expansion->at == begin))
        expansion->at++;
    return sb_span_of(expansion->text.data + begin, expansion->at - begin);
}

static int expand(struct expansion *expansion, int end);

/* Up to the closing brace, or to stop before it; what was written there goes to result. */
static int take_word(struct expansion *expansion, int stop, struct sb_span *result,
                     struct sb_arena *arena) {
    size_t before = expansion->out.size;
    expansion->stop = stop;
    if (++expansion->depth > 100)
        return sb_error_set(expansion->error, SB_ERROR_USAGE, "variables nested too deep");
    if (expand(expansion, '}') < 0)
        return -1;
    expansion->depth--;
    expansion->stop = 0;
    if (peek(expansion) < 0)
        return sb_error_set(expansion->error, SB_ERROR_USAGE, "a ${ has no }");
    *result = sb_arena_copy(arena, sb_span_from(sb_buf_span(&expansion->out), before));
    expansion->out.size = before;
    return 0;
}

/* Whether a pattern of characters, * and ? is all of text. */
static bool matches(struct sb_span pattern, struct sb_span text) {
    size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;
    while (t < text.size) {
        bool more = p < pattern.size;
        if (more && pattern.data[p] == '*') {
            star = p++;
            mark = t;
        } else if (more && (pattern.data[p] == '?' || pattern.data[p] == text.data[t])) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size && pattern.data[p] == '*')
        p++;
    return p == pattern.size;
}

/* #, ##: what stands at the beginning goes; %, %%: what stands at the end; doubled, the most. */
static struct sb_span strip(struct sb_span value, struct sb_span pattern, int kind, bool most) {
    for (size_t i = 0; i <= value.size; i++) {
        size_t size = most ? value.size - i : i;
        bool front = kind == '#';
        struct sb_span part =
            front ? sb_span_of(value.data, size) : sb_span_from(value, value.size - size);
        if (matches(pattern, part))
            return front ? sb_span_from(value, size) : sb_span_of(value.data, value.size - size);
    }
    return value;
}

/* The first that matches, or all: of each place the longest. */
static void replace(struct expansion *expansion, struct sb_span value, struct sb_span pattern,
                    struct sb_span with, bool all) {
    bool done = pattern.size == 0;
    for (size_t at = 0; at < value.size;) {
        size_t size = done ? 0 : value.size - at;
        while (size && !matches(pattern, sb_span_of(value.data + at, size)))
            size--;
        if (size)
            sb_buf_append_span(&expansion->out, with);
        else
            sb_buf_append_byte(&expansion->out, value.data[at]);
        done = done || (size && !all);
        at += size ? size : 1;
    }
}

static int take_pattern(struct expansion *expansion, struct sb_span value, int kind,
                        struct sb_arena *arena) {
    struct sb_span pattern = {0}, with = {0};
    bool twice = peek(expansion) == kind;
    expansion->at += twice;
    if (take_word(expansion, kind == '/' ? '/' : 0, &pattern, arena) < 0)
        return -1;
    if (kind == '/' && peek(expansion) == '/') {
        expansion->at++;
        if (take_word(expansion, 0, &with, arena) < 0)
            return -1;
    }
    expansion->at++;
    if (kind == '/')
        replace(expansion, value, pattern, with, twice);
    else
        sb_buf_append_span(&expansion->out, strip(value, pattern, kind, twice));
    return 0;
}

/* Behind "${NAME": an operator and its word. */
static int take_modifier(struct expansion *expansion, const struct sb_span *value, int kind,
                         bool empty_is_unset) {
    struct sb_span word = {0}, own = value ? *value : sb_span_of("", 0);
    struct sb_arena arena = SB_ARENA_INIT;
    bool set = value && (value->size || !empty_is_unset);
    int status = 0;
    if (kind == '#' || kind == '%' || kind == '/') {
        status = take_pattern(expansion, own, kind, &arena);
        sb_arena_release(&arena);
        return status;
    }
    status = take_word(expansion, 0, &word, &arena);
    expansion->at++;
    if (status == 0 && kind == '?' && !set)
        status = sb_error_set(expansion->error, SB_ERROR_USAGE, "a variable is not set: %.*s",
                              (int)(word.size < 200 ? word.size : 200), (const char *)word.data);
    else if (status == 0 && (kind == '+' ? set : !set))
        sb_buf_append_span(&expansion->out, word);
    else if (status == 0 && kind != '+')
        sb_buf_append_span(&expansion->out, own);
    sb_arena_release(&arena);
    return status;
}

static int take_variable(struct expansion *expansion) {
    expansion->at++;
    bool brace = peek(expansion) == '{';
    expansion->at += brace;
    struct sb_span name = take_name(expansion);
    const struct sb_span *value = find(expansion, name);
    if (!brace) {
        if (name.size == 0)
            sb_buf_append_byte(&expansion->out, '$');
        else if (value)
            sb_buf_append_span(&expansion->out, *value);
        return 0;
    }
    int c = peek(expansion);
    bool colon = c == ':';
    expansion->at++;
    if (colon) {
        c = peek(expansion);
        expansion->at++;
    }
    if (name.size && c == '}' && !colon) {
        if (value)
            sb_buf_append_span(&expansion->out, *value);
        return 0;
    }
    if (name.size == 0 || c <= 0 || !strchr(colon ? "-+?" : "-+?#%/", c))
        return sb_error_set(expansion->error, SB_ERROR_USAGE,
                            "a ${ that does not begin a variable");
    return take_modifier(expansion, value, c, colon);
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
    int stop = expansion->stop;
    expansion->stop = 0;
    for (int c = peek(expansion); c >= 0 && c != end && (!stop || c != stop); c = peek(expansion)) {
        int status = 0;
        if (c == '$') {
            status = take_variable(expansion);
        } else if (!expansion->raw && (c == '"' || c == '\'')) {
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

int sb_words_expand_text(struct sb_span text, const sb_variables *variables, struct sb_arena *arena,
                         struct sb_span *result, struct sb_error *error) {
    struct expansion expansion = {
        .text = text, .escape = '\\', .variables = variables, .error = error, .raw = true};
    int status = expand(&expansion, -1);
    *result = sb_arena_copy(arena, sb_buf_span(&expansion.out));
    sb_buf_release(&expansion.out);
    return status;
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
