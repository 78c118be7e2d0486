/* index.json and oci-layout (OCI image-spec image-layout.md, image-index.md, manifest.md). */
#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/number.h"
#include "image/internal.h"
#include "image/reference.h"
#include "image/structs.h"

#define OCI "application/vnd.oci.image."
#define DOCKER "application/vnd.docker."

enum blob_kind { KIND_INDEX, KIND_MANIFEST, KIND_CONFIG, KIND_LAYER, KIND_UNKNOWN };

static const struct {
    const char *media_type;
    enum blob_kind kind;
    enum sb_codec codec;
    bool docker;
} media_types[] = {
    {OCI "index.v1+json", KIND_INDEX, SB_CODEC_NONE, false},
    {DOCKER "distribution.manifest.list.v2+json", KIND_INDEX, SB_CODEC_NONE, true},
    {OCI "manifest.v1+json", KIND_MANIFEST, SB_CODEC_NONE, false},
    {DOCKER "distribution.manifest.v2+json", KIND_MANIFEST, SB_CODEC_NONE, true},
    {OCI "config.v1+json", KIND_CONFIG, SB_CODEC_NONE, false},
    {DOCKER "container.image.v1+json", KIND_CONFIG, SB_CODEC_NONE, true},
    {OCI "layer.v1.tar", KIND_LAYER, SB_CODEC_NONE, false},
    {OCI "layer.v1.tar+gzip", KIND_LAYER, SB_CODEC_GZIP, false},
    {OCI "layer.v1.tar+zstd", KIND_LAYER, SB_CODEC_ZSTD, false},
    {OCI "layer.nondistributable.v1.tar", KIND_LAYER, SB_CODEC_NONE, false},
    {OCI "layer.nondistributable.v1.tar+gzip", KIND_LAYER, SB_CODEC_GZIP, false},
    {OCI "layer.nondistributable.v1.tar+zstd", KIND_LAYER, SB_CODEC_ZSTD, false},
    {DOCKER "image.rootfs.foreign.diff.tar", KIND_LAYER, SB_CODEC_NONE, true},
    {DOCKER "image.rootfs.foreign.diff.tar.gzip", KIND_LAYER, SB_CODEC_GZIP, true},
    {DOCKER "image.rootfs.diff.tar", KIND_LAYER, SB_CODEC_NONE, true},
    {DOCKER "image.rootfs.diff.tar.gzip", KIND_LAYER, SB_CODEC_GZIP, true},
    {DOCKER "image.rootfs.diff.tar.zstd", KIND_LAYER, SB_CODEC_ZSTD, true},
};

struct walk {
    struct sb_archive *archive;
    const struct sb_json *top; /* the descriptor in index.json */
    struct sb_digest top_digest;
    bool top_is_index;
    unsigned depth;
    size_t first_image; /* of this top descriptor */
    size_t attestations;
    bool artifact;
    size_t manifests;
};

struct descriptor {
    const struct sb_json *json;
    struct sb_digest digest;
    uint64_t size;
    enum blob_kind kind;
    enum sb_codec codec;
    bool docker;
    char path[16 + 64]; /* blobs/sha256/… */
};

static int parse_descriptor(struct sb_archive *archive, const struct sb_json *json,
                            const char *where, struct descriptor *descriptor,
                            struct sb_error *error) {
    *descriptor = (struct descriptor){.json = json, .kind = KIND_UNKNOWN};
    if (!json || json->type != SB_JSON_OBJECT)
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: a descriptor is missing", where);
    struct sb_span digest = sb_json_string(json, "digest");
    struct sb_json *size = sb_json_member(json, "size");
    if (!sb_span_starts(digest, "sha256:") ||
        !sb_digest_parse_hex(sb_span_from(digest, 7), &descriptor->digest))
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "%s: '%.*s' is no digest (sha256: and 64 lower-case hex digits)", where,
                            (int)(digest.size < 100 ? digest.size : 100),
                            digest.data ? (const char *)digest.data : "");
    if (!size || size->type != SB_JSON_NUMBER ||
        !sb_number_decimal(size->text, INT64_MAX, &descriptor->size))
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: a descriptor's size is no number",
                            where);
    struct sb_span type = sb_json_string(json, "mediaType");
    for (size_t i = 0; i < sizeof media_types / sizeof *media_types; i++)
        if (sb_span_is(type, media_types[i].media_type)) {
            descriptor->kind = media_types[i].kind;
            descriptor->codec = media_types[i].codec;
            descriptor->docker = media_types[i].docker;
        }
    if (sb_json_member(json, "data"))
        sb_finding_add(archive->findings, SB_FINDING_DATA_MEMBER, where,
                       "a descriptor carries data of its own, which is ignored");
    char text[65];
    sb_digest_format_hex(&descriptor->digest, text);
    snprintf(descriptor->path, sizeof descriptor->path, "blobs/sha256/%s", text);
    return 0;
}

