#include "image/archive.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "codec/base64.h"
#include "image/config.h"
#include "image/internal.h"
#include "image/path.h"
#include "image/structs.h"

void sb_archive_report_twice(struct sb_archive *archive, struct sb_span name,
                             enum sb_finding_kind kind, const char *what) {
    if (sb_store_count(&archive->store, name) < 2)
        return;
    bool twins = sb_store_are_twins(&archive->store, name);
    struct sb_buf text = SB_BUF_INIT;
    sb_buf_append_visible(&text, name);
    sb_finding_add(archive->findings, twins ? SB_FINDING_ENTRY_REPEATED : kind, "archive",
                   "'%.200s' is there twice%s%s", sb_buf_string(&text),
                   twins ? ", with the same bytes" : "; ", twins ? "" : what);
    sb_buf_release(&text);
}

static int read_document(struct sb_archive *archive, const struct sb_file *file,
                         struct sb_buf *bytes, struct sb_error *error) {
    uint64_t highest = sb_limit_of(archive->findings, SB_LIMIT_JSON_SIZE);
    if (file->data.size > highest)
        return sb_error_set(error, SB_ERROR_LIMIT,
                            "%" PRIu64 " bytes of JSON are more than %" PRIu64
                            "; --limit json-size=SIZE allows more",
                            file->data.size, highest);
    return sb_range_read(file->data, highest, bytes, error);
}

int sb_archive_read_json(struct sb_archive *archive, struct sb_file *file, struct sb_json **value,
                         struct sb_digest *digest, struct sb_error *error) {
    struct sb_buf bytes = SB_BUF_INIT;
    char *name = sb_arena_printf(&archive->arena, "%.*s", (int)file->name.size,
                                 (const char *)file->name.data);
    int status = read_document(archive, file, &bytes, error);
    if (status < 0)
        sb_error_wrap(error, "%s", name);
    if (status == 0)
        status = sb_json_parse(sb_buf_span(&bytes), &archive->arena, archive->findings, name, value,
                               error);
    if (status == 0 && digest)
        *digest = sb_sha256_of(sb_buf_span(&bytes));
    if (status == 0)
        file->used = true;
    sb_buf_release(&bytes);
    return status;
}

int sb_archive_layer(struct sb_archive *archive, struct sb_file *file,
                     const struct sb_digest *claimed, struct sb_layer **layer,
                     struct sb_error *error) {
    for (size_t i = 0; i < archive->layers.count; i++)
        if (archive->layer_files.items[i] == file) {
            *layer = archive->layers.items[i];
            return 0;
        }
    char name[256];
    snprintf(name, sizeof name, "layer %.*s", (int)(file->name.size < 200 ? file->name.size : 200),
             (const char *)file->name.data);
    *layer = sb_memory_new(1, sizeof **layer);
    *sb_vec_push(&archive->layers) = *layer;
    *sb_vec_push(&archive->layer_files) = file;
    file->used = true;
    if (archive->reading->trusting) {
        if (sb_layer_register(*layer, file->data, name, error) < 0)
            return -1;
        if (claimed)
            (*layer)->digest = *claimed;
        if (claimed || (*layer)->codec == SB_CODEC_NONE)
            return 0;
        sb_layer_release(*layer);
    }
    return sb_layer_read(*layer, file->data, name, archive->reading, error);
}

struct sb_layer *sb_archive_absent_layer(struct sb_archive *archive, const char *path,
                                         const struct sb_digest *digest) {
    char name[128];
    snprintf(name, sizeof name, "layer %s", path);
    struct sb_layer *layer = sb_memory_new(1, sizeof *layer);
    *sb_vec_push(&archive->layers) = layer;
    *sb_vec_push(&archive->layer_files) = NULL;
    sb_layer_make_absent(layer, digest, name);
    return layer;
}

size_t sb_image_absent_layers(const struct sb_image *image) {
    size_t absent = 0;
    for (size_t i = 0; i < image->layers.count; i++)
        absent += image->layers.items[i]->absent;
    return absent;
}

int sb_archive_read_layers(struct sb_archive *archive, struct sb_image *image,
                           enum sb_contents contents, struct sb_error *error) {
    struct sb_reading reading = *archive->reading;
    reading.contents = contents;
    for (size_t i = 0; i < image->layers.count; i++)
        if (sb_layer_read_now(image->layers.items[i], &reading, error) < 0)
            return -1;
    sb_image_check_stack(image, archive->findings);
    return 0;
}

