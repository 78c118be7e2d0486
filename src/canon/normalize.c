#include "canon/normalize.h"

#include "tar/writer.h"
#include "json/write.h"

struct normal_file {
    const char *name;
    struct sb_range range; /* source NULL: bytes */
    struct sb_span bytes;
};

struct normal_archive {
    struct sb_archive *archive;
    struct sb_arena arena;
    SB_VEC(struct normal_file) files;
};

static const char *blob_name(struct normal_archive *normal, const struct sb_digest *digest) {
    char text[65];
    sb_digest_format_hex(digest, text);
    return sb_arena_printf(&normal->arena, "blobs/sha256/%s", text);
}

static const char *add_blob(struct normal_archive *normal, const struct sb_digest *digest,
                            struct sb_range range) {
    struct normal_file *file = sb_vec_push(&normal->files);
    file->name = blob_name(normal, digest);
    file->range = range;
    return file->name;
}

static void add_json(struct normal_archive *normal, const char *name, const struct sb_json *value) {
    struct sb_buf text = SB_BUF_INIT;
    struct normal_file *file = sb_vec_push(&normal->files);
    sb_json_write_canonical(&text, value);
    file->name = name;
    file->bytes = sb_arena_copy(&normal->arena, sb_buf_span(&text));
    sb_buf_release(&text);
}

static int compare_texts(const void *a, const void *b) {
    const struct sb_json *const *x = a, *const *y = b;
    struct sb_buf left = SB_BUF_INIT, right = SB_BUF_INIT;
    sb_json_write_canonical(&left, *x);
    sb_json_write_canonical(&right, *y);
    int order = sb_span_compare(sb_buf_span(&left), sb_buf_span(&right));
    sb_buf_release(&left);
    sb_buf_release(&right);
    return order;
}

static int compare_by(const struct sb_json *a, const struct sb_json *b, const char *member) {
    return sb_span_compare(sb_json_string(a, member), sb_json_string(b, member));
}

static int compare_config(const void *a, const void *b) {
    const struct sb_json *const *x = a, *const *y = b;
    int order = compare_by(*x, *y, "Config");
    return order ? order : compare_texts(a, b);
}

static int compare_digest(const void *a, const void *b) {
    const struct sb_json *const *x = a, *const *y = b;
    int order = compare_by(*x, *y, "digest");
    return order ? order : compare_texts(a, b);
}

static void sort_children(struct sb_json *list, int (*compare)(const void *, const void *)) {
    struct sb_json **items = sb_memory_new(list->count, sizeof *items);
    size_t count = 0;
    for (struct sb_json *item = list->first; item; item = item->next)
        items[count++] = item;
    qsort(items, count, sizeof *items, compare);
    list->first = list->last = NULL;
    list->count = 0;
    for (size_t i = 0; i < count; i++)
        sb_json_append(list, items[i]);
    free(items);
}

static struct sb_json *new_string(struct normal_archive *normal, const char *name,
                                  const char *text) {
    struct sb_json *value = sb_json_new_string(&normal->arena, sb_span_string(text));
    value->name = sb_span_string(name);
    return value;
}

/* The list of layers with each path replaced by that of the blob. */
static int rename_layers(struct normal_archive *normal, const struct sb_json *old,
                         struct sb_json *layers, struct sb_error *error) {
    for (const struct sb_json *path = old->first; path; path = path->next) {
        struct sb_file *file;
        struct sb_layer *layer;
        if (sb_archive_find(normal->archive, path, "a layer", &file, error) < 0 ||
            sb_archive_layer(normal->archive, file, NULL, &layer, error) < 0)
            return -1;
        const char *name = add_blob(normal, &layer->digest, layer->blob);
        sb_json_append(layers, new_string(normal, "", name));
    }
    return 0;
}

static int rename_config(struct normal_archive *normal, const struct sb_json *path,
                         const char **name, struct sb_error *error) {
    struct sb_file *file;
    struct sb_input_digest digest;
    struct sb_digest value;
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    if (sb_archive_find(normal->archive, path, "Config", &file, error) < 0 ||
        sb_range_open(file->data, &input, error) < 0)
        return -1;
    sb_input_digest_init(&digest, input);
    if (sb_input_digest_finish(&digest, &value, error) < 0)
        return -1;
    *name = add_blob(normal, &value, file->data);
    return 0;
}