/* NULL in *file where the blob is not here. */
static int find_blob(struct sb_archive *archive, const struct descriptor *descriptor,
                     const char *where, struct sb_file **file, struct sb_error *error) {
    struct sb_span path = sb_span_string(descriptor->path);
    *file = sb_store_find(&archive->store, path);
    if (!*file)
        return 0;
    sb_archive_report_twice(archive, path, SB_FINDING_ENTRY_TWICE,
                            "Docker takes the last, others the first");
    if (sb_store_resolve(&archive->store, *file, file, error) < 0)
        return -1;
    if ((*file)->data.size != descriptor->size)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "%s: %s has %" PRIu64 " bytes, the descriptor says %" PRIu64, where,
                            descriptor->path, (*file)->data.size, descriptor->size);
    return 0;
}

static void keep_blob(struct sb_archive *archive, struct sb_file *file,
                      const struct sb_digest *digest) {
    for (size_t i = 0; i < archive->blobs.count; i++)
        if (sb_digest_equal(&archive->blobs.items[i].digest, digest))
            return;
    struct sb_blob *blob = sb_vec_push(&archive->blobs);
    blob->file = file;
    blob->digest = *digest;
    file->used = true;
}

static int check_digest(const struct descriptor *descriptor, const struct sb_digest *digest,
                        struct sb_error *error) {
    char text[SB_DIGEST_TEXT];
    if (sb_digest_equal(&descriptor->digest, digest))
        return 0;
    sb_digest_format(digest, text);
    return sb_error_set(error, SB_ERROR_MALFORMED, "%s: its digest is %s", descriptor->path, text);
}

static int read_json_blob(struct sb_archive *archive, const struct descriptor *descriptor,
                          struct sb_file *file, struct sb_json **value, struct sb_error *error) {
    struct sb_digest digest;
    if (sb_archive_read_json(archive, file, value, &digest, error) < 0 ||
        check_digest(descriptor, &digest, error) < 0)
        return -1;
    bool index = descriptor->kind == KIND_INDEX;
    if (sb_struct_read(*value, index ? sb_struct_index : sb_struct_manifest, archive->findings,
                       descriptor->path, error) < 0)
        return -1;
    keep_blob(archive, file, &digest);
    return 0;
}

static size_t count_annotations(const struct sb_json *object) {
    const struct sb_json *annotations = sb_json_member(object, "annotations");
    return annotations ? annotations->count : 0;
}

static int read_layer(struct sb_archive *archive, struct sb_image *image,
                      const struct sb_json *json, struct sb_error *error) {
    struct descriptor descriptor;
    struct sb_file *file;
    struct sb_layer *layer;
    if (parse_descriptor(archive, json, "manifest: layers", &descriptor, error) < 0)
        return -1;
    if (descriptor.kind != KIND_LAYER) {
        struct sb_span type = sb_json_string(json, "mediaType");
        return sb_error_set(
            error, SB_ERROR_MALFORMED, "manifest: a layer has the media type '%.*s'",
            (int)(type.size < 100 ? type.size : 100), type.data ? (const char *)type.data : "");
    }
    if (find_blob(archive, &descriptor, "manifest", &file, error) < 0)
        return -1;
    if (!file)
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: the layer is not here",
                            descriptor.path);
    if (sb_archive_layer(archive, file, &descriptor.digest, &layer, error) < 0 ||
        check_digest(&descriptor, &layer->digest, error) < 0)
        return -1;
    if (layer->codec != descriptor.codec)
        sb_finding_add(archive->findings, SB_FINDING_MEDIA_TYPE, descriptor.path,
                       "the media type says %s, the content is %s", sb_codec_name(descriptor.codec),
                       sb_codec_name(layer->codec));
    image->docker_media_types += descriptor.docker;
    image->annotations += count_annotations(json);
    *sb_vec_push(&image->layers) = layer;
    keep_blob(archive, file, &layer->digest);
    return 0;
}