int sb_archive_verify_layers(const struct sb_archive *archive, struct sb_error *error) {
    for (size_t i = 0; i < archive->layers.count; i++)
        if (sb_layer_verify(archive->layers.items[i], error) < 0)
            return -1;
    return 0;
}

static int read_diff_ids(struct sb_image *image, const char *name, struct sb_error *error) {
    const struct sb_json *rootfs = sb_json_member(image->config, "rootfs");
    const struct sb_json *diff_ids = sb_json_member(rootfs, "diff_ids");
    const struct sb_json *type = sb_json_member(rootfs, "type");
    if (type && type->type == SB_JSON_STRING && type->text.size &&
        !sb_json_is_string(type, "layers"))
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: rootfs.type is not \"layers\"", name);
    for (const struct sb_json *item = diff_ids ? diff_ids->first : NULL; item; item = item->next) {
        struct sb_digest digest;
        if (item->type != SB_JSON_STRING || !sb_span_starts(item->text, "sha256:") ||
            !sb_digest_parse_hex(sb_span_from(item->text, 7), &digest))
            return sb_error_set(error, SB_ERROR_MALFORMED,
                                "%s: rootfs.diff_ids must hold digests alone", name);
        *sb_vec_push(&image->diff_ids) = digest;
    }
    return 0;
}

int sb_archive_set_config(struct sb_archive *archive, struct sb_image *image, struct sb_file *file,
                          struct sb_error *error) {
    struct sb_buf bytes = SB_BUF_INIT;
    char *name = sb_arena_printf(&archive->arena, "%.*s", (int)file->name.size,
                                 (const char *)file->name.data);
    /* One configuration for several items is read once. */
    for (size_t i = 0; i < archive->images.count; i++)
        if (archive->images.items[i] != image && archive->images.items[i]->config_file == file) {
            const struct sb_image *same = archive->images.items[i];
            image->config = same->config;
            image->config_bytes = same->config_bytes;
            image->config_file = file;
            image->config_digest = same->config_digest;
            image->platform = sb_image_platform(image->config);
            return read_diff_ids(image, name, error);
        }
    int status = read_document(archive, file, &bytes, error);
    if (status < 0)
        sb_error_wrap(error, "%s", name);
    image->config_bytes = sb_arena_copy(&archive->arena, sb_buf_span(&bytes));
    sb_buf_release(&bytes);
    if (status < 0 ||
        sb_json_parse(image->config_bytes, &archive->arena, archive->findings, name, &image->config,
                      error) < 0 ||
        sb_struct_read(image->config, sb_struct_config, archive->findings, name, error) < 0)
        return -1;
    image->config_file = file;
    file->used = true;
    image->config_digest = sb_sha256_of(image->config_bytes);
    image->platform = sb_image_platform(image->config);
    return read_diff_ids(image, name, error);
}

int sb_image_check_layers(struct sb_image *image, const char *where, struct sb_findings *findings,
                          struct sb_error *error) {
    if (image->layers.count != image->diff_ids.count)
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: %zu layers, but %zu diff_ids", where,
                            image->layers.count, image->diff_ids.count);
    static const struct sb_digest none;
    for (size_t i = 0; i < image->layers.count; i++) {
        struct sb_layer *layer = image->layers.items[i];
        if (layer->unread && sb_digest_equal(&layer->diff_id, &none))
            layer->diff_id = image->diff_ids.items[i];
        if (layer->unread && sb_digest_equal(&layer->digest, &none))
            layer->digest = layer->diff_id;
        if (!sb_digest_equal(&layer->diff_id, &image->diff_ids.items[i])) {
            char claimed[SB_DIGEST_TEXT], actual[SB_DIGEST_TEXT];
            sb_digest_format(&image->diff_ids.items[i], claimed);
            sb_digest_format(&layer->diff_id, actual);
            return sb_error_set(error, SB_ERROR_MALFORMED,
                                "%s: its diff_id is %s, the configuration says %s", layer->name,
                                actual, claimed);
        }
        if (layer->facts.fflags && !sb_span_is(sb_json_string(image->config, "os"), "freebsd"))
            sb_finding_add(findings, SB_FINDING_XATTR, layer->name,
                           "records SCHILY.fflags, which only FreeBSD's engines apply");
    }
    sb_image_check_stack(image, findings);
    return 0;
}

