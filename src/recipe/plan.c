#include "recipe/plan.h"

#include "base/utf8.h"
#include "recipe/internal.h"

static int execute_from(struct sb_plan *plan, const struct sb_instruction *instruction,
                        struct sb_error *error) {
    sb_words words = {0};
    sb_words_split(instruction->arguments, plan->dockerfile.escape, &words);
    struct sb_span image = words.items[0];
    bool named = words.count == 3 && words.items[1].size == 2 &&
                 (words.items[1].data[0] | 0x20) == 'a' && (words.items[1].data[1] | 0x20) == 's';
    bool understood = words.count == 1 || named;
    sb_vec_release(&words);
    if (sb_plan_expand(plan, image, &image, error) < 0)
        return -1;
    if (understood && sb_span_is(image, "scratch"))
        return 0;
    return sb_error_set(error, SB_ERROR_UNBUILT, "only FROM scratch is built natively");
}

static int execute_add(struct sb_plan *plan, const struct sb_instruction *instruction,
                       struct sb_error *error) {
    return sb_plan_copy(plan, instruction, true, error);
}

static int execute_copy(struct sb_plan *plan, const struct sb_instruction *instruction,
                        struct sb_error *error) {
    return sb_plan_copy(plan, instruction, false, error);
}

static bool has_dots(struct sb_span path) {
    for (size_t i = 0; i + 3 <= path.size; i++)
        if (memcmp(path.data + i, "/..", 3) == 0 && (i + 3 == path.size || path.data[i + 3] == '/'))
            return true;
    return false;
}

static int execute_workdir(struct sb_plan *plan, const struct sb_instruction *instruction,
                           struct sb_error *error) {
    struct sb_span path;
    if (sb_plan_expand(plan, instruction->arguments, &path, error) < 0)
        return -1;
    struct sb_span clean = sb_plan_path(plan, path);
    /* BuildKit leaves an absolute path with .. in it as it is written. */
    plan->folder = plan->builder->workdir_as_written && sb_span_starts(path, "/") && has_dots(path)
                       ? path
                       : sb_span_string(sb_arena_printf(&plan->arena, "/%.*s", SB_SPAN(clean)));
    sb_plan_say(plan, "WORKDIR %.*s", SB_SPAN(plan->folder));
    /* Podman and Buildah record the folder, and do not make it. */
    if (plan->builder->no_workdir)
        return 0;
    sb_plan_step(plan)->may_layer = true;
    return sb_plan_make_folder(plan, clean, instruction->line, error);
}

static const struct {
    const char *name;
    sb_execute *execute;
} instructions[] = {
    {"ADD", execute_add},
    {"ARG", sb_plan_arg},
    {"CMD", sb_plan_cmd},
    {"COPY", execute_copy},
    {"ENTRYPOINT", sb_plan_entrypoint},
    {"ENV", sb_plan_env},
    {"EXPOSE", sb_plan_expose},
    {"FROM", execute_from},
    {"HEALTHCHECK", sb_plan_healthcheck},
    {"LABEL", sb_plan_label},
    {"MAINTAINER", sb_plan_maintainer},
    {"ONBUILD", sb_plan_onbuild},
    {"SHELL", sb_plan_shell},
    {"STOPSIGNAL", sb_plan_stopsignal},
    {"USER", sb_plan_user},
    {"VOLUME", sb_plan_volume},
    {"WORKDIR", execute_workdir},
};

static sb_execute *find_instruction(struct sb_span name) {
    for (size_t i = 0; i < sizeof instructions / sizeof *instructions; i++)
        if (sb_span_is(name, instructions[i].name))
            return instructions[i].execute;
    return NULL;
}

static int execute_step(struct sb_plan *plan, const struct sb_instruction *instruction,
                        sb_execute *execute, struct sb_error *error) {
    struct sb_plan_step *step = sb_vec_push(&plan->steps);
    size_t layers = plan->layers.count;
    step->instruction = instruction;
    step->layer = SIZE_MAX;
    if (execute(plan, instruction, error) < 0)
        return -1;
    step = sb_plan_step(plan);
    if (plan->layers.count > layers)
        step->layer = layers;
    /* Buildah repeats the source, but for what it computes. */
    if (plan->builder->repeats_source && !step->add_or_copy &&
        !sb_span_is(instruction->name, "ARG"))
        step->before = instruction->original;
    step->run = sb_plan_run(plan);
    step->author = plan->author;
    if (plan->shell.count)
        step->shell = sb_json_member(step->run, "Shell");
    /* BuildKit says nothing of ONBUILD. */
    if (plan->builder->silent_onbuild && sb_span_is(instruction->name, "ONBUILD")) {
        plan->steps.count--;
        if (plan->steps.count) {
            sb_plan_step(plan)->run = step->run;
            sb_plan_step(plan)->author = step->author;
        }
    }
    return 0;
}

