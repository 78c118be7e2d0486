#include "inputs/pair.h"

#include "host/beside.h"

struct side {
    struct subject *subject;
    const struct side *other;
    const struct options *options;
    const char *platform;
    bool one_file; /* both archives are the same bytes */
};

static int read_archive(void *context, struct sb_error *error) {
    struct side *side = context;
    return subject_read(side->subject, SB_CONTENTS_TAG, error);
}

static int choose(void *context, struct sb_error *error) {
    struct side *side = context;
    return subject_choose(side->subject, side->options, side->platform, error);
}

static int prepare(void *context, struct sb_error *error) {
    struct side *side = context;
    return subject_refuse_ambiguous(side->subject, side->options, true, error) < 0 ||
                   subject_prepare(side->subject, side->options, error) < 0
               ? -1
               : subject_refuse_ambiguous(side->subject, side->options, true, error);
}

static int read_all(void *context, struct sb_error *error) {
    struct side *side = context;
    const struct sb_subject *core = &side->subject->core;
    return sb_archive_read_layers(core->archive, core->image, SB_CONTENTS_TAG, error);
}

static int read_and_prepare(void *context, struct sb_error *error) {
    struct side *side = context;
    return read_all(side, error) < 0 ? -1 : prepare(side, error);
}

/* Of two images of one archive a layer is the same where it is the same part of it, whatever digest
 * is claimed for both. */
static bool is_same(const struct side *side, const struct sb_layer *layer,
                    const struct sb_layer *other) {
    bool same_place =
        layer->blob.offset == other->blob.offset && layer->blob.size == other->blob.size;
    return sb_digest_equal(&layer->diff_id, &other->diff_id) && (!side->one_file || same_place);
}

/* Layers that both have at one position stay unread. */
static int read_own(void *context, struct sb_error *error) {
    struct side *side = context;
    const struct sb_subject *core = &side->subject->core;
    const struct sb_image *image = core->image, *other = side->other->subject->core.image;
    if (image->layers.count != other->layers.count)
        return read_all(side, error);
    for (size_t i = 0; i < image->layers.count; i++) {
        struct sb_layer *layer = image->layers.items[i];
        if (is_same(side, layer, other->layers.items[i]))
            continue;
        if (sb_layer_read_now(layer, core->archive->reading, error) < 0 ||
            (side->one_file && sb_layer_verify(layer, error) < 0))
            return -1;
    }
    return 0;
}

/* A layer that turned out to be empty moves those above it: none may stay unread. */
static int prepare_again(void *context, struct sb_error *error) {
    struct side *side = context;
    if (read_all(side, error) < 0)
        return -1;
    subject_forget(side->subject);
    return prepare(side, error);
}

/* The step for both at once. Of two errors it is A's that counts, whichever came first. */
static int run_both(struct side sides[2], beside_job *step, struct sb_error *error) {
    struct beside second = {0};
    struct sb_error ignored;
    beside_start(&second, step, &sides[1]);
    int status = step(&sides[0], error);
    return beside_end(&second, status < 0 ? &ignored : error) < 0 ? -1 : status;
}

static void make_sides(struct pair *pair, const char *platform, struct side sides[2]) {
    for (int i = 0; i < 2; i++)
        sides[i] = (struct side){&pair->subjects[i], &sides[1 - i], pair->options, platform,
                                 pair->archives.identity[SB_IDENTITY_ARCHIVE].equal};
}

static const struct sb_identity_row *archives_of(const struct pair *pair) {
    return &pair->archives.identity[SB_IDENTITY_ARCHIVE];
}

/* Whether both names ask for one image of their archives. */
static bool want_one(const struct pair *pair) {
    const char *a = pair->subjects[0].wanted, *b = pair->subjects[1].wanted;
    return a && b ? strcmp(a, b) == 0 : a == b;
}

int pair_read(struct pair *pair, struct sb_error *error) {
    struct side sides[2];
    const struct sb_subject *a = &pair->subjects[0].core, *b = &pair->subjects[1].core;
    pair->short_way = a->digests == SB_DIGESTS_NONE && b->digests == SB_DIGESTS_NONE;
    if (pair->short_way && sb_compare_archives(a, b, &pair->archives, error) < 0)
        return -1;
    for (int i = 0; i < 2; i++)
        pair->subjects[i].reading.trusting =
            (archives_of(pair)->equal && want_one(pair)) || pair->options->trust_digests;
    make_sides(pair, NULL, sides);
    return run_both(sides, read_archive, error);
}

