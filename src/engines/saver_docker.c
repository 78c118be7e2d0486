/* `docker save` of 25 and later with the overlay2 store: an OCI layout with manifest.json and V1
 * images in it (moby image/tarexport/save.go). */
#include "engines/internal.h"

static const char layer_type[] = SB_MEDIA_OCI "layer.v1.tar";
static const char manifest_type[] = SB_MEDIA_OCI "manifest.v1+json";

struct saving {
    struct sb_profile_writing *writing;
    struct sb_profile_files *files;
    struct sb_json *manifest, *index, *repositories;
    int64_t last_created;
};

static struct sb_digest add_blob(struct saving *saving, const struct sb_marked *content,
                                 int64_t time, enum sb_heading heading, bool layer) {
    struct sb_digest digest;
    uint32_t mode = layer && saving->writing->facts->profile->no_umask ? 0666 : 0644;
    struct sb_profile_file *file = sb_profile_add_blob(saving->files, content, mode, &digest);
    if (file) {
        file->mtime = time;
        file->time_heading = heading;
        file->layer = layer;
    }
    return digest;
}

static void add_v1(struct saving *saving, const struct sb_profile_image *image) {
    struct sb_profile_v1 *v1 = sb_memory_new(image->layer_count + 1, sizeof *v1);
    sb_profile_make_v1(saving->writing, image, v1);
    for (size_t i = 0; i < image->layer_count; i++)
        add_blob(saving, &v1[i].json, image->created_seconds, SB_HEADING_FACT, false);
    sb_profile_release_v1(v1, image->layer_count);
}

static struct sb_digest add_manifest(struct saving *saving, const struct sb_profile_image *image,
                                     size_t *size) {
    struct sb_arena *arena = &saving->writing->arena;
    struct sb_json *manifest = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *layers = sb_json_new(arena, SB_JSON_ARRAY);
    struct sb_marked text = SB_MARKED_INIT;
    sb_json_add(manifest, "schemaVersion", sb_json_new_number(arena, 2));
    sb_json_add_string(arena, manifest, "mediaType", sb_span_string(manifest_type));
    sb_json_add(manifest, "config",
                sb_profile_descriptor(arena, SB_MEDIA_OCI "config.v1+json", &image->config_digest,
                                      image->config.bytes.size));
    for (size_t i = 0; i < image->layer_count; i++)
        sb_json_append(layers, sb_profile_descriptor(arena, layer_type, &image->layers[i].diff_id,
                                                     image->layers[i].tar.bytes.size));
    sb_json_add(manifest, "layers", layers);
    sb_marked_json(&text, manifest, 0);
    *size = text.bytes.size;
    struct sb_digest digest = add_blob(saving, &text, 0, SB_HEADING_PROFILE, false);
    sb_marked_release(&text);
    return digest;
}

/* {"<diff_id>":{mediaType,size,digest}}, each layer once, sorted. */
static struct sb_json *layer_sources(struct sb_arena *arena, const struct sb_profile_image *image) {
    struct sb_json *sources = sb_mark(sb_json_new(arena, SB_JSON_OBJECT), SB_HEADING_DERIVED);
    for (size_t i = 0; i < image->layer_count; i++) {
        struct sb_json *source = sb_json_new(arena, SB_JSON_OBJECT);
        const struct sb_profile_layer *layer = &image->layers[i];
        struct sb_json *digest = sb_profile_digest(arena, &layer->diff_id);
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = sb_digest_equal(&image->layers[k].diff_id, &layer->diff_id);
        if (seen)
            continue;
        sb_json_add_string(arena, source, "mediaType", sb_span_string(layer_type));
        sb_json_add(source, "size",
                    sb_profile_number(arena, layer->tar.bytes.size, SB_HEADING_DERIVED));
        source->name = digest->text;
        sb_json_add(source, "digest", digest);
        sb_json_append(sources, source);
    }
    sb_json_sort(sources);
    return sources;
}

static void save_image(struct saving *saving, const struct sb_profile_image *image) {
    struct sb_arena *arena = &saving->writing->arena;
    struct sb_json *item = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *layers = sb_json_new(arena, SB_JSON_ARRAY);
    size_t size;
    saving->last_created = image->created_seconds;
    add_v1(saving, image);
    for (size_t i = 0; i < image->layer_count; i++) {
        add_blob(saving, &image->layers[i].tar, image->created_seconds, SB_HEADING_FACT, true);
        sb_json_append(layers, sb_profile_blob_path(arena, &image->layers[i].diff_id));
    }
    add_blob(saving, &image->config, image->created_seconds, SB_HEADING_FACT, false);
    struct sb_digest digest = add_manifest(saving, image, &size);
    sb_profile_add_descriptors(arena, saving->index, image->facts, manifest_type, &digest, size);
    sb_json_add(item, "Config", sb_profile_blob_path(arena, &image->config_digest));
    sb_json_add(item, "RepoTags", sb_profile_tags(arena, image->facts));
    sb_json_add(item, "Layers", layers);
    sb_json_add(item, "LayerSources", layer_sources(arena, image));
    sb_json_append(saving->manifest, item);
    if (image->layer_count)
        sb_profile_add_repositories(
            arena, saving->repositories, image->facts,
            sb_span_string(sb_profile_hex(arena, &image->layers[image->layer_count - 1].diff_id)));
}

