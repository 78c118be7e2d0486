/* `docker save` with the containerd store: containerd's images/archive exporter; the manifests are
 * what the builder stored. */
#include "engines/internal.h"

static const char manifest_type[] = SB_MEDIA_OCI "manifest.v1+json";
static const char index_type[] = SB_MEDIA_OCI "index.v1+json";
static const char docker_layer[] = "application/vnd.docker.image.rootfs.diff.tar.gzip";

struct saving {
    struct sb_profile_writing *writing;
    struct sb_profile_files *files;
    struct sb_arena *arena;
};

/* What index.json names: a manifest, or the index around it. */
struct top {
    const char *media_type;
    struct sb_digest digest;
    size_t size;
};

static struct sb_digest add_blob(struct saving *saving, const struct sb_marked *content) {
    struct sb_digest digest;
    sb_profile_add_blob(saving->files, content, 0444, &digest);
    return digest;
}

static struct top add_json(struct saving *saving, const char *media_type,
                           const struct sb_json *value, unsigned indent) {
    struct sb_marked text = SB_MARKED_INIT;
    sb_marked_json(&text, value, indent);
    struct top top = {media_type, add_blob(saving, &text), text.bytes.size};
    sb_marked_release(&text);
    return top;
}

static struct sb_json *new_manifest(struct saving *saving, bool classic) {
    struct sb_json *manifest = sb_json_new(saving->arena, SB_JSON_OBJECT);
    struct sb_json *version = sb_json_new_number(saving->arena, 2);
    if (!classic)
        sb_json_add(manifest, "schemaVersion", version);
    sb_json_add_string(saving->arena, manifest, "mediaType", sb_span_string(manifest_type));
    if (classic)
        sb_json_add(manifest, "schemaVersion", version);
    return manifest;
}

static struct sb_json *add_layers(struct saving *saving, const struct sb_profile_image *image,
                                  bool classic) {
    struct sb_json *layers = sb_json_new(saving->arena, SB_JSON_ARRAY);
    for (size_t i = 0; i < image->layer_count; i++) {
        const struct sb_profile_layer *layer = &image->layers[i];
        sb_profile_add_compressed(saving->files, layer, 0444);
        /* The classic builder commits what a container made, WORKDIR, in another way. */
        bool docker = classic && image->source->steps.items[layer->step].add_or_copy;
        sb_json_append(
            layers, sb_profile_descriptor(saving->arena,
                                          docker ? docker_layer : SB_MEDIA_OCI "layer.v1.tar+gzip",
                                          &layer->blob_digest, layer->blob.size));
    }
    return layers;
}

/* The provenance names the manifest, which is derived. */
static void fill_subjects(struct saving *saving, struct sb_json *statement,
                          const struct sb_digest *manifest) {
    struct sb_json *subjects = sb_json_member(statement, "subject");
    for (struct sb_json *item = subjects ? subjects->first : NULL; item; item = item->next) {
        struct sb_json *digest = sb_json_member(sb_json_member(item, "digest"), "sha256");
        if (digest && digest->type == SB_JSON_STRING && digest->text.size == 0) {
            digest->text = sb_span_string(sb_profile_hex(saving->arena, manifest));
            sb_mark(digest, SB_HEADING_DERIVED);
        }
    }
}

/* What an attestation's manifest has as its configuration. */
static struct sb_json *attestation_config(struct saving *saving, const struct sb_digest *layer) {
    struct sb_arena *arena = saving->arena;
    struct sb_json *config = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *rootfs = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *diff_ids = sb_json_new(arena, SB_JSON_ARRAY);
    sb_json_add_string(arena, config, "architecture", sb_span_string("unknown"));
    sb_json_add_string(arena, config, "os", sb_span_string("unknown"));
    sb_json_add(config, "config", sb_json_new(arena, SB_JSON_OBJECT));
    sb_json_add_string(arena, rootfs, "type", sb_span_string("layers"));
    sb_json_append(diff_ids, sb_profile_digest(arena, layer));
    sb_json_add(rootfs, "diff_ids", diff_ids);
    sb_json_add(config, "rootfs", rootfs);
    struct top top = add_json(saving, "", config, 0);
    return sb_profile_descriptor(arena, SB_MEDIA_OCI "config.v1+json", &top.digest, top.size);
}

/* The same of an artifact, which has none: OCI's empty blob (image-spec manifest.md). */
static struct sb_json *artifact_config(struct saving *saving) {
    struct top top = add_json(saving, "", sb_json_new(saving->arena, SB_JSON_OBJECT), 0);
    struct sb_json *descriptor = sb_profile_descriptor(
        saving->arena, "application/vnd.oci.empty.v1+json", &top.digest, top.size);
    sb_json_add_string(saving->arena, descriptor, "data", sb_span_string("e30="));
    return descriptor;
}