static int read_config(struct sb_archive *archive, struct sb_image *image,
                       const struct sb_json *manifest, struct sb_error *error) {
    struct descriptor descriptor;
    struct sb_file *file;
    if (parse_descriptor(archive, sb_json_member(manifest, "config"), "manifest: config",
                         &descriptor, error) < 0)
        return -1;
    if (descriptor.kind != KIND_CONFIG)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "manifest: the configuration is none of an image");
    if (find_blob(archive, &descriptor, "manifest", &file, error) < 0)
        return -1;
    if (!file)
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: the configuration is not here",
                            descriptor.path);
    if (sb_archive_set_config(archive, image, file, error) < 0 ||
        check_digest(&descriptor, &image->config_digest, error) < 0)
        return -1;
    image->docker_media_types += descriptor.docker;
    keep_blob(archive, file, &image->config_digest);
    return 0;
}

static int check_schema(const struct sb_json *value, const char *path, struct sb_error *error) {
    const struct sb_json *version = sb_json_member(value, "schemaVersion");
    if (!version || version->type != SB_JSON_NUMBER || !sb_span_is(version->text, "2"))
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: schemaVersion is not 2", path);
    return 0;
}

static int read_manifest(struct walk *walk, const struct descriptor *descriptor,
                         const struct sb_json *manifest, struct sb_error *error) {
    struct sb_archive *archive = walk->archive;
    struct sb_json *layers = sb_json_member(manifest, "layers");
    struct sb_image *image = sb_memory_new(1, sizeof *image);
    *sb_vec_push(&archive->images) = image;
    image->in_oci = true;
    image->manifest_digest = descriptor->digest;
    image->manifest = (struct sb_json *)(uintptr_t)manifest;
    image->top_digest = walk->top_digest;
    image->top_is_index = walk->top_is_index;
    image->docker_media_types = descriptor->docker;
    image->annotations = count_annotations(manifest);
    if (sb_json_member(manifest, "manifests"))
        return sb_error_set(error, SB_ERROR_AMBIGUOUS,
                            "%s: it can be read as an index and as a manifest", descriptor->path);
    if (check_schema(manifest, descriptor->path, error) < 0 ||
        read_config(archive, image, manifest, error) < 0)
        return -1;
    /* Go reads null as no layers. */
    if (!layers)
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: it has no layers", descriptor->path);
    if (layers->count > SB_LIMIT_LAYERS)
        return sb_error_set(error, SB_ERROR_LIMIT, "%s: %u layers", descriptor->path,
                            layers->count);
    for (struct sb_json *layer = layers->first; layer; layer = layer->next)
        if (read_layer(archive, image, layer, error) < 0)
            return -1;
    return sb_image_check_layers(image, descriptor->path, archive->findings, error);
}

static enum blob_kind kind_of(const struct sb_json *descriptor) {
    struct sb_span type = sb_json_string(descriptor, "mediaType");
    for (size_t i = 0; i < sizeof media_types / sizeof *media_types; i++)
        if (sb_span_is(type, media_types[i].media_type))
            return media_types[i].kind;
    return KIND_UNKNOWN;
}

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
    return kind_of(layer) != KIND_LAYER;
}

/* BuildKit keeps attestations beside an image as manifests of their own: below an index, for no
 * platform, with in-toto statements in the place of layers, so that nothing can run. */
static bool is_attestation(const struct walk *walk, const struct descriptor *descriptor,
                           const struct sb_json *manifest) {
    const struct sb_json *platform = sb_json_member(descriptor->json, "platform");
    return walk->depth > 0 && descriptor->kind == KIND_MANIFEST &&
           sb_json_is_string(sb_json_member(platform, "architecture"), "unknown") &&
           sb_json_is_string(sb_json_member(platform, "os"), "unknown") &&
           all_layers_are(manifest, is_in_toto);
}