static int add_docker_item(struct normal_archive *normal, const struct sb_json *item,
                           struct sb_json *manifest, struct sb_error *error) {
    struct sb_json *renamed = sb_json_new(&normal->arena, SB_JSON_OBJECT);
    for (const struct sb_json *member = item->first; member; member = member->next) {
        struct sb_json *same = sb_json_copy(&normal->arena, member);
        const char *name;
        if (sb_span_is(member->name, "Config")) {
            if (rename_config(normal, member, &name, error) < 0)
                return -1;
            same = new_string(normal, "Config", name);
        } else if (sb_span_is(member->name, "Layers") && member->type == SB_JSON_ARRAY) {
            same = sb_json_new(&normal->arena, SB_JSON_ARRAY);
            same->name = member->name;
            if (rename_layers(normal, member, same, error) < 0)
                return -1;
        }
        sb_json_append(renamed, same);
    }
    sb_json_append(manifest, renamed);
    return 0;
}

static int add_docker(struct normal_archive *normal, struct sb_error *error) {
    struct sb_json *manifest = sb_json_new(&normal->arena, SB_JSON_ARRAY);
    const struct sb_json *old = normal->archive->docker_manifest;
    for (const struct sb_json *item = old->first; item; item = item->next)
        if (add_docker_item(normal, item, manifest, error) < 0)
            return -1;
    sort_children(manifest, compare_config);
    add_json(normal, "manifest.json", manifest);
    return 0;
}

static int add_oci(struct normal_archive *normal, struct sb_error *error) {
    struct sb_archive *archive = normal->archive;
    struct sb_file *file = sb_store_find(&archive->store, sb_span_string("oci-layout"));
    struct sb_json *layout;
    if (sb_archive_read_json(archive, file, &layout, NULL, error) < 0)
        return -1;
    for (size_t i = 0; i < archive->blobs.count; i++)
        add_blob(normal, &archive->blobs.items[i].digest, archive->blobs.items[i].file->data);
    struct sb_json *index = sb_json_copy(&normal->arena, archive->oci_index);
    for (struct sb_json *member = index->first; member; member = member->next)
        if (sb_span_is(member->name, "manifests")) {
            struct sb_json *list = sb_json_copy(&normal->arena, member);
            sort_children(list, compare_digest);
            member->first = list->first;
            member->last = list->last;
        }
    add_json(normal, "index.json", index);
    add_json(normal, "oci-layout", layout);
    return 0;
}

static int compare_names(const void *a, const void *b) {
    const struct normal_file *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static int write_files(struct normal_archive *normal, struct sb_output *output,
                       struct sb_error *error) {
    const char *previous = "";
    sb_vec_sort(&normal->files, compare_names);
    for (size_t i = 0; i < normal->files.count; i++) {
        const struct normal_file *file = &normal->files.items[i];
        if (strcmp(previous, file->name) == 0)
            continue;
        previous = file->name;
        SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
        uint64_t size = file->range.source ? file->range.size : file->bytes.size;
        if (sb_tar_write_file_header(output, file->name, size, error) < 0)
            return -1;
        if (!file->range.source)
            input = sb_input_memory(file->bytes);
        else if (sb_range_open(file->range, &input, error) < 0)
            return -1;
        if (sb_output_copy(output, input, error) < 0 ||
            sb_tar_write_padding(output, size, error) < 0)
            return -1;
    }
    return sb_tar_write_end(output, error);
}

void sb_normalize_count(const struct sb_archive *archive, uint64_t *counts) {
    const struct sb_store_facts *facts = &archive->store.facts;
    for (size_t i = 0; i < archive->store.files.count; i++)
        counts[SB_PASS_ENVELOPE] += !archive->store.files.items[i].used;
    counts[SB_PASS_FILE_TIMESTAMPS] += facts->timed;
    counts[SB_PASS_OWNER_NAMES] += facts->named_owners;
    counts[SB_PASS_FILE_MODE_REDUNDANT_BITS] += facts->type_bits;
    counts[SB_PASS_TAR_FORMAT] += facts->foreign_headers;
    counts[SB_PASS_CANONICAL_PATHS] += facts->unclean_names;
    counts[SB_PASS_FILE_ORDER] += facts->unsorted;
    counts[SB_PASS_COMPRESSION] += archive->peeled.envelopes.count;
}

int sb_normalize_write(struct sb_archive *archive, struct sb_output *output, uint64_t *counts,
                       struct sb_error *error) {
    struct normal_archive normal = {.archive = archive};
    int status = 0;
    sb_normalize_count(archive, counts);
    if (archive->has_docker)
        status = add_docker(&normal, error);
    if (status == 0 && archive->has_oci)
        status = add_oci(&normal, error);
    if (status == 0)
        status = write_files(&normal, output, error);
    sb_vec_release(&normal.files);
    sb_arena_release(&normal.arena);
    return status;
}
