#include "compare/compare.h"

#include "compare/align.h"
#include "compare/config.h"
#include "compare/layers.h"
#include "compare/nuisance.h"
#include "compare/trail.h"
#include "image/reference.h"

static void compare_identity(const struct sb_subject *a, const struct sb_subject *b,
                             struct sb_comparison *result) {
    for (int what = 0; what < SB_IDENTITIES; what++) {
        struct sb_identity_row *row = &result->identity[what];
        row->what = (enum sb_identity)what;
        if (row->compared)
            continue;
        row->a = sb_identity_of(a, row->what, &result->arena, &row->a_count);
        row->b = sb_identity_of(b, row->what, &result->arena, &row->b_count);
        bool may_be_empty = sb_identity_is_list(row->what);
        row->equal = row->a_count == row->b_count && (row->a_count > 0 || may_be_empty);
        for (size_t i = 0; row->equal && i < row->a_count; i++)
            row->equal = sb_digest_equal(&row->a[i], &row->b[i]);
        row->compared = row->a_count || row->b_count;
    }
}

static bool lacks_digests(const struct sb_subject *a, const struct sb_subject *b) {
    return a->digests != SB_DIGESTS_ALL || b->digests != SB_DIGESTS_ALL;
}

static void set_equal(struct sb_comparison *result, enum sb_identity what, bool equal) {
    result->identity[what].compared = true;
    result->identity[what].equal = equal;
}

/* Most archives that differ do so in their first header: this costs one reading of equal ones. */
int sb_compare_archives(const struct sb_subject *a, const struct sb_subject *b,
                        struct sb_comparison *result, struct sb_error *error) {
    bool equal = false;
    if (!a->bytes.source && !b->bytes.source)
        return 0;
    if (a->bytes.source && b->bytes.source && sb_range_equal(a->bytes, b->bytes, &equal, error) < 0)
        return -1;
    set_equal(result, SB_IDENTITY_ARCHIVE, equal);
    return 0;
}

static size_t number_of(const struct sb_subject *subject) {
    size_t number = 0;
    while (subject->archive->images.items[number] != subject->image)
        number++;
    return number;
}

bool sb_subjects_are_one(const struct sb_subject *a, const struct sb_subject *b,
                         const struct sb_comparison *result) {
    /* Of a layout that a name was asked of, each side has only its own images. */
    return result->identity[SB_IDENTITY_ARCHIVE].equal && number_of(a) == number_of(b) &&
           sb_digest_equal(&a->image->config_digest, &b->image->config_digest) &&
           sb_digest_equal(&a->image->manifest_digest, &b->image->manifest_digest);
}

/* A kept form pass asks for equal bytes; image-name, kept, for equal names. */
static const char *names_text(struct sb_comparison *result, const struct sb_canon *canon) {
    struct sb_buf text = SB_BUF_INIT;
    for (size_t i = 0; i < canon->names.count; i++) {
        sb_buf_append_string(&text, i ? ", " : "");
        sb_buf_append_visible(&text, sb_reference_familiar(canon->names.items[i]));
    }
    for (size_t i = 0; i < canon->bare_names.count; i++) {
        sb_buf_append_string(&text, text.size ? ", " : "");
        sb_buf_append_visible(&text, canon->bare_names.items[i]);
    }
    const char *copy =
        text.size ? sb_arena_printf(&result->arena, "%s", sb_buf_string(&text)) : "no name";
    sb_buf_release(&text);
    return copy;
}

/* What a manifest says cannot be equal where one side has none. */
static bool lacks_manifest(const struct sb_subject *a, const struct sb_subject *b,
                           enum sb_pass_form form) {
    return form == SB_FORM_MANIFEST && a->image->in_oci != b->image->in_oci;
}