static struct top add_attestation(struct saving *saving, const struct sb_profile_image *image,
                                  const struct top *manifest) {
    struct sb_arena *arena = saving->arena;
    bool artifact = image->facts->builder->artifact;
    struct sb_json *statement = sb_json_clone(arena, image->facts->attestation);
    struct sb_marked text = SB_MARKED_INIT;
    fill_subjects(saving, statement, &manifest->digest);
    sb_mark_rest(statement, SB_HEADING_FACT);
    sb_marked_json(&text, statement, 0);
    struct sb_digest digest = add_blob(saving, &text);
    struct sb_json *own = new_manifest(saving, false), *layers = sb_json_new(arena, SB_JSON_ARRAY);
    struct sb_json *annotations = sb_json_new(arena, SB_JSON_OBJECT);
    if (artifact)
        sb_json_add_string(arena, own, "artifactType",
                           sb_span_string("application/vnd.docker.attestation.manifest.v1+json"));
    sb_json_add(own, "config",
                artifact ? artifact_config(saving) : attestation_config(saving, &digest));
    struct sb_json *layer =
        sb_profile_descriptor(arena, "application/vnd.in-toto+json", &digest, text.bytes.size);
    sb_json_add(annotations, "in-toto.io/predicate-type",
                sb_mark_string(arena, sb_json_string(statement, "predicateType"), SB_HEADING_FACT));
    sb_json_add(layer, "annotations", annotations);
    sb_json_append(layers, layer);
    sb_json_add(own, "layers", layers);
    if (artifact)
        sb_json_add(own, "subject",
                    sb_profile_descriptor(arena, manifest_type, &manifest->digest, manifest->size));
    sb_marked_release(&text);
    return add_json(saving, manifest_type, own, 2);
}

static struct sb_json *platform(struct saving *saving, struct sb_span architecture,
                                struct sb_span os, struct sb_span variant) {
    struct sb_json *platform = sb_json_new(saving->arena, SB_JSON_OBJECT);
    sb_json_add(platform, "architecture",
                sb_mark_string(saving->arena, architecture, SB_HEADING_FACT));
    sb_json_add_string(saving->arena, platform, "os", os);
    if (variant.size)
        sb_json_add(platform, "variant", sb_mark_string(saving->arena, variant, SB_HEADING_FACT));
    return platform;
}

static struct top add_index(struct saving *saving, const struct sb_profile_image *image,
                            const struct top *manifest) {
    struct sb_arena *arena = saving->arena;
    struct sb_json *index = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *manifests = sb_json_new(arena, SB_JSON_ARRAY);
    struct sb_json *own =
        sb_profile_descriptor(arena, manifest_type, &manifest->digest, manifest->size);
    sb_json_add(own, "platform",
                platform(saving, image->facts->architecture, sb_span_string("linux"),
                         image->facts->variant));
    sb_json_append(manifests, own);
    if (image->facts->attestation) {
        struct top attestation = add_attestation(saving, image, manifest);
        struct sb_json *descriptor =
            sb_profile_descriptor(arena, manifest_type, &attestation.digest, attestation.size);
        struct sb_json *annotations = sb_json_new(arena, SB_JSON_OBJECT);
        sb_json_add(annotations, "vnd.docker.reference.digest",
                    sb_profile_digest(arena, &manifest->digest));
        sb_json_add_string(arena, annotations, "vnd.docker.reference.type",
                           sb_span_string("attestation-manifest"));
        sb_json_add(descriptor, "annotations", annotations);
        sb_json_add(descriptor, "platform",
                    platform(saving, sb_span_string("unknown"), sb_span_string("unknown"),
                             sb_span_of(NULL, 0)));
        sb_json_append(manifests, descriptor);
    }
    sb_json_add(index, "schemaVersion", sb_json_new_number(arena, 2));
    sb_json_add_string(arena, index, "mediaType", sb_span_string(index_type));
    sb_json_add(index, "manifests", manifests);
    return add_json(saving, index_type, index, 2);
}

static struct top add_image(struct saving *saving, const struct sb_profile_image *image) {
    bool classic = image->facts->builder->kind == SB_BUILDER_CLASSIC;
    struct sb_json *manifest = new_manifest(saving, classic);
    add_blob(saving, &image->config);
    sb_json_add(manifest, "config",
                sb_profile_descriptor(saving->arena, SB_MEDIA_OCI "config.v1+json",
                                      &image->config_digest, image->config.bytes.size));
    sb_json_add(manifest, "layers", add_layers(saving, image, classic));
    struct top top = add_json(saving, manifest_type, manifest, classic ? 4 : 2);
    return classic || image->facts->bare ? top : add_index(saving, image, &top);
}

