/* What podman save, buildah push and skopeo copy write as docker-archive: containers/image's
 * docker/internal/tarfile/writer.go. */
#include <stdio.h>

#include "engines/internal.h"
#include "json/write.h"

/* One legacy JSON a layer: the raw members of the configuration, the missing ones null. */
static struct sb_json *legacy_body(struct sb_arena *arena, const struct sb_json *config) {
    static const char *const members[] = {
        "architecture", "config",         "container", "container_config",
        "created",      "docker_version", "os"};
    struct sb_json *body = sb_json_new(arena, SB_JSON_OBJECT);
    for (size_t i = 0; config && i < sizeof members / sizeof *members; i++) {
        struct sb_json *member = sb_profile_take(arena, config, members[i]);
        sb_json_add(body, members[i], member ? member : sb_json_new(arena, SB_JSON_NULL));
    }
    return body;
}

static const char *legacy_layer(struct sb_profile_writing *writing, struct sb_json *body,
                                const struct sb_profile_layer *layer, const char *parent,
                                struct sb_marked *json) {
    struct sb_arena *arena = &writing->arena;
    struct sb_marked text = SB_MARKED_INIT;
    if (parent)
        sb_json_add(body, "parent",
                    sb_mark_string(arena, sb_span_string(parent), SB_HEADING_DERIVED));
    struct sb_json *hashed = sb_json_copy(arena, body);
    sb_json_add(hashed, "layer_id", sb_profile_digest(arena, &layer->chain_id));
    sb_marked_json_sorted(&text, arena, hashed);
    struct sb_digest digest = sb_profile_digest_of(&text);
    const char *id = sb_profile_hex(arena, &digest);
    sb_json_add(body, "id", sb_mark_string(arena, sb_span_string(id), SB_HEADING_DERIVED));
    sb_marked_json_sorted(json, arena, body);
    sb_marked_release(&text);
    return id;
}

struct saving {
    struct sb_profile_writing *writing;
    struct sb_profile_files *files;
    struct sb_json *manifest, *repositories;
};

static struct sb_json *dotted(struct sb_arena *arena, const struct sb_digest *digest,
                              const char *suffix) {
    struct sb_json *path = sb_mark_parts(arena);
    sb_mark_part(arena, path, sb_span_string(sb_profile_hex(arena, digest)), SB_HEADING_DERIVED);
    sb_mark_part(arena, path, sb_span_string(suffix), SB_HEADING_PROFILE);
    return path;
}

/* A file of that name with content, unless it was sent before. */
static struct sb_profile_file *send(struct saving *saving, const char *name, unsigned char type,
                                    uint32_t mode) {
    return sb_profile_find(saving->files, name) ? NULL
                                                : sb_profile_add(saving->files, name, type, mode);
}

static int save_legacy(struct saving *saving, const struct sb_profile_image *image,
                       const char **top) {
    struct sb_arena *arena = &saving->writing->arena;
    const char *parent = NULL;
    struct sb_json *config = NULL;
    if (sb_json_parse(sb_buf_span(&image->config.bytes), arena, NULL, "the configuration", &config,
                      saving->writing->error) < 0)
        return -1;
    for (size_t i = 0; i < image->layer_count; i++) {
        const struct sb_profile_layer *layer = &image->layers[i];
        struct sb_marked json = SB_MARKED_INIT;
        bool last = i + 1 == image->layer_count;
        parent = legacy_layer(saving->writing, legacy_body(arena, last ? config : NULL), layer,
                              parent, &json);
        struct sb_profile_file *file =
            send(saving, sb_arena_printf(arena, "%s/layer.tar", parent), '2', 0);
        if (file) {
            file->link = sb_span_string(
                sb_arena_printf(arena, "../%s.tar", sb_profile_hex(arena, &layer->diff_id)));
            file = sb_profile_add(saving->files, sb_arena_printf(arena, "%s/VERSION", parent), '0',
                                  0444);
            sb_marked_text(&file->content, SB_HEADING_PROFILE, "version", "1.0");
            file =
                sb_profile_add(saving->files, sb_arena_printf(arena, "%s/json", parent), '0', 0444);
            sb_marked_join(&file->content, &json, "");
        }
        sb_marked_release(&json);
    }
    *top = parent;
    return 0;
}

