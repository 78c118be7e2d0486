/* Image configurations: members in the order that each builder's Go structs have. */
#include "engines/internal.h"

static struct sb_json *text(struct sb_arena *arena, const char *string) {
    return sb_json_new_string(arena, sb_span_string(string));
}

static struct sb_json *fact(struct sb_arena *arena, struct sb_span value) {
    return sb_mark_string(arena, value, SB_HEADING_FACT);
}

struct sb_json *sb_profile_take(struct sb_arena *arena, const struct sb_json *object,
                                const char *name) {
    const struct sb_json *member = sb_json_member(object, name);
    if (!member)
        return NULL;
    struct sb_json *copy = sb_arena_new(arena, sizeof *copy);
    *copy = *member;
    return copy;
}

/* Adds the member of run, where there is one. */
static void add_taken(struct sb_arena *arena, struct sb_json *object, const struct sb_json *run,
                      const char *name) {
    struct sb_json *taken = sb_profile_take(arena, run, name);
    if (taken)
        sb_json_add(object, name, taken);
}

/* The members of Docker's container.Config in its order. */
enum zero { ZERO_OMITTED, ZERO_TEXT, ZERO_FALSE, ZERO_LIST, ZERO_MAP };
static const struct {
    const char *name;
    enum zero zero;
} docker_members[] = {
    {"Hostname", ZERO_TEXT},
    {"Domainname", ZERO_TEXT},
    {"User", ZERO_TEXT},
    {"AttachStdin", ZERO_FALSE},
    {"AttachStdout", ZERO_FALSE},
    {"AttachStderr", ZERO_FALSE},
    {"ExposedPorts", ZERO_OMITTED},
    {"Tty", ZERO_FALSE},
    {"OpenStdin", ZERO_FALSE},
    {"StdinOnce", ZERO_FALSE},
    {"Env", ZERO_LIST},
    {"Cmd", ZERO_LIST},
    {"Healthcheck", ZERO_OMITTED},
    {"ArgsEscaped", ZERO_OMITTED},
    {"Image", ZERO_TEXT},
    {"Volumes", ZERO_MAP},
    {"WorkingDir", ZERO_TEXT},
    {"Entrypoint", ZERO_LIST},
    {"NetworkDisabled", ZERO_OMITTED},
    {"MacAddress", ZERO_OMITTED},
    {"OnBuild", ZERO_LIST},
    {"Labels", ZERO_MAP},
    {"StopSignal", ZERO_OMITTED},
    {"StopTimeout", ZERO_OMITTED},
    {"Shell", ZERO_OMITTED},
};

static struct sb_json *zero_of(struct sb_arena *arena, enum zero zero, enum sb_zeros zeros) {
    switch (zero) {
    case ZERO_TEXT:
        return text(arena, "");
    case ZERO_FALSE:
        return sb_json_new(arena, SB_JSON_FALSE);
    case ZERO_LIST:
        return sb_json_new(arena, zeros == SB_ZEROS_EMPTY ? SB_JSON_ARRAY : SB_JSON_NULL);
    case ZERO_MAP:
        return sb_json_new(arena, zeros == SB_ZEROS_EMPTY ? SB_JSON_OBJECT : SB_JSON_NULL);
    case ZERO_OMITTED:
        break;
    }
    return NULL;
}

struct sb_json *sb_profile_docker_config(struct sb_arena *arena, const struct sb_json *run,
                                         struct sb_span hostname, struct sb_span parent,
                                         enum sb_heading parent_heading, struct sb_json *command,
                                         enum sb_zeros zeros) {
    struct sb_json *config = sb_json_new(arena, SB_JSON_OBJECT);
    for (size_t i = 0; i < sizeof docker_members / sizeof *docker_members; i++) {
        const char *name = docker_members[i].name;
        struct sb_json *value = sb_profile_take(arena, run, name);
        if (strcmp(name, "Hostname") == 0 && hostname.size)
            value = fact(arena, hostname);
        if (strcmp(name, "Image") == 0 && parent.size)
            value = sb_mark_string(arena, parent, parent_heading);
        if (strcmp(name, "Cmd") == 0 && command)
            value = command;
        if (!value && !(zeros == SB_ZEROS_SHORT && strcmp(name, "OnBuild") == 0))
            value = zero_of(arena, docker_members[i].zero, zeros);
        if (value)
            sb_json_add(config, name, value);
    }
    return config;
}

