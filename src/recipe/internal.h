/* What the files of this folder share. */
#ifndef SB_RECIPE_INTERNAL_H
#define SB_RECIPE_INTERNAL_H

#include "recipe/plan.h"

typedef int sb_execute(struct sb_plan *plan, const struct sb_instruction *instruction,
                       struct sb_error *error);

/* Where the stages begin and end, and what they are called. */
int sb_plan_find_stages(struct sb_plan *plan, struct sb_error *error) SB_MUST_USE;
/* The stage of that name, or number, among those before; SIZE_MAX: none. */
size_t sb_plan_find_stage(const struct sb_plan *plan, struct sb_span name, size_t before);
/* Opens what others copy from the stage that plan has made. */
void sb_plan_open_tree(struct sb_plan *plan, const struct sb_plan_stage *stage, size_t number);
void sb_plan_close_tree(struct sb_plan *plan);
/* What --from of a COPY says; data NULL: it says nothing. */
struct sb_span sb_plan_from(const struct sb_instruction *instruction);
/* The files of a stage before that at hand, which was made before; NULL: error says why. */
struct sb_context *sb_plan_files(struct sb_plan *plan, struct sb_span name, struct sb_error *error);
/* What stands at a path after the layers so far; NULL: nothing. */
const struct sb_plan_entry *sb_plan_entry_at(const struct sb_plan *plan, struct sb_span path);
/* Says file, line and instruction in front of an error. Returns -1. */
int sb_plan_wrap(const struct sb_plan *plan, const struct sb_instruction *instruction,
                 struct sb_error *error);

/* The instructions of configuration. */
sb_execute sb_plan_env, sb_plan_label, sb_plan_cmd, sb_plan_entrypoint, sb_plan_user,
    sb_plan_stopsignal, sb_plan_maintainer, sb_plan_expose, sb_plan_volume, sb_plan_shell,
    sb_plan_onbuild, sb_plan_healthcheck, sb_plan_arg;

/* ADD and COPY: a layer of its own. */
int sb_plan_copy(struct sb_plan *plan, const struct sb_instruction *instruction, bool add,
                 struct sb_error *error) SB_MUST_USE;
/* The folder that WORKDIR makes where it is not there: a layer, or nothing. */
int sb_plan_make_folder(struct sb_plan *plan, struct sb_span path, unsigned line,
                        struct sb_error *error) SB_MUST_USE;
/* A path as an instruction says it: below the working folder unless it is absolute; cleaned. */
struct sb_span sb_plan_path(struct sb_plan *plan, struct sb_span path);
/* Expands one word with the variables of the plan. */
int sb_plan_expand(struct sb_plan *plan, struct sb_span word, struct sb_span *result,
                   struct sb_error *error) SB_MUST_USE;
/* The same of the lines of a here-document, whose quotes stay. */
int sb_plan_expand_text(struct sb_plan *plan, struct sb_span text, struct sb_span *result,
                        struct sb_error *error) SB_MUST_USE;
/* The numbers of "USER[:GROUP]"; names are looked up in the files that the plan has so far. A
 * number alone is the group, too; a name's group is the user's own. */
int sb_plan_owner(const struct sb_plan *plan, struct sb_span text, uint32_t *uid, uint32_t *gid,
                  struct sb_error *error) SB_MUST_USE;
void sb_plan_free_tree(struct sb_plan *plan);

/* The step at hand, and what the builder says of it. */
struct sb_plan_step *sb_plan_step(struct sb_plan *plan);
void sb_plan_say(struct sb_plan *plan, const char *format, ...) SB_FORMAT(2, 3);

/* The run configuration as it stands, as the builder records it. */
struct sb_json *sb_plan_run(struct sb_plan *plan);

/* As Go prints: "%q" of a string and of a list of them ("[\"a\" \"b\"]"), "%v" of a list, a
 * time.Duration (nanoseconds), "%q" of a rune. */
void sb_go_quote(struct sb_buf *buf, struct sb_span text);
void sb_go_quote_list(struct sb_buf *buf, const sb_words *words);
void sb_go_list(struct sb_buf *buf, const sb_words *words);
void sb_go_duration(struct sb_buf *buf, uint64_t nanoseconds);
void sb_go_rune(struct sb_buf *buf, uint32_t rune);
/* time.ParseDuration; false where it is none, or negative. */
bool sb_go_parse_duration(struct sb_span text, uint64_t *nanoseconds);

#endif
