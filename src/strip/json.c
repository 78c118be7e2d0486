/* JSON documents. */
#include "strip/strip.h"
#include "json/write.h"

/* What npm before 7 wrote into an installed package.json (npm's read-package-json and normalize).
 */
static bool is_of_npm(struct sb_span name) {
    static const char *const names[] = {
        "_where",           "_args",       "_from",        "_id",
        "_inBundle",        "_inCache",    "_installable", "_integrity",
        "_nodeVersion",     "_npmUser",    "_npmVersion",  "_npmOperationalInternal",
        "_phantomChildren", "_requested",  "_requiredBy",  "_resolved",
        "_shasum",          "_shrinkwrap", "_spec",        "_hasShrinkwrap"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (sb_span_is(name, names[i]))
            return true;
    return false;
}

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
            if (!without_own || !is_of_npm(child->name))
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
