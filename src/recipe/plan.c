#include "recipe/plan.h"

#include "base/utf8.h"
#include "recipe/internal.h"

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

static int execute(struct sb_plan *plan, const struct sb_instruction *instruction,
                   struct sb_error *error) {
    sb_execute *function = find_instruction(instruction->name);
    if (!function && !sb_span_is(instruction->name, "RUN"))
        return sb_error_set(error, SB_ERROR_USAGE, "no such instruction");
    if (!function)
        return sb_error_set(error, SB_ERROR_UNBUILT,
                            "the instruction is not built natively; an engine must build it");
    return execute_step(plan, instruction, function, error);
}

/* What stands before the first FROM. */
static int execute_global(struct sb_plan *plan, struct sb_error *error) {
    for (size_t i = 0; i < plan->dockerfile.instructions.count; i++) {
        const struct sb_instruction *instruction = &plan->dockerfile.instructions.items[i];
        if (sb_span_is(instruction->name, "FROM"))
            return 0;
        if (!sb_span_is(instruction->name, "ARG")) {
            sb_error_set(error, SB_ERROR_USAGE, "only ARG can stand before FROM");
            return sb_plan_wrap(plan, instruction, error);
        }
        if (sb_plan_arg(plan, instruction, error) < 0)
            return sb_plan_wrap(plan, instruction, error);
    }
    return 0;
}

static const struct sb_plan *whole_of(const struct sb_plan *plan) {
    return plan->whole ? plan->whole : plan;
}

/* The image of another platform would say so in its configuration. */
static int check_platform(struct sb_plan *plan, struct sb_span platform, struct sb_error *error) {
    if (!platform.data)
        return 0;
    if (sb_plan_expand(plan, platform, &platform, error) < 0)
        return -1;
    return sb_span_is(platform, plan->platform)
               ? 0
               : sb_error_set(error, SB_ERROR_UNBUILT,
                              "--platform=%.*s: only the platform of the build (%s) is built "
                              "natively",
                              SB_SPAN(platform), plan->platform);
}

/* FROM: an earlier stage is built here again, so that its layers and configuration are below. */
static int execute_stage(struct sb_plan *plan, size_t number, struct sb_error *error);

static int execute_from(struct sb_plan *plan, size_t number, struct sb_error *error) {
    const struct sb_plan_stage *stage = &whole_of(plan)->stages.items[number];
    struct sb_span base;
    if (sb_plan_expand(plan, stage->base, &base, error) < 0 ||
        check_platform(plan, stage->platform, error) < 0)
        return -1;
    size_t before = sb_plan_find_stage(whole_of(plan), base, number);
    if (before != SIZE_MAX && whole_of(plan)->stages.items[before].name.size) {
        if (execute_stage(plan, before, error) < 0)
            return -1;
    } else if (!sb_span_is(base, "scratch")) {
        return sb_error_set(error, SB_ERROR_UNBUILT,
                            "only FROM scratch, or an earlier stage, is built natively");
    }
    if (plan->on_build.count)
        return sb_error_set(error, SB_ERROR_UNBUILT, "ONBUILD of a stage is not run natively");
    plan->command_own = false;
    if (!plan->builder->inherits_arguments)
        plan->arguments.count = 0;
    return 0;
}

static int begin(struct sb_plan *plan, const struct sb_plan_request *request,
                 struct sb_error *error);

/* Makes the stage that COPY --from reads, where it is one and is not made yet. */
static int make_source(struct sb_plan *plan, size_t number,
                       const struct sb_instruction *instruction, struct sb_error *error) {
    struct sb_plan *whole = plan->whole ? plan->whole : plan;
    struct sb_span from = sb_plan_from(instruction);
    size_t source = from.size ? sb_plan_find_stage(whole, from, number) : SIZE_MAX;
    struct sb_plan_stage *stage = source == SIZE_MAX ? NULL : &whole->stages.items[source];
    if (!stage || stage->made)
        return 0;
    stage->made = sb_memory_new(1, sizeof *stage->made);
    *stage->made = (struct sb_plan)SB_PLAN_INIT;
    stage->made->whole = whole;
    if (begin(stage->made, &whole->request, error) < 0 ||
        execute_stage(stage->made, source, error) < 0)
        return -1;
    sb_plan_open_tree(stage->made, stage, source);
    return 0;
}

static int execute_stage(struct sb_plan *plan, size_t number, struct sb_error *error) {
    const struct sb_plan_stage *stage = &whole_of(plan)->stages.items[number];
    const struct sb_instruction *list = plan->dockerfile.instructions.items;
    if (execute_from(plan, number, error) < 0)
        return sb_plan_wrap(plan, &list[stage->begin - 1], error);
    for (size_t i = stage->begin; i < stage->end; i++)
        if (make_source(plan, number, &list[i], error) < 0)
            return sb_plan_wrap(plan, &list[i], error);
    plan->stage = number;
    if (stage->begin == stage->end && plan->builder->needs_step) {
        sb_error_set(error, SB_ERROR_USAGE, "a stage without an instruction is no image");
        return sb_plan_wrap(plan, &list[stage->begin - 1], error);
    }
    for (size_t i = stage->begin; i < stage->end; i++)
        if (execute(plan, &list[i], error) < 0)
            return sb_plan_wrap(plan, &list[i], error);
    return 0;
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

/* All but the stages. */
static int begin(struct sb_plan *plan, const struct sb_plan_request *request,
                 struct sb_error *error) {
    plan->request = *request;
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
    return execute_global(plan, error);
}

/* The stage that is wanted: the last, or that of --target. */
static int choose(const struct sb_plan *plan, size_t *number, struct sb_error *error) {
    const char *target = plan->request.target;
    *number = plan->stages.count - 1;
    if (!target)
        return 0;
    *number = sb_plan_find_stage(plan, sb_span_string(target), plan->stages.count);
    return *number == SIZE_MAX ? sb_error_set(error, SB_ERROR_USAGE, "%s: it has no stage %s",
                                              plan->request.dockerfile, target)
                               : 0;
}

int sb_plan_make(struct sb_plan *plan, const struct sb_plan_request *request,
                 struct sb_error *error) {
    size_t number;
    if (begin(plan, request, error) < 0 || sb_plan_find_stages(plan, error) < 0 ||
        choose(plan, &number, error) < 0 || execute_stage(plan, number, error) < 0)
        return -1;
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
    for (size_t i = 0; i < plan->stages.count; i++)
        if (plan->stages.items[i].made) {
            sb_plan_release(plan->stages.items[i].made);
            free(plan->stages.items[i].made);
        }
    sb_vec_release(&plan->stages);
    for (size_t i = 0; i < plan->archives.count; i++) {
        sb_layer_release(plan->archives.items[i]);
        free(plan->archives.items[i]);
    }
    sb_vec_release(&plan->archives);
    sb_plan_close_tree(plan);
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
