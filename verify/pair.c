#include "pair.h"

#include "host/beside.h"

struct side {
    struct subject *subject;
    const struct side *other;
    const struct options *options;
};

static int choose(void *context, struct sb_error *error) {
    struct side *side = context;
    return subject_read(side->subject, SB_CONTENTS_TAG, error) < 0
               ? -1
               : subject_choose(side->subject, side->options, error);
}

static int prepare(void *context, struct sb_error *error) {
    struct side *side = context;
    return subject_refuse_ambiguous(side->subject, side->options, error) < 0 ||
                   subject_prepare(side->subject, side->options, error) < 0
               ? -1
               : subject_refuse_ambiguous(side->subject, side->options, error);
}

static int read_all(void *context, struct sb_error *error) {
    struct side *side = context;
    const struct sb_subject *core = &side->subject->core;
    return sb_archive_read_layers(core->archive, core->image, SB_CONTENTS_TAG, error);
}

static int choose_and_prepare(void *context, struct sb_error *error) {
    struct side *side = context;
    return choose(side, error) < 0 || read_all(side, error) < 0 ? -1 : prepare(side, error);
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
        if (!sb_digest_equal(&layer->diff_id, &other->layers.items[i]->diff_id) &&
            sb_layer_read_now(layer, core->archive->reading, error) < 0)
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

static bool lost_a_layer(const struct side *side) {
    const struct sb_subject *core = &side->subject->core;
    return core->canon.layers.count != core->image->layers.count;
}

static int read_trusting(struct side sides[2], const struct sb_comparison *result,
                         struct sb_error *error) {
    if (run_both(sides, choose, error) < 0)
        return -1;
    if (sb_subjects_are_one(&sides[0].subject->core, &sides[1].subject->core, result))
        return run_both(sides, prepare, error);
    if (run_both(sides, read_own, error) < 0 || run_both(sides, prepare, error) < 0)
        return -1;
    return lost_a_layer(&sides[0]) || lost_a_layer(&sides[1])
               ? run_both(sides, prepare_again, error)
               : 0;
}

static void note_unread(struct sb_comparison *result, const struct sb_image *image, bool one) {
    size_t unread = 0;
    for (size_t i = 0; i < image->layers.count; i++)
        unread += image->layers.items[i]->unread;
    if (unread && one)
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

int pair_read(struct subject subjects[2], const struct options *options,
              struct sb_comparison *result, struct sb_error *error) {
    struct side sides[2] = {
        {.subject = &subjects[0], .other = &sides[1], .options = options},
        {.subject = &subjects[1], .other = &sides[0], .options = options},
    };
    const struct sb_subject *a = &subjects[0].core, *b = &subjects[1].core;
    bool short_way = a->digests == SB_DIGESTS_NONE && b->digests == SB_DIGESTS_NONE;
    if (short_way && sb_compare_archives(a, b, result, error) < 0)
        return -1;
    bool equal = result->identity[SB_IDENTITY_ARCHIVE].equal;
    for (int i = 0; i < 2; i++)
        subjects[i].reading.trusting = equal || options->trust_digests;
    if (!short_way || !subjects[0].reading.trusting)
        return run_both(sides, choose_and_prepare, error);
    if (read_trusting(sides, result, error) < 0)
        return -1;
    note_unread(result, a->image, equal);
    return 0;
}
