#include "image/aside.h"

#include "image/internal.h"
#include "image/reference.h"

static bool all_layers_are(const struct sb_json *manifest, bool (*is)(const struct sb_json *)) {
    const struct sb_json *layers = sb_json_member(manifest, "layers");
    for (const struct sb_json *layer = layers ? layers->first : NULL; layer; layer = layer->next)
        if (!is(layer))
            return false;
    return true;
}

static bool is_in_toto(const struct sb_json *layer) {
    return sb_json_is_string(sb_json_member(layer, "mediaType"), "application/vnd.in-toto+json");
}

static bool is_no_layer(const struct sb_json *layer) {
    return sb_descriptor_kind(layer) != SB_BLOB_LAYER;
}

bool sb_aside_is_attestation(const struct sb_descriptor *descriptor, const struct sb_json *manifest,
                             unsigned depth) {
    const struct sb_json *platform = sb_json_member(descriptor->json, "platform");
    return depth > 0 && descriptor->kind == SB_BLOB_MANIFEST &&
           sb_json_is_string(sb_json_member(platform, "architecture"), "unknown") &&
           sb_json_is_string(sb_json_member(platform, "os"), "unknown") &&
           all_layers_are(manifest, is_in_toto);
}

bool sb_aside_is_foreign(const struct sb_json *manifest) {
    const struct sb_json *layers = sb_json_member(manifest, "layers");
    return sb_descriptor_kind(sb_json_member(manifest, "config")) != SB_BLOB_CONFIG ||
           (layers && layers->first && all_layers_are(manifest, is_no_layer));
}

/* The blobs of what is set aside are kept by normalize and otherwise not looked into. */
static int keep_blobs(struct sb_archive *archive, const struct sb_json *manifest,
                      struct sb_error *error) {
    struct sb_json *layers = sb_json_member(manifest, "layers");
    const struct sb_json *next = layers ? layers->first : NULL;
    for (const struct sb_json *json = sb_json_member(manifest, "config"); json;
         json = next, next = next ? next->next : NULL) {
        struct sb_descriptor descriptor;
        struct sb_file *file;
        struct sb_digest digest;
        if (sb_descriptor_parse(&descriptor, archive, json, "set aside", error) < 0 ||
            sb_descriptor_find(&descriptor, archive, "set aside", &file, error) < 0)
            return -1;
        if (!file || file->used)
            continue;
        SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
        struct sb_input_digest reading;
        if (sb_range_open(file->data, &input, error) < 0)
            return -1;
        sb_input_digest_init(&reading, input);
        if (sb_input_digest_finish(&reading, &digest, error) < 0 ||
            sb_descriptor_check(&descriptor, &digest, error) < 0)
            return -1;
        sb_archive_keep_blob(archive, file, &digest);
    }
    return 0;
}

static const char *short_text(struct sb_archive *archive, struct sb_span text) {
    struct sb_buf visible = SB_BUF_INIT;
    sb_buf_append_visible(&visible, text);
    const char *copy = sb_arena_printf(&archive->arena, "%.100s", sb_buf_string(&visible));
    sb_buf_release(&visible);
    return copy;
}

/* Whether an engine that looks at content, and not at what a manifest calls itself, could run it:
 * a configuration with as many diff_ids as there are layers, and layers that are tars. */
static bool could_run(struct sb_archive *archive, const struct sb_json *manifest) {
    const struct sb_json *layers = sb_json_member(manifest, "layers");
    struct sb_descriptor descriptor;
    struct sb_file *file;
    struct sb_json *config;
    struct sb_error ignored;
    if (!layers || !layers->first ||
        sb_descriptor_parse(&descriptor, archive, sb_json_member(manifest, "config"), "config",
                            &ignored) < 0 ||
        sb_descriptor_find(&descriptor, archive, "config", &file, &ignored) < 0 || !file ||
        sb_archive_read_json(archive, file, &config, NULL, &ignored) < 0)
        return false;
    const struct sb_json *diff_ids = sb_json_member(sb_json_member(config, "rootfs"), "diff_ids");
    if (!diff_ids || diff_ids->type != SB_JSON_ARRAY || diff_ids->count != layers->count)
        return false;
    for (const struct sb_json *layer = layers->first; layer; layer = layer->next)
        if (sb_descriptor_parse(&descriptor, archive, layer, "layer", &ignored) < 0 ||
            sb_descriptor_find(&descriptor, archive, "layer", &file, &ignored) < 0 || !file ||
            !sb_archive_is_tar(file))
            return false;
    return true;
}

int sb_aside_attestation(struct sb_archive *archive, const struct sb_descriptor *descriptor,
                         const struct sb_json *manifest, struct sb_error *error) {
    sb_finding_add(archive->findings, SB_FINDING_ATTESTATION, descriptor->path,
                   "an attestation manifest, set aside");
    return keep_blobs(archive, manifest, error);
}

int sb_aside_manifest(struct sb_archive *archive, const struct sb_descriptor *descriptor,
                      const struct sb_json *manifest, struct sb_span name, struct sb_error *error) {
    struct sb_span type = sb_json_string(manifest, "artifactType");
    if (!type.size)
        type = sb_json_string(sb_json_member(manifest, "config"), "mediaType");
    sb_finding_add(archive->findings, SB_FINDING_SET_ASIDE, descriptor->path,
                   "no image, set aside: %s", short_text(archive, type));
    if (could_run(archive, manifest)) {
        struct sb_impostor *impostor = sb_vec_push(&archive->impostors);
        impostor->where = sb_arena_printf(&archive->arena, "%s", descriptor->path);
        impostor->name = name.size ? sb_reference_full(&archive->arena, name) : name;
        impostor->platform = sb_descriptor_platform(descriptor, archive);
    }
    return keep_blobs(archive, manifest, error);
}

/* Without a media type engines guess. */
int sb_aside_unknown(struct sb_archive *archive, const struct sb_descriptor *descriptor,
                     struct sb_error *error) {
    struct sb_span type = sb_json_string(descriptor->json, "mediaType");
    struct sb_file *file;
    struct sb_digest digest;
    sb_finding_add(archive->findings, type.size ? SB_FINDING_SET_ASIDE : SB_FINDING_MEDIA_TYPE,
                   descriptor->path, "%s%s",
                   type.size ? "no image, set aside: " : "a descriptor without a media type",
                   type.size ? short_text(archive, type) : "");
    if (sb_descriptor_find(descriptor, archive, "index", &file, error) < 0)
        return -1;
    if (file && !file->used && sb_archive_hash_file(file, &digest)) {
        if (sb_descriptor_check(descriptor, &digest, error) < 0)
            return -1;
        sb_archive_keep_blob(archive, file, &digest);
    }
    return 0;
}
