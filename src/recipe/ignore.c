#include "recipe/ignore.h"

#include "image/path.h"
#include "recipe/words.h"

/* [abc], [a-z], [^a]; *at stands behind the bracket and is left behind the closing one. */
static bool class_matches(struct sb_span pattern, size_t *at, unsigned char c) {
    bool negated = *at < pattern.size && pattern.data[*at] == '^';
    bool found = false;
    *at += negated;
    while (*at < pattern.size && pattern.data[*at] != ']') {
        unsigned char low = pattern.data[(*at)++];
        if (low == '\\' && *at < pattern.size)
            low = pattern.data[(*at)++];
        unsigned char high = low;
        if (*at + 1 < pattern.size && pattern.data[*at] == '-' && pattern.data[*at + 1] != ']') {
            high = pattern.data[*at + 1];
            *at += 2;
        }
        found = found || (c >= low && c <= high);
    }
    *at += *at < pattern.size;
    return found != negated;
}

/* The classic two-pointer match with one level of backtracking a kind of star: * stops at a slash, **
 * does not. */
bool sb_glob_matches(struct sb_span pattern, struct sb_span path) {
    size_t at = 0, position = 0;
    size_t star = SIZE_MAX, star_position = 0, deep = SIZE_MAX, deep_position = 0;
    for (;;) {
        if (at == pattern.size && position == path.size)
            return true;
        if (at < pattern.size && pattern.data[at] == '*') {
            bool is_deep = at + 1 < pattern.size && pattern.data[at + 1] == '*';
            at += is_deep ? 2 : 1;
            if (is_deep && at < pattern.size && pattern.data[at] == '/')
                at++;
            *(is_deep ? &deep : &star) = at;
            *(is_deep ? &deep_position : &star_position) = position;
            if (is_deep)
                star = SIZE_MAX;
            continue;
        }
        if (at < pattern.size && position < path.size) {
            unsigned char c = path.data[position];
            size_t next = at + 1;
            bool matches;
            if (pattern.data[at] == '?')
                matches = c != '/';
            else if (pattern.data[at] == '[')
                matches = class_matches(pattern, &next, c) && c != '/';
            else if (pattern.data[at] == '\\' && next < pattern.size)
                matches = pattern.data[next++] == c;
            else
                matches = pattern.data[at] == c;
            if (matches) {
                at = next;
                position++;
                continue;
            }
        }
        if (star != SIZE_MAX && star_position < path.size && path.data[star_position] != '/') {
            at = star;
            position = ++star_position;
        } else if (deep != SIZE_MAX && deep_position < path.size) {
            /* Only whole components: on to behind the next slash. */
            while (deep_position < path.size && path.data[deep_position++] != '/')
                ;
            at = deep;
            position = deep_position;
            star = SIZE_MAX;
        } else {
            return false;
        }
    }
}

void sb_ignore_parse(struct sb_ignore *ignore, struct sb_span text) {
    while (text.size) {
        const unsigned char *end = memchr(text.data, '\n', text.size);
        size_t size = end ? (size_t)(end - text.data) : text.size;
        struct sb_span line = sb_words_trim(sb_span_of(text.data, size));
        text = sb_span_from(text, size + 1);
        if (line.size == 0 || line.data[0] == '#')
            continue;
        bool negated = line.data[0] == '!';
        struct sb_span clean;
        sb_path_clean(sb_words_trim(sb_span_from(line, negated)), &ignore->arena, &clean);
        if (clean.size == 0)
            continue;
        *sb_vec_push(&ignore->patterns) = (struct sb_ignore_pattern){clean, negated};
        ignore->has_negated = ignore->has_negated || negated;
    }
}

static bool pattern_covers(struct sb_span pattern, struct sb_span path) {
    if (sb_glob_matches(pattern, path))
        return true;
    for (size_t i = path.size; i-- > 0;)
        if (path.data[i] == '/' && sb_glob_matches(pattern, sb_span_of(path.data, i)))
            return true;
    return false;
}

bool sb_ignore_matches(const struct sb_ignore *ignore, struct sb_span path) {
    bool ignored = false;
    for (size_t i = 0; i < ignore->patterns.count; i++)
        if (ignored == ignore->patterns.items[i].negated &&
            pattern_covers(ignore->patterns.items[i].text, path))
            ignored = !ignore->patterns.items[i].negated;
    return ignored;
}

void sb_ignore_release(struct sb_ignore *ignore) {
    sb_vec_release(&ignore->patterns);
    sb_arena_release(&ignore->arena);
}