static int execute(struct sb_plan *plan, const struct sb_instruction *instruction, bool *in_stage,
                   struct sb_error *error) {
    sb_execute *function = find_instruction(instruction->name);
    bool from = sb_span_is(instruction->name, "FROM");
    if (!function && !sb_span_is(instruction->name, "RUN"))
        return sb_error_set(error, SB_ERROR_USAGE, "no such instruction");
    if (!function)
        return sb_error_set(error, SB_ERROR_UNBUILT,
                            "the instruction is not built natively; an engine must build it");
    if (from && *in_stage)
        return sb_error_set(error, SB_ERROR_UNBUILT, "a second FROM is not built natively");
    if (!*in_stage && !from && !sb_span_is(instruction->name, "ARG"))
        return sb_error_set(error, SB_ERROR_USAGE, "only ARG can stand before FROM");
    if (*in_stage)
        return execute_step(plan, instruction, function, error);
    *in_stage = from;
    return function(plan, instruction, error);
}

static void make_config(struct sb_plan *plan) {
    struct sb_arena *arena = &plan->arena;
    plan->config = sb_json_new(arena, SB_JSON_OBJECT);
    const char *slash = strchr(plan->platform, '/');
    struct sb_span architecture = sb_span_string(slash ? slash + 1 : plan->platform), variant = {0};
    const unsigned char *second = memchr(architecture.data, '/', architecture.size);
    if (second) {
        variant = sb_span_from(architecture, (size_t)(second - architecture.data) + 1);
        architecture.size = (size_t)(second - architecture.data);
    }
    sb_json_add_string(arena, plan->config, "architecture", architecture);
    sb_json_add_string(arena, plan->config, "variant", variant);
    sb_json_add_string(arena, plan->config, "os", sb_span_string("linux"));
    sb_json_add_string(arena, plan->config, "author", plan->author);
    sb_json_add(plan->config, "config", sb_plan_run(plan));
}

int sb_plan_make(struct sb_plan *plan, const struct sb_plan_request *request,
                 struct sb_error *error) {
    bool in_stage = false;
    plan->builder = request->builder ? request->builder : &sb_builder_native;
    plan->version = request->version;
    plan->platform = request->platform;
    plan->build_arguments = request->build_arguments;
    plan->context.ignore.whole_path = plan->builder->whole_path_ignored;
    if (sb_dockerfile_parse(&plan->dockerfile, request->text, request->dockerfile, error) < 0 ||
        sb_context_open(&plan->context, request->directory, request->dockerfile, error) < 0)
        return -1;
    *sb_vec_push(&plan->environment) =
        (struct sb_variable){sb_span_string("PATH"), sb_span_string(sb_build_default_path + 5)};
    for (const char *const *item = plan->build_arguments; item && *item; item++)
        if (!sb_utf8_valid(sb_span_string(*item)))
            return sb_error_set(error, SB_ERROR_USAGE, "--build-arg %zu is not UTF-8",
                                (size_t)(item - plan->build_arguments) + 1);
    for (size_t i = 0; i < plan->dockerfile.instructions.count; i++) {
        const struct sb_instruction *instruction = &plan->dockerfile.instructions.items[i];
        if (execute(plan, instruction, &in_stage, error) < 0)
            return sb_error_wrap(error, "%s:%u: %.*s", request->dockerfile, instruction->line,
                                 SB_SPAN(instruction->name));
    }
    if (!in_stage)
        return sb_error_set(error, SB_ERROR_USAGE, "%s: it has no FROM", request->dockerfile);
    make_config(plan);
    return 0;
}

static void release_steps(struct sb_plan *plan) {
    for (size_t i = 0; i < plan->steps.count; i++) {
        struct sb_plan_step *step = &plan->steps.items[i];
        for (size_t k = 0; k < step->sources.count; k++)
            sb_vec_release(&step->sources.items[k].below);
        sb_vec_release(&step->sources);
    }
    sb_vec_release(&plan->steps);
}

void sb_plan_release(struct sb_plan *plan) {
    for (size_t i = 0; i < plan->layers.count; i++)
        sb_vec_release(&plan->layers.items[i].entries);
    release_steps(plan);
    sb_vec_release(&plan->layers);
    sb_vec_release(&plan->environment);
    sb_vec_release(&plan->arguments);
    sb_vec_release(&plan->global_arguments);
    sb_vec_release(&plan->labels);
    sb_vec_release(&plan->command);
    sb_vec_release(&plan->entrypoint);
    sb_vec_release(&plan->ports);
    sb_vec_release(&plan->volumes);
    sb_vec_release(&plan->shell);
    sb_vec_release(&plan->on_build);
    sb_plan_free_tree(plan);
    sb_dockerfile_release(&plan->dockerfile);
    sb_context_release(&plan->context);
    sb_arena_release(&plan->arena);
}