/* Signatures, SBOMs, charts, referrers: manifests that no engine runs. */
static bool is_foreign(const struct sb_json *manifest) {
    const struct sb_json *layers = sb_json_member(manifest, "layers");
    return kind_of(sb_json_member(manifest, "config")) != KIND_CONFIG ||
           (layers && layers->first && all_layers_are(manifest, is_no_layer));
}

static int walk_descriptor(struct walk *walk, const struct sb_json *json, struct sb_error *error);

static int walk_index(struct walk *walk, const struct sb_json *index, const char *path,
                      struct sb_error *error) {
    const struct sb_json *manifests = sb_json_member(index, "manifests");
    if (walk->depth > SB_LIMIT_INDEX_DEPTH)
        return sb_error_set(error, SB_ERROR_LIMIT, "%s: more than %d indexes inside each other",
                            path, SB_LIMIT_INDEX_DEPTH);
    if (check_schema(index, path, error) < 0)
        return -1;
    if (!manifests || manifests->type != SB_JSON_ARRAY)
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: manifests is no list", path);
    if (sb_json_member(index, "config") || sb_json_member(index, "layers"))
        return sb_error_set(error, SB_ERROR_AMBIGUOUS,
                            "%s: it can be read as an index and as a manifest", path);
    walk->depth++;
    for (const struct sb_json *item = manifests->first; item; item = item->next)
        if (walk_descriptor(walk, item, error) < 0)
            return -1;
    walk->depth--;
    return 0;
}

/* The blobs of what is set aside are kept by normalize and otherwise not looked into. */
static int keep_set_aside(struct sb_archive *archive, const struct sb_json *manifest,
                          struct sb_error *error) {
    struct sb_json *layers = sb_json_member(manifest, "layers");
    const struct sb_json *next = layers ? layers->first : NULL;
    for (const struct sb_json *json = sb_json_member(manifest, "config"); json;
         json = next, next = next ? next->next : NULL) {
        struct descriptor descriptor;
        struct sb_file *file;
        struct sb_digest digest;
        if (parse_descriptor(archive, json, "set aside", &descriptor, error) < 0 ||
            find_blob(archive, &descriptor, "set aside", &file, error) < 0)
            return -1;
        if (!file || file->used)
            continue;
        SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
        struct sb_input_digest reading;
        if (sb_range_open(file->data, &input, error) < 0)
            return -1;
        sb_input_digest_init(&reading, input);
        if (sb_input_digest_finish(&reading, &digest, error) < 0 ||
            check_digest(&descriptor, &digest, error) < 0)
            return -1;
        keep_blob(archive, file, &digest);
    }
    return 0;
}

/* The platform that a descriptor says, as containerd normalises it; NULL. */
static const char *descriptor_platform(struct sb_archive *archive,
                                       const struct descriptor *descriptor) {
    const struct sb_json *platform = sb_json_member(descriptor->json, "platform");
    if (!sb_json_string(platform, "architecture").size || !sb_json_string(platform, "os").size)
        return NULL;
    char *text = sb_image_platform(platform);
    const char *copy = sb_arena_printf(&archive->arena, "%s", text);
    free(text);
    return copy;
}

/* Engines go by the descriptor's platform, and by the annotation only where the platform is
 * unknown. */
static void check_platform(struct sb_archive *archive, const struct descriptor *descriptor,
                           struct sb_image *image) {
    const char *chosen = descriptor_platform(archive, descriptor);
    static const char *const members[] = {"architecture", "os"};
    const struct sb_json *platform = sb_json_member(descriptor->json, "platform");
    const struct sb_json *annotations = sb_json_member(descriptor->json, "annotations");
    for (size_t i = 0; i < 2; i++) {
        struct sb_span said = sb_json_string(platform, members[i]);
        struct sb_span is = sb_json_string(image->config, members[i]);
        if (said.size && is.size && !sb_platform_same(said, is))
            sb_finding_add(archive->findings, SB_FINDING_PLATFORM, descriptor->path,
                           "the descriptor's %s is not the configuration's", members[i]);
    }
    if (sb_json_is_string(sb_json_member(annotations, "vnd.docker.reference.type"),
                          "attestation-manifest"))
        sb_finding_add(archive->findings, SB_FINDING_PLATFORM, descriptor->path,
                       "an image that is annotated as an attestation");
    if (chosen) {
        free(image->platform);
        image->platform = sb_memory_copy_string(chosen);
    }
}

