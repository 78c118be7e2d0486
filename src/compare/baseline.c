#include "compare/baseline.h"

#include "base/glob.h"
#include "json/write.h"

static const char unreviewed[] = "not reviewed yet";

static int bad(struct sb_error *error, size_t number, const char *what) {
    return sb_error_set(error, SB_ERROR_MALFORMED, "baseline: allowed[%zu]: %s", number, what);
}

static struct sb_span text_member(struct sb_baseline *baseline, const struct sb_json *object,
                                  const char *name) {
    struct sb_span text = sb_json_string(object, name);
    return text.size ? sb_arena_copy(&baseline->arena, text) : text;
}

/* "a" and "b": a text; null is a side that has nothing there. */
static struct sb_allowed_value value_member(struct sb_baseline *baseline,
                                            const struct sb_json *object, const char *name) {
    const struct sb_json *member = sb_json_member(object, name);
    struct sb_allowed_value value = {.pinned = member != NULL};
    if (member && member->type == SB_JSON_STRING)
        value.text = (const char *)sb_arena_copy(&baseline->arena, member->text).data;
    return value;
}

static bool is_member(const struct sb_json *member) {
    static const char *const texts[] = {"path", "field", "kind", "reason"};
    if (sb_span_is(member->name, "a") || sb_span_is(member->name, "b"))
        return member->type == SB_JSON_STRING || member->type == SB_JSON_NULL;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (sb_span_is(member->name, texts[i]))
            return member->type == SB_JSON_STRING;
    return false;
}

static int parse_allowance(struct sb_baseline *baseline, const struct sb_json *item, size_t number,
                           struct sb_error *error) {
    struct sb_allowance *allowance = sb_vec_push(&baseline->allowed);
    if (item->type != SB_JSON_OBJECT)
        return bad(error, number, "no object");
    for (const struct sb_json *member = item->first; member; member = member->next)
        if (!is_member(member))
            return bad(error, number,
                       "members are path or field, kind and reason, each a string, and a and b, "
                       "each a string or null");
    allowance->path = text_member(baseline, item, "path");
    allowance->field = text_member(baseline, item, "field");
    allowance->kind = text_member(baseline, item, "kind");
    allowance->a = value_member(baseline, item, "a");
    allowance->b = value_member(baseline, item, "b");
    struct sb_span reason = text_member(baseline, item, "reason");
    allowance->reason = (const char *)reason.data;
    if ((allowance->path.size > 0) == (allowance->field.size > 0))
        return bad(error, number, "it needs path or field, and not both");
    if (allowance->kind.size == 0)
        return bad(error, number, "kind is missing (\"*\" is any)");
    if (reason.size == 0)
        return bad(error, number, "reason is missing: why may it differ?");
    if (sb_span_starts(allowance->path, "/"))
        allowance->path = sb_span_from(allowance->path, 1);
    if (allowance->path.data && allowance->path.size == 0)
        return bad(error, number, "the root has no path; say it as a field: \"layer 1: /\"");
    return 0;
}

int sb_baseline_parse(struct sb_baseline *baseline, struct sb_span text, struct sb_error *error) {
    struct sb_json *document;
    if (sb_json_parse(text, &baseline->arena, NULL, "baseline", &document, error) < 0)
        return -1;
    const struct sb_json *schema = sb_json_member(document, "schema");
    const struct sb_json *allowed = sb_json_member(document, "allowed");
    if (!schema || schema->type != SB_JSON_NUMBER || !sb_span_is(schema->text, "1") || !allowed ||
        allowed->type != SB_JSON_ARRAY)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "baseline: must be {\"schema\": 1, \"allowed\": [...]}");
    size_t number = 0;
    for (const struct sb_json *item = allowed->first; item; item = item->next)
        if (parse_allowance(baseline, item, number++, error) < 0)
            return -1;
    return 0;
}

static bool value_is(const struct sb_allowed_value *value, const char *text) {
    if (!value->pinned || !value->text || !text)
        return !value->pinned || value->text == text;
    return strcmp(value->text, text) == 0;
}

static bool has_values(const struct sb_allowance *allowance,
                       const struct sb_difference *difference) {
    return value_is(&allowance->a, difference->pin_a) && value_is(&allowance->b, difference->pin_b);
}