static void add_platform(string_list *platforms, const char *platform) {
    for (size_t i = 0; i < platforms->count; i++)
        if (strcmp(platforms->items[i], platform) == 0)
            return;
    *sb_vec_push(platforms) = platform;
}

/* Whether the images of a side are one for several platforms: no two for one. */
static bool has_platforms(const struct sb_archive *archive) {
    for (size_t i = 0; i < archive->images.count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(archive->images.items[i]->platform, archive->images.items[k]->platform) == 0)
                return false;
    return archive->images.count > 1;
}

static void add_all(const struct sb_archive *archive, string_list *platforms) {
    for (size_t i = 0; i < archive->images.count; i++)
        add_platform(platforms, archive->images.items[i]->platform);
}

void pair_platforms(struct pair *pair, string_list *platforms) {
    const struct options *options = pair->options;
    const struct sb_archive *a = &pair->subjects[0].archive, *b = &pair->subjects[1].archive;
    bool several_in_a = has_platforms(a), several_in_b = has_platforms(b);
    for (size_t i = 0; i < options->platforms.count; i++)
        add_platform(platforms, options->platforms.items[i]);
    if (platforms->count)
        return;
    pair->every = options->all_platforms || (several_in_a && several_in_b);
    if (pair->every || (several_in_b && a->images.count == 1))
        add_all(a, platforms);
    if (pair->every || (several_in_a && b->images.count == 1))
        add_all(b, platforms);
    if (platforms->count == 0)
        *sb_vec_push(platforms) = NULL;
}

bool pair_has(const struct pair *pair, int side, const char *platform) {
    const struct sb_archive *archive = &pair->subjects[side].archive;
    for (size_t i = 0; i < archive->images.count; i++)
        if (!platform || sb_image_is_for(archive->images.items[i], platform))
            return true;
    return false;
}

static bool lost_a_layer(const struct side *side) {
    const struct sb_subject *core = &side->subject->core;
    return core->canon.layers.count != core->image->layers.count;
}

static int prepare_trusting(struct side sides[2], const struct sb_comparison *result,
                            struct sb_error *error) {
    if (sb_subjects_are_one(&sides[0].subject->core, &sides[1].subject->core, result))
        return run_both(sides, prepare, error);
    if (run_both(sides, read_own, error) < 0 || run_both(sides, prepare, error) < 0)
        return -1;
    return lost_a_layer(&sides[0]) || lost_a_layer(&sides[1])
               ? run_both(sides, prepare_again, error)
               : 0;
}

static void note_unread(struct sb_comparison *result, const struct sb_image *image, bool equal) {
    size_t unread = 0;
    for (size_t i = 0; i < image->layers.count; i++)
        unread += image->layers.items[i]->unread;
    if (unread && equal)
        sb_comparison_note(result,
                           "both archives are the same bytes, so %zu layers and their digests "
                           "were not looked into; -v or --json does",
                           unread);
    else if (unread)
        sb_comparison_note(result,
                           "%zu of %zu layers are in both by the digests that the archives "
                           "claim, and were not read (--trust-digests)",
                           unread, image->layers.count);
}

int pair_prepare(struct pair *pair, const char *platform, struct sb_comparison *result,
                 struct sb_error *error) {
    struct side sides[2];
    make_sides(pair, platform, sides);
    result->identity[SB_IDENTITY_ARCHIVE] = *archives_of(pair);
    /* A lone image of another name is taken where the other side has the one that was asked for. */
    struct sb_error other;
    if (subject_check_name(&pair->subjects[0], pair->options, error) < 0 &&
        subject_check_name(&pair->subjects[1], pair->options, &other) < 0)
        return -1;
    if (run_both(sides, choose, error) < 0)
        return -1;
    if (!pair->short_way || !pair->subjects[0].reading.trusting)
        return run_both(sides, read_and_prepare, error);
    if (prepare_trusting(sides, result, error) < 0)
        return -1;
    note_unread(result, pair->subjects[0].core.image, archives_of(pair)->equal);
    return 0;
}

void pair_forget(struct pair *pair) {
    subject_forget(&pair->subjects[0]);
    subject_forget(&pair->subjects[1]);
}

void pair_release(struct pair *pair) {
    sb_comparison_release(&pair->archives);
    subject_release(&pair->subjects[0]);
    subject_release(&pair->subjects[1]);
}
