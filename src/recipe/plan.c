#include "recipe/plan.h"

#include <stdio.h>

#include "base/number.h"
#include "image/path.h"
#include "image/reference.h"
#include "recipe/internal.h"

static const char default_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

int sb_plan_expand(struct sb_plan *plan, struct sb_span word, struct sb_span *result,
                   struct sb_error *error) {
    return sb_words_expand(word, plan->dockerfile.escape, &plan->environment, &plan->arena, result,
                           error);
}

struct sb_span sb_plan_path(struct sb_plan *plan, struct sb_span path) {
    struct sb_span clean;
    if (!sb_span_starts(path, "/"))
        path = sb_span_string(sb_arena_printf(&plan->arena, "%.*s/%.*s", (int)plan->folder.size,
                                              (const char *)plan->folder.data, (int)path.size,
                                              (const char *)path.data));
    sb_path_clean(path, &plan->arena, &clean);
    return clean;
}

static void set_variable(sb_variables *variables, struct sb_span name, struct sb_span value) {
    for (size_t i = 0; i < variables->count; i++)
        if (sb_span_equal(variables->items[i].name, name)) {
            variables->items[i].value = value;
            return;
        }
    *sb_vec_push(variables) = (struct sb_variable){name, value};
}

static void add_once(sb_words *words, struct sb_span word) {
    for (size_t i = 0; i < words->count; i++)
        if (sb_span_equal(words->items[i], word))
            return;
    *sb_vec_push(words) = word;
}

typedef int execute_function(struct sb_plan *plan, const struct sb_instruction *instruction,
                             struct sb_error *error);

static int execute_from(struct sb_plan *plan, const struct sb_instruction *instruction,
                        struct sb_error *error) {
    (void)plan;
    if (instruction->arguments.size == 7 && memcmp(instruction->arguments.data, "scratch", 7) == 0)
        return 0;
    return sb_error_set(error, SB_ERROR_USAGE, "only FROM scratch is built natively");
}

static int execute_add(struct sb_plan *plan, const struct sb_instruction *instruction,
                       struct sb_error *error) {
    return sb_plan_copy(plan, instruction, true, error);
}

static int execute_copy(struct sb_plan *plan, const struct sb_instruction *instruction,
                        struct sb_error *error) {
    return sb_plan_copy(plan, instruction, false, error);
}

/* NAME=VALUE …, or the old form NAME VALUE with the rest of the line as the value. All words see
 * the variables as they were before the instruction. */
static int parse_pairs(struct sb_plan *plan, struct sb_span text, sb_variables *pairs,
                       struct sb_error *error) {
    sb_words words = {0};
    struct sb_variable pair;
    int status = 0;
    sb_words_split(text, plan->dockerfile.escape, &words);
    if (!memchr(words.items[0].data, '=', words.items[0].size)) {
        struct sb_span rest = sb_words_trim(sb_span_from(text, words.items[0].size));
        if (rest.size == 0)
            status = sb_error_set(error, SB_ERROR_USAGE, "it needs a name and a value");
        else if (sb_plan_expand(plan, words.items[0], &pair.name, error) < 0 ||
                 sb_plan_expand(plan, rest, &pair.value, error) < 0)
            status = -1;
        else
            *sb_vec_push(pairs) = pair;
        sb_vec_release(&words);
        return status;
    }
    for (size_t i = 0; i < words.count && status == 0; i++) {
        const unsigned char *equals = memchr(words.items[i].data, '=', words.items[i].size);
        size_t size = equals ? (size_t)(equals - words.items[i].data) : 0;
        if (size == 0)
            status = sb_error_set(error, SB_ERROR_USAGE, "'%.*s' is not NAME=VALUE",
                                  (int)words.items[i].size, (const char *)words.items[i].data);
        else if (sb_plan_expand(plan, sb_span_of(words.items[i].data, size), &pair.name, error) <
                     0 ||
                 sb_plan_expand(plan, sb_span_from(words.items[i], size + 1), &pair.value, error) <
                     0)
            status = -1;
        else
            *sb_vec_push(pairs) = pair;
    }
    sb_vec_release(&words);
    return status;
}

static int execute_pairs(struct sb_plan *plan, const struct sb_instruction *instruction,
                         sb_variables *target, struct sb_error *error) {
    sb_variables pairs = {0};
    int status = parse_pairs(plan, instruction->arguments, &pairs, error);
    for (size_t i = 0; i < pairs.count && status == 0; i++)
        set_variable(target, pairs.items[i].name, pairs.items[i].value);
    sb_vec_release(&pairs);
    return status;
}

