#include "recipe/ignore.h"

#include <stdlib.h>

#include "base/glob.h"
#include "image/path.h"
#include "recipe/words.h"

void sb_ignore_parse(struct sb_ignore *ignore, struct sb_span text) {
    if (sb_span_starts(text, "\xef\xbb\xbf"))
        text = sb_span_from(text, 3);
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

static bool matches_whole(const struct sb_ignore *ignore, struct sb_span path) {
    bool ignored = false;
    for (size_t i = 0; i < ignore->patterns.count; i++)
        if (ignored == ignore->patterns.items[i].negated &&
            pattern_covers(ignore->patterns.items[i].text, path))
            ignored = !ignore->patterns.items[i].negated;
    return ignored;
}

/* One step down: patterns that matched the folder above still do; others are asked where they could
 * change the answer. */
static bool matches_below(const struct sb_ignore *ignore, struct sb_span path, bool *matched) {
    bool ignored = false;
    for (size_t i = 0; i < ignore->patterns.count; i++) {
        const struct sb_ignore_pattern *pattern = &ignore->patterns.items[i];
        if (!matched[i] && pattern->negated == ignored)
            matched[i] = sb_glob_matches(pattern->text, path);
        if (matched[i])
            ignored = !pattern->negated;
    }
    return ignored;
}

bool sb_ignore_matches(const struct sb_ignore *ignore, struct sb_span path) {
    if (ignore->whole_path || ignore->patterns.count == 0)
        return matches_whole(ignore, path);
    bool *matched = sb_memory_new(ignore->patterns.count, sizeof *matched);
    bool ignored = false;
    for (size_t i = 1; i <= path.size; i++)
        if (i == path.size || path.data[i] == '/')
            ignored = matches_below(ignore, sb_span_of(path.data, i), matched);
    free(matched);
    return ignored;
}

void sb_ignore_release(struct sb_ignore *ignore) {
    sb_vec_release(&ignore->patterns);
    sb_arena_release(&ignore->arena);
}
