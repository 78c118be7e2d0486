/* Two texts, line by line: the shortest edit script (Myers, "An O(ND) Difference Algorithm", 1986),
 * as a unified diff. */
#include "base/vec.h"
#include "compare/content.h"

enum { CONTEXT = 3, EDITS_MAX = 500, LINES_MAX = 100000 };

typedef SB_VEC(struct sb_span) lines;

/* What happens to a line: it stays (' '), goes ('-') or comes ('+'). */
struct edit {
    char mark;
    int32_t a, b; /* lines before it in each text */
    struct sb_span line;
};
typedef SB_VEC(struct edit) edits;

static bool split(struct sb_span text, lines *list) {
    if (text.size > SB_CONTENT_TEXT_MAX || (text.size && memchr(text.data, 0, text.size)))
        return false;
    while (text.size && list->count < LINES_MAX) {
        const unsigned char *end = memchr(text.data, '\n', text.size);
        size_t size = end ? (size_t)(end - text.data) + 1 : text.size;
        *sb_vec_push(list) = sb_span_of(text.data, size);
        text = sb_span_from(text, size);
    }
    return text.size == 0;
}

/* How far each diagonal came after each number of edits: the 2d + 1 values of round d begin at
 * d * d. */
struct search {
    const lines *a, *b;
    int32_t *reach;
};

static int32_t reach_of(const struct search *search, int32_t d, int32_t k) {
    return k < -d || k > d ? -1 : search->reach[d * d + d + k];
}

/* The diagonal that round d came from to k: k + 1 by a line of B, k - 1 by one of A. */
static int32_t from(const struct search *search, int32_t d, int32_t k) {
    return reach_of(search, d - 1, k - 1) < reach_of(search, d - 1, k + 1) ? k + 1 : k - 1;
}

static int32_t walk(const struct search *search, int32_t x, int32_t k) {
    int32_t a = (int32_t)search->a->count, b = (int32_t)search->b->count;
    while (x < a && x - k < b && sb_span_equal(search->a->items[x], search->b->items[x - k]))
        x++;
    return x;
}

/* The number of edits; -1 where they are too many. */
static int32_t count_edits(struct search *search) {
    int32_t a = (int32_t)search->a->count, b = (int32_t)search->b->count;
    for (int32_t d = 0; d <= EDITS_MAX; d++)
        for (int32_t k = -d; k <= d; k++) {
            int32_t x = -1;
            if (d == 0)
                x = 0;
            else if ((d + k) % 2 == 0) {
                int32_t before = from(search, d, k), came = reach_of(search, d - 1, before);
                x = came < 0 ? -1 : came + (before < k);
            }
            if (x < 0 || x > a || x - k > b || x < k)
                x = -1;
            else
                x = walk(search, x, k);
            search->reach[d * d + d + k] = x;
            if (x == a && x - k == b)
                return d;
        }
    return -1;
}

/* From the end to the beginning. */
static void collect(const struct search *search, int32_t d, edits *list) {
    int32_t x = (int32_t)search->a->count, y = (int32_t)search->b->count;
    for (;; d--) {
        int32_t k = x - y, before = d ? from(search, d, k) : 0;
        int32_t begin = d ? reach_of(search, d - 1, before) + (before < k) : 0;
        for (; x > begin; x--, y--)
            *sb_vec_push(list) = (struct edit){' ', x - 1, y - 1, search->a->items[x - 1]};
        if (d == 0)
            return;
        if (before < k) {
            x--;
            *sb_vec_push(list) = (struct edit){'-', x, y, search->a->items[x]};
        } else {
            y--;
            *sb_vec_push(list) = (struct edit){'+', x, y, search->b->items[y]};
        }
    }
}

static void put_line(struct sb_buf *text, const struct edit *edit) {
    struct sb_span line = edit->line;
    bool ended = sb_span_ends(line, "\n");
    line.size -= ended;
    sb_buf_append_byte(text, (unsigned char)edit->mark);
    while (line.size) {
        const unsigned char *tab = memchr(line.data, '\t', line.size);
        size_t size = tab ? (size_t)(tab - line.data) : line.size;
        sb_buf_append_visible(text, sb_span_of(line.data, size));
        if (tab)
            sb_buf_append_byte(text, '\t');
        line = sb_span_from(line, size + (tab != NULL));
    }
    sb_buf_append_string(text, ended ? "\n" : "\n\\ No newline at end of file\n");
}

static void put_range(struct sb_buf *text, char side, int32_t first, int32_t count) {
    sb_buf_appendf(text, "%c%d", side, count ? first + 1 : first);
    if (count != 1)
        sb_buf_appendf(text, ",%d", count);
}

/* Edits first to last, in the order of the text; list is the other way round. */
static void put_hunk(struct sb_buf *text, const edits *list, size_t first, size_t last) {
    int32_t counts[2] = {0, 0};
    const struct edit *at = &list->items[list->count - 1 - first];
    for (size_t i = first; i <= last; i++) {
        char mark = list->items[list->count - 1 - i].mark;
        counts[0] += mark != '+';
        counts[1] += mark != '-';
    }
    sb_buf_append_string(text, "@@ ");
    put_range(text, '-', at->a, counts[0]);
    sb_buf_append_byte(text, ' ');
    put_range(text, '+', at->b, counts[1]);
    sb_buf_append_string(text, " @@\n");
    for (size_t i = first; i <= last; i++)
        put_line(text, &list->items[list->count - 1 - i]);
}

static void put_hunks(struct sb_buf *text, const edits *list) {
    size_t count = list->count;
    for (size_t i = 0; i < count; i++) {
        if (list->items[count - 1 - i].mark == ' ')
            continue;
        size_t first = i < CONTEXT ? 0 : i - CONTEXT, last = i;
        for (size_t k = i; k < count && k <= last + 2 * CONTEXT + 1; k++)
            if (list->items[count - 1 - k].mark != ' ')
                last = k;
        i = last;
        last = last + CONTEXT < count ? last + CONTEXT : count - 1;
        put_hunk(text, list, first, last);
    }
}

const char *sb_content_lines(struct sb_arena *arena, struct sb_span a, struct sb_span b) {
    lines x = {0}, y = {0};
    const char *made = NULL;
    if (split(a, &x) && split(b, &y)) {
        size_t rounds = EDITS_MAX + 1;
        struct search search = {&x, &y,
                                sb_memory_resize(NULL, rounds * rounds, sizeof *search.reach)};
        int32_t count = count_edits(&search);
        if (count >= 0) {
            edits list = {0};
            struct sb_buf text = SB_BUF_INIT;
            collect(&search, count, &list);
            put_hunks(&text, &list);
            made = sb_arena_printf(arena, "%s", sb_buf_string(&text));
            sb_buf_release(&text);
            sb_vec_release(&list);
        }
        free(search.reach);
    }
    sb_vec_release(&x);
    sb_vec_release(&y);
    return made;
}
