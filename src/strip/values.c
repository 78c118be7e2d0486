/* Files that hold one value. */
#include "base/hex.h"
#include "strip/strip.h"

bool sb_strip_empty(struct sb_span content, struct sb_buf *rest) {
    (void)rest;
    return content.size == 0;
}

static struct sb_span without_line_end(struct sb_span content) {
    if (content.size && content.data[content.size - 1] == '\n')
        content.size--;
    return content;
}

bool sb_strip_machine_id(struct sb_span content, struct sb_buf *rest) {
    struct sb_span value = without_line_end(content);
    (void)rest;
    return value.size == 0 || sb_span_is(value, "uninitialized") ||
           (value.size == 32 && sb_hex_is_lower(value));
}

bool sb_strip_random_seed(struct sb_span content, struct sb_buf *rest) {
    (void)rest;
    return content.size == 512;
}

bool sb_strip_uuid(struct sb_span content, struct sb_buf *rest) {
    struct sb_span value = without_line_end(content);
    return value.size == 36 && sb_strip_uuids(value, rest) && rest->size == 1;
}
