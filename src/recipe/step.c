/* What every instruction of a plan asks: the step at hand, variables, paths, and what the builder
 * says. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "image/path.h"
#include "recipe/internal.h"

struct sb_plan_step *sb_plan_step(struct sb_plan *plan) {
    return &plan->steps.items[plan->steps.count - 1];
}

void sb_plan_say(struct sb_plan *plan, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = sb_arena_new(&plan->arena, (size_t)size + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)size + 1, format, arguments);
    va_end(arguments);
    sb_plan_step(plan)->before = sb_span_of(text, (size_t)size);
}

/* ENV counts before ARG; before FROM only the arguments there do. */
/* The variables that are seen here, the environment's last, which wins. */
static void collect(const struct sb_plan *plan, sb_variables *scope) {
    const sb_variables *arguments = plan->steps.count ? &plan->arguments : &plan->global_arguments;
    for (size_t i = 0; i < arguments->count; i++)
        *sb_vec_push(scope) = arguments->items[i];
    for (size_t i = 0; plan->steps.count && i < plan->environment.count; i++)
        *sb_vec_push(scope) = plan->environment.items[i];
}

/* Whether a word has a modifier that older builders do not know: one without a colon, or of
 * patterns. */
static bool has_newer_modifier(struct sb_span word) {
    for (size_t i = 0; i + 2 < word.size; i++) {
        if (word.data[i] != '$' || word.data[i + 1] != '{')
            continue;
        size_t at = i + 2;
        while (at < word.size && (isalnum(word.data[at]) || word.data[at] == '_'))
            at++;
        if (at < word.size && strchr("#%/+-?", word.data[at]))
            return true;
    }
    return false;
}

int sb_plan_expand(struct sb_plan *plan, struct sb_span word, struct sb_span *result,
                   struct sb_error *error) {
    sb_variables scope = {0};
    /* Buildah heeds the directive for lines alone. */
    unsigned char escape = plan->builder->escape_in_lines ? '\\' : plan->dockerfile.escape;
    if (plan->builder->few_modifiers && has_newer_modifier(word))
        return sb_error_set(error, SB_ERROR_USAGE, "%s does not know the modifier in %.*s",
                            plan->builder->name, SB_SPAN(word));
    collect(plan, &scope);
    int status = sb_words_expand(word, escape, &scope, &plan->arena, result, error);
    sb_vec_release(&scope);
    return status;
}

int sb_plan_expand_text(struct sb_plan *plan, struct sb_span text, struct sb_span *result,
                        struct sb_error *error) {
    sb_variables scope = {0};
    collect(plan, &scope);
    int status = sb_words_expand_text(text, &scope, &plan->arena, result, error);
    sb_vec_release(&scope);
    return status;
}

struct sb_span sb_plan_path(struct sb_plan *plan, struct sb_span path) {
    struct sb_span clean;
    if (!sb_span_starts(path, "/"))
        path = sb_span_string(
            sb_arena_printf(&plan->arena, "%.*s/%.*s", SB_SPAN(plan->folder), SB_SPAN(path)));
    sb_path_clean(path, &plan->arena, &clean);
    return clean;
}

int sb_plan_wrap(const struct sb_plan *plan, const struct sb_instruction *instruction,
                 struct sb_error *error) {
    return sb_error_wrap(error, "%s:%u: %.*s", plan->request.dockerfile, instruction->line,
                         SB_SPAN(instruction->name));
}
