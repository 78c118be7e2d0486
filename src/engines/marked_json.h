/* JSON as Go's encoding/json writes it, where every value knows its heading. */
#ifndef SB_ENGINES_MARKED_JSON_H
#define SB_ENGINES_MARKED_JSON_H

#include "engines/marked.h"
#include "json/value.h"

/* Puts value under heading; returns it. Of an object the names of its members go there, too. What
 * has no heading is SB_HEADING_PROFILE. */
struct sb_json *sb_mark(struct sb_json *value, enum sb_heading heading);
/* Marks the value and all below it, but for what has a mark. */
void sb_mark_rest(struct sb_json *value, enum sb_heading heading);
/* A string of one heading; an empty text is written as "". */
struct sb_json *sb_mark_string(struct sb_arena *arena, struct sb_span text,
                               enum sb_heading heading);
/* Appends a part of its own heading to a string made by sb_mark_parts. */
struct sb_json *sb_mark_parts(struct sb_arena *arena);
void sb_mark_part(struct sb_arena *arena, struct sb_json *string, struct sb_span text,
                  enum sb_heading heading);
/* The whole text of a string, parts put together. */
struct sb_span sb_mark_text(struct sb_arena *arena, const struct sb_json *string);

/* Writes value with its members in their order: without white space, or indented by that many
 * spaces a level (json.MarshalIndent). */
void sb_marked_json(struct sb_marked *out, const struct sb_json *value, unsigned indent);
/* The same with the members of the outermost object sorted by their bytes. */
void sb_marked_json_sorted(struct sb_marked *out, struct sb_arena *arena,
                           const struct sb_json *object);

#endif
