#include "compare/whose.h"

#include "base/limits.h"

static struct sb_owner_of_digest *add(struct sb_owners_of_digest *owners, const char *what,
                                      const struct sb_image *image, size_t layer) {
    struct sb_owner_of_digest *owner = sb_vec_push(&owners->list);
    *owner = (struct sb_owner_of_digest){.what = what, .image = image, .layer = layer};
    return owner;
}

static void match(struct sb_owners_of_digest *owners, const char *what,
                  const struct sb_image *image, size_t layer, const struct sb_digest *digest,
                  const struct sb_digest *wanted) {
    if (sb_digest_equal(digest, wanted))
        add(owners, what, image, layer);
}

/* What containers are made from: OCI image-spec config.md, "Layer ChainID". */
static struct sb_digest chain_of(const struct sb_digest *below, const struct sb_digest *diff_id) {
    char texts[2][SB_DIGEST_TEXT];
    struct sb_buf text = SB_BUF_INIT;
    sb_digest_format(below, texts[0]);
    sb_digest_format(diff_id, texts[1]);
    sb_buf_appendf(&text, "%s %s", texts[0], texts[1]);
    struct sb_digest chain = sb_sha256_of(sb_buf_span(&text));
    sb_buf_release(&text);
    return chain;
}

static void match_files(struct sb_owners_of_digest *owners, const struct sb_image *image,
                        size_t number, const struct sb_digest *wanted) {
    const struct sb_layer *layer = image->layers.items[number - 1];
    for (size_t i = 0; i < layer->entries.count && layer->contents == SB_CONTENTS_DIGEST; i++) {
        const struct sb_entry *entry = &layer->entries.items[i];
        if (entry->type == '0' && !entry->whiteout &&
            sb_digest_equal(&entry->content.digest, wanted))
            add(owners, "file", image, number)->path = entry->path;
    }
}

static void match_image(struct sb_owners_of_digest *owners, const struct sb_image *image,
                        const struct sb_digest *wanted) {
    struct sb_digest chain = {{0}};
    match(owners, "config", image, 0, &image->config_digest, wanted);
    if (image->in_oci) {
        match(owners, "manifest", image, 0, &image->manifest_digest, wanted);
        if (image->top_is_index)
            match(owners, "index", image, 0, &image->top_digest, wanted);
    }
    for (size_t i = 0; i < image->layers.count; i++) {
        const struct sb_layer *layer = image->layers.items[i];
        chain = i ? chain_of(&chain, &layer->diff_id) : layer->diff_id;
        match(owners, "diff_id", image, i + 1, &layer->diff_id, wanted);
        if (layer->codec != SB_CODEC_NONE)
            match(owners, "layer", image, i + 1, &layer->digest, wanted);
        if (i)
            match(owners, "chain", image, i + 1, &chain, wanted);
        match_files(owners, image, i + 1, wanted);
    }
}

int sb_whose_digest(struct sb_owners_of_digest *owners, struct sb_archive *archive,
                    struct sb_range bytes, const struct sb_digest *wanted, struct sb_error *error) {
    if (bytes.source) {
        struct sb_digest digest;
        if (sb_subject_hash(bytes, &digest, error) < 0)
            return -1;
        match(owners, "archive", NULL, 0, &digest, wanted);
    }
    for (size_t i = 0; i < archive->images.count; i++)
        match_image(owners, archive->images.items[i], wanted);
    return 0;
}

void sb_whose_digest_of_subject(struct sb_owners_of_digest *owners,
                                const struct sb_subject *subject, const struct sb_digest *wanted) {
    match(owners, "canonical", subject->image, 0, &subject->canon.digest, wanted);
    match(owners, "rootfs", subject->image, 0, &subject->rootfs_digest, wanted);
}

/* The level that most use first. */
static int try_encoder(struct sb_owners_of_digest *owners, const struct sb_encoder *encoder,
                       const char *name, struct sb_span tar, const struct sb_digest *wanted,
                       struct sb_owner_of_digest *owner, struct sb_error *error) {
    static const unsigned levels[] = {6, 9, 1, 5, 4, 3, 2, 7, 8};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        struct sb_buf made = SB_BUF_INIT;
        int status =
            encoder->encode(encoder->context, sb_span_string(name), levels[i], tar, &made, error);
        struct sb_digest digest = sb_sha256_of(sb_buf_span(&made));
        sb_buf_release(&made);
        if (status)
            return status < 0 ? -1 : 0;
        if (!sb_digest_equal(&digest, wanted))
            continue;
        owner->encoder = name;
        owner->level = levels[i];
        *sb_vec_push(&owners->list) = *owner;
        return 0;
    }
    return 0;
}

static int try_layer(struct sb_owners_of_digest *owners, struct sb_archive *archive,
                     const struct sb_encoder *encoder, const struct sb_digest *wanted,
                     struct sb_owner_of_digest owner, struct sb_error *error) {
    struct sb_layer *layer = owner.image->layers.items[owner.layer - 1];
    struct sb_range range;
    struct sb_buf tar = SB_BUF_INIT;
    if (layer->tar_size > SB_LIMIT_HELD) {
        owners->layers_too_large++;
        return 0;
    }
    int status = sb_layer_tar(layer, archive->spool, &range, error);
    if (status == 0)
        status = sb_range_read(range, SB_LIMIT_HELD, &tar, error);
    size_t before = owners->list.count;
    for (const char *const *name = encoder->layer_names;
         status == 0 && *name && owners->list.count == before; name++)
        status = try_encoder(owners, encoder, *name, sb_buf_span(&tar), wanted, &owner, error);
    sb_buf_release(&tar);
    return status;
}

int sb_whose_digest_encoded(struct sb_owners_of_digest *owners, struct sb_archive *archive,
                            const struct sb_encoder *encoder, const struct sb_digest *wanted,
                            struct sb_error *error) {
    for (size_t i = 0; i < archive->images.count; i++) {
        const struct sb_image *image = archive->images.items[i];
        for (size_t k = 0; k < image->layers.count; k++) {
            struct sb_owner_of_digest owner = {.what = "layer", .image = image, .layer = k + 1};
            if (try_layer(owners, archive, encoder, wanted, owner, error) < 0)
                return -1;
        }
    }
    return 0;
}
