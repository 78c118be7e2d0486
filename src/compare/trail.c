#include "compare/trail.h"

#include <inttypes.h>

/* One digest's reasons, as they are found. */
struct finding_out {
    struct sb_comparison *result;
    struct sb_trail_row *row;
};

static void add(struct finding_out *out, const char *reason) {
    *sb_vec_push(&out->row->reasons) = reason;
}

static bool differs(const struct sb_comparison *result, enum sb_identity what) {
    return result->identity[what].compared && !result->identity[what].equal;
}

static void add_identity(struct finding_out *out, enum sb_identity what) {
    const struct sb_identity_row *row = &out->result->identity[what];
    if (!differs(out->result, what))
        return;
    const char *name = sb_identity_name(what);
    struct sb_arena *arena = &out->result->arena;
    if (row->a_count && row->b_count)
        add(out, name);
    else if (row->a_count || row->b_count)
        add(out, sb_arena_printf(arena, "%s, which only %c has", name, row->a_count ? 'A' : 'B'));
}

static void add_pass(struct finding_out *out, enum sb_pass pass) {
    const struct sb_nuisance *nuisance = &out->result->nuisances[pass];
    struct sb_arena *arena = &out->result->arena;
    if (nuisance->differ == 0)
        return;
    const char *name =
        nuisance->differ == 1
            ? nuisance->where
            : sb_arena_printf(arena, "%s of %" PRIu64 " %s, first %s", sb_passes[pass].name,
                              nuisance->differ, sb_passes[pass].counts, nuisance->where);
    if (nuisance->a || nuisance->b)
        name =
            sb_arena_printf(arena, "%s %.30s | %.30s", name, nuisance->a ? nuisance->a : "absent",
                            nuisance->b ? nuisance->b : "absent");
    add(out, name);
}

/* "layer 2", "layers 2-5, 7" */
static void add_layers(struct finding_out *out, const struct sb_image *a, const struct sb_image *b,
                       bool tars) {
    struct sb_buf text = SB_BUF_INIT;
    size_t from = 0, to = 0, count = 0;
    for (size_t i = 0; i <= out->result->layers.count; i++) {
        const struct sb_layer_row *row =
            i < out->result->layers.count ? &out->result->layers.items[i] : NULL;
        bool unequal = row && (!row->a || !row->b);
        if (row && row->a && row->b) {
            const struct sb_layer *x = a->layers.items[row->a - 1],
                                  *y = b->layers.items[row->b - 1];
            unequal = tars ? !sb_digest_equal(&x->diff_id, &y->diff_id)
                           : !sb_digest_equal(&x->digest, &y->digest);
        }
        size_t number = row ? (row->b ? row->b : row->a) : 0;
        if (unequal && from && number == to + 1) {
            to = number;
            continue;
        }
        if (from) {
            sb_buf_appendf(&text, from == to ? "%s%zu" : "%s%zu-%zu", count ? ", " : "", from, to);
            count += from == to ? 1 : 2;
        }
        from = to = unequal ? number : 0;
    }
    if (count)
        add(out, sb_arena_printf(&out->result->arena, "layer%s %s", count > 1 ? "s" : "",
                                 sb_buf_string(&text)));
    sb_buf_release(&text);
}

static void of_archive(struct finding_out *out, const struct sb_subject *a,
                       const struct sb_subject *b) {
    add_identity(out, SB_IDENTITY_INDEX);
    add_identity(out, SB_IDENTITY_MANIFEST);
    add_identity(out, SB_IDENTITY_CONFIG);
    add_layers(out, a->image, b->image, false);
    add_pass(out, SB_PASS_ENVELOPE);
    if (out->result->outer)
        add(out, out->result->outer);
    if (out->result->nuisances[SB_PASS_IMAGE_NAME].differ)
        add_pass(out, SB_PASS_IMAGE_NAME);
}

static void of_index(struct finding_out *out) {
    add_identity(out, SB_IDENTITY_MANIFEST);
    add_pass(out, SB_PASS_ATTESTATIONS);
    add_pass(out, SB_PASS_ANNOTATIONS);
}

static void of_manifest(struct finding_out *out, const struct sb_subject *a,
                        const struct sb_subject *b) {
    add_identity(out, SB_IDENTITY_CONFIG);
    add_layers(out, a->image, b->image, false);
    add_pass(out, SB_PASS_MEDIA_TYPES);
    add_pass(out, SB_PASS_ANNOTATIONS);
}

static void of_config(struct finding_out *out, const struct sb_subject *a,
                      const struct sb_subject *b) {
    static const enum sb_pass passes[] = {SB_PASS_IMAGE_TIMESTAMPS, SB_PASS_HISTORY,
                                          SB_PASS_BUILD_RECORD,     SB_PASS_BUILDER_LABELS,
                                          SB_PASS_ARGS_ESCAPED,     SB_PASS_JSON_FORM};
    const struct sb_comparison *result = out->result;
    for (size_t i = 0; i < result->differences.count; i++) {
        const struct sb_difference *difference = &result->differences.items[i];
        if (strcmp(difference->kind, "config") == 0)
            add(out, sb_arena_printf(&out->result->arena, "%s %.30s | %.30s", difference->where,
                                     difference->a ? difference->a : "absent",
                                     difference->b ? difference->b : "absent"));
    }
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
        add_pass(out, passes[i]);
    if (differs(result, SB_IDENTITY_DIFF_IDS))
        add_layers(out, a->image, b->image, true);
}

void sb_trail_make(const struct sb_subject *a, const struct sb_subject *b,
                   struct sb_comparison *result) {
    static const enum sb_identity whats[] = {SB_IDENTITY_ARCHIVE, SB_IDENTITY_INDEX,
                                             SB_IDENTITY_MANIFEST, SB_IDENTITY_CONFIG};
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++) {
        const struct sb_identity_row *row = &result->identity[whats[i]];
        bool one_sided = whats[i] != SB_IDENTITY_ARCHIVE && (!row->a_count || !row->b_count);
        if (!differs(result, whats[i]) || one_sided)
            continue;
        struct sb_trail_row *trail = sb_vec_push(&result->trail);
        struct finding_out out = {result, trail};
        trail->what = whats[i];
        if (whats[i] == SB_IDENTITY_ARCHIVE)
            of_archive(&out, a, b);
        else if (whats[i] == SB_IDENTITY_INDEX)
            of_index(&out);
        else if (whats[i] == SB_IDENTITY_MANIFEST)
            of_manifest(&out, a, b);
        else
            of_config(&out, a, b);
        if (trail->reasons.count == 0)
            add(&out, "not accounted for");
    }
}
