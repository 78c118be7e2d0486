#include "compare/config.h"

#include "base/utf8.h"
#include "json/write.h"

/* JSON text in which nothing is left that a terminal would act on. */
static void append_safe(struct sb_buf *buf, struct sb_span text) {
    for (size_t at = 0; at < text.size;) {
        uint32_t code = 0;
        size_t length = sb_utf8_decode(sb_span_from(text, at), &code);
        if (length && sb_utf8_is_control(code))
            sb_buf_appendf(buf, "\\u%04x", code);
        else
            sb_buf_append(buf, text.data + at, length ? length : 1);
        at += length ? length : 1;
    }
}

static const char *shown(struct sb_comparison *result, const struct sb_json *value) {
    struct sb_buf text = SB_BUF_INIT;
    if (!value)
        return NULL;
    sb_json_write_canonical(&text, value);
    struct sb_buf safe = SB_BUF_INIT;
    append_safe(&safe, sb_buf_span(&text));
    const char *copy = (const char *)sb_arena_copy(&result->arena, sb_buf_span(&safe)).data;
    sb_buf_release(&text);
    sb_buf_release(&safe);
    return copy;
}

static int compare_names(const void *a, const void *b) {
    const struct sb_json *const *x = a, *const *y = b;
    return sb_span_compare((*x)->name, (*y)->name);
}

/* The members of an object, sorted by name. Freed by the caller. */
static const struct sb_json **sorted_members(const struct sb_json *object) {
    const struct sb_json **members = sb_memory_new(object->count, sizeof(struct sb_json *));
    size_t count = 0;
    for (const struct sb_json *member = object->first; member; member = member->next)
        members[count++] = member;
    qsort(members, count, sizeof *members, compare_names);
    return members;
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

static bool is_leaf(const struct sb_json *value) {
    return value->type != SB_JSON_ARRAY && value->type != SB_JSON_OBJECT;
}

/* Goes down as far as both have the same shape; so each value is looked at once. */
static void compare_values(const struct sb_json *a, const struct sb_json *b, const char *where,
                           struct sb_comparison *result) {
    if (a->type == SB_JSON_OBJECT && b->type == SB_JSON_OBJECT) {
        sb_compare_config(a, b, where, result);
    } else if (a->type == SB_JSON_ARRAY && b->type == SB_JSON_ARRAY && a->count == b->count) {
        const struct sb_json *x = a->first, *y = b->first;
        for (size_t i = 0; x; i++, x = x->next, y = y->next)
            compare_values(x, y, sb_arena_printf(&result->arena, "%s[%zu]", where, i), result);
    } else if (a->type != b->type || !is_leaf(a) || !sb_span_equal(a->text, b->text)) {
        sb_comparison_add(result, "config", where, shown(result, a), shown(result, b));
    }
}

void sb_compare_config(const struct sb_json *a, const struct sb_json *b, const char *where,
                       struct sb_comparison *result) {
    const struct sb_json **x = sorted_members(a), **y = sorted_members(b);
    for (size_t i = 0, k = 0; i < a->count || k < b->count;) {
        int order = i == a->count   ? 1
                    : k == b->count ? -1
                                    : sb_span_compare(x[i]->name, y[k]->name);
        const struct sb_json *member = order <= 0 ? x[i] : y[k];
        const char *path = member_path(result, where, member->name);
        if (order == 0)
            compare_values(x[i], y[k], path, result);
        else
            sb_comparison_add(result, "config", path, order < 0 ? shown(result, member) : NULL,
                              order < 0 ? NULL : shown(result, member));
        i += order <= 0;
        k += order >= 0;
    }
    free(x);
    free(y);
}
