/* What podman save, buildah push and skopeo copy write: containers/image's docker-archive
 * (docker/internal/tarfile/writer.go) and oci-archive (oci/archive). */
#include <stdio.h>

#include "profile/internal.h"
#include "json/write.h"

static const char manifest_type[] = SB_MEDIA_OCI "manifest.v1+json";

/* docker-archive */

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

int sb_profile_save_docker(struct sb_profile_writing *writing, struct sb_profile_files *files) {
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

/* oci-archive */

static struct sb_json *oci_layers(struct sb_profile_writing *writing,
                                  struct sb_profile_files *files,
                                  const struct sb_profile_image *image) {
    struct sb_json *layers = sb_json_new(&writing->arena, SB_JSON_ARRAY);
    for (size_t i = 0; i < image->layer_count; i++) {
        const struct sb_profile_layer *layer = &image->layers[i];
        sb_profile_add_compressed(files, layer, 0644);
        sb_json_append(layers,
                       sb_profile_descriptor(&writing->arena, SB_MEDIA_OCI "layer.v1.tar+gzip",
                                             &layer->blob_digest, layer->blob.size));
    }
    return layers;
}

static struct sb_json *oci_descriptor(struct sb_profile_writing *writing,
                                      struct sb_profile_files *files,
                                      const struct sb_profile_image *image) {
    struct sb_arena *arena = &writing->arena;
    struct sb_json *manifest = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_marked text = SB_MARKED_INIT;
    struct sb_digest digest;
    sb_profile_add_blob(files, &image->config, 0644, &digest);
    sb_json_add(manifest, "schemaVersion", sb_json_new_number(arena, 2));
    sb_json_add_string(arena, manifest, "mediaType", sb_span_string(manifest_type));
    sb_json_add(manifest, "config",
                sb_profile_descriptor(arena, SB_MEDIA_OCI "config.v1+json", &image->config_digest,
                                      image->config.bytes.size));
    sb_json_add(manifest, "layers", oci_layers(writing, files, image));
    if (image->facts->annotations) {
        struct sb_json *annotations = sb_json_clone(arena, image->facts->annotations);
        sb_mark_rest(annotations, SB_HEADING_FACT);
        sb_json_add(manifest, "annotations", annotations);
    }
    sb_marked_json(&text, manifest, 0);
    sb_profile_add_blob(files, &text, 0644, &digest);
    struct sb_json *descriptor =
        sb_profile_descriptor(arena, manifest_type, &digest, text.bytes.size);
    sb_marked_release(&text);
    if (image->facts->reference.size) {
        struct sb_json *annotations = sb_json_new(arena, SB_JSON_OBJECT);
        sb_json_add(annotations, "org.opencontainers.image.ref.name",
                    sb_mark_string(arena, image->facts->reference, SB_HEADING_FACT));
        sb_json_add(descriptor, "annotations", annotations);
    }
    return descriptor;
}

int sb_profile_save_oci(struct sb_profile_writing *writing, struct sb_profile_files *files) {
    struct sb_arena *arena = &writing->arena;
    const struct sb_facts *facts = writing->facts;
    struct sb_json *index = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *descriptors = sb_json_new(arena, SB_JSON_ARRAY);
    for (size_t i = 0; i < writing->image_count; i++)
        sb_json_append(descriptors, oci_descriptor(writing, files, &writing->images[i]));
    sb_profile_add(files, "blobs", '5', 0755);
    sb_profile_add(files, "blobs/sha256", '5', 0755);
    sb_json_add(index, "schemaVersion", sb_json_new_number(arena, 2));
    if (facts->profile->typed)
        sb_json_add_string(arena, index, "mediaType", sb_span_string(SB_MEDIA_OCI "index.v1+json"));
    sb_json_add(index, "manifests", descriptors);
    sb_marked_json(&sb_profile_add(files, "index.json", '0', 0644)->content, index, 0);
    sb_marked_text(&sb_profile_add(files, "oci-layout", '0', 0644)->content, SB_HEADING_PROFILE,
                   "layout",
                   facts->profile->spaced ? "{\"imageLayoutVersion\": \"1.0.0\"}"
                                          : "{\"imageLayoutVersion\":\"1.0.0\"}");
    sb_profile_sort(files);
    if (facts->times.count && facts->times.count != files->list.count)
        return sb_error_set(writing->error, SB_ERROR_USAGE,
                            "the facts have %zu times for the %zu files of the archive",
                            facts->times.count, files->list.count);
    for (size_t i = 0; i < files->list.count; i++) {
        files->list.items[i]->mtime = facts->times.count ? facts->times.items[i] : facts->saved;
        files->list.items[i]->time_heading = SB_HEADING_FACT;
    }
    return 0;
}