static int execute_env(struct sb_plan *plan, const struct sb_instruction *instruction,
                       struct sb_error *error) {
    return execute_pairs(plan, instruction, &plan->environment, error);
}

static int execute_label(struct sb_plan *plan, const struct sb_instruction *instruction,
                         struct sb_error *error) {
    return execute_pairs(plan, instruction, &plan->labels, error);
}

/* A JSON list is the command; any other text is for the shell. */
static void set_command(struct sb_plan *plan, struct sb_span text, sb_words *command) {
    command->count = 0;
    if (sb_words_json(text, &plan->arena, command) == 0)
        return;
    *sb_vec_push(command) = sb_span_string("/bin/sh");
    *sb_vec_push(command) = sb_span_string("-c");
    *sb_vec_push(command) = text;
}

static int execute_cmd(struct sb_plan *plan, const struct sb_instruction *instruction,
                       struct sb_error *error) {
    (void)error;
    set_command(plan, instruction->arguments, &plan->command);
    return 0;
}

static int execute_entrypoint(struct sb_plan *plan, const struct sb_instruction *instruction,
                              struct sb_error *error) {
    (void)error;
    set_command(plan, instruction->arguments, &plan->entrypoint);
    return 0;
}

static int execute_workdir(struct sb_plan *plan, const struct sb_instruction *instruction,
                           struct sb_error *error) {
    struct sb_span path;
    if (sb_plan_expand(plan, instruction->arguments, &path, error) < 0)
        return -1;
    struct sb_span clean = sb_plan_path(plan, path);
    plan->folder = sb_span_string(
        sb_arena_printf(&plan->arena, "/%.*s", (int)clean.size, (const char *)clean.data));
    return sb_plan_make_folder(plan, clean, instruction->line, error);
}

static int execute_user(struct sb_plan *plan, const struct sb_instruction *instruction,
                        struct sb_error *error) {
    return sb_plan_expand(plan, instruction->arguments, &plan->user, error);
}

static int execute_stopsignal(struct sb_plan *plan, const struct sb_instruction *instruction,
                              struct sb_error *error) {
    return sb_plan_expand(plan, instruction->arguments, &plan->stop_signal, error);
}

static int execute_maintainer(struct sb_plan *plan, const struct sb_instruction *instruction,
                              struct sb_error *error) {
    (void)error;
    plan->author = instruction->arguments;
    return 0;
}

/* PORT, PORT/PROTOCOL, or FROM-TO of either. */
static int add_ports(struct sb_plan *plan, struct sb_span word, struct sb_error *error) {
    const unsigned char *slash = memchr(word.data, '/', word.size);
    struct sb_span range = slash ? sb_span_of(word.data, (size_t)(slash - word.data)) : word;
    struct sb_span protocol = slash ? sb_span_from(word, range.size + 1) : sb_span_string("tcp");
    const unsigned char *dash = memchr(range.data, '-', range.size);
    size_t size = dash ? (size_t)(dash - range.data) : range.size;
    uint64_t first, last;
    bool known =
        sb_span_is(protocol, "tcp") || sb_span_is(protocol, "udp") || sb_span_is(protocol, "sctp");
    if (!sb_number_decimal(sb_span_of(range.data, size), 65535, &first) ||
        !sb_number_decimal(dash ? sb_span_from(range, size + 1) : range, 65535, &last) ||
        last < first || !known)
        return sb_error_set(error, SB_ERROR_USAGE, "'%.*s' is no port", (int)word.size,
                            (const char *)word.data);
    for (uint64_t port = first; port <= last; port++)
        add_once(&plan->ports,
                 sb_span_string(sb_arena_printf(&plan->arena, "%llu/%.*s", (unsigned long long)port,
                                                (int)protocol.size, (const char *)protocol.data)));
    return 0;
}

static int execute_expose(struct sb_plan *plan, const struct sb_instruction *instruction,
                          struct sb_error *error) {
    sb_words words = {0};
    int status = 0;
    sb_words_split(instruction->arguments, plan->dockerfile.escape, &words);
    for (size_t i = 0; i < words.count && status == 0; i++) {
        struct sb_span word;
        status = sb_plan_expand(plan, words.items[i], &word, error);
        if (status == 0)
            status = add_ports(plan, word, error);
    }
    sb_vec_release(&words);
    return status;
}