/* True where what the user wants kept is equal. */
static bool compare_kept(const struct sb_subject *a, const struct sb_subject *b,
                         const struct sb_pass_options *options, struct sb_comparison *result) {
    bool equal = true;
    for (int pass = 0; pass < SB_PASSES; pass++) {
        const struct sb_nuisance *nuisance = &result->nuisances[pass];
        enum sb_pass_form form = sb_passes[pass].form;
        bool lacking = lacks_manifest(a, b, form);
        if (sb_pass_is_on(options, (enum sb_pass)pass) || form == SB_FORM_NONE ||
            (nuisance->differ == 0 && !lacking))
            continue;
        equal = false;
        if (lacking)
            sb_comparison_add(result, sb_passes[pass].name, "manifest",
                              a->image->in_oci ? "there" : NULL, b->image->in_oci ? "there" : NULL);
        else
            sb_comparison_add(result, sb_passes[pass].name, nuisance->where, nuisance->a,
                              nuisance->b);
    }
    const char *x = names_text(result, &a->canon), *y = names_text(result, &b->canon);
    if (strcmp(x, y) == 0)
        return equal;
    if (sb_pass_is_on(options, SB_PASS_IMAGE_NAME)) {
        result->counts_a[SB_PASS_IMAGE_NAME]++;
        sb_nuisance_count(result, SB_PASS_IMAGE_NAME, true, "the image's names", x, y);
        sb_comparison_note(result, "the names differ: %s; %s", x, y);
        return equal;
    }
    sb_comparison_add(result, "image-name", "archive", x, y);
    return false;
}

static int compare_cut_layers(struct sb_subject *a, struct sb_subject *b,
                              const struct sb_pass_options *options, struct sb_comparison *result,
                              struct sb_error *error) {
    struct sb_canon_layer x = {0}, y = {0};
    char *text = sb_arena_printf(&result->arena, "%zu", a->canon.layers.count);
    sb_comparison_add(result, "layers", "rootfs", text,
                      sb_arena_printf(&result->arena, "%zu", b->canon.layers.count));
    if (sb_image_absent_layers(a->image) || sb_image_absent_layers(b->image))
        return 0;
    sb_rootfs_make_layer(&a->rootfs, options, &x);
    sb_rootfs_make_layer(&b->rootfs, options, &y);
    size_t before = result->differences.count;
    int status = sb_compare_layers(&x, &y, a->archive->spool, "rootfs: ", result, error);
    if (lacks_digests(a, b))
        set_equal(result, SB_IDENTITY_ROOTFS, result->differences.count == before);
    sb_canon_layer_release(&x);
    sb_canon_layer_release(&y);
    return status;
}

static int compare_all_layers(struct sb_subject *a, struct sb_subject *b,
                              const struct sb_pass_options *options, struct sb_comparison *result,
                              struct sb_error *error) {
    if (a->canon.layers.count != b->canon.layers.count)
        return compare_cut_layers(a, b, options, result, error);
    for (size_t i = 0; i < a->canon.layers.count; i++) {
        const char *prefix = sb_arena_printf(&result->arena, "layer %zu: ", i + 1);
        if (sb_compare_layers(&a->canon.layers.items[i], &b->canon.layers.items[i],
                              a->archive->spool, prefix, result, error) < 0)
            return -1;
    }
    return 0;
}

static void note_equivalent(const struct sb_subject *a, const struct sb_subject *b,
                            struct sb_comparison *result) {
    size_t x = sb_count_repeated(a->image), y = sb_count_repeated(b->image);
    sb_comparison_note(result, "the layers are cut differently; the root filesystem and the run "
                               "configuration are equal");
    if (x != y)
        sb_comparison_note(result,
                           "repeated-entry: layers repeat what the layers below have already "
                           "(%zu entries in A, %zu in B), as Docker's overlay2 store writes them "
                           "and the containerd store does not",
                           x, y);
}

static bool has_member(const struct sb_image *image, const char *name) {
    const struct sb_json *value = sb_json_member(sb_json_member(image->config, "config"), name);
    return value && value->type != SB_JSON_NULL && (value->count || value->text.size);
}

static struct sb_span annotation_of(const struct sb_image *image, const char *name) {
    return sb_json_string(sb_json_member(image->manifest, "annotations"), name);
}

static bool has_runtime_annotations(const struct sb_image *image) {
    const struct sb_json *all = sb_json_member(image->manifest, "annotations");
    for (const struct sb_json *member = all ? all->first : NULL; member; member = member->next)
        if (sb_span_starts(member->name, "run.oci."))
            return true;
    return false;
}