static void sort_names(struct sb_image *image) {
    size_t kept = 0;
    struct sb_span *names = image->names.items;
    sb_vec_sort(&image->names, sb_span_compare_items);
    for (size_t i = 0; i < image->names.count; i++)
        if (kept == 0 || !sb_span_equal(names[kept - 1], names[i]))
            names[kept++] = names[i];
    image->names.count = kept;
}

static void free_image(struct sb_image *image) {
    sb_vec_release(&image->names);
    sb_vec_release(&image->bare_names);
    sb_vec_release(&image->layers);
    sb_vec_release(&image->diff_ids);
    free(image->platform);
    free(image);
}

/* What manifest.json and index.json say of one image, in one. */
static void merge_into(struct sb_image *image, struct sb_image *other) {
    for (size_t i = 0; i < other->names.count; i++)
        *sb_vec_push(&image->names) = other->names.items[i];
    for (size_t i = 0; i < other->bare_names.count; i++)
        *sb_vec_push(&image->bare_names) = other->bare_names.items[i];
    image->in_docker = image->in_docker || other->in_docker;
    if (other->in_oci && !image->in_oci) {
        image->in_oci = true;
        image->manifest_digest = other->manifest_digest;
        image->manifest = other->manifest;
        image->top_digest = other->top_digest;
        image->top_is_index = other->top_is_index;
        image->attestations = other->attestations;
        image->artifact = other->artifact;
        image->annotations = other->annotations;
        image->docker_media_types = other->docker_media_types;
    }
}

/* One image: one configuration for one platform, also under two manifests, which then have its
 * layers in two compressions. */
static bool is_same(const struct sb_image *a, const struct sb_image *b) {
    return sb_digest_equal(&a->config_digest, &b->config_digest) &&
           strcmp(a->platform, b->platform) == 0;
}

static void merge_images(struct sb_archive *archive) {
    size_t kept = 0;
    struct sb_image **images = archive->images.items;
    for (size_t i = 0; i < archive->images.count; i++) {
        struct sb_image *same = NULL;
        for (size_t k = 0; k < kept && !same; k++)
            if (is_same(images[k], images[i]))
                same = images[k];
        if (same) {
            merge_into(same, images[i]);
            free_image(images[i]);
        } else {
            images[kept++] = images[i];
        }
    }
    archive->images.count = kept;
    for (size_t i = 0; i < kept; i++)
        sort_names(images[i]);
}

/* Both files are there: each image of manifest.json must be one of index.json, and what index.json
 * names itself (not a platform of a nested index) one of manifest.json. */
static void check_agreement(struct sb_archive *archive) {
    if (!archive->has_docker || !archive->has_oci)
        return;
    for (size_t i = 0; i < archive->images.count; i++) {
        struct sb_image *image = archive->images.items[i];
        char digest[SB_DIGEST_TEXT];
        sb_digest_format(&image->config_digest, digest);
        if (image->in_docker != image->in_oci && !(image->in_oci && image->top_is_index))
            sb_finding_add(archive->findings, SB_FINDING_INDEX_CONFLICT, "archive",
                           "only %s names the image with the config %s",
                           image->in_docker ? "manifest.json" : "index.json", digest);
    }
}

/* The platforms of one index share its names. */
static bool are_of_one_index(const struct sb_image *a, const struct sb_image *b) {
    return a->in_oci && b->in_oci && a->top_is_index &&
           sb_digest_equal(&a->top_digest, &b->top_digest);
}

/* One name for two images: Docker keeps the last, Podman the first. */
static void check_names(struct sb_archive *archive) {
    for (size_t a = 0; a < archive->images.count; a++)
        for (size_t b = a + 1; b < archive->images.count; b++) {
            struct sb_image *x = archive->images.items[a], *y = archive->images.items[b];
            /* Both lists are sorted. */
            for (size_t i = 0, k = 0; i < x->names.count && k < y->names.count;) {
                int order = sb_span_compare(x->names.items[i], y->names.items[k]);
                if (order == 0 && !are_of_one_index(x, y))
                    sb_finding_add(archive->findings, SB_FINDING_NAME_CONFLICT, "archive",
                                   "%.*s names two images", (int)x->names.items[i].size,
                                   (const char *)x->names.items[i].data);
                i += order <= 0;
                k += order >= 0;
            }
        }
}

