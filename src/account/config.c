#include "account/config.h"

#include "json/write.h"

static const char *shown(struct sb_comparison *result, const struct sb_json *value) {
    struct sb_buf text = SB_BUF_INIT;
    if (!value)
        return NULL;
    sb_json_write_canonical(&text, value);
    const char *copy = (const char *)sb_arena_copy(&result->arena, sb_buf_span(&text)).data;
    sb_buf_release(&text);
    return copy;
}

static bool same(const struct sb_json *a, const struct sb_json *b) {
    struct sb_buf left = SB_BUF_INIT, right = SB_BUF_INIT;
    sb_json_write_canonical(&left, a);
    sb_json_write_canonical(&right, b);
    bool equal = sb_span_equal(sb_buf_span(&left), sb_buf_span(&right));
    sb_buf_release(&left);
    sb_buf_release(&right);
    return equal;
}

static const struct sb_json *find(const struct sb_json *object, struct sb_span name) {
    for (const struct sb_json *member = object->first; member; member = member->next)
        if (sb_span_equal(member->name, name))
            return member;
    return NULL;
}

static const char *member_path(struct sb_comparison *result, const char *where,
                               struct sb_span name) {
    struct sb_buf text = SB_BUF_INIT;
    sb_buf_append_visible(&text, name);
    const char *path =
        sb_arena_printf(&result->arena, "%s%s%s", where, *where ? "." : "", sb_buf_string(&text));
    sb_buf_release(&text);
    return path;
}

static void compare_values(const struct sb_json *a, const struct sb_json *b, const char *where,
                           struct sb_comparison *result) {
    if (same(a, b))
        return;
    if (a->type == SB_JSON_OBJECT && b->type == SB_JSON_OBJECT) {
        sb_compare_config(a, b, where, result);
        return;
    }
    if (a->type == SB_JSON_ARRAY && b->type == SB_JSON_ARRAY && a->count == b->count) {
        const struct sb_json *x = a->first, *y = b->first;
        for (size_t i = 0; x; i++, x = x->next, y = y->next)
            compare_values(x, y, sb_arena_printf(&result->arena, "%s[%zu]", where, i), result);
        return;
    }
    sb_comparison_add(result, "config", where, shown(result, a), shown(result, b));
}

void sb_compare_config(const struct sb_json *a, const struct sb_json *b, const char *where,
                       struct sb_comparison *result) {
    for (const struct sb_json *member = a->first; member; member = member->next) {
        const struct sb_json *other = find(b, member->name);
        const char *path = member_path(result, where, member->name);
        if (other)
            compare_values(member, other, path, result);
        else
            sb_comparison_add(result, "config", path, shown(result, member), NULL);
    }
    for (const struct sb_json *member = b->first; member; member = member->next)
        if (!find(a, member->name))
            sb_comparison_add(result, "config", member_path(result, where, member->name), NULL,
                              shown(result, member));
}