static void add_said(struct sb_arena *arena, struct sb_json *string,
                     const struct sb_build_step *step) {
    sb_mark_part(arena, string, step->before, SB_HEADING_SOURCE);
    if (step->hash.size > 5 && sb_span_starts(step->hash, "file:")) {
        sb_mark_part(arena, string, sb_span_of(step->hash.data, 5), SB_HEADING_PROFILE);
        sb_mark_part(arena, string, sb_span_from(step->hash, 5), SB_HEADING_DERIVED);
    } else {
        sb_mark_part(arena, string, step->hash, SB_HEADING_DERIVED);
    }
    sb_mark_part(arena, string, step->after, SB_HEADING_SOURCE);
}

/* What the container of the classic builder would run: the shell, and a comment. */
static struct sb_json *comment_command(struct sb_arena *arena, const struct sb_build_step *step) {
    struct sb_json *list = sb_json_new(arena, SB_JSON_ARRAY), *said = sb_mark_parts(arena);
    if (step->shell)
        for (const struct sb_json *word = step->shell->first; word; word = word->next)
            sb_json_append(list, sb_mark_string(arena, word->text, SB_HEADING_SOURCE));
    else {
        sb_json_append(list, text(arena, "/bin/sh"));
        sb_json_append(list, text(arena, "-c"));
    }
    if (step->one_word)
        sb_mark_part(arena, said, sb_span_string("#(nop) "), SB_HEADING_PROFILE);
    else
        sb_json_append(list, text(arena, "#(nop) "));
    add_said(arena, said, step);
    sb_json_append(list, said);
    return list;
}

static struct sb_json *created_by(struct sb_arena *arena, const struct sb_profile_image *image,
                                  const struct sb_build_step *step) {
    struct sb_json *string = sb_mark_parts(arena);
    enum sb_builder_kind kind = image->facts->builder->kind;
    if (kind != SB_BUILDER_BUILDKIT) {
        if (step->shell && kind == SB_BUILDER_CLASSIC)
            for (const struct sb_json *word = step->shell->first; word; word = word->next) {
                sb_mark_part(arena, string, word->text, SB_HEADING_SOURCE);
                sb_mark_part(arena, string, sb_span_string(" "), SB_HEADING_PROFILE);
            }
        else
            sb_mark_part(arena, string, sb_span_string("/bin/sh -c "), SB_HEADING_PROFILE);
        bool two = kind == SB_BUILDER_CLASSIC && !step->one_word;
        sb_mark_part(arena, string, sb_span_string(two ? "#(nop)  " : "#(nop) "),
                     SB_HEADING_PROFILE);
    }
    add_said(arena, string, step);
    return string;
}

static struct sb_json *history_entry(struct sb_arena *arena, const struct sb_profile_image *image,
                                     size_t index) {
    const struct sb_build_step *step = &image->source->steps.items[index];
    const struct sb_fact_step *facts = &image->facts->steps.items[index];
    const struct sb_builder *builder = image->facts->builder;
    bool author = step->author.size && builder->kind != SB_BUILDER_BUILDKIT;
    struct sb_json *entry = sb_json_new(arena, SB_JSON_OBJECT);
    sb_json_add(entry, "created", fact(arena, facts->created));
    if (author && builder->author_first)
        sb_json_add(entry, "author", sb_mark_string(arena, step->author, SB_HEADING_SOURCE));
    sb_json_add(entry, "created_by", created_by(arena, image, step));
    if (author && !builder->author_first)
        sb_json_add(entry, "author", sb_mark_string(arena, step->author, SB_HEADING_SOURCE));
    if (builder->kind == SB_BUILDER_BUILDKIT)
        sb_json_add(entry, "comment", text(arena, "buildkit.dockerfile.v0"));
    if (facts->parent.size) {
        struct sb_json *comment = sb_mark_parts(arena);
        sb_mark_part(arena, comment, sb_span_string("FROM "), SB_HEADING_PROFILE);
        sb_mark_part(arena, comment, facts->parent, SB_HEADING_FACT);
        sb_json_add(entry, "comment", comment);
    }
    if (!facts->layer)
        sb_json_add(entry, "empty_layer", sb_json_new(arena, SB_JSON_TRUE));
    return entry;
}

