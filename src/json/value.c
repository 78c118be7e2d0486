#include "json/value.h"

struct sb_json *sb_json_member(const struct sb_json *object, const char *name) {
    struct sb_json *found = NULL;
    if (!object || object->type != SB_JSON_OBJECT)
        return NULL;
    for (struct sb_json *member = object->first; member; member = member->next)
        if (sb_span_is(member->name, name))
            found = member;
    return found;
}

bool sb_json_is_string(const struct sb_json *value, const char *text) {
    return value && value->type == SB_JSON_STRING && sb_span_is(value->text, text);
}

struct sb_span sb_json_string(const struct sb_json *object, const char *name) {
    const struct sb_json *member = sb_json_member(object, name);
    return member && member->type == SB_JSON_STRING ? member->text : sb_span_of(NULL, 0);
}

const char *sb_json_type_name(const struct sb_json *value) {
    static const char *const names[] = {"null",   "boolean", "boolean", "number",
                                        "string", "list",    "object"};
    return names[value->type];
}

/* One character of a name, folded; only what folds to ASCII matters, for known names are ASCII. */
static unsigned fold(struct sb_span *name) {
    unsigned char c = name->data[0];
    size_t size = 1;
    unsigned folded = c >= 'A' && c <= 'Z' ? c + 32u : c;
    if (sb_span_starts(*name, "\xc5\xbf")) {
        folded = 's';
        size = 2;
    } else if (sb_span_starts(*name, "\xe2\x84\xaa")) {
        folded = 'k';
        size = 3;
    }
    *name = sb_span_from(*name, size);
    return folded;
}

int sb_json_compare_in_go(struct sb_span a, struct sb_span b) {
    while (a.size && b.size) {
        unsigned x = fold(&a), y = fold(&b);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return a.size ? 1 : b.size ? -1 : 0;
}

bool sb_json_same_name_in_go(struct sb_span a, struct sb_span b) {
    return sb_json_compare_in_go(a, b) == 0;
}

struct sb_json *sb_json_new(struct sb_arena *arena, enum sb_json_type type) {
    struct sb_json *value = sb_arena_new(arena, sizeof *value);
    value->type = (unsigned char)type;
    return value;
}

struct sb_json *sb_json_new_string(struct sb_arena *arena, struct sb_span text) {
    struct sb_json *value = sb_json_new(arena, SB_JSON_STRING);
    value->text = text;
    return value;
}

struct sb_json *sb_json_new_number(struct sb_arena *arena, uint64_t number) {
    struct sb_json *value = sb_json_new(arena, SB_JSON_NUMBER);
    value->text = sb_span_string(sb_arena_printf(arena, "%llu", (unsigned long long)number));
    return value;
}

struct sb_json *sb_json_copy(struct sb_arena *arena, const struct sb_json *value) {
    struct sb_json *copy = sb_json_new(arena, value->type);
    copy->name = value->name;
    copy->text = value->text;
    for (const struct sb_json *child = value->first; child; child = child->next) {
        struct sb_json *same = sb_json_new(arena, child->type);
        *same = *child;
        sb_json_append(copy, same);
    }
    return copy;
}

struct sb_json *sb_json_clone(struct sb_arena *arena, const struct sb_json *value) {
    struct sb_json *clone = sb_json_new(arena, value->type);
    clone->name = value->name;
    clone->text = value->text;
    clone->mark = value->mark;
    for (const struct sb_json *child = value->first; child; child = child->next)
        sb_json_append(clone, sb_json_clone(arena, child));
    return clone;
}

void sb_json_append(struct sb_json *parent, struct sb_json *child) {
    child->next = NULL;
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->count++;
}

struct placed {
    struct sb_json *member;
    size_t place;
};

static int compare_placed(const void *a, const void *b) {
    const struct placed *x = a, *y = b;
    int order = sb_span_compare(x->member->name, y->member->name);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

void sb_json_sort(struct sb_json *object) {
    size_t count = 0;
    struct placed *members = sb_memory_new(object->count + 1, sizeof *members);
    for (struct sb_json *member = object->first; member; member = member->next, count++)
        members[count] = (struct placed){member, count};
    qsort(members, count, sizeof *members, compare_placed);
    object->first = object->last = NULL;
    object->count = 0;
    for (size_t i = 0; i < count; i++)
        sb_json_append(object, members[i].member);
    free(members);
}

void sb_json_add(struct sb_json *object, const char *name, struct sb_json *value) {
    value->name = sb_span_string(name);
    sb_json_append(object, value);
}

void sb_json_add_string(struct sb_arena *arena, struct sb_json *object, const char *name,
                        struct sb_span text) {
    sb_json_add(object, name, sb_json_new_string(arena, text));
}
