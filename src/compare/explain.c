#include "compare/explain.h"

#include <stdio.h>

#include "compare/trait.h"
#include "engines/fingerprint.h"
#include "engines/outer.h"

/* One of the two: who saved it, who built it. Either may be unknown. */
struct side {
    const struct sb_subject *subject;
    const struct sb_profile *profile;
    const struct sb_builder *builder;
};

static void add_reason(struct sb_explanation *explanation, const char *what, const char *side,
                       const char *text) {
    for (size_t i = 0; i < explanation->reasons.count; i++) {
        struct sb_reason *there = &explanation->reasons.items[i];
        if (there->text != text || strcmp(there->what, what) != 0)
            continue;
        if (strcmp(there->side, side) != 0)
            there->side = "both";
        return;
    }
    *sb_vec_push(&explanation->reasons) = (struct sb_reason){what, side, text};
}

static void explain_by(struct sb_explanation *explanation, enum sb_pass pass,
                       const struct sb_habit *habits, const struct side *side, const char *name) {
    for (const struct sb_habit *habit = habits; habit->text; habit++) {
        bool of_builder =
            !habit->builders || (side->builder && habit->builders & 1u << side->builder->kind);
        if (habit->pass == pass && of_builder)
            add_reason(explanation, sb_passes[pass].name, name, habit->text);
    }
}

static void explain_pass(struct sb_explanation *explanation, enum sb_pass pass,
                         const struct side *side, const char *name, uint64_t count) {
    if (count && side->profile) {
        explain_by(explanation, pass, side->profile->saver->habits, side, name);
        explain_by(explanation, pass, sb_saver_habits, side, name);
    }
    if (count && side->builder)
        explain_by(explanation, pass, sb_builder_habits, side, name);
}

static void explain_difference(struct sb_explanation *explanation,
                               const struct sb_difference *difference, const struct side *a,
                               const struct side *b) {
    struct sb_built x = {a->subject->image, a->builder}, y = {b->subject->image, b->builder};
    bool of_a;
    const char *text = sb_trait_find(difference, &x, &y, &of_a);
    if (text)
        add_reason(explanation, difference->where, of_a ? "A" : "B", text);
    else
        explanation->unexplained++;
}

static int look_at(struct sb_explanation *explanation, struct side *side, const char **engine,
                   struct sb_error *error) {
    struct sb_fingerprint found = {0};
    *engine = "unknown";
    int status = sb_fingerprint_find(&found, side->subject->archive, error);
    if (status == 0 && found.name) {
        side->profile = found.profile;
        *engine = sb_arena_printf(&explanation->arena, "%s%s%s%s%s", found.name,
                                  found.lowest ? " " : "", found.lowest ? found.lowest : "",
                                  found.highest  ? " to "
                                  : found.lowest ? " or later"
                                                 : "",
                                  found.highest ? found.highest : "");
    }
    if (status == 0 && side->profile)
        side->builder = sb_builder_find(side->profile, side->subject->image);
    if (side->builder)
        *engine = sb_arena_printf(&explanation->arena, "saved by %s, built by %s", *engine,
                                  side->builder->name);
    sb_fingerprint_release(&found);
    return status;
}

static void add_id(struct sb_explanation *explanation, const char *engine, const char *kind,
                   const struct sb_digest *a, const struct sb_digest *b) {
    struct sb_image_id *id = sb_vec_push(&explanation->ids);
    id->engine = engine;
    id->kind = kind;
    id->has_a = a != NULL;
    id->has_b = b != NULL;
    if (a)
        id->a = *a;
    if (b)
        id->b = *b;
}

static void find_ids(struct sb_explanation *explanation, const struct sb_image *a,
                     const struct sb_image *b) {
    add_id(explanation, "docker with the overlay2 store, podman", "config digest",
           &a->config_digest, &b->config_digest);
    add_id(explanation, "docker with the containerd store",
           "digest of what index.json names: the index where there is one, else the manifest "
           "(an archive without index.json gets a new manifest when it is loaded)",
           a->in_oci ? &a->top_digest : NULL, b->in_oci ? &b->top_digest : NULL);
}

int sb_explain(struct sb_explanation *explanation, const struct sb_subject *a,
               const struct sb_subject *b, const struct sb_comparison *result,
               struct sb_error *error) {
    struct side sides[2] = {{.subject = a}, {.subject = b}};
    if (look_at(explanation, &sides[0], &explanation->engine_a, error) < 0 ||
        look_at(explanation, &sides[1], &explanation->engine_b, error) < 0)
        return -1;
    for (int pass = 0; pass < SB_PASSES; pass++) {
        explain_pass(explanation, (enum sb_pass)pass, &sides[0], "A", result->counts_a[pass]);
        explain_pass(explanation, (enum sb_pass)pass, &sides[1], "B", result->counts_b[pass]);
    }
    for (size_t i = 0; i < result->differences.count; i++)
        explain_difference(explanation, &result->differences.items[i], &sides[0], &sides[1]);
    find_ids(explanation, a->image, b->image);
    if (sides[0].profile && sides[1].profile) {
        bool x = sides[0].profile->saver->containerd_store;
        bool y = sides[1].profile->saver->containerd_store;
        if (x != y)
            explanation->id_note = sb_arena_printf(
                &explanation->arena,
                "%s's engine shows the digest of the manifest or index, %s's the digest of the "
                "configuration: two kinds of digest, so the ids would differ for one and the same "
                "image",
                x ? "A" : "B", x ? "B" : "A");
    }
    return 0;
}

void sb_explanation_release(struct sb_explanation *explanation) {
    sb_vec_release(&explanation->reasons);
    sb_vec_release(&explanation->ids);
    sb_arena_release(&explanation->arena);
}
