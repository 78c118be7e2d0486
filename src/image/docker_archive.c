/* manifest.json: what `docker save` writes for `docker load` (Docker Image Specification v1.2). */
#include <stdio.h>

#include "base/limits.h"
#include "image/internal.h"
#include "image/path.h"
#include "image/reference.h"
#include "image/structs.h"

int sb_archive_find(struct sb_archive *archive, const struct sb_json *path, const char *what,
                    struct sb_file **file, struct sb_error *error) {
    if (!path || path->type != SB_JSON_STRING)
        return sb_error_set(error, SB_ERROR_MALFORMED, "manifest.json: %s is no path", what);
    struct sb_span clean;
    enum sb_path_kind kind = sb_path_clean(path->text, &archive->arena, &clean);
    int size = path->text.size < 300 ? (int)path->text.size : 300;
    const char *text = (const char *)path->text.data;
    if (kind == SB_PATH_ESCAPES)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "manifest.json: %s '%.*s' leads out of the archive", what, size, text);
    if (kind == SB_PATH_DOTS || sb_span_starts(path->text, "/"))
        sb_finding_add(archive->findings, SB_FINDING_CONFIG_PATH, "manifest.json",
                       "%s is named by the path '%.*s'", what, size, text);
    *file = sb_store_find(&archive->store, clean);
    if (!*file)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "manifest.json: %s '%.*s' is not in the archive", what, size, text);
    sb_archive_report_twice(archive, clean, SB_FINDING_ENTRY_TWICE,
                            "Docker takes the last, others the first");
    return sb_store_resolve(&archive->store, *file, file, error);
}

/* Names are decoration: one that is none takes nothing from the image. */
static void add_names(struct sb_archive *archive, struct sb_image *image,
                      const struct sb_json *tags) {
    for (const struct sb_json *tag = tags ? tags->first : NULL; tag; tag = tag->next) {
        struct sb_span full = {0};
        if (tag->type == SB_JSON_STRING)
            full = sb_reference_full(&archive->arena, tag->text);
        if (full.data) {
            *sb_vec_push(&image->names) = full;
            continue;
        }
        struct sb_buf name = SB_BUF_INIT;
        sb_buf_append_visible(&name, tag->text);
        sb_finding_add(archive->findings, SB_FINDING_NAME_INVALID, "manifest.json",
                       "'%.200s' is no image name, and engines refuse it or leave it out",
                       sb_buf_string(&name));
        sb_buf_release(&name);
    }
}

/* 64 hex digits, with .json or below blobs/sha256/, are a claim. */
static void check_config_name(struct sb_archive *archive, const struct sb_image *image,
                              const struct sb_json *path) {
    struct sb_span name = sb_path_base(path->text);
    struct sb_digest claimed;
    if (sb_span_ends(name, ".json"))
        name.size -= 5;
    if (sb_span_starts(name, "sha256:"))
        name = sb_span_from(name, 7);
    if (sb_digest_parse_hex(name, &claimed) && !sb_digest_equal(&claimed, &image->config_digest)) {
        char text[SB_DIGEST_TEXT];
        sb_digest_format(&image->config_digest, text);
        sb_finding_add(archive->findings, SB_FINDING_CONFIG_NAME, "manifest.json",
                       "Config is named %.64s, its digest is %s", (const char *)name.data, text);
    }
}

static int read_item(struct sb_archive *archive, struct sb_json *item, struct sb_error *error) {
    if (sb_struct_read(item, sb_struct_docker_item, archive->findings, "manifest.json", error) < 0)
        return -1;
    struct sb_image *image = sb_memory_new(1, sizeof *image);
    *sb_vec_push(&archive->images) = image;
    image->in_docker = true;
    struct sb_json *config = sb_json_member(item, "Config");
    struct sb_json *layers = sb_json_member(item, "Layers");
    struct sb_file *file = NULL;
    if (sb_archive_find(archive, config, "Config", &file, error) < 0 ||
        sb_archive_set_config(archive, image, file, error) < 0)
        return -1;
    check_config_name(archive, image, config);
    add_names(archive, image, sb_json_member(item, "RepoTags"));
    if (layers && layers->type != SB_JSON_ARRAY && layers->type != SB_JSON_NULL)
        return sb_error_set(error, SB_ERROR_MALFORMED, "manifest.json: Layers must be a list");
    if (layers && layers->count > SB_LIMIT_LAYERS)
        return sb_error_set(error, SB_ERROR_LIMIT, "manifest.json: %u layers", layers->count);
    for (struct sb_json *path = layers ? layers->first : NULL; path; path = path->next) {
        struct sb_layer *layer;
        if (sb_archive_find(archive, path, "a layer", &file, error) < 0 ||
            sb_archive_layer(archive, file, NULL, &layer, error) < 0)
            return -1;
        *sb_vec_push(&image->layers) = layer;
    }
    return sb_image_check_layers(image, "manifest.json", archive->findings, error);
}

