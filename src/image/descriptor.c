#include "image/descriptor.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/number.h"
#include "image/internal.h"

#define OCI "application/vnd.oci.image."
#define DOCKER "application/vnd.docker."

static const struct {
    const char *media_type;
    enum sb_blob_kind kind;
    enum sb_codec codec;
    bool docker;
} media_types[] = {
    {OCI "index.v1+json", SB_BLOB_INDEX, SB_CODEC_NONE, false},
    {DOCKER "distribution.manifest.list.v2+json", SB_BLOB_INDEX, SB_CODEC_NONE, true},
    {OCI "manifest.v1+json", SB_BLOB_MANIFEST, SB_CODEC_NONE, false},
    {DOCKER "distribution.manifest.v2+json", SB_BLOB_MANIFEST, SB_CODEC_NONE, true},
    {OCI "config.v1+json", SB_BLOB_CONFIG, SB_CODEC_NONE, false},
    {DOCKER "container.image.v1+json", SB_BLOB_CONFIG, SB_CODEC_NONE, true},
    {OCI "layer.v1.tar", SB_BLOB_LAYER, SB_CODEC_NONE, false},
    {OCI "layer.v1.tar+gzip", SB_BLOB_LAYER, SB_CODEC_GZIP, false},
    {OCI "layer.v1.tar+zstd", SB_BLOB_LAYER, SB_CODEC_ZSTD, false},
    {OCI "layer.nondistributable.v1.tar", SB_BLOB_LAYER, SB_CODEC_NONE, false},
    {OCI "layer.nondistributable.v1.tar+gzip", SB_BLOB_LAYER, SB_CODEC_GZIP, false},
    {OCI "layer.nondistributable.v1.tar+zstd", SB_BLOB_LAYER, SB_CODEC_ZSTD, false},
    {DOCKER "image.rootfs.foreign.diff.tar", SB_BLOB_LAYER, SB_CODEC_NONE, true},
    {DOCKER "image.rootfs.foreign.diff.tar.gzip", SB_BLOB_LAYER, SB_CODEC_GZIP, true},
    {DOCKER "image.rootfs.diff.tar", SB_BLOB_LAYER, SB_CODEC_NONE, true},
    {DOCKER "image.rootfs.diff.tar.gzip", SB_BLOB_LAYER, SB_CODEC_GZIP, true},
    {DOCKER "image.rootfs.diff.tar.zstd", SB_BLOB_LAYER, SB_CODEC_ZSTD, true},
};

int sb_descriptor_parse(struct sb_descriptor *descriptor, struct sb_archive *archive,
                        const struct sb_json *json, const char *where, struct sb_error *error) {
    *descriptor = (struct sb_descriptor){.json = json, .kind = SB_BLOB_UNKNOWN};
    if (!json || json->type != SB_JSON_OBJECT)
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: a descriptor is missing", where);
    struct sb_span digest = sb_json_string(json, "digest");
    struct sb_json *size = sb_json_member(json, "size");
    if (sb_span_starts(digest, "sha512:"))
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "%s: a digest is by sha512, which of the engines Podman alone reads: "
                            "load the image there, save it again and give what it saved",
                            where);
    if (!sb_span_starts(digest, "sha256:") ||
        !sb_digest_parse_hex(sb_span_from(digest, 7), &descriptor->digest))
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "%s: '%.*s' is no digest (sha256: and 64 lower-case hex digits)", where,
                            (int)(digest.size < 100 ? digest.size : 100),
                            digest.data ? (const char *)digest.data : "");
    if (!size || size->type != SB_JSON_NUMBER ||
        !sb_number_decimal(size->text, INT64_MAX, &descriptor->size))
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: a descriptor's size must be a number",
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

int sb_descriptor_find(const struct sb_descriptor *descriptor, struct sb_archive *archive,
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

void sb_archive_keep_blob(struct sb_archive *archive, struct sb_file *file,
                          const struct sb_digest *digest) {
    for (size_t i = 0; i < archive->blobs.count; i++)
        if (sb_digest_equal(&archive->blobs.items[i].digest, digest))
            return;
    struct sb_blob *blob = sb_vec_push(&archive->blobs);
    blob->file = file;
    blob->digest = *digest;
    file->used = true;
}

int sb_descriptor_check(const struct sb_descriptor *descriptor, const struct sb_digest *digest,
                        struct sb_error *error) {
    char text[SB_DIGEST_TEXT];
    if (sb_digest_equal(&descriptor->digest, digest))
        return 0;
    sb_digest_format(digest, text);
    return sb_error_set(error, SB_ERROR_MALFORMED, "%s: its digest is %s", descriptor->path, text);
}

enum sb_blob_kind sb_descriptor_kind(const struct sb_json *descriptor) {
    struct sb_span type = sb_json_string(descriptor, "mediaType");
    for (size_t i = 0; i < sizeof media_types / sizeof *media_types; i++)
        if (sb_span_is(type, media_types[i].media_type))
            return media_types[i].kind;
    return SB_BLOB_UNKNOWN;
}

bool sb_descriptor_may_be_absent(const struct sb_json *json) {
    struct sb_span type = sb_json_string(json, "mediaType");
    return sb_span_starts(type, OCI "layer.nondistributable.v1.tar") ||
           sb_span_starts(type, DOCKER "image.rootfs.foreign.diff.tar");
}

bool sb_descriptor_is_here(const struct sb_archive *archive, const struct sb_json *json) {
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

/* Whether the archive has the blob under another name: containerd finds files by their digest. */
static bool is_elsewhere(const struct sb_archive *archive, const struct sb_json *json) {
    struct sb_descriptor descriptor;
    struct sb_error ignored;
    struct sb_archive quiet = {0};
    if (!json || sb_descriptor_parse(&descriptor, &quiet, json, "index", &ignored) < 0)
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

bool sb_descriptor_is_misplaced(const struct sb_archive *archive, const struct sb_json *json) {
    return json && !sb_descriptor_is_here(archive, json) && is_elsewhere(archive, json);
}

const char *sb_descriptor_platform(const struct sb_descriptor *descriptor,
                                   struct sb_archive *archive) {
    const struct sb_json *platform = sb_json_member(descriptor->json, "platform");
    if (!sb_json_string(platform, "architecture").size || !sb_json_string(platform, "os").size)
        return NULL;
    char *text = sb_image_platform(platform);
    const char *copy = sb_arena_printf(&archive->arena, "%s", text);
    free(text);
    return copy;
}
