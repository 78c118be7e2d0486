/* JSON documents. */
#include "strip/strip.h"
#include "json/write.h"

static bool strip(struct sb_span content, struct sb_buf *rest, bool without_own) {
    struct sb_arena arena = SB_ARENA_INIT;
    struct sb_findings findings = SB_FINDINGS_INIT;
    struct sb_error error = SB_ERROR_INIT;
    struct sb_json *value;
    bool good = sb_json_parse(content, &arena, &findings, "", &value, &error) == 0 &&
                findings.list.count == 0 && value->type == SB_JSON_OBJECT;
    if (good) {
        struct sb_json *copy = sb_json_new(&arena, SB_JSON_OBJECT);
        for (struct sb_json *child = value->first, *next; child; child = next) {
            next = child->next;
            if (!without_own || !sb_span_starts(child->name, "_"))
                sb_json_append(copy, child);
        }
        sb_json_write_canonical(rest, copy);
    }
    sb_findings_release(&findings);
    sb_arena_release(&arena);
    return good;
}

bool sb_strip_json_order(struct sb_span content, struct sb_buf *rest) {
    return strip(content, rest, false);
}

bool sb_strip_npm_where(struct sb_span content, struct sb_buf *rest) {
    return strip(content, rest, true);
}
