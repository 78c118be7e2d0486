/* The run configuration that an image records, as each builder has it. */
#include <stdio.h>

#include "engines/marked_json.h"
#include "recipe/internal.h"

static struct sb_json *text(struct sb_plan *plan, struct sb_span value) {
    return sb_mark_string(&plan->arena, value, SB_HEADING_SOURCE);
}

static void add_text(struct sb_plan *plan, struct sb_json *run, const char *name,
                     struct sb_span value) {
    if (value.size)
        sb_json_add(run, name, text(plan, value));
}

static struct sb_json *list_of(struct sb_plan *plan, const sb_words *words) {
    struct sb_json *list = sb_json_new(&plan->arena, SB_JSON_ARRAY);
    for (size_t i = 0; i < words->count; i++)
        sb_json_append(list, text(plan, words->items[i]));
    return list;
}

static void add_list(struct sb_plan *plan, struct sb_json *run, const char *name,
                     const sb_words *words) {
    if (words->count)
        sb_json_add(run, name, list_of(plan, words));
}

/* {"80/tcp":{}}, sorted. */
static void add_set(struct sb_plan *plan, struct sb_json *run, const char *name,
                    const sb_words *words) {
    struct sb_json *set = sb_mark(sb_json_new(&plan->arena, SB_JSON_OBJECT), SB_HEADING_SOURCE);
    sb_words sorted = {0};
    if (!words->count)
        return;
    for (size_t i = 0; i < words->count; i++)
        *sb_vec_push(&sorted) = words->items[i];
    sb_vec_sort(&sorted, sb_span_compare_items);
    for (size_t i = 0; i < sorted.count; i++)
        sb_json_add(set, (const char *)sb_arena_copy(&plan->arena, sorted.items[i]).data,
                    sb_json_new(&plan->arena, SB_JSON_OBJECT));
    sb_vec_release(&sorted);
    sb_json_add(run, name, set);
}

static void add_environment(struct sb_plan *plan, struct sb_json *run) {
    struct sb_json *list = sb_json_new(&plan->arena, SB_JSON_ARRAY);
    for (size_t i = 0; i < plan->environment.count; i++) {
        const struct sb_variable *variable = &plan->environment.items[i];
        sb_json_append(list, text(plan, sb_span_string(sb_arena_printf(&plan->arena, "%.*s=%.*s",
                                                                       SB_SPAN(variable->name),
                                                                       SB_SPAN(variable->value)))));
    }
    sb_json_add(run, "Env", list);
}

static void add_labels(struct sb_plan *plan, struct sb_json *run) {
    sb_variables sorted = {0};
    struct sb_json *labels = sb_mark(sb_json_new(&plan->arena, SB_JSON_OBJECT), SB_HEADING_SOURCE);
    for (size_t i = 0; i < plan->labels.count; i++)
        *sb_vec_push(&sorted) = plan->labels.items[i];
    if (plan->builder->version_label)
        *sb_vec_push(&sorted) =
            (struct sb_variable){sb_span_string("io.buildah.version"), plan->version};
    sb_variables_sort(&sorted);
    for (size_t i = 0; i < sorted.count; i++)
        sb_json_add(labels, (const char *)sb_arena_copy(&plan->arena, sorted.items[i].name).data,
                    text(plan, sorted.items[i].value));
    if (sorted.count)
        sb_json_add(run, "Labels", labels);
    sb_vec_release(&sorted);
}

/* Where nobody says WORKDIR, BuildKit and newer Buildahs record the root. */
static struct sb_span working_folder(const struct sb_plan *plan) {
    return plan->folder.size || !plan->builder->root_folder ? plan->folder : sb_span_string("/");
}

struct sb_json *sb_plan_run(struct sb_plan *plan) {
    struct sb_arena *arena = &plan->arena;
    struct sb_json *run = sb_json_new(arena, SB_JSON_OBJECT);
    /* The OCI form has no place for them, and Buildah leaves them out. */
    bool plain = plan->builder->no_docker;
    add_text(plan, run, "User", plan->user);
    add_set(plan, run, "ExposedPorts", &plan->ports);
    add_environment(plan, run);
    add_list(plan, run, "Entrypoint", &plan->entrypoint);
    add_list(plan, run, "Cmd", &plan->command);
    add_set(plan, run, "Volumes", &plan->volumes);
    add_text(plan, run, "WorkingDir", working_folder(plan));
    add_labels(plan, run);
    add_text(plan, run, "StopSignal", plan->stop_signal);
    if (plan->healthcheck && !plain)
        sb_json_add(run, "Healthcheck", sb_json_clone(arena, plan->healthcheck));
    if (plan->builder->args_escaped && plan->command_said)
        sb_json_add(run, "ArgsEscaped", sb_json_new(arena, SB_JSON_TRUE));
    if (!plain)
        add_list(plan, run, "OnBuild", &plan->on_build);
    if (!plain)
        add_list(plan, run, "Shell", &plan->shell);
    return run;
}
