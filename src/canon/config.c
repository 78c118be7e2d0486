#include "canon/config.h"

#include "image/config.h"
#include "image/structs.h"

static const char epoch[] = "1970-01-01T00:00:00Z";

static void count(const struct sb_canon_config *how, enum sb_pass pass) {
    if (how->counts)
        how->counts[pass]++;
}

static bool is_on(const struct sb_canon_config *how, enum sb_pass pass) {
    return sb_pass_is_on(how->options, pass);
}

/* Zero values of the Go structs behind the known members. */
static bool is_zero(const struct sb_json *value) {
    switch (value->type) {
    case SB_JSON_NULL:
    case SB_JSON_FALSE:
        return true;
    case SB_JSON_STRING:
        return value->text.size == 0;
    case SB_JSON_ARRAY:
    case SB_JSON_OBJECT:
        return value->count == 0;
    case SB_JSON_NUMBER:
        return sb_span_is(value->text, "0");
    case SB_JSON_TRUE:
        break;
    }
    return false;
}

/* Members that say how the image was made. */
static bool is_build_record(struct sb_span name) {
    static const char *const members[] = {"container", "container_config", "docker_version",
                                          "id",        "parent",           "Size"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (sb_span_is(name, members[i]))
            return true;
    return sb_span_starts(name, "moby.buildkit.");
}

static struct sb_json *clean_health(struct sb_arena *arena, const struct sb_json *health) {
    struct sb_json *clean = sb_json_new(arena, SB_JSON_OBJECT);
    for (const struct sb_json *member = health->first; member; member = member->next) {
        if (sb_member_find(sb_struct_health, member->name) && is_zero(member))
            continue;
        struct sb_json *same = sb_json_new(arena, member->type);
        *same = *member;
        sb_json_append(clean, same);
    }
    return clean;
}

/* {"80/tcp":null} is {"80/tcp":{}}. */
static struct sb_json *clean_set(struct sb_arena *arena, const struct sb_json *set) {
    struct sb_json *clean = sb_json_copy(arena, set);
    for (struct sb_json *member = clean->first; member; member = member->next)
        if (member->type == SB_JSON_NULL)
            member->type = SB_JSON_OBJECT;
    return clean;
}

static struct sb_json *clean_labels(const struct sb_canon_config *how, struct sb_arena *arena,
                                    const struct sb_json *labels) {
    struct sb_json *clean = sb_json_new(arena, SB_JSON_OBJECT);
    for (const struct sb_json *member = labels->first; member; member = member->next) {
        if (sb_span_is(member->name, "io.buildah.version") && is_on(how, SB_PASS_BUILDER_LABELS)) {
            count(how, SB_PASS_BUILDER_LABELS);
            continue;
        }
        struct sb_json *same = sb_json_new(arena, member->type);
        *same = *member;
        /* Go reads null into a map of strings as "". */
        if (same->type == SB_JSON_NULL)
            same->type = SB_JSON_STRING;
        sb_json_append(clean, same);
    }
    return clean;
}

static bool drop_run_member(const struct sb_canon_config *how, const struct sb_json *member,
                            bool windows) {
    struct sb_span name = member->name;
    /* No Dockerfile says a Hostname, and no engine gives it to a container: it is a container's id,
     * or the builder's own name. */
    if ((sb_span_is(name, "Image") || sb_span_is(name, "Hostname")) &&
        is_on(how, SB_PASS_BUILD_RECORD)) {
        if (!is_zero(member))
            count(how, SB_PASS_BUILD_RECORD);
        return true;
    }
    if (sb_span_is(name, "ArgsEscaped") && !windows && is_on(how, SB_PASS_ARGS_ESCAPED)) {
        if (!is_zero(member))
            count(how, SB_PASS_ARGS_ESCAPED);
        return true;
    }
    return sb_span_is(name, "WorkingDir") && sb_json_is_string(member, "/");
}

static struct sb_json *clean_run(const struct sb_canon_config *how, struct sb_arena *arena,
                                 const struct sb_json *run, bool windows) {
    struct sb_json *clean = sb_json_new(arena, SB_JSON_OBJECT);
    for (const struct sb_json *member = run ? run->first : NULL; member; member = member->next) {
        const struct sb_member *known = sb_member_find(sb_struct_run, member->name);
        if (drop_run_member(how, member, windows))
            continue;
        struct sb_json *value = sb_json_copy(arena, member);
        if (known && value->type == SB_JSON_OBJECT) {
            if (known->type == SB_MEMBER_SET)
                value = clean_set(arena, member);
            else if (known->type == SB_MEMBER_MAP)
                value = clean_labels(how, arena, member);
            else if (known->members)
                value = clean_health(arena, member);
            value->name = member->name;
        }
        /* A StopTimeout of 0 means: kill at once. */
        bool zero =
            sb_span_is(member->name, "StopTimeout") ? value->type == SB_JSON_NULL : is_zero(value);
        if (known && zero)
            continue;
        sb_json_append(clean, value);
    }
    return clean;
}

/* One entry a layer that is left, which says only that; or with the pass off, as they were. */
static struct sb_json *make_history(const struct sb_canon_config *how, struct sb_arena *arena,
                                    const struct sb_json *config, size_t layers, const bool *kept) {
    const struct sb_json *old = sb_json_member(config, "history");
    struct sb_json *history = sb_json_new(arena, SB_JSON_ARRAY);
    if (!is_on(how, SB_PASS_HISTORY)) {
        size_t layer = 0;
        for (const struct sb_json *item = old ? old->first : NULL; item; item = item->next) {
            bool has_layer = !sb_config_is_empty_layer(item);
            if (!has_layer || layer >= how->kept_count || kept[layer])
                sb_json_append(history, sb_json_copy(arena, item));
            layer += has_layer;
        }
        return history;
    }
    for (size_t i = 0; i < layers; i++) {
        struct sb_json *item = sb_json_new(arena, SB_JSON_OBJECT);
        sb_json_add_string(arena, item, "created", sb_span_string(epoch));
        sb_json_append(history, item);
    }
    if (how->counts && old)
        for (const struct sb_json *item = old->first; item; item = item->next)
            if (item->count != 1 || !sb_json_is_string(sb_json_member(item, "created"), epoch))
                count(how, SB_PASS_HISTORY);
    return history;
}

/* Members that nobody knows stay here, too: with no layers it is these alone, or NULL. */
static struct sb_json *make_rootfs(struct sb_arena *arena, const struct sb_json *config,
                                   const struct sb_digest *diff_ids, size_t layers) {
    struct sb_json *rootfs = sb_json_new(arena, SB_JSON_OBJECT);
    const struct sb_json *old = sb_json_member(config, "rootfs");
    for (const struct sb_json *member = old ? old->first : NULL; member; member = member->next)
        if (!sb_span_is(member->name, "diff_ids") && !sb_span_is(member->name, "type"))
            sb_json_append(rootfs, sb_json_copy(arena, member));
    if (!diff_ids)
        return rootfs->first ? rootfs : NULL;
    struct sb_json *list = sb_json_new(arena, SB_JSON_ARRAY);
    for (size_t i = 0; i < layers; i++) {
        char text[SB_DIGEST_TEXT];
        sb_digest_format(&diff_ids[i], text);
        sb_json_append(list, sb_json_new_string(arena, sb_arena_copy(arena, sb_span_string(text))));
    }
    sb_json_add(rootfs, "diff_ids", list);
    sb_json_add_string(arena, rootfs, "type", sb_span_string("layers"));
    return rootfs;
}

/* Members of the top level that are made here, not copied. */
static bool is_made(struct sb_span name) {
    static const char *const members[] = {"config", "created", "history", "os", "rootfs"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (sb_span_is(name, members[i]))
            return true;
    return false;
}

static void add_created(const struct sb_canon_config *how, struct sb_arena *arena,
                        const struct sb_json *config, struct sb_json *clean) {
    struct sb_span created = sb_json_string(config, "created");
    if (!is_on(how, SB_PASS_IMAGE_TIMESTAMPS)) {
        if (created.size)
            sb_json_add_string(arena, clean, "created", created);
        return;
    }
    if (!sb_span_is(created, epoch))
        count(how, SB_PASS_IMAGE_TIMESTAMPS);
    if (!how->bare)
        sb_json_add_string(arena, clean, "created", sb_span_string(epoch));
}

struct sb_json *sb_canon_config_make(const struct sb_canon_config *how, struct sb_arena *arena,
                                     const struct sb_json *config, const struct sb_digest *diff_ids,
                                     size_t layers, const bool *kept) {
    struct sb_json *clean = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_span os = sb_json_string(config, "os");
    if (os.size == 0)
        os = sb_span_string("linux");
    for (const struct sb_json *member = config->first; member; member = member->next) {
        if (is_made(member->name))
            continue;
        if (is_build_record(member->name) && is_on(how, SB_PASS_BUILD_RECORD)) {
            count(how, SB_PASS_BUILD_RECORD);
            continue;
        }
        if (sb_member_find(sb_struct_config, member->name) && is_zero(member))
            continue;
        sb_json_append(clean, sb_json_copy(arena, member));
    }
    sb_json_add_string(arena, clean, "os", os);
    sb_json_add(clean, "config",
                clean_run(how, arena, sb_json_member(config, "config"), sb_span_is(os, "windows")));
    add_created(how, arena, config, clean);
    if (diff_ids ? !how->bare : !is_on(how, SB_PASS_HISTORY))
        sb_json_add(clean, "history", make_history(how, arena, config, layers, kept));
    struct sb_json *rootfs = make_rootfs(arena, config, diff_ids, layers);
    if (rootfs)
        sb_json_add(clean, "rootfs", rootfs);
    return clean;
}