static struct sb_json *history(struct sb_arena *arena, const struct sb_profile_image *image,
                               size_t step) {
    struct sb_json *list = sb_json_new(arena, SB_JSON_ARRAY);
    for (size_t i = 0; i <= step; i++)
        sb_json_append(list, history_entry(arena, image, i));
    return list;
}

static struct sb_json *rootfs(struct sb_arena *arena, const struct sb_profile_image *image,
                              size_t step) {
    struct sb_json *object = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *list = sb_json_new(arena, SB_JSON_ARRAY);
    sb_json_add(object, "type", text(arena, "layers"));
    for (size_t i = 0; i < image->layer_count && image->layers[i].step <= step; i++)
        sb_json_append(list, sb_profile_digest(arena, &image->layers[i].diff_id));
    /* Go's nil slice: no layer was ever added. */
    if (!list->first)
        list->type = SB_JSON_NULL;
    sb_json_add(object, "diff_ids", list);
    return object;
}

/* OCI's ImageConfig, Docker's own members behind it. */
static struct sb_json *oci_run(struct sb_arena *arena, const struct sb_builder *builder,
                               const struct sb_json *run) {
    static const char *const members[] = {"User",    "ExposedPorts", "Env",    "Entrypoint", "Cmd",
                                          "Volumes", "WorkingDir",   "Labels", "StopSignal"};
    struct sb_json *config = sb_json_new(arena, SB_JSON_OBJECT);
    bool old = builder->health_first;
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        add_taken(arena, config, run, members[i]);
    add_taken(arena, config, run, old ? "Healthcheck" : "ArgsEscaped");
    add_taken(arena, config, run, old ? "ArgsEscaped" : "Healthcheck");
    add_taken(arena, config, run, "OnBuild");
    if (old && !sb_json_member(run, "OnBuild"))
        sb_json_add(config, "OnBuild", sb_json_new(arena, SB_JSON_NULL));
    add_taken(arena, config, run, "StopTimeout");
    add_taken(arena, config, run, "Shell");
    return config;
}

struct sb_json *sb_profile_container_config(struct sb_arena *arena,
                                            const struct sb_profile_image *image, size_t step,
                                            struct sb_span parent) {
    const struct sb_fact_image *facts = image->facts;
    const struct sb_build_step *said = &image->source->steps.items[step];
    bool last = step + 1 == image->source->steps.count;
    bool buildah = facts->builder->style == SB_CONFIG_BUILDAH_DOCKER;
    struct sb_span hostname = facts->hostname;
    if (!buildah && last && facts->container.size >= 12)
        hostname = sb_span_of(facts->container.data, 12);
    enum sb_heading heading = facts->parent.size ? SB_HEADING_FACT : SB_HEADING_DERIVED;
    struct sb_json *config = sb_profile_docker_config(
        arena, said->run, hostname, buildah ? sb_span_of(NULL, 0) : parent, heading,
        buildah ? NULL : comment_command(arena, said), facts->builder->zeros);
    struct sb_json *run_command = sb_json_member(config, "Cmd");
    if (facts->builder->null_command && !run_command->first)
        run_command->type = SB_JSON_NULL;
    /* Creating a container makes a map of its labels. */
    struct sb_json *labels = sb_json_member(config, "Labels");
    if (last && facts->container.size && labels->type == SB_JSON_NULL)
        labels->type = SB_JSON_OBJECT;
    return config;
}

static struct sb_json *docker_run(struct sb_arena *arena, const struct sb_profile_image *image,
                                  size_t step, struct sb_span parent) {
    enum sb_heading heading = image->facts->parent.size ? SB_HEADING_FACT : SB_HEADING_DERIVED;
    return sb_profile_docker_config(arena, image->source->steps.items[step].run,
                                    sb_span_of(NULL, 0), parent, heading, NULL,
                                    image->facts->builder->zeros);
}