static int execute_volume(struct sb_plan *plan, const struct sb_instruction *instruction,
                          struct sb_error *error) {
    sb_words words = {0};
    int status = 0;
    if (sb_words_json(instruction->arguments, &plan->arena, &words) > 0)
        sb_words_split(instruction->arguments, plan->dockerfile.escape, &words);
    for (size_t i = 0; i < words.count && status == 0; i++) {
        struct sb_span word;
        status = sb_plan_expand(plan, words.items[i], &word, error);
        if (status == 0)
            add_once(&plan->volumes, word);
    }
    sb_vec_release(&words);
    return status;
}

static const struct {
    const char *name;
    execute_function *execute;
} instructions[] = {
    {"ADD", execute_add},
    {"COPY", execute_copy},
    {"CMD", execute_cmd},
    {"ENTRYPOINT", execute_entrypoint},
    {"ENV", execute_env},
    {"EXPOSE", execute_expose},
    {"FROM", execute_from},
    {"LABEL", execute_label},
    {"MAINTAINER", execute_maintainer},
    {"STOPSIGNAL", execute_stopsignal},
    {"USER", execute_user},
    {"VOLUME", execute_volume},
    {"WORKDIR", execute_workdir},
};

static int execute(struct sb_plan *plan, const struct sb_instruction *instruction, bool first,
                   struct sb_error *error) {
    bool from = sb_span_is(instruction->name, "FROM");
    if (first != from)
        return sb_error_set(error, SB_ERROR_USAGE,
                            first ? "the first instruction is not FROM"
                                  : "a second FROM is not built natively");
    for (size_t i = 0; i < sizeof instructions / sizeof *instructions; i++)
        if (sb_span_is(instruction->name, instructions[i].name))
            return instructions[i].execute(plan, instruction, error);
    return sb_error_set(error, SB_ERROR_USAGE,
                        "the instruction is not built natively; an engine must build it");
}

/* configuration */

static struct sb_json *strings(struct sb_plan *plan, const sb_words *words) {
    struct sb_json *list = sb_json_new(&plan->arena, SB_JSON_ARRAY);
    for (size_t i = 0; i < words->count; i++)
        sb_json_append(list, sb_json_new_string(&plan->arena, words->items[i]));
    return list;
}

static struct sb_json *set_of(struct sb_plan *plan, const sb_words *words) {
    struct sb_json *set = sb_json_new(&plan->arena, SB_JSON_OBJECT);
    for (size_t i = 0; i < words->count; i++)
        sb_json_add(set, (const char *)sb_arena_copy(&plan->arena, words->items[i]).data,
                    sb_json_new(&plan->arena, SB_JSON_OBJECT));
    return set;
}

static struct sb_json *environment(struct sb_plan *plan) {
    struct sb_json *list = sb_json_new(&plan->arena, SB_JSON_ARRAY);
    for (size_t i = 0; i < plan->environment.count; i++) {
        const struct sb_variable *variable = &plan->environment.items[i];
        sb_json_append(list, sb_json_new_string(
                                 &plan->arena,
                                 sb_span_string(sb_arena_printf(
                                     &plan->arena, "%.*s=%.*s", (int)variable->name.size,
                                     (const char *)variable->name.data, (int)variable->value.size,
                                     (const char *)variable->value.data))));
    }
    return list;
}

static void make_config(struct sb_plan *plan, const char *platform) {
    struct sb_arena *arena = &plan->arena;
    struct sb_json *run = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *labels = sb_json_new(arena, SB_JSON_OBJECT);
    for (size_t i = 0; i < plan->labels.count; i++)
        sb_json_add_string(arena, labels,
                           (const char *)sb_arena_copy(arena, plan->labels.items[i].name).data,
                           plan->labels.items[i].value);
    sb_json_add_string(arena, run, "User", plan->user);
    sb_json_add(run, "ExposedPorts", set_of(plan, &plan->ports));
    sb_json_add(run, "Env", environment(plan));
    sb_json_add(run, "Entrypoint", strings(plan, &plan->entrypoint));
    sb_json_add(run, "Cmd", strings(plan, &plan->command));
    sb_json_add(run, "Volumes", set_of(plan, &plan->volumes));
    sb_json_add_string(arena, run, "WorkingDir", plan->folder);
    sb_json_add(run, "Labels", labels);
    sb_json_add_string(arena, run, "StopSignal", plan->stop_signal);
    plan->config = sb_json_new(arena, SB_JSON_OBJECT);
    const char *slash = strchr(platform, '/');
    struct sb_span architecture = sb_span_string(slash ? slash + 1 : platform), variant = {0};
    const unsigned char *second = memchr(architecture.data, '/', architecture.size);
    if (second) {
        variant = sb_span_from(architecture, (size_t)(second - architecture.data) + 1);
        architecture.size = (size_t)(second - architecture.data);
    }
    sb_json_add_string(arena, plan->config, "architecture", architecture);
    sb_json_add_string(arena, plan->config, "variant", variant);
    sb_json_add_string(arena, plan->config, "os", sb_span_string("linux"));
    sb_json_add_string(arena, plan->config, "author", plan->author);
    sb_json_add(plan->config, "config", run);
}