/* What was set aside and could run has the name or platform of an image beside it. */
static void check_impostors(struct sb_archive *archive) {
    for (size_t i = 0; i < archive->impostors.count; i++) {
        const struct sb_impostor *impostor = &archive->impostors.items[i];
        bool beside = false;
        for (size_t k = 0; k < archive->images.count; k++) {
            const struct sb_image *image = archive->images.items[k];
            beside =
                beside || (impostor->platform && strcmp(impostor->platform, image->platform) == 0);
            for (size_t n = 0; n < image->names.count; n++)
                beside = beside || sb_span_equal(image->names.items[n], impostor->name);
        }
        if (beside)
            sb_finding_add(archive->findings, SB_FINDING_PLATFORM, impostor->where,
                           "it calls itself no image, and engines that look at its content run it");
    }
}

/* Docker's untar, and Podman, write through a link that stands in a folder's place. */
static void check_links(struct sb_archive *archive) {
    for (size_t i = 0; i < archive->store.files.count && !archive->is_directory; i++) {
        const struct sb_file *file = &archive->store.files.items[i];
        for (struct sb_span at = sb_path_parent(file->name); at.size; at = sb_path_parent(at)) {
            const struct sb_file *folder = sb_store_find(&archive->store, at);
            if (!folder || folder->type == '5')
                continue;
            struct sb_buf name = SB_BUF_INIT;
            sb_buf_append_visible(&name, file->name);
            sb_finding_add(archive->findings, SB_FINDING_PATH_THROUGH_LINK, sb_buf_string(&name),
                           "an entry of the archive below one that is no folder, through which "
                           "engines write");
            sb_buf_release(&name);
            break;
        }
    }
}

/* <id>/json, <id>/VERSION and a link <id>/layer.tar stand beside layers for engines before 1.10. */
static bool is_legacy(const struct sb_archive *archive, const struct sb_file *file) {
    struct sb_span folder = sb_path_parent(file->name), base = sb_path_base(file->name);
    struct sb_buf path = SB_BUF_INIT;
    if (sb_span_is(file->name, "repositories"))
        return true;
    sb_buf_append_span(&path, folder);
    sb_buf_append_string(&path, "/layer.tar");
    const struct sb_file *layer = sb_store_find(&archive->store, sb_buf_span(&path));
    sb_buf_release(&path);
    if (!layer || (!layer->used && layer->type != '2'))
        return false;
    return sb_span_is(base, "json") || sb_span_is(base, "VERSION") || layer == file;
}

static void report_unused(struct sb_archive *archive) {
    for (size_t i = 0; i < archive->store.files.count; i++) {
        const struct sb_file *file = &archive->store.files.items[i];
        if (file->used || file->type == '5' || is_legacy(archive, file) ||
            (archive->partly && sb_span_starts(file->name, "blobs/")))
            continue;
        struct sb_buf name = SB_BUF_INIT;
        sb_buf_append_visible(&name, file->name);
        sb_finding_add(archive->findings,
                       sb_span_starts(file->name, "blobs/") ? SB_FINDING_UNREFERENCED
                                                            : SB_FINDING_ARCHIVE_NAMES,
                       sb_buf_string(&name), "nothing refers to it");
        sb_buf_release(&name);
    }
}

/* What people take for an image archive, and what to do with it. */
static int say_what_it_is(const struct sb_archive *archive, struct sb_error *error) {
    static const char *const folders[] = {"bin", "dev", "etc", "lib", "proc", "root", "usr", "var"};
    size_t found = 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        found += sb_store_find(&archive->store, sb_span_string(folders[i])) != NULL;
    if (found >= 3)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "no image archive, but a root file system, as docker export writes it: "
                            "docker save has the image; docker import FILE makes one of this");
    if (sb_store_find(&archive->store, sb_span_string("layer.tar")))
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "no image archive, but one layer of one: name the whole archive");
    return sb_error_set(error, SB_ERROR_MALFORMED,
                        "no image archive: neither manifest.json nor index.json is in it; if it "
                        "is a root file system (docker export, a layer), docker import FILE makes "
                        "an image of it");
}