static void add_author(struct sb_arena *arena, struct sb_json *config,
                       const struct sb_build_step *step) {
    if (step->author.size)
        sb_json_add(config, "author", sb_mark_string(arena, step->author, SB_HEADING_SOURCE));
}

static void add_platform(struct sb_arena *arena, struct sb_json *config,
                         const struct sb_fact_image *facts) {
    sb_json_add(config, "architecture", fact(arena, facts->architecture));
    if (facts->variant.size)
        sb_json_add(config, "variant", fact(arena, facts->variant));
    sb_json_add(config, "os", text(arena, "linux"));
}

/* Moby and BuildKit merge their structs by a map, so members are sorted. */
static struct sb_json *sorted_config(struct sb_arena *arena, const struct sb_profile_image *image,
                                     size_t step, struct sb_span parent) {
    const struct sb_fact_image *facts = image->facts;
    struct sb_json *config = sb_json_new(arena, SB_JSON_OBJECT);
    bool docker = facts->builder->style == SB_CONFIG_DOCKER;
    bool last = step + 1 == image->source->steps.count;
    sb_json_add(config, "architecture", fact(arena, facts->architecture));
    add_author(arena, config, &image->source->steps.items[step]);
    sb_json_add(config, "config",
                docker ? docker_run(arena, image, step, parent)
                       : oci_run(arena, facts->builder, image->source->steps.items[step].run));
    if (docker && last && facts->container.size)
        sb_json_add(config, "container", fact(arena, facts->container));
    if (docker)
        sb_json_add(config, "container_config",
                    sb_profile_container_config(arena, image, step, parent));
    sb_json_add(config, "created",
                fact(arena, last ? image->created : facts->steps.items[step].created));
    if (docker && facts->docker_version.size)
        sb_json_add(config, "docker_version", fact(arena, facts->docker_version));
    sb_json_add(config, "history", history(arena, image, step));
    if (!facts->builder->no_os)
        sb_json_add(config, "os", text(arena, "linux"));
    sb_json_add(config, "rootfs", rootfs(arena, image, step));
    if (facts->variant.size)
        sb_json_add(config, "variant", fact(arena, facts->variant));
    return config;
}

struct sb_json *sb_profile_config(struct sb_arena *arena, const struct sb_profile_image *image,
                                  size_t step, struct sb_span parent) {
    const struct sb_fact_image *facts = image->facts;
    const struct sb_build_step *said = &image->source->steps.items[step];
    enum sb_config_style style = facts->builder->style;
    if (style == SB_CONFIG_DOCKER || style == SB_CONFIG_BUILDKIT)
        return sorted_config(arena, image, step, parent);
    struct sb_json *config = sb_json_new(arena, SB_JSON_OBJECT);
    sb_json_add(config, "created", fact(arena, image->created));
    if (style == SB_CONFIG_BUILDAH_DOCKER) {
        sb_json_add(config, "container", fact(arena, facts->container));
        sb_json_add(config, "container_config",
                    sb_profile_container_config(arena, image, step, parent));
        add_author(arena, config, said);
        sb_json_add(config, "config", sb_profile_container_config(arena, image, step, parent));
        add_platform(arena, config, facts);
        if (facts->parent.size)
            sb_json_add(config, "parent", fact(arena, facts->parent));
        sb_json_add(config, "rootfs", rootfs(arena, image, step));
        sb_json_add(config, "history", history(arena, image, step));
        return config;
    }
    add_author(arena, config, said);
    add_platform(arena, config, facts);
    if (style == SB_CONFIG_OCI)
        sb_json_add(config, "config", oci_run(arena, facts->builder, said->run));
    sb_json_add(config, "rootfs", rootfs(arena, image, step));
    sb_json_add(config, "history", history(arena, image, step));
    if (style == SB_CONFIG_CONTAINERD)
        sb_json_add(config, "config", oci_run(arena, facts->builder, said->run));
    return config;
}
