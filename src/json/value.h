/* JSON (RFC 8259) as bytes: order, repeated members and the literal of every number are kept. */
#ifndef SB_JSON_VALUE_H
#define SB_JSON_VALUE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/finding.h"

enum sb_json_type {
    SB_JSON_NULL,
    SB_JSON_FALSE,
    SB_JSON_TRUE,
    SB_JSON_NUMBER,
    SB_JSON_STRING,
    SB_JSON_ARRAY,
    SB_JSON_OBJECT
};

/* A value, and in an object the member that it is. Children are a list: first, then next. */
struct sb_json {
    unsigned char type;  /* enum sb_json_type */
    unsigned char mark;  /* the caller's own; 0, and never written */
    uint32_t count;      /* of children */
    struct sb_span name; /* of the member, unescaped */
    struct sb_span text; /* a string unescaped, a number's literal */
    struct sb_json *first, *last, *next;
};

/* Parses one document; values live in arena, and nothing borrows from text. Repeated members,
 * numbers and surrogates that readers disagree on become findings at where. */
int sb_json_parse(struct sb_span text, struct sb_arena *arena, struct sb_findings *findings,
                  const char *where, struct sb_json **value, struct sb_error *error) SB_MUST_USE;

/* The last member of that name, as Go takes it; NULL where there is none or object is no object. */
struct sb_json *sb_json_member(const struct sb_json *object, const char *name);
bool sb_json_is_string(const struct sb_json *value, const char *text);
/* The string member's text; empty span (data NULL) where it is missing or no string. */
struct sb_span sb_json_string(const struct sb_json *object, const char *name);
/* "null", "boolean", "number", … */
const char *sb_json_type_name(const struct sb_json *value);

/* Whether Go's decoder takes one name for the other: simple case folding, with U+017F for s and
 * U+212A for k. */
bool sb_json_same_name_in_go(struct sb_span a, struct sb_span b);
/* An order of folded names: 0 where the above is true. */
int sb_json_compare_in_go(struct sb_span a, struct sb_span b);

/* Building. Texts are borrowed. */
struct sb_json *sb_json_new(struct sb_arena *arena, enum sb_json_type type);
struct sb_json *sb_json_new_string(struct sb_arena *arena, struct sb_span text);
struct sb_json *sb_json_new_number(struct sb_arena *arena, uint64_t number);
/* A copy of one value that shares the children's values but not their list. */
struct sb_json *sb_json_copy(struct sb_arena *arena, const struct sb_json *value);
/* A copy of the value and all below it. */
struct sb_json *sb_json_clone(struct sb_arena *arena, const struct sb_json *value);
void sb_json_append(struct sb_json *parent, struct sb_json *child);
/* Sorts the members of an object by the bytes of their names; equal names keep their order. */
void sb_json_sort(struct sb_json *object);
/* Sets the name, too. */
void sb_json_add(struct sb_json *object, const char *name, struct sb_json *value);
void sb_json_add_string(struct sb_arena *arena, struct sb_json *object, const char *name,
                        struct sb_span text);

#endif