static int save_image(struct saving *saving, const struct sb_profile_image *image) {
    struct sb_arena *arena = &saving->writing->arena;
    struct sb_json *item = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *layers = sb_json_new(arena, SB_JSON_ARRAY);
    const char *top = NULL;
    for (size_t i = 0; i < image->layer_count; i++) {
        const struct sb_profile_layer *layer = &image->layers[i];
        struct sb_json *name = dotted(arena, &layer->diff_id, ".tar");
        struct sb_profile_file *file =
            send(saving, (const char *)sb_mark_text(arena, name).data, '0', 0444);
        if (file) {
            file->layer = true;
            sb_marked_join(&file->content, &layer->tar, "");
        }
        sb_json_append(layers, name);
    }
    struct sb_json *config = dotted(arena, &image->config_digest, ".json");
    struct sb_profile_file *file =
        send(saving, (const char *)sb_mark_text(arena, config).data, '0', 0444);
    if (file)
        sb_marked_join(&file->content, &image->config, "");
    if (save_legacy(saving, image, &top) < 0)
        return -1;
    sb_json_add(item, "Config", config);
    sb_json_add(item, "RepoTags", sb_profile_tags(arena, image->facts));
    sb_json_add(item, "Layers", layers);
    sb_json_append(saving->manifest, item);
    if (top)
        sb_profile_add_repositories(arena, saving->repositories, image->facts, sb_span_string(top));
    return 0;
}

static int write_archive(struct sb_profile_writing *writing, struct sb_profile_files *files) {
    struct sb_arena *arena = &writing->arena;
    struct saving saving = {writing, files, sb_json_new(arena, SB_JSON_ARRAY),
                            sb_json_new(arena, SB_JSON_OBJECT)};
    for (size_t i = 0; i < writing->image_count; i++)
        if (save_image(&saving, &writing->images[i]) < 0)
            return -1;
    sb_marked_json(&sb_profile_add(files, "manifest.json", '0', 0444)->content, saving.manifest, 0);
    sb_profile_write_repositories(&sb_profile_add(files, "repositories", '0', 0444)->content,
                                  saving.repositories, false);
    return 0;
}

static bool gives_name(const char *name, unsigned char type) {
    const char *rest = name + sb_saver_hex_digits(name);
    if (rest - name != 64)
        return false;
    if (strcmp(rest, "/layer.tar") == 0)
        return type == '2';
    return type == '0' && (strcmp(rest, ".tar") == 0 || strcmp(rest, ".json") == 0 ||
                           strcmp(rest, "/VERSION") == 0 || strcmp(rest, "/json") == 0);
}

static const struct sb_profile profiles[] = {
    {.name = "containers-docker-archive", .saver = &sb_saver_docker_archive},
    {.name = NULL},
};

static const struct sb_profile *recognise(const struct sb_outer *outer,
                                          const struct sb_archive *archive) {
    for (size_t i = 0; i < outer->list.count; i++)
        if (outer->list.items[i].type == '5')
            return NULL;
    return archive->has_docker && !archive->has_oci ? profiles : NULL;
}

static void tell(struct sb_fingerprint *fingerprint, const struct sb_outer *outer) {
    (void)outer;
    sb_fingerprint_say(fingerprint,
                       "%s: podman save, buildah push or skopeo copy as docker-archive",
                       "layers as DIFF_ID.tar, links of mode 0");
}

static const struct sb_habit habits[] = {
    {SB_PASS_ENVELOPE,
     "podman, buildah and skopeo add links, VERSION and json a layer, and repositories, for old "
     "readers",
     0},
    {SB_PASSES, NULL, 0},
};

const struct sb_saver sb_saver_docker_archive = {
    .engine = "containers/image",
    .profiles = profiles,
    .documents = (const char *const[]){"manifest.json", "repositories", NULL},
    .members = (const char *const[]){"Config", "RepoTags", "Layers", NULL},
    .file_mode = 0444,
    .json_mode = 0444,
    .folder_mode = 0755,
    .timeless = true,
    .unordered = true,
    .lists_no_names = true,
    .gives_name = gives_name,
    .recognise = recognise,
    .tell = tell,
    .write = write_archive,
    .habits = habits,
};
