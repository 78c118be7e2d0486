/* Here-documents of an instruction (BuildKit's frontend/dockerfile/parser, heredoc): which of its
 * words begin one, and the lines that belong to it. */
#include "recipe/dockerfile.h"

#include "base/buf.h"
#include "recipe/words.h"

/* <<NAME, <<-NAME, <<"NAME", <<'NAME'; digits may stand before it. */
bool sb_heredoc_begin(struct sb_span word, unsigned char escape, struct sb_arena *arena,
                      struct sb_heredoc *document) {
    static const sb_variables none;
    struct sb_error ignored;
    struct sb_span rest = word;
    while (rest.size && rest.data[0] >= '0' && rest.data[0] <= '9')
        rest = sb_span_from(rest, 1);
    if (!sb_span_starts(rest, "<<"))
        return false;
    rest = sb_span_from(rest, 2);
    *document = (struct sb_heredoc){.strips_tabs = sb_span_starts(rest, "-")};
    rest = sb_span_from(rest, document->strips_tabs);
    if (rest.size == 0 || memchr(rest.data, '<', rest.size) ||
        sb_words_expand(rest, escape, &none, arena, &document->name, &ignored) < 0)
        return false;
    document->expands = sb_span_equal(document->name, rest);
    document->word = word;
    return document->name.size > 0;
}

static struct sb_span without_tabs(struct sb_span line) {
    while (line.size && line.data[0] == '\t')
        line = sb_span_from(line, 1);
    return line;
}

bool sb_heredoc_take(struct sb_heredoc *document, struct sb_span *rest, unsigned *lines,
                     struct sb_arena *arena) {
    struct sb_buf content = SB_BUF_INIT;
    bool ended = false;
    while (rest->size && !ended) {
        const unsigned char *end = memchr(rest->data, '\n', rest->size);
        size_t size = end ? (size_t)(end - rest->data) + 1 : rest->size;
        struct sb_span line = sb_span_of(rest->data, size), bare = line;
        if (document->strips_tabs)
            line = bare = without_tabs(line);
        while (bare.size && (bare.data[bare.size - 1] == '\n' || bare.data[bare.size - 1] == '\r'))
            bare.size--;
        *rest = sb_span_from(*rest, size);
        ++*lines;
        ended = sb_span_equal(bare, document->name);
        if (!ended)
            sb_buf_append_span(&content, line);
    }
    document->content = sb_arena_copy(arena, sb_buf_span(&content));
    sb_buf_release(&content);
    return ended;
}
