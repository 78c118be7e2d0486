/* What podman save, buildah push and skopeo copy write as oci-archive: containers/image's
 * oci/archive. */
#include "engines/internal.h"

static const char manifest_type[] = SB_MEDIA_OCI "manifest.v1+json";

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

static int write_archive(struct sb_profile_writing *writing, struct sb_profile_files *files) {
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

static void find_image(struct sb_facts *facts, struct sb_archive *archive,
                       struct sb_fact_image *own, const struct sb_image *image) {
    (void)facts;
    const struct sb_json *list = sb_json_member(archive->oci_index, "manifests");
    char digest[SB_DIGEST_TEXT];
    sb_digest_format(&image->manifest_digest, digest);
    own->annotations = sb_json_member(image->manifest, "annotations");
    for (const struct sb_json *item = list ? list->first : NULL; item; item = item->next)
        if (sb_json_is_string(sb_json_member(item, "digest"), digest))
            own->reference = sb_json_string(sb_json_member(item, "annotations"),
                                            "org.opencontainers.image.ref.name");
}

static void find_save(struct sb_facts *facts, const struct sb_outer *outer) {
    bool same = true;
    facts->saved = outer->list.items[0].mtime;
    for (size_t i = 0; i < outer->list.count; i++)
        same = same && outer->list.items[i].mtime == facts->saved;
    for (size_t i = 0; !same && i < outer->list.count; i++)
        *sb_vec_push(&facts->times) = outer->list.items[i].mtime;
}

static const struct sb_profile profiles[] = {
    {.name = "containers-oci-archive-4",
     .saver = &sb_saver_oci_archive,
     .type_bits = true,
     .owner_names = true,
     .spaced = true},
    {.name = "containers-oci-archive-5", .saver = &sb_saver_oci_archive},
    {.name = "containers-oci-archive-5.8", .saver = &sb_saver_oci_archive, .typed = true},
    {.name = NULL},
};

static const struct sb_profile *recognise(const struct sb_outer *outer,
                                          const struct sb_archive *archive) {
    if (archive->has_docker)
        return NULL;
    if (outer->list.items[0].mode >> 12)
        return &profiles[0];
    return &profiles[sb_json_member(archive->oci_index, "mediaType") ? 2 : 1];
}

static void tell(struct sb_fingerprint *fingerprint, const struct sb_outer *outer) {
    const struct sb_profile *profile = fingerprint->profile;
    (void)outer;
    sb_fingerprint_say(fingerprint, "%s: podman save, buildah push or skopeo copy as oci-archive",
                       "an OCI layout without manifest.json");
    sb_fingerprint_say(
        fingerprint, "%s",
        profile->spaced ? "owner names and type bits in headers: as Podman 4, Buildah 1.28, "
                          "Skopeo 1.9"
        : profile->typed
            ? "index.json says its media type: as Podman 5.8, Buildah 1.43"
            : "no owner names and no type bits: as Podman 5.4, Buildah 1.39, Skopeo 1.18");
}

static const struct sb_habit habits[] = {
    {SB_PASS_ENVELOPE,
     "podman, buildah and skopeo add entries for the folders blobs/ and blobs/sha256/", 0},
    {SB_PASS_COMPRESSION, "an oci-archive is written with compressed layers (klauspost's pgzip)",
     0},
    {SB_PASS_FILE_TIMESTAMPS,
     "podman, buildah and skopeo stamp every entry of an oci-archive with the time of writing "
     "(podman issue 14978)",
     0},
    {SB_PASS_ANNOTATIONS,
     "Buildah annotates manifests with the (here empty) name and digest of the base image", 0},
    {SB_PASSES, NULL, 0},
};

const struct sb_saver sb_saver_oci_archive = {
    .engine = "containers/image",
    .profiles = profiles,
    .documents = (const char *const[]){"index.json", NULL},
    .file_mode = 0644,
    .json_mode = 0644,
    .folder_mode = 0755,
    .link_mode = 0777,
    .stamps_writing = true,
    .compresses = true,
    .gives_name = sb_saver_names_blobs,
    .recognise = recognise,
    .tell = tell,
    .write = write_archive,
    .find_image = find_image,
    .find_save = find_save,
    .habits = habits,
};