/* What is no descriptor is left to those who read it. */
static bool is_here(const struct sb_archive *archive, const struct sb_json *json) {
    struct sb_span digest = sb_json_string(json, "digest");
    struct sb_digest parsed;
    char path[16 + 64], hex[65];
    if (!sb_span_starts(digest, "sha256:") ||
        !sb_digest_parse_hex(sb_span_from(digest, 7), &parsed))
        return true;
    sb_digest_format_hex(&parsed, hex);
    snprintf(path, sizeof path, "blobs/sha256/%s", hex);
    return sb_store_find(&archive->store, sb_span_string(path)) != NULL;
}

static void report_misplaced(const struct sb_archive *archive, const char *where) {
    sb_finding_add(archive->findings, SB_FINDING_BLOB_MISPLACED, where,
                   "a blob of it is here under another name: containerd finds it by its digest, "
                   "others do not");
}

/* Whether the archive has the blob under another name: containerd finds files by their digest. */
static bool is_elsewhere(const struct sb_archive *archive, const struct sb_json *json) {
    struct descriptor descriptor;
    struct sb_error ignored;
    struct sb_archive quiet = {0};
    if (!json || parse_descriptor(&quiet, json, "index", &descriptor, &ignored) < 0)
        return false;
    for (size_t i = 0; i < archive->store.files.count; i++) {
        const struct sb_file *file = &archive->store.files.items[i];
        struct sb_digest digest;
        if (file->type == '0' && file->data.size == descriptor.size &&
            sb_archive_hash_file(file, &digest) && sb_digest_equal(&digest, &descriptor.digest))
            return true;
    }
    return false;
}

static bool is_misplaced(const struct sb_archive *archive, const struct sb_json *json) {
    return json && !is_here(archive, json) && is_elsewhere(archive, json);
}

/* An archive of one platform has an index that names the others, too. */
static void add_absent(struct sb_archive *archive, const struct descriptor *descriptor,
                       const char *what) {
    const struct sb_json *platform = sb_json_member(descriptor->json, "platform");
    char *text = sb_image_platform(platform);
    *sb_vec_push(&archive->absent_platforms) = sb_arena_printf(&archive->arena, "%s", text);
    sb_finding_add(archive->findings, SB_FINDING_BLOB_ABSENT, descriptor->path,
                   "the index names it for %s, %s", text, what);
    if (is_misplaced(archive, descriptor->json))
        report_misplaced(archive, descriptor->path);
    free(text);
}

static bool is_whole(const struct sb_archive *archive, const struct sb_json *manifest,
                     const char *where) {
    const struct sb_json *layers = sb_json_member(manifest, "layers");
    const struct sb_json *config = sb_json_member(manifest, "config");
    bool whole = is_here(archive, config), misplaced = is_misplaced(archive, config);
    for (const struct sb_json *layer = layers ? layers->first : NULL; layer; layer = layer->next) {
        whole = whole && is_here(archive, layer);
        misplaced = misplaced || is_misplaced(archive, layer);
    }
    if (misplaced)
        report_misplaced(archive, where);
    return whole;
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
    struct descriptor descriptor;
    struct sb_file *file;
    struct sb_json *config;
    struct sb_error ignored;
    if (!layers || !layers->first ||
        parse_descriptor(archive, sb_json_member(manifest, "config"), "config", &descriptor,
                         &ignored) < 0 ||
        find_blob(archive, &descriptor, "config", &file, &ignored) < 0 || !file ||
        sb_archive_read_json(archive, file, &config, NULL, &ignored) < 0)
        return false;
    const struct sb_json *diff_ids = sb_json_member(sb_json_member(config, "rootfs"), "diff_ids");
    if (!diff_ids || diff_ids->type != SB_JSON_ARRAY || diff_ids->count != layers->count)
        return false;
    for (const struct sb_json *layer = layers->first; layer; layer = layer->next)
        if (parse_descriptor(archive, layer, "layer", &descriptor, &ignored) < 0 ||
            find_blob(archive, &descriptor, "layer", &file, &ignored) < 0 || !file ||
            !sb_archive_is_tar(file))
            return false;
    return true;
}

