/* The lines of two texts that differ: what stays, goes and comes is A on one side and B on the
 * other. The input is both texts, parted by its first NUL. */
#include "compare/content.h"
#include "fuzz.h"

/* Lines as the report has them are of few kinds, so that many are alike. */
static void simplify(struct sb_buf *text) {
    for (size_t i = 0; i < text->size; i++)
        if (text->data[i] != '\n')
            text->data[i] = (unsigned char)('a' + text->data[i] % 4);
}

static struct sb_span next_line(struct sb_span *text) {
    const unsigned char *end = memchr(text->data, '\n', text->size);
    size_t size = end ? (size_t)(end - text->data) + 1 : text->size;
    struct sb_span line = sb_span_of(text->data, size);
    *text = sb_span_from(*text, size);
    return line;
}

/* Whether line is the next of text, which it is taken from. */
static void take(struct sb_span *text, struct sb_span line) {
    struct sb_span own = next_line(text);
    if (sb_span_ends(own, "\n"))
        own.size--;
    fuzz_check(sb_span_equal(own, line), "a line is where the hunk says");
}

static void skip_to(struct sb_span *text, size_t *at, size_t number) {
    for (; *at < number; ++*at)
        next_line(text);
}

static void check(struct sb_span a, struct sb_span b, const char *hunks) {
    size_t a_at = 1, b_at = 1;
    struct sb_span rest = sb_span_string(hunks);
    while (rest.size) {
        struct sb_span line = next_line(&rest);
        line.size--;
        unsigned from = 0, to = 0, count = 1, other = 1;
        if (line.data[0] == '@') {
            const char *text = (const char *)line.data;
            char *end;
            from = (unsigned)strtoul(text + 4, &end, 10);
            count = *end == ',' ? (unsigned)strtoul(end + 1, &end, 10) : 1;
            to = (unsigned)strtoul(end + 2, &end, 10);
            other = *end == ',' ? (unsigned)strtoul(end + 1, &end, 10) : 1;
            struct sb_span a_before = a, b_before = b;
            skip_to(&a, &a_at, from + (count == 0));
            skip_to(&b, &b_at, to + (other == 0));
            struct sb_span between = sb_span_of(a_before.data, a_before.size - a.size);
            fuzz_check(sb_span_equal(between, sb_span_of(b_before.data, b_before.size - b.size)),
                       "what stands between hunks is the same");
            continue;
        }
        if (line.data[0] == '\\')
            continue;
        struct sb_span content = sb_span_from(line, 1);
        if (line.data[0] != '+') {
            take(&a, content);
            a_at++;
        }
        if (line.data[0] != '-') {
            take(&b, content);
            b_at++;
        }
    }
    fuzz_check(sb_span_equal(a, b), "what stands after the last hunk is the same");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *part = size ? memchr(data, 0, size) : NULL;
    size_t first = part ? (size_t)(part - data) : size;
    struct sb_buf a = SB_BUF_INIT, b = SB_BUF_INIT;
    struct sb_arena arena = SB_ARENA_INIT;
    if (size > 4096)
        return 0;
    sb_buf_append(&a, data, first);
    if (part)
        sb_buf_append(&b, part + 1, size - first - 1);
    simplify(&a);
    simplify(&b);
    const char *hunks = sb_content_lines(&arena, sb_buf_span(&a), sb_buf_span(&b));
    if (hunks)
        check(sb_buf_span(&a), sb_buf_span(&b), hunks);
    sb_arena_release(&arena);
    sb_buf_release(&a);
    sb_buf_release(&b);
    return 0;
}