static bool is_placed(const struct sb_allowance *allowance,
                      const struct sb_difference *difference) {
    struct sb_span path = sb_difference_path(difference);
    if (!sb_span_is(allowance->kind, "*") && !sb_span_is(allowance->kind, difference->kind))
        return false;
    if (allowance->field.size)
        return sb_span_is(allowance->field, difference->where);
    return path.data && sb_glob_matches(allowance->path, path);
}

void sb_baseline_apply(struct sb_baseline *baseline, struct sb_comparison *result) {
    result->allowed = 0;
    for (size_t i = 0; i < result->differences.count; i++) {
        struct sb_difference *difference = &result->differences.items[i];
        /* All that fit are used, so that of two that mean the same none is stale. */
        for (size_t k = 0; k < baseline->allowed.count; k++) {
            struct sb_allowance *allowance = &baseline->allowed.items[k];
            if (!is_placed(allowance, difference))
                continue;
            if (!has_values(allowance, difference)) {
                allowance->missed++;
                continue;
            }
            allowance->used++;
            if (!difference->reason)
                difference->reason = allowance->reason;
        }
        result->allowed += difference->reason != NULL;
    }
}

/* The path as a pattern that matches it alone. */
static struct sb_span pattern_of(struct sb_arena *arena, struct sb_span path) {
    struct sb_buf text = SB_BUF_INIT;
    for (size_t i = 0; i < path.size; i++) {
        if (strchr("*?[\\", path.data[i]))
            sb_buf_append_byte(&text, '\\');
        sb_buf_append_byte(&text, path.data[i]);
    }
    struct sb_span pattern = sb_arena_copy(arena, sb_buf_span(&text));
    sb_buf_release(&text);
    return pattern;
}

static struct sb_allowed_value pinned(struct sb_arena *arena, const char *text) {
    return (struct sb_allowed_value){true, text ? sb_arena_printf(arena, "%s", text) : NULL};
}

void sb_baseline_add(struct sb_baseline *baseline, const struct sb_comparison *result) {
    for (size_t i = 0; i < result->differences.count; i++) {
        const struct sb_difference *difference = &result->differences.items[i];
        struct sb_span path = sb_difference_path(difference);
        bool there = false;
        for (size_t k = 0; k < baseline->allowed.count && !there; k++)
            there = is_placed(&baseline->allowed.items[k], difference) &&
                    has_values(&baseline->allowed.items[k], difference);
        if (there)
            continue;
        struct sb_allowance *allowance = sb_vec_push(&baseline->allowed);
        if (path.size)
            allowance->path = pattern_of(&baseline->arena, path);
        else
            allowance->field = sb_arena_copy(&baseline->arena, sb_span_string(difference->where));
        allowance->kind = sb_arena_copy(&baseline->arena, sb_span_string(difference->kind));
        allowance->a = pinned(&baseline->arena, difference->pin_a);
        allowance->b = pinned(&baseline->arena, difference->pin_b);
        allowance->reason = unreviewed;
    }
}

static void write_value(struct sb_buf *text, const char *name,
                        const struct sb_allowed_value *value) {
    if (!value->pinned)
        return;
    sb_buf_appendf(text, ", \"%s\": ", name);
    if (value->text)
        sb_json_write_string(text, sb_span_string(value->text));
    else
        sb_buf_append_string(text, "null");
}

void sb_baseline_write(const struct sb_baseline *baseline, struct sb_buf *text) {
    sb_buf_append_string(text, "{\n  \"schema\": 1,\n  \"allowed\": [");
    for (size_t i = 0; i < baseline->allowed.count; i++) {
        const struct sb_allowance *allowance = &baseline->allowed.items[i];
        sb_buf_append_string(text, i ? ",\n    {" : "\n    {");
        sb_buf_append_string(text, allowance->path.size ? "\"path\": " : "\"field\": ");
        sb_json_write_string(text, allowance->path.size ? allowance->path : allowance->field);
        sb_buf_append_string(text, ", \"kind\": ");
        sb_json_write_string(text, allowance->kind);
        write_value(text, "a", &allowance->a);
        write_value(text, "b", &allowance->b);
        sb_buf_append_string(text, ", \"reason\": ");
        sb_json_write_string(text, sb_span_string(allowance->reason));
        sb_buf_append_string(text, "}");
    }
    sb_buf_append_string(text, baseline->allowed.count ? "\n  ]\n}\n" : "]\n}\n");
}

void sb_baseline_release(struct sb_baseline *baseline) {
    sb_vec_release(&baseline->allowed);
    sb_arena_release(&baseline->arena);
}