int sb_plan_make(struct sb_plan *plan, const struct sb_plan_request *request,
                 struct sb_error *error) {
    if (sb_dockerfile_parse(&plan->dockerfile, request->text, request->dockerfile, error) < 0 ||
        sb_context_open(&plan->context, request->directory, request->dockerfile, error) < 0)
        return -1;
    set_variable(&plan->environment, sb_span_string("PATH"), sb_span_string(default_path));
    for (size_t i = 0; i < plan->dockerfile.instructions.count; i++) {
        const struct sb_instruction *instruction = &plan->dockerfile.instructions.items[i];
        if (execute(plan, instruction, i == 0, error) < 0)
            return sb_error_wrap(error, "%s:%u: %.*s", request->dockerfile, instruction->line,
                                 (int)instruction->name.size, (const char *)instruction->name.data);
    }
    make_config(plan, request->platform);
    return 0;
}

void sb_plan_release(struct sb_plan *plan) {
    for (size_t i = 0; i < plan->layers.count; i++)
        sb_vec_release(&plan->layers.items[i].entries);
    sb_vec_release(&plan->layers);
    sb_vec_release(&plan->environment);
    sb_vec_release(&plan->labels);
    sb_vec_release(&plan->command);
    sb_vec_release(&plan->entrypoint);
    sb_vec_release(&plan->ports);
    sb_vec_release(&plan->volumes);
    sb_plan_free_tree(plan);
    sb_dockerfile_release(&plan->dockerfile);
    sb_context_release(&plan->context);
    sb_arena_release(&plan->arena);
}

/* the canonical image */

static void add_item(struct sb_canon_layer *layer, const struct sb_plan_entry *entry) {
    struct sb_canon_item *item = sb_vec_push(&layer->items);
    item->range = entry->content;
    item->header = (struct sb_tar_entry){.name = entry->path,
                                         .link = entry->link,
                                         .type = entry->type,
                                         .mode = entry->mode,
                                         .uid = entry->uid,
                                         .gid = entry->gid,
                                         .size = entry->size};
    if (entry->type == '5')
        item->header.name = sb_span_string(sb_arena_printf(
            &layer->arena, "%.*s/", (int)entry->path.size, (const char *)entry->path.data));
}

const char *sb_plan_default_name(struct sb_plan *plan) {
    for (size_t i = 0; i < plan->layers.count; i++) {
        const struct sb_plan_layer *layer = &plan->layers.items[i];
        struct sb_span clean;
        if (!layer->source.data)
            continue;
        sb_path_clean(layer->source, &plan->arena, &clean);
        struct sb_span name = sb_path_base(layer->target.size ? layer->target : clean);
        return sb_reference_full(&plan->arena, name).data
                   ? (const char *)sb_arena_copy(&plan->arena, name).data
                   : NULL;
    }
    return NULL;
}

int sb_plan_canon(struct sb_plan *plan, const char *name, struct sb_canon *canon,
                  struct sb_error *error) {
    canon->source_config = plan->config;
    for (size_t i = 0; i < plan->layers.count; i++) {
        const struct sb_plan_layer *layer = &plan->layers.items[i];
        if (layer->entries.count == 0)
            continue;
        struct sb_canon_layer *canonical = sb_vec_push(&canon->layers);
        for (size_t k = 0; k < layer->entries.count; k++)
            add_item(canonical, &layer->entries.items[k]);
    }
    if (name) {
        struct sb_span full = sb_reference_full(&canon->arena, sb_span_string(name));
        if (!full.data)
            return sb_error_set(error, SB_ERROR_USAGE, "'%s' is no name of an image", name);
        *sb_vec_push(&canon->names) = full;
    }
    return sb_canon_finish(canon, error);
}