/* Equal configurations and layers that some engine runs in another way, for what is around them. */
static void note_surroundings(const struct sb_image *a, const struct sb_image *b,
                              struct sb_comparison *result) {
    static const char *const members[] = {"Healthcheck", "OnBuild", "Shell"};
    static const char *const names[] = {"HEALTHCHECK", "ONBUILD", "SHELL"};
    bool docker_a = !a->in_oci || a->docker_media_types,
         docker_b = !b->in_oci || b->docker_media_types;
    for (size_t i = 0; i < sizeof members / sizeof *members && docker_a != docker_b; i++)
        if (has_member(a, members[i]))
            sb_comparison_note(result,
                               "%s: Podman has it under Docker's media types, as %s has them, and "
                               "drops it under OCI's, as %s has them",
                               names[i], docker_a ? "A" : "B", docker_a ? "B" : "A");
    bool differ = has_runtime_annotations(a) != has_runtime_annotations(b);
    const struct sb_json *all = sb_json_member(a->manifest, "annotations");
    for (const struct sb_json *member = all ? all->first : NULL; member && !differ;
         member = member->next)
        differ = sb_span_starts(member->name, "run.oci.") &&
                 !sb_span_equal(member->text, annotation_of(b, (const char *)member->name.data));
    if (differ)
        sb_comparison_note(result, "annotations run.oci.* of the manifests differ, which reach the "
                                   "runtime with Podman and crun");
}

/* What a pattern takes away is counted and listed, whether it differs or not. */
static void note_excluded(const struct sb_subject *subject, struct sb_comparison *result) {
    struct sb_buf list = SB_BUF_INIT;
    size_t count = subject->canon.excluded.count;
    for (size_t i = 0; i < count && list.size < 700; i++) {
        sb_buf_append_string(&list, i ? ", /" : "/");
        sb_buf_append_visible(&list, subject->canon.excluded.items[i]);
    }
    result->excluded = count > result->excluded ? count : result->excluded;
    if (count)
        sb_comparison_note(result, "%s: %zu excluded: %.700s", subject->name, count,
                           sb_buf_string(&list));
    sb_buf_release(&list);
}

static void note_left_out(const struct sb_subject *subject, struct sb_comparison *result) {
    const struct sb_archive *archive = subject->archive;
    note_excluded(subject, result);
    if (archive->images.count > 1)
        sb_comparison_note(result, "%s: one of %zu images was compared", subject->name,
                           archive->images.count);
    if (archive->absent_platforms.count)
        sb_comparison_note(result, "%s: %zu platforms are named whose blobs are absent",
                           subject->name, archive->absent_platforms.count);
    size_t absent = sb_image_absent_layers(subject->image);
    if (absent)
        sb_comparison_note(result,
                           "%s: %zu of %zu layers are not in the archive (layer-absent), equal by "
                           "their digests at most, and were not read",
                           subject->name, absent, subject->image->layers.count);
    if (subject->image->attestations)
        sb_comparison_note(result, "%s: %zu attestation manifests were set aside", subject->name,
                           subject->image->attestations);
}

/* Whether the root filesystems are equal though the layers, of one number, are not. */
static int compare_rootfs(struct sb_subject *a, struct sb_subject *b,
                          const struct sb_pass_options *options, struct sb_comparison *result,
                          struct sb_error *error) {
    struct sb_canon_layer x = {0}, y = {0};
    bool equal;
    if (sb_image_absent_layers(a->image) || sb_image_absent_layers(b->image))
        return 0;
    if (sb_subject_read_rest(a, error) < 0 || sb_subject_read_rest(b, error) < 0)
        return -1;
    sb_rootfs_make_layer(&a->rootfs, options, &x);
    sb_rootfs_make_layer(&b->rootfs, options, &y);
    int status = sb_layers_are_equal(&x, &y, a->archive->spool, &equal, error);
    set_equal(result, SB_IDENTITY_ROOTFS, equal);
    sb_canon_layer_release(&x);
    sb_canon_layer_release(&y);
    return status;
}

/* Configuration and layers, and from them what is equal where no digests say so. */
static int compare_canonical(struct sb_subject *a, struct sb_subject *b,
                             const struct sb_pass_options *options, struct sb_comparison *result,
                             struct sb_error *error) {
    bool short_way = lacks_digests(a, b);
    if (short_way && sb_subjects_are_one(a, b, result)) {
        set_equal(result, SB_IDENTITY_CANONICAL, true);
        set_equal(result, SB_IDENTITY_ROOTFS, true);
    }
    if (result->identity[SB_IDENTITY_CANONICAL].equal)
        return 0;
    sb_compare_config(a->canon.run, b->canon.run, "", result);
    size_t before = result->differences.count;
    if (compare_all_layers(a, b, options, result, error) < 0)
        return -1;
    if (!short_way)
        return 0;
    bool equal = result->differences.count == before;
    set_equal(result, SB_IDENTITY_CANONICAL,
              equal && sb_span_equal(sb_buf_span(&a->canon.config), sb_buf_span(&b->canon.config)));
    if (a->canon.layers.count != b->canon.layers.count)
        return 0;
    if (!equal)
        return compare_rootfs(a, b, options, result, error);
    if (!sb_image_absent_layers(a->image))
        set_equal(result, SB_IDENTITY_ROOTFS, true);
    return 0;
}

