#include "base/glob.h"

#include <stdint.h>

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

/* The classic two-pointer match with one level of backtracking a kind of star: * stops at a slash,
 * ** does not. */
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
