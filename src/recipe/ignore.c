#include "recipe/ignore.h"

#include "base/glob.h"
#include "image/path.h"
#include "recipe/words.h"

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
