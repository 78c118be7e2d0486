/* .dockerignore: patterns, a zero byte, a path. A pattern that is the path itself leaves it out. */
#include "fuzz.h"
#include "recipe/ignore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
    if (!zero || size > 4096)
        return 0;
    for (int whole = 0; whole < 2; whole++) {
        struct sb_ignore ignore = SB_IGNORE_INIT;
        ignore.whole_path = whole;
        sb_ignore_parse(&ignore, sb_span_of(data, (size_t)(zero - data)));
        sb_ignore_matches(&ignore, sb_span_from(sb_span_of(data, size), (size_t)(zero - data) + 1));
        sb_ignore_release(&ignore);
    }
    return 0;
}