static int set_aside(struct walk *walk, const struct descriptor *descriptor,
                     const struct sb_json *manifest, struct sb_error *error) {
    struct sb_archive *archive = walk->archive;
    struct sb_span type = sb_json_string(manifest, "artifactType");
    if (!type.size)
        type = sb_json_string(sb_json_member(manifest, "config"), "mediaType");
    sb_finding_add(archive->findings, SB_FINDING_SET_ASIDE, descriptor->path,
                   "no image, set aside: %s", short_text(archive, type));
    walk->attestations++;
    if (could_run(archive, manifest)) {
        struct sb_impostor *impostor = sb_vec_push(&archive->impostors);
        impostor->where = sb_arena_printf(&archive->arena, "%s", descriptor->path);
        impostor->name =
            sb_json_string(sb_json_member(walk->top, "annotations"), "io.containerd.image.name");
        impostor->platform = descriptor_platform(archive, descriptor);
    }
    return keep_set_aside(archive, manifest, error);
}

static int walk_present(struct walk *walk, const struct descriptor *descriptor,
                        struct sb_file *file, struct sb_error *error) {
    struct sb_archive *archive = walk->archive;
    struct sb_json *value;
    if (read_json_blob(archive, descriptor, file, &value, error) < 0)
        return -1;
    const struct sb_json *stated = sb_json_member(value, "mediaType");
    if (stated && !sb_json_is_string(stated, "") &&
        !sb_span_equal(stated->text, sb_json_string(descriptor->json, "mediaType")))
        sb_finding_add(archive->findings, SB_FINDING_MEDIA_TYPE, descriptor->path,
                       "its mediaType is not the descriptor's");
    if (is_attestation(walk, descriptor, value)) {
        walk->attestations++;
        walk->artifact = walk->artifact || sb_json_member(value, "artifactType");
        sb_finding_add(archive->findings, SB_FINDING_ATTESTATION, descriptor->path,
                       "an attestation manifest, set aside");
        return keep_set_aside(archive, value, error);
    }
    if (descriptor->kind == KIND_INDEX)
        return walk_index(walk, value, descriptor->path, error);
    if (is_foreign(value))
        return set_aside(walk, descriptor, value, error);
    if (walk->depth > 0 && !is_whole(archive, value, descriptor->path)) {
        add_absent(archive, descriptor, "not all that its manifest names is here");
        return 0;
    }
    if (read_manifest(walk, descriptor, value, error) < 0)
        return -1;
    check_platform(archive, descriptor, archive->images.items[archive->images.count - 1]);
    return 0;
}

/* Neither an index nor a manifest by its media type; without one engines guess. */
static int set_aside_unknown(struct sb_archive *archive, const struct descriptor *descriptor,
                             struct sb_error *error) {
    struct sb_span type = sb_json_string(descriptor->json, "mediaType");
    struct sb_file *file;
    struct sb_digest digest;
    sb_finding_add(archive->findings, type.size ? SB_FINDING_SET_ASIDE : SB_FINDING_MEDIA_TYPE,
                   descriptor->path, "%s%s",
                   type.size ? "no image, set aside: " : "a descriptor without a media type",
                   type.size ? short_text(archive, type) : "");
    if (find_blob(archive, descriptor, "index", &file, error) < 0)
        return -1;
    if (file && !file->used && sb_archive_hash_file(file, &digest)) {
        if (check_digest(descriptor, &digest, error) < 0)
            return -1;
        keep_blob(archive, file, &digest);
    }
    return 0;
}

