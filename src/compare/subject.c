/* One side of a comparison: what it is as given and in its canonical form, and its digests. */
#include "compare/compare.h"

int sb_subject_hash(struct sb_range range, struct sb_digest *digest, struct sb_error *error) {
    struct sb_input_digest reading;
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    if (sb_range_open(range, &input, error) < 0)
        return -1;
    sb_input_digest_init(&reading, input);
    return sb_input_digest_finish(&reading, digest, error);
}

static bool has_unread(const struct sb_image *image) {
    for (size_t i = 0; i < image->layers.count; i++)
        if (image->layers.items[i]->unread)
            return true;
    return false;
}

/* For a rootfs every layer counts, though not the contents of those that both have. */
int sb_subject_read_rest(struct sb_subject *subject, struct sb_error *error) {
    if (!has_unread(subject->image))
        return 0;
    if (sb_archive_read_layers(subject->archive, subject->image, SB_CONTENTS_UNKNOWN, error) < 0)
        return -1;
    sb_rootfs_of_image(&subject->rootfs, subject->archive, subject->image);
    return 0;
}

int sb_subject_prepare(struct sb_subject *subject, const struct sb_pass_options *options,
                       struct sb_error *error) {
    sb_canon_from_image(&subject->canon, subject->archive, subject->image, options);
    if (!has_unread(subject->image))
        sb_rootfs_of_image(&subject->rootfs, subject->archive, subject->image);
    /* Without a layer there is no canonical form and no root file system. */
    if (sb_image_absent_layers(subject->image) && subject->digests == SB_DIGESTS_ALL)
        subject->digests = SB_DIGESTS_NONE;
    if (subject->digests == SB_DIGESTS_NONE) {
        sb_canon_outline(&subject->canon);
        return 0;
    }
    if (sb_canon_finish(&subject->canon, error) < 0)
        return -1;
    if (subject->digests == SB_DIGESTS_CANONICAL)
        return 0;
    if (subject->bytes.source &&
        sb_subject_hash(subject->bytes, &subject->archive_digest, error) < 0)
        return -1;
    return sb_rootfs_hash(&subject->rootfs, options, subject->archive->spool,
                          &subject->rootfs_digest, error);
}

void sb_subject_release(struct sb_subject *subject) {
    sb_canon_release(&subject->canon);
    sb_rootfs_release(&subject->rootfs);
}

static const struct sb_digest *one(struct sb_arena *arena, const struct sb_digest *digest,
                                   bool there, size_t *count) {
    *count = there;
    return (const struct sb_digest *)sb_arena_copy(arena, sb_span_of(digest, sizeof *digest)).data;
}

const struct sb_digest *sb_identity_of(const struct sb_subject *subject, enum sb_identity what,
                                       struct sb_arena *arena, size_t *count) {
    const struct sb_image *image = subject->image;
    switch (what) {
    case SB_IDENTITY_ARCHIVE:
        return one(arena, &subject->archive_digest,
                   subject->digests == SB_DIGESTS_ALL && subject->bytes.source, count);
    case SB_IDENTITY_INDEX:
        return one(arena, &image->top_digest, image->in_oci && image->top_is_index, count);
    case SB_IDENTITY_MANIFEST:
        return one(arena, &image->manifest_digest, image->in_oci, count);
    case SB_IDENTITY_CONFIG:
        return one(arena, &image->config_digest, true, count);
    case SB_IDENTITY_DIFF_IDS:
        *count = image->diff_ids.count;
        return image->diff_ids.items;
    case SB_IDENTITY_CANONICAL:
        return one(arena, &subject->canon.digest, subject->canon.finished, count);
    case SB_IDENTITY_ROOTFS:
        return one(arena, &subject->rootfs_digest, subject->digests == SB_DIGESTS_ALL, count);
    case SB_IDENTITY_LAYERS:
    case SB_IDENTITIES:
        break;
    }
    struct sb_digest *layers =
        sb_arena_new(arena, (image->layers.count ? image->layers.count : 1) * sizeof *layers);
    for (size_t i = 0; i < image->layers.count; i++)
        layers[i] = image->layers.items[i]->digest;
    *count = image->layers.count;
    return layers;
}
