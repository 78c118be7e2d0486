/* The layers of an image, and its configuration, from source and facts. */
#include <inttypes.h>

#include "engines/internal.h"

static int write_entry(struct sb_profile_writing *writing, const struct sb_profile_image *image,
                       struct sb_marked *tar, const struct sb_build_entry *said,
                       const struct sb_fact_entry *fact) {
    const struct sb_builder *builder = image->facts->builder;
    struct sb_gotar_entry entry = {.name = said->path,
                                   .link = said->link,
                                   .type = said->type,
                                   .mode = fact->mode,
                                   .uid = said->uid,
                                   .gid = said->gid,
                                   .mtime = fact->mtime,
                                   .name_heading = SB_HEADING_SOURCE,
                                   .mode_heading = SB_HEADING_FACT,
                                   .time_heading = SB_HEADING_FACT};
    if (said->type == '5')
        entry.name = sb_span_string(sb_arena_printf(&tar->arena, "%.*s/", SB_SPAN(said->path)));
    if (builder->type_bits)
        entry.mode |= sb_gotar_type_bits(said->type);
    if (builder->owner_names) {
        entry.uname = sb_facts_owner_name(writing->facts, false, said->uid);
        entry.gname = sb_facts_owner_name(writing->facts, true, said->gid);
    }
    tar->entry = (const char *)sb_arena_copy(&tar->arena, said->path).data;
    return sb_gotar_write(tar, &entry, said->type == '0' ? said->content : sb_span_of(NULL, 0),
                          writing->error);
}

static int compress(struct sb_profile_writing *writing, struct sb_profile_layer *layer,
                    const struct sb_fact_encoder *encoder) {
    if (encoder->name.size == 0)
        return sb_error_set(writing->error, SB_ERROR_USAGE,
                            "facts: they name no encoder that writes the same compressed layer");
    int status =
        writing->encoder
            ? writing->encoder->encode(writing->encoder->context, encoder->name, encoder->level,
                                       sb_buf_span(&layer->tar.bytes), &layer->blob, writing->error)
            : 1;
    if (status > 0)
        return sb_error_set(writing->error, SB_ERROR_SYSTEM,
                            "the encoder %.*s, which compressed a layer, is not here (make "
                            "encoders)",
                            SB_SPAN(encoder->name));
    layer->blob_digest = sb_sha256_of(sb_buf_span(&layer->blob));
    return status;
}

static int make_layer(struct sb_profile_writing *writing, struct sb_profile_image *image,
                      size_t step) {
    const struct sb_build_step *said = &image->source->steps.items[step];
    const struct sb_fact_step *fact = &image->facts->steps.items[step];
    struct sb_profile_layer *layer = &image->layers[image->layer_count];
    layer->step = step;
    if (!said->may_layer)
        return sb_error_set(writing->error, SB_ERROR_USAGE,
                            "the facts have a layer at step %zu, which makes none in this source",
                            step + 1);
    if (fact->entry_count && fact->entry_count != said->entries.count)
        return sb_error_set(writing->error, SB_ERROR_USAGE,
                            "the facts have %zu entries in the layer of step %zu, the source %zu",
                            fact->entry_count, step + 1, said->entries.count);
    image->layer_count++;
    for (size_t i = 0; i < fact->entry_count; i++)
        if (write_entry(writing, image, &layer->tar, &said->entries.items[i], &fact->entries[i]) <
            0)
            return -1;
    layer->tar.entry = "end";
    sb_gotar_end(&layer->tar);
    layer->diff_id = sb_profile_digest_of(&layer->tar);
    layer->chain_id = layer->diff_id;
    if (image->layer_count > 1) {
        char chain[2 * SB_DIGEST_TEXT];
        sb_digest_format(&layer[-1].chain_id, chain);
        chain[SB_DIGEST_TEXT - 1] = ' ';
        sb_digest_format(&layer->diff_id, chain + SB_DIGEST_TEXT);
        layer->chain_id = sb_sha256_of(sb_span_string(chain));
    }
    return writing->facts->profile->saver->compresses ? compress(writing, layer, &fact->encoder)
                                                      : 0;
}

/* config.Image: the id of the image before, which in a row of ADD and COPY is made the same way. */
static struct sb_span parent_of(struct sb_profile_writing *writing,
                                const struct sb_profile_image *image) {
    struct sb_span parent = {0};
    size_t count = image->source->steps.count;
    if (image->facts->builder->style != SB_CONFIG_DOCKER)
        return parent;
    if (image->facts->parent.size)
        return image->facts->parent;
    for (size_t step = 0; step + 1 < count; step++) {
        struct sb_marked config = SB_MARKED_INIT;
        char digest[SB_DIGEST_TEXT];
        sb_marked_json(&config, sb_profile_config(&writing->arena, image, step, parent), 0);
        struct sb_digest id = sb_profile_digest_of(&config);
        sb_digest_format(&id, digest);
        parent = sb_arena_copy(&writing->arena, sb_span_string(digest));
        sb_marked_release(&config);
    }
    return parent;
}

int sb_profile_make_image(struct sb_profile_writing *writing, struct sb_profile_image *image) {
    size_t count = image->source->steps.count;
    if (count == 0 || count != image->facts->steps.count)
        return sb_error_set(writing->error, SB_ERROR_USAGE,
                            "the Dockerfile has %zu steps that leave a line in the history, the "
                            "facts have %zu",
                            count, image->facts->steps.count);
    image->created = image->facts->created.size ? image->facts->created
                                                : image->facts->steps.items[count - 1].created;
    if (sb_gotar_time(image->created, &image->created_seconds, writing->error) < 0)
        return -1;
    image->layers = sb_memory_new(count, sizeof *image->layers);
    for (size_t i = 0; i < count; i++)
        if (image->facts->steps.items[i].layer && make_layer(writing, image, i) < 0)
            return -1;
    image->parent = parent_of(writing, image);
    sb_marked_json(&image->config,
                   sb_profile_config(&writing->arena, image, count - 1, image->parent), 0);
    image->config_digest = sb_profile_digest_of(&image->config);
    return 0;
}

void sb_profile_release_image(struct sb_profile_image *image) {
    for (size_t i = 0; i < image->layer_count; i++) {
        sb_marked_release(&image->layers[i].tar);
        sb_buf_release(&image->layers[i].blob);
    }
    free(image->layers);
    sb_marked_release(&image->config);
}
