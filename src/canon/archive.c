/* The files of the canonical archive and of its compact form. */
#include "canon/image.h"
#include "image/reference.h"
#include "tar/writer.h"
#include "json/write.h"

static const char *blob_name(struct sb_arena *arena, const struct sb_digest *digest) {
    char text[65];
    sb_digest_format_hex(digest, text);
    return sb_arena_printf(arena, "blobs/sha256/%s", text);
}

static void add_file(struct sb_canon_files *files, const char *name, struct sb_span bytes,
                     const struct sb_canon_layer *layer) {
    struct sb_canon_file *file = sb_vec_push(&files->list);
    file->name = name;
    file->bytes = bytes;
    file->layer = layer;
}

static struct sb_json *new_text(struct sb_arena *arena, const char *text) {
    return sb_json_new_string(arena, sb_span_string(text));
}

/* RepoTags in the familiar form; null where there is no name. */
static struct sb_json *repo_tags(const struct sb_canon *canon, struct sb_arena *arena) {
    if (canon->names.count == 0)
        return sb_json_new(arena, SB_JSON_NULL);
    struct sb_json *tags = sb_json_new(arena, SB_JSON_ARRAY);
    for (size_t i = 0; i < canon->names.count; i++)
        sb_json_append(tags,
                       sb_json_new_string(arena, sb_reference_familiar(canon->names.items[i])));
    return tags;
}

static struct sb_span written(struct sb_arena *arena, const struct sb_json *value) {
    struct sb_buf text = SB_BUF_INIT;
    sb_json_write_canonical(&text, value);
    struct sb_span copy = sb_arena_copy(arena, sb_buf_span(&text));
    sb_buf_release(&text);
    return copy;
}

#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define INDEX_TYPE "application/vnd.oci.image.index.v1+json"

/* What index.json leads to: a manifest, or the index of several platforms. */
struct top {
    const char *media_type;
    const struct sb_digest *digest;
    uint64_t size;
};

static struct sb_json *index_item(const struct top *top, struct sb_arena *arena) {
    struct sb_json *item = sb_json_new(arena, SB_JSON_OBJECT);
    char digest[SB_DIGEST_TEXT];
    sb_digest_format(top->digest, digest);
    sb_json_add(item, "mediaType", new_text(arena, top->media_type));
    sb_json_add_string(arena, item, "digest", sb_arena_copy(arena, sb_span_string(digest)));
    sb_json_add(item, "size", sb_json_new_number(arena, top->size));
    return item;
}

/* One descriptor a name; engines take the full name from the first annotation. */
static struct sb_span index_json(const struct sb_canon *canon, const struct top *top,
                                 struct sb_arena *arena) {
    struct sb_json *index = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *manifests = sb_json_new(arena, SB_JSON_ARRAY);
    for (size_t i = 0; i < canon->names.count; i++) {
        struct sb_json *item = index_item(top, arena);
        struct sb_json *annotations = sb_json_new(arena, SB_JSON_OBJECT);
        struct sb_span full = canon->names.items[i], tag = sb_reference_tag(full);
        sb_json_add_string(arena, annotations, "io.containerd.image.name", full);
        if (tag.size)
            sb_json_add_string(arena, annotations, "org.opencontainers.image.ref.name", tag);
        sb_json_add(item, "annotations", annotations);
        sb_json_append(manifests, item);
    }
    for (size_t i = 0; i < canon->bare_names.count; i++) {
        struct sb_json *item = index_item(top, arena);
        struct sb_json *annotations = sb_json_new(arena, SB_JSON_OBJECT);
        sb_json_add_string(arena, annotations, "org.opencontainers.image.ref.name",
                           canon->bare_names.items[i]);
        sb_json_add(item, "annotations", annotations);
        sb_json_append(manifests, item);
    }
    if (manifests->count == 0)
        sb_json_append(manifests, index_item(top, arena));
    sb_json_add(index, "schemaVersion", sb_json_new_number(arena, 2));
    sb_json_add(index, "mediaType", new_text(arena, INDEX_TYPE));
    sb_json_add(index, "manifests", manifests);
    return written(arena, index);
}