static int walk_descriptor(struct walk *walk, const struct sb_json *json, struct sb_error *error) {
    struct sb_archive *archive = walk->archive;
    struct descriptor descriptor;
    struct sb_file *file;
    if (++walk->manifests > SB_LIMIT_MANIFESTS)
        return sb_error_set(error, SB_ERROR_LIMIT, "index.json: more than %u manifests",
                            SB_LIMIT_MANIFESTS);
    if (parse_descriptor(archive, json, walk->depth ? "index" : "index.json", &descriptor, error) <
        0)
        return -1;
    if (descriptor.kind != KIND_INDEX && descriptor.kind != KIND_MANIFEST)
        return set_aside_unknown(archive, &descriptor, error);
    if (walk->depth == 0) {
        walk->top = json;
        walk->top_digest = descriptor.digest;
        walk->top_is_index = descriptor.kind == KIND_INDEX;
    }
    if (find_blob(archive, &descriptor, "index", &file, error) < 0)
        return -1;
    if (file)
        return walk_present(walk, &descriptor, file, error);
    if (walk->depth == 0)
        return sb_error_set(error, SB_ERROR_MALFORMED, "index.json: %s is not here",
                            descriptor.path);
    add_absent(archive, &descriptor, "its blob is not here");
    return 0;
}

/* The names of a top descriptor belong to all images below it. */
static void add_names(struct sb_archive *archive, const struct walk *walk) {
    const struct sb_json *annotations = sb_json_member(walk->top, "annotations");
    struct sb_span full = sb_json_string(annotations, "io.containerd.image.name");
    struct sb_span reference = sb_json_string(annotations, "org.opencontainers.image.ref.name");
    bool bare = false;
    if (full.data) {
        full = sb_reference_full(&archive->arena, full);
    } else if (reference.data) {
        /* A tag alone names nothing; Podman writes the whole name here. */
        bare = !memchr(reference.data, '/', reference.size) &&
               !memchr(reference.data, ':', reference.size);
        if (!bare)
            full = sb_reference_full(&archive->arena, reference);
        bare = bare || !full.data;
    }
    for (size_t i = walk->first_image; i < archive->images.count; i++) {
        struct sb_image *image = archive->images.items[i];
        image->attestations = walk->attestations;
        image->artifact = walk->artifact;
        if (full.data)
            *sb_vec_push(&image->names) = full;
        if (bare)
            *sb_vec_push(&image->bare_names) = reference;
    }
}

static int check_layout(struct sb_archive *archive, struct sb_error *error) {
    struct sb_file *file = sb_store_find(&archive->store, sb_span_string("oci-layout"));
    struct sb_json *layout;
    if (!file || file->type != '0')
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "index.json without an oci-layout file: not an OCI layout");
    if (sb_archive_read_json(archive, file, &layout, NULL, error) < 0 ||
        sb_struct_read(layout, sb_struct_layout, archive->findings, "oci-layout", error) < 0)
        return -1;
    if (!sb_json_is_string(sb_json_member(layout, "imageLayoutVersion"), "1.0.0"))
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "oci-layout: imageLayoutVersion is not \"1.0.0\"");
    file->used = true;
    return 0;
}

int sb_oci_layout_read(struct sb_archive *archive, struct sb_error *error) {
    struct sb_file *file = sb_store_find(&archive->store, sb_span_string("index.json"));
    if (!file)
        return 0;
    archive->has_oci = true;
    sb_archive_report_twice(archive, file->name, SB_FINDING_MANIFEST_TWICE,
                            "engines differ in which they take");
    if (sb_store_resolve(&archive->store, file, &file, error) < 0 ||
        check_layout(archive, error) < 0)
        return -1;
    struct sb_json *index;
    if (sb_archive_read_json(archive, file, &index, NULL, error) < 0 ||
        sb_struct_read(index, sb_struct_index, archive->findings, "index.json", error) < 0)
        return -1;
    const struct sb_json *manifests = sb_json_member(index, "manifests");
    if (!manifests || manifests->type != SB_JSON_ARRAY || manifests->count == 0)
        return sb_error_set(error, SB_ERROR_MALFORMED, "index.json: it lists no image");
    if (check_schema(index, "index.json", error) < 0)
        return -1;
    if (sb_json_member(index, "config") || sb_json_member(index, "layers"))
        return sb_error_set(error, SB_ERROR_AMBIGUOUS,
                            "index.json: it can be read as an index and as a manifest");
    archive->oci_index = index;
    size_t total = 0;
    for (const struct sb_json *item = manifests->first; item; item = item->next) {
        struct walk walk = {
            .archive = archive, .first_image = archive->images.count, .manifests = total};
        if (walk_descriptor(&walk, item, error) < 0)
            return -1;
        add_names(archive, &walk);
        total = walk.manifests;
    }
    return 0;
}