static struct sb_json *manifest_item(struct saving *saving, const struct sb_profile_image *image) {
    struct sb_arena *arena = saving->arena;
    struct sb_json *item = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *layers = sb_json_new(arena, SB_JSON_ARRAY);
    for (size_t i = 0; i < image->layer_count; i++)
        sb_json_append(layers, sb_profile_blob_path(arena, &image->layers[i].blob_digest));
    sb_json_add(item, "Config", sb_profile_blob_path(arena, &image->config_digest));
    sb_json_add(item, "RepoTags", sb_profile_tags(arena, image->facts));
    sb_json_add(item, "Layers", layers);
    return item;
}

/* The image at place of index.json. */
static size_t place_in_index(const struct sb_profile_writing *writing, size_t place) {
    const struct sb_facts *facts = writing->facts;
    for (size_t i = 0; place < facts->index_order.count && i < writing->image_count; i++)
        if (sb_span_equal(writing->images[i].facts->digest, facts->index_order.items[place]))
            return i;
    return place;
}

static int write_archive(struct sb_profile_writing *writing, struct sb_profile_files *files) {
    struct sb_arena *arena = &writing->arena;
    struct saving saving = {writing, files, arena};
    struct sb_json *manifest = sb_json_new(arena, SB_JSON_ARRAY);
    struct sb_json *descriptors = sb_json_new(arena, SB_JSON_ARRAY);
    struct sb_json *index = sb_json_new(arena, SB_JSON_OBJECT);
    struct top *tops = sb_memory_new(writing->image_count, sizeof *tops);
    for (size_t i = 0; i < writing->image_count; i++) {
        tops[i] = add_image(&saving, &writing->images[i]);
        sb_json_append(manifest, manifest_item(&saving, &writing->images[i]));
    }
    for (size_t i = 0; i < writing->image_count; i++) {
        size_t which = place_in_index(writing, i);
        sb_profile_add_descriptors(arena, descriptors, writing->images[which].facts,
                                   tops[which].media_type, &tops[which].digest, tops[which].size);
    }
    free(tops);
    sb_profile_add(files, "blobs", '5', 0755);
    sb_profile_add(files, "blobs/sha256", '5', 0755);
    sb_json_add(index, "schemaVersion", sb_json_new_number(arena, 2));
    sb_json_add_string(arena, index, "mediaType", sb_span_string(index_type));
    sb_json_add(index, "manifests", descriptors);
    sb_marked_json(&sb_profile_add(files, "index.json", '0', 0644)->content, index, 0);
    sb_marked_json(&sb_profile_add(files, "manifest.json", '0', 0644)->content, manifest, 0);
    sb_marked_text(&sb_profile_add(files, "oci-layout", '0', 0444)->content, SB_HEADING_PROFILE,
                   "layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
    sb_profile_sort(files);
    return 0;
}

/* The JSON of a blob that a descriptor names; NULL where it is not to be had. */
static struct sb_json *blob_of(struct sb_archive *archive, const struct sb_json *descriptor) {
    struct sb_span digest = sb_json_string(descriptor, "digest");
    struct sb_json *value = NULL;
    if (digest.size != 71)
        return NULL;
    const char *path =
        sb_arena_printf(&archive->arena, "blobs/sha256/%.64s", (const char *)digest.data + 7);
    struct sb_file *file = sb_store_find(&archive->store, sb_span_string(path));
    struct sb_error ignored;
    if (!file || sb_archive_read_json(archive, file, &value, NULL, &ignored) < 0)
        return NULL;
    return value;
}

/* The provenance beside an image, without the digest of the manifest in it, which is derived. */
static void find_image(struct sb_facts *facts, struct sb_archive *archive,
                       struct sb_fact_image *own, const struct sb_image *image) {
    struct sb_arena *arena = &facts->arena;
    char top[SB_DIGEST_TEXT], manifest[SB_DIGEST_TEXT];
    if (own->builder->kind != SB_BUILDER_BUILDKIT)
        return;
    own->bare = !image->top_is_index;
    if (own->bare)
        return;
    sb_digest_format(&image->top_digest, top);
    sb_digest_format(&image->manifest_digest, manifest);
    struct sb_json *descriptor = sb_json_new(arena, SB_JSON_OBJECT);
    sb_json_add_string(arena, descriptor, "digest", sb_arena_copy(arena, sb_span_string(top)));
    const struct sb_json *list = sb_json_member(blob_of(archive, descriptor), "manifests");
    for (const struct sb_json *item = list ? list->first : NULL; item; item = item->next) {
        if (!sb_json_member(item, "annotations"))
            continue;
        const struct sb_json *layers = sb_json_member(blob_of(archive, item), "layers");
        struct sb_json *statement =
            layers && layers->first ? blob_of(archive, layers->first) : NULL;
        if (!statement)
            continue;
        own->attestation = sb_json_clone(arena, statement);
        struct sb_json *subjects = sb_json_member(own->attestation, "subject");
        for (struct sb_json *subject = subjects ? subjects->first : NULL; subject;
             subject = subject->next) {
            struct sb_json *digest = sb_json_member(sb_json_member(subject, "digest"), "sha256");
            if (digest && sb_span_is(digest->text, manifest + 7))
                digest->text = sb_span_string("");
        }
    }
}

static const struct sb_profile profiles[] = {
    {.name = "docker-26-containerd", .saver = &sb_saver_containerd},
    {.name = NULL},
};

static const struct sb_profile *recognise(const struct sb_outer *outer,
                                          const struct sb_archive *archive) {
    const struct sb_outer_entry *layout = sb_outer_find(outer, "oci-layout");
    return archive->has_docker && archive->has_oci && layout && layout->mode == 0444 ? profiles
                                                                                     : NULL;
}

static void tell(struct sb_fingerprint *fingerprint, const struct sb_outer *outer) {
    (void)outer;
    sb_fingerprint_say(fingerprint,
                       "%s: containerd's exporter, which docker save with the containerd store, "
                       "ctr and BuildKit use alike",
                       "every time 0, blobs of mode 0444");
}

static const struct sb_habit habits[] = {
    {SB_PASS_ENVELOPE,
     "containerd's exporter adds entries for the folders blobs/ and blobs/sha256/", 0},
    {SB_PASS_COMPRESSION,
     "the containerd store keeps and saves layers compressed (Go's gzip); the overlay2 store "
     "unpacks them and saves plain tars",
     0},
    {SB_PASS_MEDIA_TYPES,
     "the classic builder on the containerd store says Docker's media type for layers inside an "
     "OCI manifest",
     1 << SB_BUILDER_CLASSIC},
    {SB_PASS_ATTESTATIONS,
     "BuildKit adds a provenance attestation with a random id and the times of the build, so every "
     "build has another index digest",
     1 << SB_BUILDER_BUILDKIT},
    {SB_PASSES, NULL, 0},
};

const struct sb_saver sb_saver_containerd = {
    .engine = "containerd",
    .profiles = profiles,
    .documents = (const char *const[]){"index.json", "manifest.json", NULL},
    .members = (const char *const[]){"Config", "RepoTags", "Layers", NULL},
    .file_mode = 0444,
    .json_mode = 0644,
    .folder_mode = 0755,
    .link_mode = 0777,
    .timeless = true,
    .compresses = true,
    .containerd_store = true,
    .gives_name = sb_saver_names_blobs,
    .recognise = recognise,
    .tell = tell,
    .write = write_archive,
    .find_image = find_image,
    .habits = habits,
};

/* The same without manifest.json. */

static const struct sb_profile oci_profiles[] = {
    {.name = "containerd-oci", .saver = &sb_saver_containerd_oci},
    {.name = NULL},
};

static const struct sb_profile *recognise_oci(const struct sb_outer *outer,
                                              const struct sb_archive *archive) {
    const struct sb_outer_entry *layout = sb_outer_find(outer, "oci-layout");
    return !archive->has_docker && archive->has_oci && layout && layout->mode == 0444 ? oci_profiles
                                                                                      : NULL;
}

static void tell_oci(struct sb_fingerprint *fingerprint, const struct sb_outer *outer) {
    (void)outer;
    sb_fingerprint_say(
        fingerprint,
        "%s: containerd's exporter without manifest.json, as BuildKit's type=oci and "
        "ctr image export --skip-manifest-json use it",
        "every time 0, blobs of mode 0444");
}

const struct sb_saver sb_saver_containerd_oci = {
    .engine = "containerd",
    .profiles = oci_profiles,
    .documents = (const char *const[]){"index.json", NULL},
    .file_mode = 0444,
    .json_mode = 0644,
    .folder_mode = 0755,
    .link_mode = 0777,
    .timeless = true,
    .compresses = true,
    .containerd_store = true,
    .gives_name = sb_saver_names_blobs,
    .recognise = recognise_oci,
    .tell = tell_oci,
    .habits = habits,
};