static struct sb_span manifest_json(const struct sb_canon *canon, struct sb_arena *arena,
                                    const char *config, const char *const *layers) {
    struct sb_json *item = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *list = sb_json_new(arena, SB_JSON_ARRAY);
    struct sb_json *manifest = sb_json_new(arena, SB_JSON_ARRAY);
    for (size_t i = 0; i < canon->layers.count; i++)
        sb_json_append(list, new_text(arena, layers[i]));
    sb_json_add(item, "Config", new_text(arena, config));
    sb_json_add(item, "RepoTags", repo_tags(canon, arena));
    sb_json_add(item, "Layers", list);
    sb_json_append(manifest, item);
    return written(arena, manifest);
}

static int compare_names(const void *a, const void *b) {
    const struct sb_canon_file *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* Sorts the blobs at the front and drops repetitions. */
static void sort_blobs(struct sb_canon_files *files) {
    size_t kept = 0;
    sb_vec_sort(&files->list, compare_names);
    for (size_t i = 0; i < files->list.count; i++)
        if (kept == 0 || strcmp(files->list.items[kept - 1].name, files->list.items[i].name) != 0)
            files->list.items[kept++] = files->list.items[i];
    files->list.count = kept;
}

static void make_canonical(const struct sb_canon *canon, struct sb_canon_files *files) {
    struct sb_arena *arena = &files->arena;
    const char *config = blob_name(arena, &canon->config_digest);
    const char **layers =
        sb_arena_new(arena, (canon->layers.count ? canon->layers.count : 1) * sizeof *layers);
    add_file(files, config, sb_buf_span(&canon->config), NULL);
    add_file(files, blob_name(arena, &canon->digest), sb_buf_span(&canon->manifest), NULL);
    for (size_t i = 0; i < canon->layers.count; i++) {
        layers[i] = blob_name(arena, &canon->layers.items[i].digest);
        add_file(files, layers[i], sb_span_of(NULL, 0), &canon->layers.items[i]);
    }
    sort_blobs(files);
    struct top top = {MANIFEST_TYPE, &canon->digest, canon->manifest.size};
    add_file(files, "index.json", index_json(canon, &top, arena), NULL);
    add_file(files, "manifest.json", manifest_json(canon, arena, config, layers), NULL);
    add_file(files, "oci-layout", sb_span_string("{\"imageLayoutVersion\":\"1.0.0\"}"), NULL);
}

static void make_compact(const struct sb_canon *canon, struct sb_canon_files *files) {
    struct sb_arena *arena = &files->arena;
    struct sb_canon_config how = {canon->options, true, NULL, canon->kept.count};
    struct sb_digest *diff_ids = sb_memory_new(canon->layers.count, sizeof *diff_ids);
    const char **layers =
        sb_arena_new(arena, (canon->layers.count ? canon->layers.count : 1) * sizeof *layers);
    for (size_t i = 0; i < canon->layers.count; i++)
        diff_ids[i] = canon->layers.items[i].digest;
    struct sb_json *config =
        sb_canon_config_make(&how, arena, canon->source_config, diff_ids, canon->layers.count,
                             canon->kept.count ? canon->kept.items : NULL);
    free(diff_ids);
    add_file(files, "config", written(arena, config), NULL);
    for (size_t i = 0; i < canon->layers.count; i++) {
        const struct sb_canon_layer *layer = &canon->layers.items[i];
        size_t same = 0;
        while (!sb_digest_equal(&canon->layers.items[same].digest, &layer->digest))
            same++;
        layers[i] = canon->layers.count == 1 ? "layer" : sb_arena_printf(arena, "layer%zu", same);
        if (same == i)
            add_file(files, layers[i], sb_span_of(NULL, 0), layer);
    }
    sort_blobs(files);
    add_file(files, "manifest.json", manifest_json(canon, arena, "config", layers), NULL);
}

void sb_canon_files_make(const struct sb_canon *canon, enum sb_canon_form form,
                         struct sb_canon_files *files) {
    *files = (struct sb_canon_files){0};
    if (form == SB_FORM_COMPACT)
        make_compact(canon, files);
    else
        make_canonical(canon, files);
}

void sb_canon_files_release(struct sb_canon_files *files) {
    sb_vec_release(&files->list);
    sb_arena_release(&files->arena);
}

static int write_file(const struct sb_canon *canon, const struct sb_canon_file *file,
                      struct sb_output *output, struct sb_error *error) {
    uint64_t size = file->layer ? file->layer->size : file->bytes.size;
    int status = sb_tar_write_file_header(output, file->name, size, error);
    if (status == 0)
        status = file->layer ? sb_canon_layer_write(file->layer, canon->spool, output, error)
                             : sb_output_append(output, file->bytes, error);
    return status < 0 ? -1 : sb_tar_write_padding(output, size, error);
}

int sb_canon_write(const struct sb_canon *canon, enum sb_canon_form form, struct sb_output *output,
                   struct sb_error *error) {
    struct sb_canon_files files;
    int status = 0;
    sb_canon_files_make(canon, form, &files);
    for (size_t i = 0; i < files.list.count && status == 0; i++)
        status = write_file(canon, &files.list.items[i], output, error);
    sb_canon_files_release(&files);
    return status < 0 ? -1 : sb_tar_write_end(output, error);
}

/* Several platforms */

static const char *const platform_members[] = {"os", "architecture", "variant", "os.version"};
enum { PLATFORM_MEMBERS = sizeof platform_members / sizeof *platform_members };

static int compare_platforms(const void *a, const void *b) {
    const struct sb_canon *const *x = a, *const *y = b;
    int order = 0;
    for (size_t i = 0; i < PLATFORM_MEMBERS && order == 0; i++)
        order = sb_span_compare(sb_json_string((*x)->source_config, platform_members[i]),
                                sb_json_string((*y)->source_config, platform_members[i]));
    return order;
}

static struct sb_json *platform_item(const struct sb_canon *canon, struct sb_arena *arena) {
    struct top top = {MANIFEST_TYPE, &canon->digest, canon->manifest.size};
    struct sb_json *item = index_item(&top, arena);
    struct sb_json *platform = sb_json_new(arena, SB_JSON_OBJECT);
    for (size_t i = 0; i < PLATFORM_MEMBERS; i++) {
        struct sb_span value = sb_json_string(canon->source_config, platform_members[i]);
        if (value.size)
            sb_json_add_string(arena, platform, platform_members[i], value);
    }
    sb_json_add(item, "platform", platform);
    return item;
}

static void add_blobs(const struct sb_canon *canon, struct sb_canon_files *files) {
    struct sb_arena *arena = &files->arena;
    add_file(files, blob_name(arena, &canon->config_digest), sb_buf_span(&canon->config), NULL);
    add_file(files, blob_name(arena, &canon->digest), sb_buf_span(&canon->manifest), NULL);
    for (size_t i = 0; i < canon->layers.count; i++)
        add_file(files, blob_name(arena, &canon->layers.items[i].digest), sb_span_of(NULL, 0),
                 &canon->layers.items[i]);
}

/* Sets digest to that of the index. */
static void make_index(const struct sb_canon *const *canons, size_t count,
                       struct sb_canon_files *files, struct sb_digest *digest) {
    struct sb_arena *arena = &files->arena;
    struct sb_json *index = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *manifests = sb_json_new(arena, SB_JSON_ARRAY);
    SB_VEC(const struct sb_canon *) sorted = {0};
    for (size_t i = 0; i < count; i++)
        *sb_vec_push(&sorted) = canons[i];
    sb_vec_sort(&sorted, compare_platforms);
    for (size_t i = 0; i < count; i++) {
        add_blobs(sorted.items[i], files);
        sb_json_append(manifests, platform_item(sorted.items[i], arena));
    }
    sb_vec_release(&sorted);
    sb_json_add(index, "schemaVersion", sb_json_new_number(arena, 2));
    sb_json_add(index, "mediaType", new_text(arena, INDEX_TYPE));
    sb_json_add(index, "manifests", manifests);
    struct sb_span text = written(arena, index);
    *digest = sb_sha256_of(text);
    add_file(files, blob_name(arena, digest), text, NULL);
    sort_blobs(files);
    struct top top = {INDEX_TYPE, digest, text.size};
    add_file(files, "index.json", index_json(canons[0], &top, arena), NULL);
    add_file(files, "oci-layout", sb_span_string("{\"imageLayoutVersion\":\"1.0.0\"}"), NULL);
}

int sb_canon_write_index(const struct sb_canon *const *canons, size_t count,
                         struct sb_output *output, struct sb_digest *digest,
                         struct sb_error *error) {
    struct sb_canon_files files = {0};
    int status = 0;
    make_index(canons, count, &files, digest);
    for (size_t i = 0; i < files.list.count && status == 0; i++)
        status = write_file(canons[0], &files.list.items[i], output, error);
    sb_canon_files_release(&files);
    return status < 0 ? -1 : sb_tar_write_end(output, error);
}
