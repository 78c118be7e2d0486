#include "recipe/dockerfile.h"

#include <ctype.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "recipe/words.h"
#include "json/value.h"

struct lines {
    struct sb_span rest;
    unsigned number; /* of the line that was taken last */
};

static bool take_line(struct lines *lines, struct sb_span *line) {
    if (lines->rest.size == 0)
        return false;
    const unsigned char *end = memchr(lines->rest.data, '\n', lines->rest.size);
    size_t size = end ? (size_t)(end - lines->rest.data) : lines->rest.size;
    *line = sb_span_of(lines->rest.data, size);
    if (line->size && line->data[line->size - 1] == '\r')
        line->size--;
    lines->rest = sb_span_from(lines->rest, size + 1);
    lines->number++;
    return true;
}

static bool is_key(struct sb_span key, const char *name) {
    size_t size = strlen(name);
    for (size_t i = 0; key.size == size && i < size; i++)
        if ((key.data[i] | 0x20) != name[i])
            return false;
    return key.size == size;
}

/* "# escape=`" and "# syntax=…", in any case: only in comments before everything else. 1: it is
 * none; -1: it is there twice, which engines refuse. */
static int take_directive(struct sb_dockerfile *dockerfile, struct sb_span line, bool *seen) {
    static const char *const known[] = {"escape", "syntax", "check"};
    struct sb_span text = sb_words_trim(sb_span_from(line, 1));
    const unsigned char *equals = memchr(text.data, '=', text.size);
    if (!equals)
        return 1;
    struct sb_span key = sb_words_trim(sb_span_of(text.data, (size_t)(equals - text.data)));
    struct sb_span value = sb_words_trim(sb_span_from(text, (size_t)(equals - text.data) + 1));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!is_key(key, known[i]))
            continue;
        if (seen[i])
            return -1;
        seen[i] = true;
        if (i == 0 && value.size == 1)
            dockerfile->escape = value.data[0];
        return 0;
    }
    return 1;
}

/* Whether the line goes on: an escape as its last character, white space aside. */
static bool continues(struct sb_span *line, unsigned char escape) {
    size_t size = line->size;
    while (size && (line->data[size - 1] == ' ' || line->data[size - 1] == '\t'))
        size--;
    if (size == 0 || line->data[size - 1] != escape)
        return false;
    line->size = size - 1;
    return true;
}

static bool is_comment(struct sb_span line) {
    struct sb_span text = sb_words_trim(line);
    return text.size && text.data[0] == '#';
}

static void join(struct sb_dockerfile *dockerfile, struct lines *lines, struct sb_span line,
                 struct sb_buf *whole) {
    for (;;) {
        bool more = continues(&line, dockerfile->escape);
        sb_buf_append_span(whole, line);
        if (!more)
            return;
        do {
            if (!take_line(lines, &line))
                return;
        } while (is_comment(line) || sb_words_trim(line).size == 0);
    }
}

/* RUN, COPY and ADD can be followed by documents, whose lines are no instructions. */
static int take_documents(struct sb_dockerfile *dockerfile, struct sb_instruction *instruction,
                          struct lines *lines) {
    static const char *const having[] = {"RUN", "COPY", "ADD"};
    sb_words words = {0};
    bool may = false, ended = true;
    for (size_t i = 0; i < sizeof having / sizeof *having; i++)
        may = may || sb_span_is(instruction->name, having[i]);
    if (may)
        sb_words_split(instruction->arguments, dockerfile->escape, &words);
    for (size_t i = 0; i < words.count && ended; i++) {
        struct sb_heredoc document;
        if (!sb_heredoc_begin(words.items[i], dockerfile->escape, &dockerfile->arena, &document))
            continue;
        ended = sb_heredoc_take(&document, &lines->rest, &lines->number, &dockerfile->arena);
        *sb_vec_push(&instruction->documents) = document;
    }
    sb_vec_release(&words);
    return ended ? 0 : -1;
}

