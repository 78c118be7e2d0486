/* Words of a Dockerfile instruction: quotes, escapes, variables, JSON lists (Dockerfile reference,
 * "Environment replacement" and the exec form). */
#ifndef SB_RECIPE_WORDS_H
#define SB_RECIPE_WORDS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/vec.h"

typedef SB_VEC(struct sb_span) sb_words;

struct sb_variable {
    struct sb_span name, value;
};
typedef SB_VEC(struct sb_variable) sb_variables;
/* By name. */
void sb_variables_sort(sb_variables *variables);

/* Splits at white space outside quotes; quotes and escapes stay. Words borrow from text. */
void sb_words_split(struct sb_span text, unsigned char escape, sb_words *words);
/* Splits at white space alone, as COPY and ADD do. */
void sb_words_fields(struct sb_span text, sb_words *words);
/* Takes quotes and escapes off one word and puts variables in. */
int sb_words_expand(struct sb_span word, unsigned char escape, const sb_variables *variables,
                    struct sb_arena *arena, struct sb_span *result,
                    struct sb_error *error) SB_MUST_USE;
/* Puts variables into a text whose quotes stay; the escape is a backslash. */
int sb_words_expand_text(struct sb_span text, const sb_variables *variables, struct sb_arena *arena,
                         struct sb_span *result, struct sb_error *error) SB_MUST_USE;
/* 0 and the strings where text is a JSON list of strings, 1 where it is none. */
int sb_words_json(struct sb_span text, struct sb_arena *arena, sb_words *words);
struct sb_span sb_words_trim(struct sb_span text);
/* Takes the first word, up to white space, off rest. */
struct sb_span sb_words_take(struct sb_span *rest);

#endif
