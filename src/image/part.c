/* The parts that the readers of an envelope take from it: documents, layers, configurations. */
#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "image/internal.h"
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
    char *name = sb_arena_printf(&archive->arena, "%.*s", SB_SPAN(file->name));
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
    char *name = sb_arena_printf(&archive->arena, "%.*s", SB_SPAN(file->name));
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