/* ["a", 1], which is neither a list of words nor text for the shell. */
static bool has_other_than_strings(struct sb_span instruction, struct sb_span rest) {
    static const char *const having[] = {"ADD", "CMD",   "COPY",  "ENTRYPOINT",
                                         "RUN", "SHELL", "VOLUME"};
    struct sb_arena arena = SB_ARENA_INIT;
    struct sb_json *list;
    bool may = false, other = false;
    for (size_t i = 0; i < sizeof having / sizeof *having; i++)
        may = may || sb_span_is(instruction, having[i]);
    if (may && sb_span_starts(rest, "[") &&
        sb_json_parse(rest, &arena, NULL, "", &list, NULL) == 0 && list->type == SB_JSON_ARRAY)
        for (const struct sb_json *item = list->first; item; item = item->next)
            other = other || item->type != SB_JSON_STRING;
    sb_arena_release(&arena);
    return other;
}

static int add_instruction(struct sb_dockerfile *dockerfile, struct sb_span text,
                           struct lines *lines, unsigned line, const char *name,
                           struct sb_error *error) {
    text = sb_words_trim(sb_arena_copy(&dockerfile->arena, text));
    size_t size = 0;
    while (size < text.size && isalpha(text.data[size]))
        size++;
    struct sb_span word = sb_arena_copy(&dockerfile->arena, sb_span_of(text.data, size));
    for (size_t i = 0; i < size; i++)
        ((unsigned char *)(uintptr_t)word.data)[i] = (unsigned char)toupper(word.data[i]);
    struct sb_span rest = sb_words_trim(sb_span_from(text, size));
    /* Engines put U+FFFD for such bytes, or refuse them. */
    if (!sb_utf8_valid(text))
        return sb_error_set(error, SB_ERROR_USAGE, "%s:%u: not UTF-8; write the file in UTF-8",
                            name, line);
    if (size == 0 || rest.size == 0)
        return sb_error_set(error, SB_ERROR_USAGE, "%s:%u: %s", name, line,
                            size ? "the instruction has no arguments" : "no instruction");
    if (has_other_than_strings(word, rest))
        return sb_error_set(error, SB_ERROR_USAGE, "%s:%u: a JSON list must hold strings alone",
                            name, line);
    struct sb_instruction *instruction = sb_vec_push(&dockerfile->instructions);
    *instruction =
        (struct sb_instruction){.name = word, .arguments = rest, .original = text, .line = line};
    return take_documents(dockerfile, instruction, lines) == 0
               ? 0
               : sb_error_set(error, SB_ERROR_USAGE, "%s:%u: a here-document does not end", name,
                              line);
}

int sb_dockerfile_parse(struct sb_dockerfile *dockerfile, struct sb_span text, const char *name,
                        struct sb_error *error) {
    struct lines lines = {.rest = text};
    struct sb_span line;
    bool directives = true, seen[3] = {false};
    dockerfile->escape = '\\';
    if (sb_span_starts(text, "\xef\xbb\xbf"))
        lines.rest = sb_span_from(text, 3);
    while (take_line(&lines, &line)) {
        struct sb_span trimmed = sb_words_trim(line);
        if (is_comment(line)) {
            int status = directives ? take_directive(dockerfile, trimmed, seen) : 1;
            if (status < 0)
                return sb_error_set(error, SB_ERROR_USAGE, "%s:%u: the directive is there twice",
                                    name, lines.number);
            directives = status == 0;
            continue;
        }
        directives = false;
        if (trimmed.size == 0)
            continue;
        struct sb_buf whole = SB_BUF_INIT;
        unsigned number = lines.number;
        join(dockerfile, &lines, line, &whole);
        int status = add_instruction(dockerfile, sb_buf_span(&whole), &lines, number, name, error);
        sb_buf_release(&whole);
        if (status < 0)
            return -1;
    }
    if (dockerfile->instructions.count == 0)
        return sb_error_set(error, SB_ERROR_USAGE, "%s: no instruction in it", name);
    return 0;
}

void sb_dockerfile_release(struct sb_dockerfile *dockerfile) {
    for (size_t i = 0; i < dockerfile->instructions.count; i++)
        sb_vec_release(&dockerfile->instructions.items[i].documents);
    sb_vec_release(&dockerfile->instructions);
    sb_arena_release(&dockerfile->arena);
}