static void add_outer(struct saving *saving) {
    struct sb_arena *arena = &saving->writing->arena;
    struct sb_profile_files *files = saving->files;
    const struct sb_facts *facts = saving->writing->facts;
    struct sb_json *index = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_profile_file *file = sb_profile_add(files, "blobs", '5', 0755);
    file->mtime = saving->last_created;
    file->time_heading = SB_HEADING_FACT;
    file = sb_profile_add(files, "blobs/sha256", '5', 0755);
    if (facts->profile->folder_time) {
        file->mtime = facts->saved;
        file->time_heading = SB_HEADING_FACT;
    }
    sb_json_add(index, "schemaVersion", sb_json_new_number(arena, 2));
    sb_json_add_string(arena, index, "mediaType", sb_span_string(SB_MEDIA_OCI "index.v1+json"));
    sb_json_add(index, "manifests", saving->index);
    file = sb_profile_add(files, "index.json", '0', 0644);
    if (facts->profile->index_time) {
        file->mtime = facts->saved;
        file->time_heading = SB_HEADING_FACT;
    }
    sb_marked_json(&file->content, index, 0);
    file = sb_profile_add(files, "manifest.json", '0', 0644);
    sb_marked_json(&file->content, saving->manifest, 0);
    sb_marked_text(&file->content, SB_HEADING_PROFILE, "manifest", "\n");
    sb_marked_text(&sb_profile_add(files, "oci-layout", '0', 0644)->content, SB_HEADING_PROFILE,
                   "layout", "{\"imageLayoutVersion\": \"1.0.0\"}");
    if (saving->repositories->first)
        sb_profile_write_repositories(&sb_profile_add(files, "repositories", '0', 0644)->content,
                                      saving->repositories, true);
}

static int write_archive(struct sb_profile_writing *writing, struct sb_profile_files *files) {
    struct sb_arena *arena = &writing->arena;
    struct saving saving = {.writing = writing,
                            .files = files,
                            .manifest = sb_json_new(arena, SB_JSON_ARRAY),
                            .index = sb_json_new(arena, SB_JSON_ARRAY),
                            .repositories = sb_json_new(arena, SB_JSON_OBJECT)};
    for (size_t i = 0; i < writing->image_count; i++)
        save_image(&saving, &writing->images[i]);
    add_outer(&saving);
    sb_profile_sort(files);
    return 0;
}

static bool is_timeless(const struct sb_profile *profile, const char *name) {
    return strcmp(name, "manifest.json") == 0 || strcmp(name, "repositories") == 0 ||
           strcmp(name, "oci-layout") == 0 ||
           (profile->no_umask && strcmp(name, "index.json") == 0);
}

static const struct sb_profile profiles[] = {
    {.name = "docker-26",
     .saver = &sb_saver_docker,
     .os_member = true,
     .spaced = true,
     .index_time = true,
     .folder_time = true},
    {.name = "docker-28",
     .saver = &sb_saver_docker,
     .os_member = true,
     .spaced = true,
     .folder_time = true},
    {.name = "docker-29",
     .saver = &sb_saver_docker,
     .os_member = true,
     .spaced = true,
     .no_umask = true,
     .short_config = true},
    {.name = NULL},
};

static const struct sb_profile *recognise(const struct sb_outer *outer,
                                          const struct sb_archive *archive) {
    const struct sb_outer_entry *index = sb_outer_find(outer, "index.json");
    const struct sb_outer_entry *blobs = sb_outer_find(outer, "blobs/sha256");
    if (!archive->has_docker || !archive->has_oci)
        return NULL;
    return &profiles[index && index->mtime ? 0 : blobs && blobs->mtime ? 1 : 2];
}

/* 28.5.2 is the last of 28. */
static void tell(struct sb_fingerprint *fingerprint, const struct sb_outer *outer) {
    const struct sb_profile *profile = fingerprint->profile;
    (void)outer;
    fingerprint->lowest = profile->no_umask ? "29.0" : profile->index_time ? "25.0" : "27.0";
    fingerprint->highest = profile->no_umask ? NULL : profile->index_time ? "28.5.1" : "28.5.2";
    sb_fingerprint_say(fingerprint, "%s: docker save from 25 on, with the overlay2 store",
                       "blobs/sha256/ and LayerSources in manifest.json");
    if (profile->no_umask)
        sb_fingerprint_say(fingerprint,
                           "blobs/sha256/ has no time, and layers are of mode %s: from 29 on",
                           "0666");
    else
        sb_fingerprint_say(fingerprint, "index.json %s",
                           profile->index_time ? "has the time of the save, in 28.5.2 it has none"
                                               : "has no time, in 26.1.5 it has that of the save");
}

static const struct sb_habit habits[] = {
    {SB_PASS_ENVELOPE,
     "docker from 25 on adds a V1 json blob a layer that nothing refers to, and repositories", 0},
    {SB_PASS_FILE_TIMESTAMPS,
     "docker from 25 to 28 stamps blobs/sha256/ (until 28.5.1 index.json, too) with the time of "
     "the save, so two saves differ; the rest with the image's creation (moby issue 51364)",
     0},
    {SB_PASSES, NULL, 0},
};

const struct sb_saver sb_saver_docker = {
    .engine = "docker",
    .profiles = profiles,
    .documents = (const char *const[]){"index.json", "manifest.json", "repositories", NULL},
    .members = (const char *const[]){"Config", "RepoTags", "Layers", "LayerSources", NULL},
    .file_mode = 0644,
    .json_mode = 0644,
    .folder_mode = 0755,
    .link_mode = 0777,
    .new_line = true,
    .stamps_creation = true,
    .adds_v1 = true,
    .gives_name = sb_saver_names_blobs,
    .is_timeless = is_timeless,
    .recognise = recognise,
    .tell = tell,
    .write = write_archive,
    .habits = habits,
};