/* An archive of artifacts alone: what they are. */
static int say_what_was_set_aside(const struct sb_archive *archive, struct sb_error *error) {
    struct sb_buf types = SB_BUF_INIT;
    for (size_t i = 0; archive->findings && i < archive->findings->list.count; i++) {
        const struct sb_finding *finding = &archive->findings->list.items[i];
        if (finding->kind == SB_FINDING_SET_ASIDE && types.size < 300)
            sb_buf_appendf(&types, "%s%s", types.size ? "; " : ", but to what is ", finding->what);
    }
    sb_error_set(error, SB_ERROR_MALFORMED, "index.json: it leads to no image%s",
                 types.size ? sb_buf_string(&types) : "");
    sb_buf_release(&types);
    return -1;
}

static int read_images(struct sb_archive *archive, struct sb_error *error) {
    if (sb_docker_archive_read(archive, error) < 0 || sb_oci_layout_read(archive, error) < 0)
        return -1;
    if (!archive->has_docker && !archive->has_oci)
        return say_what_it_is(archive, error);
    merge_images(archive);
    if (archive->images.count == 0)
        return say_what_was_set_aside(archive, error);
    check_agreement(archive);
    check_names(archive);
    check_impostors(archive);
    check_links(archive);
    report_unused(archive);
    return 0;
}

/* Bytes that people could have typed: what no tar's header is, for it ends in zeros. */
static bool is_text(struct sb_span bytes) {
    for (size_t i = 0; i < bytes.size; i++)
        if (bytes.data[i] == 0x7f || (bytes.data[i] < ' ' && !strchr("\t\r\n\f", bytes.data[i])))
            return false;
    return bytes.size > 0;
}

/* The error of the tar's reader says where it stopped; of text that says nothing. */
static int say_it_is_no_tar(const struct sb_archive *archive, struct sb_error *error) {
    enum { BEGINNING = 512 };
    struct sb_range beginning = archive->peeled.bytes;
    if (beginning.size > BEGINNING)
        beginning.size = BEGINNING;
    struct sb_error unread = SB_ERROR_INIT;
    struct sb_buf bytes = SB_BUF_INIT;
    bool text =
        sb_range_read(beginning, BEGINNING, &bytes, &unread) == 0 && is_text(sb_buf_span(&bytes));
    size_t offset = sb_base64_length(sb_buf_span(&bytes));
    sb_buf_release(&bytes);
    if (text)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "no image archive, but text, which is no base64 from offset %zu on: "
                            "give the archive, or the base64 text of one and nothing else",
                            offset);
    return sb_error_wrap(error, "no image archive");
}

static void begin(struct sb_archive *archive, const struct sb_reading *reading) {
    archive->reading = reading;
    archive->findings = reading->findings;
    archive->spool = reading->spool;
}

int sb_archive_open(struct sb_archive *archive, struct sb_range bytes,
                    const struct sb_reading *reading, struct sb_error *error) {
    begin(archive, reading);
    if (sb_peel(bytes, archive->spool, archive->findings, "archive", &archive->peeled, error) < 0)
        return -1;
    if (sb_store_read_tar(&archive->store, archive->peeled.bytes, archive->findings, error) < 0)
        return archive->store.files.count ? -1 : say_it_is_no_tar(archive, error);
    return read_images(archive, error);
}

int sb_archive_open_directory(struct sb_archive *archive, int directory,
                              const struct sb_reading *reading, struct sb_error *error) {
    begin(archive, reading);
    archive->is_directory = true;
    if (sb_store_read_directory(&archive->store, directory, error) < 0)
        return -1;
    return read_images(archive, error);
}

void sb_archive_release(struct sb_archive *archive) {
    for (size_t i = 0; i < archive->images.count; i++)
        free_image(archive->images.items[i]);
    for (size_t i = 0; i < archive->layers.count; i++) {
        sb_layer_release(archive->layers.items[i]);
        free(archive->layers.items[i]);
    }
    sb_vec_release(&archive->images);
    sb_vec_release(&archive->layers);
    sb_vec_release(&archive->layer_files);
    sb_vec_release(&archive->blobs);
    sb_vec_release(&archive->absent_platforms);
    sb_vec_release(&archive->impostors);
    sb_store_release(&archive->store);
    sb_peeled_release(&archive->peeled);
    sb_arena_release(&archive->arena);
}

const char *sb_archive_format(const struct sb_archive *archive) {
    if (archive->is_directory)
        return "oci";
    if (archive->has_docker)
        return archive->has_oci ? "docker-archive+oci-archive" : "docker-archive";
    return "oci-archive";
}
