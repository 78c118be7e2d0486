/* index.json and oci-layout (OCI image-spec image-layout.md, image-index.md, manifest.md). */
#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "image/aside.h"
#include "image/internal.h"
#include "image/reference.h"
#include "image/structs.h"

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

static int read_json_blob(struct sb_archive *archive, const struct sb_descriptor *descriptor,
                          struct sb_file *file, struct sb_json **value, struct sb_error *error) {
    struct sb_digest digest;
    if (sb_archive_read_json(archive, file, value, &digest, error) < 0 ||
        sb_descriptor_check(descriptor, &digest, error) < 0)
        return -1;
    bool index = descriptor->kind == SB_BLOB_INDEX;
    if (sb_struct_read(*value, index ? sb_struct_index : sb_struct_manifest, archive->findings,
                       descriptor->path, error) < 0)
        return -1;
    sb_archive_keep_blob(archive, file, &digest);
    return 0;
}

static size_t count_annotations(const struct sb_json *object) {
    const struct sb_json *annotations = sb_json_member(object, "annotations");
    return annotations ? annotations->count : 0;
}

static int read_layer(struct sb_archive *archive, struct sb_image *image,
                      const struct sb_json *json, struct sb_error *error) {
    struct sb_descriptor descriptor;
    struct sb_file *file;
    struct sb_layer *layer;
    if (sb_descriptor_parse(&descriptor, archive, json, "manifest: layers", error) < 0)
        return -1;
    if (descriptor.kind != SB_BLOB_LAYER) {
        struct sb_span type = sb_json_string(json, "mediaType");
        return sb_error_set(
            error, SB_ERROR_MALFORMED, "manifest: a layer has the media type '%.*s'",
            (int)(type.size < 100 ? type.size : 100), type.data ? (const char *)type.data : "");
    }
    if (sb_descriptor_find(&descriptor, archive, "manifest", &file, error) < 0)
        return -1;
    if (!file && !sb_descriptor_may_be_absent(json))
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: the layer is missing from the archive",
                            descriptor.path);
    if (!file) {
        sb_finding_add(archive->findings, SB_FINDING_LAYER_ABSENT, descriptor.path,
                       "the layer is not in the archive, as its type allows, and was not read");
        *sb_vec_push(&image->layers) =
            sb_archive_absent_layer(archive, descriptor.path, &descriptor.digest);
        image->docker_media_types += descriptor.docker;
        image->annotations += count_annotations(json);
        return 0;
    }
    if (sb_archive_layer(archive, file, &descriptor.digest, &layer, error) < 0 ||
        sb_descriptor_check(&descriptor, &layer->digest, error) < 0)
        return -1;
    /* No media type is for xz and bzip2: what reads them goes by their first bytes. */
    if (layer->codec != descriptor.codec && layer->codec != SB_CODEC_XZ &&
        layer->codec != SB_CODEC_BZIP2)
        sb_finding_add(archive->findings, SB_FINDING_MEDIA_TYPE, descriptor.path,
                       "the media type says %s, the content is %s", sb_codec_name(descriptor.codec),
                       sb_codec_name(layer->codec));
    image->docker_media_types += descriptor.docker;
    image->annotations += count_annotations(json);
    *sb_vec_push(&image->layers) = layer;
    sb_archive_keep_blob(archive, file, &layer->digest);
    return 0;
}

static int read_config(struct sb_archive *archive, struct sb_image *image,
                       const struct sb_json *manifest, struct sb_error *error) {
    struct sb_descriptor descriptor;
    struct sb_file *file;
    if (sb_descriptor_parse(&descriptor, archive, sb_json_member(manifest, "config"),
                            "manifest: config", error) < 0)
        return -1;
    if (descriptor.kind != SB_BLOB_CONFIG)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "manifest: its configuration is not of an image");
    if (sb_descriptor_find(&descriptor, archive, "manifest", &file, error) < 0)
        return -1;
    if (!file)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "%s: the configuration is missing from the archive", descriptor.path);
    if (sb_archive_set_config(archive, image, file, error) < 0 ||
        sb_descriptor_check(&descriptor, &image->config_digest, error) < 0)
        return -1;
    image->docker_media_types += descriptor.docker;
    sb_archive_keep_blob(archive, file, &image->config_digest);
    return 0;
}

static int check_schema(const struct sb_json *value, const char *path, struct sb_error *error) {
    const struct sb_json *version = sb_json_member(value, "schemaVersion");
    if (!version || version->type != SB_JSON_NUMBER || !sb_span_is(version->text, "2"))
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: schemaVersion is not 2", path);
    return 0;
}