/* An id is a folder of the legacy form, or since Docker 25 the hex of a layer's digest. */
static bool names_top_layer(struct sb_archive *archive, struct sb_span id) {
    char *folder = sb_arena_printf(&archive->arena, "%.*s/json", SB_SPAN(id));
    char *blob = sb_arena_printf(&archive->arena, "blobs/sha256/%.*s", SB_SPAN(id));
    return sb_store_find(&archive->store, sb_span_string(folder)) ||
           sb_store_find(&archive->store, sb_span_string(blob));
}

/* The repositories file of old engines: {"repo":{"tag":"id"}}. Newer ones ignore it; old readers
 * took the image from it. */
static int read_repositories(struct sb_archive *archive, struct sb_error *error) {
    struct sb_file *file = sb_store_find(&archive->store, sb_span_string("repositories"));
    struct sb_json *repositories;
    if (!file || file->type != '0')
        return 0;
    if (sb_archive_read_json(archive, file, &repositories, NULL, error) < 0)
        return -1;
    if (repositories->type != SB_JSON_OBJECT)
        return 0;
    for (struct sb_json *repo = repositories->first; repo; repo = repo->next)
        for (struct sb_json *tag = repo->type == SB_JSON_OBJECT ? repo->first : NULL; tag;
             tag = tag->next) {
            char *name = sb_arena_printf(&archive->arena, "%.*s:%.*s", SB_SPAN(repo->name),
                                         SB_SPAN(tag->name));
            struct sb_span full = sb_reference_full(&archive->arena, sb_span_string(name));
            bool known = false;
            for (size_t i = 0; i < archive->images.count; i++)
                for (size_t n = 0; n < archive->images.items[i]->names.count; n++)
                    known = known || sb_span_equal(archive->images.items[i]->names.items[n], full);
            if (tag->type == SB_JSON_STRING && !names_top_layer(archive, tag->text))
                sb_finding_add(archive->findings, SB_FINDING_LEGACY_FILE, "repositories",
                               "%.200s has an id that is not in the archive", name);
            if (!known)
                sb_finding_add(archive->findings, SB_FINDING_REPOSITORIES_EXTRA, "repositories",
                               "it names %.200s, which manifest.json does not", name);
        }
    return 0;
}

int sb_docker_archive_read(struct sb_archive *archive, struct sb_error *error) {
    struct sb_file *file = sb_store_find(&archive->store, sb_span_string("manifest.json"));
    if (!file)
        return 0;
    archive->has_docker = true;
    sb_archive_report_twice(archive, file->name, SB_FINDING_MANIFEST_TWICE,
                            "Docker takes the last, Podman the first");
    if (file->type != '0')
        sb_finding_add(archive->findings, SB_FINDING_MANIFEST_LINK, "archive",
                       "manifest.json is a link");
    if (sb_store_resolve(&archive->store, file, &file, error) < 0)
        return -1;
    struct sb_json *manifest;
    if (sb_archive_read_json(archive, file, &manifest, NULL, error) < 0)
        return -1;
    if (manifest->type == SB_JSON_OBJECT &&
        sb_store_find(&archive->store, sb_span_string("version")))
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "no image archive, but a folder as skopeo's dir: has it: "
                            "skopeo copy dir:FOLDER oci-archive:FILE makes one of it");
    if (manifest->type != SB_JSON_ARRAY || manifest->count == 0)
        return sb_error_set(error, SB_ERROR_MALFORMED, "manifest.json: it lists no image");
    if (manifest->count > SB_LIMIT_IMAGES)
        return sb_error_set(error, SB_ERROR_LIMIT, "manifest.json: %u images, at most %u are read",
                            manifest->count, SB_LIMIT_IMAGES);
    archive->docker_manifest = manifest;
    for (struct sb_json *item = manifest->first; item; item = item->next)
        if (read_item(archive, item, error) < 0)
            return -1;
    return read_repositories(archive, error);
}