/* The root filesystems as overlay2's drivers show them, where that may be another way: a folder
 * that a layer needs and has no entry for. */
static int compare_overlays(const struct sb_subject *a, const struct sb_subject *b,
                            const struct sb_pass_options *options, struct sb_comparison *result,
                            bool *equal, struct sb_error *error) {
    *equal = true;
    if (!sb_findings_have(a->archive->findings, SB_FINDING_PARENT_MODE) &&
        !sb_findings_have(b->archive->findings, SB_FINDING_PARENT_MODE))
        return 0;
    struct sb_canon_layer x = {0}, y = {0};
    struct sb_rootfs of_a = {.overlay = true}, of_b = {.overlay = true};
    size_t before = result->differences.count;
    sb_rootfs_of_image(&of_a, a->archive, a->image);
    sb_rootfs_of_image(&of_b, b->archive, b->image);
    sb_rootfs_make_layer(&of_a, options, &x);
    sb_rootfs_make_layer(&of_b, options, &y);
    int status = sb_compare_layers(&x, &y, a->archive->spool, "on overlay2: ", result, error);
    *equal = result->differences.count == before;
    sb_canon_layer_release(&x);
    sb_canon_layer_release(&y);
    sb_rootfs_release(&of_a);
    sb_rootfs_release(&of_b);
    return status;
}

/* Archives of the same bytes have none. */
static int compare_nuisances(const struct sb_subject *a, const struct sb_subject *b,
                             const struct sb_pass_options *options, struct sb_comparison *result,
                             struct sb_error *error) {
    if (sb_subjects_are_one(a, b, result))
        return 0;
    sb_align_layers(a, b, result);
    if (sb_nuisances_compare(a, b, options, result, error) < 0)
        return -1;
    sb_align_finish(a, b, result);
    return 0;
}

int sb_compare(struct sb_subject *a, struct sb_subject *b, const struct sb_pass_options *options,
               struct sb_comparison *result, struct sb_error *error) {
    memcpy(result->counts_a, a->canon.counts, sizeof result->counts_a);
    memcpy(result->counts_b, b->canon.counts, sizeof result->counts_b);
    bool short_way = lacks_digests(a, b), asked = result->identity[SB_IDENTITY_ARCHIVE].compared;
    if (short_way && !asked && sb_compare_archives(a, b, result, error) < 0)
        return -1;
    compare_identity(a, b, result);
    bool run_equal = sb_digest_equal(&a->canon.run_digest, &b->canon.run_digest);
    note_left_out(a, result);
    note_left_out(b, result);
    if (compare_canonical(a, b, options, result, error) < 0 ||
        compare_nuisances(a, b, options, result, error) < 0)
        return -1;
    bool kept_equal = compare_kept(a, b, options, result);
    if (!sb_subjects_are_one(a, b, result))
        sb_trail_make(a, b, result);
    if (result->identity[SB_IDENTITY_CANONICAL].equal)
        result->verdict =
            sb_subjects_are_one(a, b, result) ? SB_VERDICT_IDENTICAL : SB_VERDICT_REPRODUCED;
    else if (run_equal && result->identity[SB_IDENTITY_ROOTFS].equal) {
        bool on_overlay;
        if (compare_overlays(a, b, options, result, &on_overlay, error) < 0)
            return -1;
        result->verdict = on_overlay ? SB_VERDICT_EQUIVALENT : SB_VERDICT_DIFFERENT;
    }
    if (!kept_equal)
        result->verdict = SB_VERDICT_DIFFERENT;
    if (result->verdict == SB_VERDICT_EQUIVALENT)
        note_equivalent(a, b, result);
    if (result->verdict == SB_VERDICT_REPRODUCED)
        note_surroundings(a->image, b->image, result);
    return 0;
}