static int read_manifest(struct walk *walk, const struct sb_descriptor *descriptor,
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
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: manifests must be a list", path);
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

static void report_misplaced(const struct sb_archive *archive, const char *where) {
    sb_finding_add(archive->findings, SB_FINDING_BLOB_MISPLACED, where,
                   "a blob of it is here under another name: containerd finds it by its digest, "
                   "others do not");
}

/* An archive of one platform has an index that names the others, too. */
static void add_absent(struct sb_archive *archive, const struct sb_descriptor *descriptor,
                       const char *what) {
    const struct sb_json *platform = sb_json_member(descriptor->json, "platform");
    char *text = sb_image_platform(platform);
    /* An attestation is for no platform. */
    if (strcmp(text, "unknown/unknown") != 0)
        *sb_vec_push(&archive->absent_platforms) = sb_arena_printf(&archive->arena, "%s", text);
    sb_finding_add(archive->findings, SB_FINDING_BLOB_ABSENT, descriptor->path,
                   "the index names it for %s, %s", text, what);
    if (sb_descriptor_is_misplaced(archive, descriptor->json))
        report_misplaced(archive, descriptor->path);
    free(text);
}

static bool is_whole(const struct sb_archive *archive, const struct sb_json *manifest,
                     const char *where) {
    const struct sb_json *layers = sb_json_member(manifest, "layers");
    const struct sb_json *config = sb_json_member(manifest, "config");
    bool whole = sb_descriptor_is_here(archive, config),
         misplaced = sb_descriptor_is_misplaced(archive, config);
    for (const struct sb_json *layer = layers ? layers->first : NULL; layer; layer = layer->next) {
        whole =
            whole && (sb_descriptor_is_here(archive, layer) || sb_descriptor_may_be_absent(layer));
        misplaced = misplaced || sb_descriptor_is_misplaced(archive, layer);
    }
    if (misplaced)
        report_misplaced(archive, where);
    return whole;
}

/* Engines go by the descriptor's platform, and by the annotation only where the platform is
 * unknown. */
static void check_platform(struct sb_archive *archive, const struct sb_descriptor *descriptor,
                           struct sb_image *image) {
    const char *chosen = sb_descriptor_platform(descriptor, archive);
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

static int walk_present(struct walk *walk, const struct sb_descriptor *descriptor,
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
    if (sb_aside_is_attestation(descriptor, value, walk->depth)) {
        walk->attestations++;
        walk->artifact = walk->artifact || sb_json_member(value, "artifactType");
        return sb_aside_attestation(archive, descriptor, value, error);
    }
    if (descriptor->kind == SB_BLOB_INDEX)
        return walk_index(walk, value, descriptor->path, error);
    if (sb_aside_is_foreign(value)) {
        walk->attestations++;
        return sb_aside_manifest(
            archive, descriptor, value,
            sb_json_string(sb_json_member(walk->top, "annotations"), "io.containerd.image.name"),
            error);
    }
    if (walk->depth > 0 && !is_whole(archive, value, descriptor->path)) {
        add_absent(archive, descriptor, "not all that its manifest names is here");
        return 0;
    }
    if (read_manifest(walk, descriptor, value, error) < 0)
        return -1;
    check_platform(archive, descriptor, archive->images.items[archive->images.count - 1]);
    return 0;
}

static int walk_descriptor(struct walk *walk, const struct sb_json *json, struct sb_error *error) {
    struct sb_archive *archive = walk->archive;
    struct sb_descriptor descriptor;
    struct sb_file *file;
    if (++walk->manifests > SB_LIMIT_MANIFESTS)
        return sb_error_set(error, SB_ERROR_LIMIT, "index.json: more than %u manifests",
                            SB_LIMIT_MANIFESTS);
    if (sb_descriptor_parse(&descriptor, archive, json, walk->depth ? "index" : "index.json",
                            error) < 0)
        return -1;
    if (descriptor.kind != SB_BLOB_INDEX && descriptor.kind != SB_BLOB_MANIFEST)
        return sb_aside_unknown(archive, &descriptor, error);
    if (walk->depth == 0) {
        walk->top = json;
        walk->top_digest = descriptor.digest;
        walk->top_is_index = descriptor.kind == SB_BLOB_INDEX;
    }
    if (sb_descriptor_find(&descriptor, archive, "index", &file, error) < 0)
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
struct name {
    struct sb_span full; /* a full reference, or empty */
    struct sb_span bare; /* a tag alone, which names nothing, or empty */
};

static struct name name_of(struct sb_archive *archive, const struct sb_json *descriptor) {
    const struct sb_json *annotations = sb_json_member(descriptor, "annotations");
    struct name name = {sb_json_string(annotations, "io.containerd.image.name"), {0}};
    struct sb_span reference = sb_json_string(annotations, "org.opencontainers.image.ref.name");
    if (name.full.data) {
        name.full = sb_reference_full(&archive->arena, name.full);
        return name;
    }
    /* Podman writes the whole name here. */
    if (reference.data && (memchr(reference.data, '/', reference.size) ||
                           memchr(reference.data, ':', reference.size)))
        name.full = sb_reference_full(&archive->arena, reference);
    if (reference.data && !name.full.data)
        name.bare = reference;
    return name;
}

static void add_names(struct sb_archive *archive, const struct walk *walk) {
    struct name name = name_of(archive, walk->top);
    for (size_t i = walk->first_image; i < archive->images.count; i++) {
        struct sb_image *image = archive->images.items[i];
        image->attestations = walk->attestations;
        image->artifact = walk->artifact;
        if (name.full.data)
            *sb_vec_push(&image->names) = name.full;
        if (name.bare.data)
            *sb_vec_push(&image->bare_names) = name.bare;
    }
}

/* The index with those descriptors alone that have the name that was asked for; as it is where none
 * was, or none has it. */
static struct sb_json *wanted_part(struct sb_archive *archive, struct sb_json *index) {
    struct sb_span wanted =
        sb_span_string(archive->reading->wanted ? archive->reading->wanted : "");
    struct sb_span full = sb_reference_full(&archive->arena, wanted);
    struct sb_json *list = sb_json_new(&archive->arena, SB_JSON_ARRAY);
    const struct sb_json *all = sb_json_member(index, "manifests");
    if (!wanted.size || archive->has_docker)
        return index;
    for (const struct sb_json *item = all->first; item; item = item->next) {
        struct name name = name_of(archive, item);
        if ((name.full.data && full.data && sb_span_equal(name.full, full)) ||
            (name.bare.data && sb_span_equal(name.bare, wanted)))
            sb_json_append(list, sb_json_clone(&archive->arena, item));
    }
    if (list->count == 0 || list->count == all->count)
        return index;
    archive->partly = true;
    struct sb_json *part = sb_json_new(&archive->arena, SB_JSON_OBJECT);
    for (const struct sb_json *member = index->first; member; member = member->next) {
        struct sb_json *copy = sb_json_clone(&archive->arena, member);
        if (sb_span_is(member->name, "manifests")) {
            list->name = member->name;
            copy = list;
        }
        sb_json_append(part, copy);
    }
    return part;
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

/* Whether the manifest that a descriptor names, wherever its blob lies, is of an image that
 * manifest.json names; also where there is nothing to be held against it. */
static bool agrees(struct sb_archive *archive, const struct sb_json *descriptor) {
    struct sb_span digest = sb_json_string(descriptor, "digest");
    struct sb_file *file = sb_store_find(&archive->store, digest);
    struct sb_json *manifest;
    struct sb_error ignored;
    if (!file || file->type != '0' ||
        sb_archive_read_json(archive, file, &manifest, NULL, &ignored) < 0)
        return true;
    struct sb_span config = sb_json_string(sb_json_member(manifest, "config"), "digest");
    for (size_t i = 0; i < archive->images.count; i++) {
        char text[SB_DIGEST_TEXT];
        sb_digest_format(&archive->images.items[i]->config_digest, text);
        if (sb_span_is(config, text))
            return true;
    }
    return config.size == 0;
}

/* What has blobs as a layout has them is one, even where its oci-layout is cut off. */
static bool has_layout_files(const struct sb_archive *archive) {
    if (sb_store_find(&archive->store, sb_span_string("oci-layout")))
        return true;
    for (size_t i = 0; i < archive->store.files.count; i++)
        if (sb_span_starts(archive->store.files.items[i].name, "blobs/"))
            return true;
    return false;
}

/* index.json beside manifest.json and without oci-layout, as apko writes it: every engine reads
 * manifest.json alone. */
static void hold_stray_index(struct sb_archive *archive, struct sb_file *file) {
    struct sb_json *index;
    struct sb_error ignored;
    file->used = true;
    sb_finding_add(archive->findings, SB_FINDING_INDEX_STRAY, "index.json",
                   "there is no oci-layout file, so engines read manifest.json alone");
    if (file->type != '0' || sb_archive_read_json(archive, file, &index, NULL, &ignored) < 0)
        return;
    const struct sb_json *manifests = sb_json_member(index, "manifests");
    for (const struct sb_json *item = manifests ? manifests->first : NULL; item; item = item->next)
        if (!agrees(archive, item))
            sb_finding_add(archive->findings, SB_FINDING_INDEX_CONFLICT, "archive",
                           "index.json leads to an image that manifest.json does not name");
}

int sb_oci_layout_read(struct sb_archive *archive, struct sb_error *error) {
    struct sb_file *file = sb_store_find(&archive->store, sb_span_string("index.json"));
    if (!file)
        return 0;
    if (archive->has_docker && !has_layout_files(archive)) {
        hold_stray_index(archive, file);
        return 0;
    }
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
    index = wanted_part(archive, index);
    manifests = sb_json_member(index, "manifests");
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
