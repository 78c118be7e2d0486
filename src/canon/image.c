#include "canon/image.h"

#include "canon/normalize.h"
#include "json/write.h"

static void add_descriptor(struct sb_arena *arena, struct sb_json *object, const char *media_type,
                           const struct sb_digest *digest, uint64_t size) {
    char text[SB_DIGEST_TEXT];
    sb_digest_format(digest, text);
    sb_json_add_string(arena, object, "mediaType", sb_span_string(media_type));
    sb_json_add_string(arena, object, "digest", sb_arena_copy(arena, sb_span_string(text)));
    sb_json_add(object, "size", sb_json_new_number(arena, size));
}

static void make_manifest(struct sb_canon *canon) {
    struct sb_arena *arena = &canon->arena;
    struct sb_json *manifest = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *config = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *layers = sb_json_new(arena, SB_JSON_ARRAY);
    add_descriptor(arena, config, "application/vnd.oci.image.config.v1+json", &canon->config_digest,
                   canon->config.size);
    for (size_t i = 0; i < canon->layers.count; i++) {
        struct sb_json *layer = sb_json_new(arena, SB_JSON_OBJECT);
        add_descriptor(arena, layer, "application/vnd.oci.image.layer.v1.tar",
                       &canon->layers.items[i].digest, canon->layers.items[i].size);
        sb_json_append(layers, layer);
    }
    sb_json_add(manifest, "schemaVersion", sb_json_new_number(arena, 2));
    sb_json_add_string(arena, manifest, "mediaType",
                       sb_span_string("application/vnd.oci.image.manifest.v1+json"));
    sb_json_add(manifest, "config", config);
    sb_json_add(manifest, "layers", layers);
    sb_json_write_canonical(&canon->manifest, manifest);
    canon->digest = sb_sha256_of(sb_buf_span(&canon->manifest));
}

static struct sb_digest *diff_ids_of(const struct sb_canon *canon) {
    struct sb_digest *diff_ids = sb_memory_new(canon->layers.count, sizeof *diff_ids);
    for (size_t i = 0; i < canon->layers.count; i++)
        diff_ids[i] = canon->layers.items[i].digest;
    return diff_ids;
}

static void write_config(const struct sb_canon *canon, bool bare, struct sb_arena *arena,
                         uint64_t *counts, struct sb_buf *buf) {
    struct sb_canon_config how = {canon->options, bare, counts, canon->kept.count};
    struct sb_digest *diff_ids = diff_ids_of(canon);
    struct sb_json *config =
        sb_canon_config_make(&how, arena, canon->source_config, diff_ids, canon->layers.count,
                             canon->kept.count ? canon->kept.items : NULL);
    sb_json_write_canonical(buf, config);
    free(diff_ids);
}

static void make_run(struct sb_canon *canon) {
    struct sb_canon_config how = {canon->options, false, NULL, 0};
    struct sb_buf text = SB_BUF_INIT;
    canon->run = sb_canon_config_make(&how, &canon->arena, canon->source_config, NULL, 0, NULL);
    sb_json_write_canonical(&text, canon->run);
    canon->run_digest = sb_sha256_of(sb_buf_span(&text));
    sb_buf_release(&text);
}

/* A layer that an image has twice is hashed once. */
static bool copy_hash(struct sb_canon *canon, size_t position) {
    struct sb_canon_layer *layer = &canon->layers.items[position];
    for (size_t i = 0; i < position; i++) {
        const struct sb_canon_layer *other = &canon->layers.items[i];
        if (!layer->source || other->source != layer->source ||
            other->items.count != layer->items.count)
            continue;
        layer->digest = other->digest;
        layer->size = other->size;
        return true;
    }
    return false;
}

void sb_canon_outline(struct sb_canon *canon) {
    write_config(canon, false, &canon->arena, canon->counts, &canon->config);
    make_run(canon);
}

int sb_canon_finish(struct sb_canon *canon, struct sb_error *error) {
    for (size_t i = 0; i < canon->layers.count; i++)
        if (!copy_hash(canon, i) &&
            sb_canon_layer_hash(&canon->layers.items[i], canon->spool, error) < 0)
            return -1;
    sb_canon_outline(canon);
    canon->config_digest = sb_sha256_of(sb_buf_span(&canon->config));
    make_manifest(canon);
    canon->finished = true;
    return 0;
}

static void copy_names(struct sb_canon *canon, const struct sb_image *image) {
    for (size_t i = 0; i < image->names.count; i++)
        *sb_vec_push(&canon->names) = image->names.items[i];
    for (size_t i = 0; i < image->bare_names.count; i++)
        *sb_vec_push(&canon->bare_names) = image->bare_names.items[i];
}

static void count_image(struct sb_canon *canon, const struct sb_image *image) {
    canon->counts[SB_PASS_ATTESTATIONS] += image->attestations;
    canon->counts[SB_PASS_ANNOTATIONS] += image->annotations;
    canon->counts[SB_PASS_MEDIA_TYPES] += image->docker_media_types;
}

/* Whether the configuration, build record and times aside, was written in another form. */
static void count_json_form(struct sb_canon *canon, const struct sb_image *image) {
    struct sb_buf text = SB_BUF_INIT;
    sb_json_write_canonical(&text, image->config);
    canon->counts[SB_PASS_JSON_FORM] += !sb_span_equal(sb_buf_span(&text), image->config_bytes);
    sb_buf_release(&text);
}

void sb_canon_from_image(struct sb_canon *canon, struct sb_archive *archive, struct sb_image *image,
                         const struct sb_pass_options *options) {
    struct sb_canon_root root = sb_canon_root_initial;
    canon->options = options;
    canon->spool = archive->spool;
    canon->source_config = image->config;
    for (size_t i = 0; i < image->layers.count; i++) {
        struct sb_canon_layer layer = {0};
        sb_canon_layer_make(&layer, image->layers.items[i], options, &root, canon->counts);
        for (size_t k = 0; k < layer.excluded.count; k++)
            *sb_vec_push(&canon->excluded) = layer.excluded.items[k];
        bool keep = layer.items.count > 0 || image->layers.items[i]->unread ||
                    !sb_pass_is_on(options, SB_PASS_EMPTY_LAYERS);
        *sb_vec_push(&canon->kept) = keep;
        canon->counts[SB_PASS_EMPTY_LAYERS] += !keep;
        if (keep)
            *sb_vec_push(&canon->layers) = layer;
        else
            sb_canon_layer_release(&layer);
    }
    copy_names(canon, image);
    sb_normalize_count(archive, canon->counts);
    count_image(canon, image);
    count_json_form(canon, image);
}

void sb_canon_release(struct sb_canon *canon) {
    for (size_t i = 0; i < canon->layers.count; i++)
        sb_canon_layer_release(&canon->layers.items[i]);
    sb_vec_release(&canon->layers);
    sb_vec_release(&canon->names);
    sb_vec_release(&canon->bare_names);
    sb_vec_release(&canon->kept);
    sb_vec_release(&canon->excluded);
    sb_buf_release(&canon->config);
    sb_buf_release(&canon->manifest);
    sb_arena_release(&canon->arena);
}
