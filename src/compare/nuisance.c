#include "compare/nuisance.h"

#include <inttypes.h>

#include "compare/config.h"
#include "compare/first_byte.h"
#include "json/write.h"

/* configurations: what differs with a pass off, and not with all on */

static const enum sb_pass config_passes[] = {SB_PASS_IMAGE_TIMESTAMPS, SB_PASS_HISTORY,
                                             SB_PASS_BUILD_RECORD, SB_PASS_BUILDER_LABELS,
                                             SB_PASS_ARGS_ESCAPED};

static struct sb_json *config_with(const struct sb_canon *canon, const struct sb_json *source,
                                   const struct sb_pass_options *options, struct sb_arena *arena) {
    /* Digests follow from the layers, and are not looked at. */
    struct sb_digest *none = sb_arena_new(arena, (canon->layers.count + 1) * sizeof *none);
    struct sb_canon_config how = {options, false, NULL, canon->kept.count};
    return sb_canon_config_make(&how, arena, source, none, canon->layers.count,
                                canon->kept.count ? canon->kept.items : NULL);
}

static bool has_place(const struct sb_comparison *result, const char *where) {
    for (size_t i = 0; i < result->differences.count; i++)
        if (strcmp(result->differences.items[i].where, where) == 0)
            return true;
    return false;
}

/* Whether one of the places is this one, above it or below it. */
static bool has_place_near(const struct sb_comparison *result, const char *where) {
    for (size_t i = 0; i < result->differences.count; i++) {
        const char *other = result->differences.items[i].where;
        size_t least = strlen(other) < strlen(where) ? strlen(other) : strlen(where);
        if (strncmp(other, where, least) == 0)
            return true;
    }
    return false;
}

/* All but the data passes of the configuration are as they are by default. */
static void compare_configs_with(const struct sb_subject *a, const struct sb_subject *b,
                                 const struct sb_pass_options *options,
                                 struct sb_comparison *found) {
    sb_compare_config(config_with(&a->canon, a->image->config, options, &found->arena),
                      config_with(&b->canon, b->image->config, options, &found->arena), "", found);
}

static void compare_configs(const struct sb_subject *a, const struct sb_subject *b,
                            struct sb_comparison *result) {
    const struct sb_pass_options standard = {0};
    struct sb_comparison base = SB_COMPARISON_INIT;
    compare_configs_with(a, b, &standard, &base);
    for (size_t i = 0; i < sizeof config_passes / sizeof *config_passes; i++) {
        struct sb_pass_options options = {0};
        struct sb_comparison found = SB_COMPARISON_INIT;
        options.off[config_passes[i]] = true;
        compare_configs_with(a, b, &options, &found);
        for (size_t k = 0; k < found.differences.count; k++) {
            const struct sb_difference *difference = &found.differences.items[k];
            if (has_place(&base, difference->where))
                continue;
            sb_nuisance_count(result, config_passes[i], true, difference->where, difference->a,
                              difference->b);
        }
        sb_comparison_release(&found);
    }
    sb_comparison_release(&base);
}

/* The form of a document: names of members in their order, and whether it is as Go writes it. */

static void append_order(struct sb_buf *order, const struct sb_json *value) {
    for (const struct sb_json *child = value->first; child; child = child->next) {
        if (value->type == SB_JSON_OBJECT)
            sb_json_write_string(order, child->name);
        append_order(order, child);
    }
}

static bool is_as_go_writes(const struct sb_json *value, struct sb_span bytes) {
    struct sb_buf text = SB_BUF_INIT;
    sb_json_write_go(&text, value);
    bool same = sb_span_equal(sb_buf_span(&text), bytes);
    sb_buf_release(&text);
    return same;
}

/* Members that one side has and the other leaves out, because they say nothing: "", null, 0. */
static void compare_zeros(const struct sb_subject *a, const struct sb_subject *b,
                          struct sb_comparison *result) {
    struct sb_pass_options options = {0};
    struct sb_comparison known = SB_COMPARISON_INIT, found = SB_COMPARISON_INIT;
    for (size_t i = 0; i < sizeof config_passes / sizeof *config_passes; i++)
        options.off[config_passes[i]] = true;
    compare_configs_with(a, b, &options, &known);
    sb_compare_config(a->image->config, b->image->config, "", &found);
    for (size_t i = 0; i < found.differences.count; i++) {
        const struct sb_difference *difference = &found.differences.items[i];
        const char *where = difference->where;
        /* Digests follow from the layers. A value above or below one that is known is that one. */
        if (strncmp(where, "rootfs", strlen("rootfs")) == 0 || has_place_near(&known, where))
            continue;
        sb_nuisance_count(result, SB_PASS_JSON_FORM, true, where, difference->a, difference->b);
    }
    sb_comparison_release(&known);
    sb_comparison_release(&found);
}

static bool has_one_tree(const struct sb_json *a, const struct sb_json *b) {
    struct sb_buf x = SB_BUF_INIT, y = SB_BUF_INIT;
    sb_json_write_canonical(&x, a);
    sb_json_write_canonical(&y, b);
    bool equal = sb_span_equal(sb_buf_span(&x), sb_buf_span(&y));
    sb_buf_release(&x);
    sb_buf_release(&y);
    return equal;
}

static void compare_form(const struct sb_image *a, const struct sb_image *b,
                         struct sb_comparison *result) {
    struct sb_buf x = SB_BUF_INIT, y = SB_BUF_INIT;
    if (sb_span_equal(a->config_bytes, b->config_bytes))
        return;
    append_order(&x, a->config);
    append_order(&y, b->config);
    bool go_a = is_as_go_writes(a->config, a->config_bytes),
         go_b = is_as_go_writes(b->config, b->config_bytes);
    /* Where one side has other members, their order is no other one. */
    bool order = x.size == y.size && !sb_span_equal(sb_buf_span(&x), sb_buf_span(&y));
    bool neither = !go_a && !go_b && has_one_tree(a->config, b->config);
    sb_nuisance_count(result, SB_PASS_JSON_FORM, order || go_a != go_b || neither,
                      "the configuration",
                      order  ? "its members in one order"
                      : go_a ? "as Go writes it"
                             : "in another form than Go's",
                      order  ? "in another"
                      : go_b ? "as Go writes it"
                             : "in another form than Go's");
    sb_buf_release(&x);
    sb_buf_release(&y);
}

/* manifests */

/* One text of two objects, absent or not. */
static void compare_member(struct sb_comparison *result, enum sb_pass pass, const char *where,
                           const struct sb_json *x, const struct sb_json *y, const char *name) {
    struct sb_span a = sb_json_string(x, name), b = sb_json_string(y, name);
    struct sb_arena *arena = &result->arena;
    bool differs = !sb_span_equal(a, b);
    sb_nuisance_count(result, pass, differs, where,
                      differs && a.data ? sb_arena_visible(arena, a) : NULL,
                      differs && b.data ? sb_arena_visible(arena, b) : NULL);
}

static void compare_annotations(struct sb_comparison *result, const char *where,
                                const struct sb_json *x, const struct sb_json *y) {
    const struct sb_json *a = sb_json_member(x, "annotations"),
                         *b = sb_json_member(y, "annotations");
    struct sb_json empty = {.type = SB_JSON_OBJECT};
    struct sb_comparison found = SB_COMPARISON_INIT;
    a = a && a->type == SB_JSON_OBJECT ? a : &empty;
    b = b && b->type == SB_JSON_OBJECT ? b : &empty;
    sb_compare_config(a, b, "", &found);
    for (size_t i = 0; i < found.differences.count; i++) {
        const struct sb_difference *difference = &found.differences.items[i];
        struct sb_arena *arena = &result->arena;
        sb_nuisance_count(result, SB_PASS_ANNOTATIONS, true,
                          sb_arena_printf(arena, "%s annotation %s", where, difference->where),
                          difference->a, difference->b);
    }
    sb_comparison_release(&found);
}

static void compare_descriptors(struct sb_comparison *result, const struct sb_json *x,
                                const struct sb_json *y) {
    const struct sb_json *a = sb_json_member(x, "layers"), *b = sb_json_member(y, "layers");
    compare_member(result, SB_PASS_MEDIA_TYPES, "manifest", x, y, "mediaType");
    compare_annotations(result, "manifest", x, y);
    compare_member(result, SB_PASS_MEDIA_TYPES, "manifest: config", sb_json_member(x, "config"),
                   sb_json_member(y, "config"), "mediaType");
    compare_annotations(result, "manifest: config", sb_json_member(x, "config"),
                        sb_json_member(y, "config"));
    a = a ? a->first : NULL;
    b = b ? b->first : NULL;
    for (size_t i = 1; a && b; i++, a = a->next, b = b->next) {
        const char *where = sb_arena_printf(&result->arena, "manifest: layer %zu", i);
        compare_member(result, SB_PASS_MEDIA_TYPES, where, a, b, "mediaType");
        compare_annotations(result, where, a, b);
    }
}

/* archives */

static void count_numbers(struct sb_comparison *result, enum sb_pass pass, uint64_t a, uint64_t b) {
    struct sb_nuisance *nuisance = &result->nuisances[pass];
    nuisance->pairs += a > b ? a : b;
    nuisance->differ += a > b ? a - b : b - a;
    if (a != b && !nuisance->where) {
        nuisance->where = "how many there are";
        nuisance->a = sb_arena_printf(&result->arena, "%" PRIu64, a);
        nuisance->b = sb_arena_printf(&result->arena, "%" PRIu64, b);
    }
}

static int same_stray(const struct sb_file *a, const struct sb_file *b, bool *same,
                      struct sb_error *error) {
    *same = a->used || b->used || a->type != '0' || b->type != '0';
    return *same || !a->data.source || !b->data.source
               ? 0
               : sb_range_equal(a->data, b->data, same, error);
}

/* Files of the archives that are no part of an image, by name. */
static int compare_envelopes(const struct sb_archive *a, const struct sb_archive *b,
                             struct sb_comparison *result, struct sb_error *error) {
    size_t i = 0, k = 0;
    const struct sb_store *x = &a->store, *y = &b->store;
    while (i < x->files.count || k < y->files.count) {
        int order = i == x->files.count ? 1
                    : k == y->files.count
                        ? -1
                        : sb_span_compare(x->files.items[i].name, y->files.items[k].name);
        const struct sb_file *file = order <= 0 ? &x->files.items[i] : &y->files.items[k];
        bool differs = order != 0 && !file->used, same = true;
        if (order == 0 && same_stray(file, &y->files.items[k], &same, error) < 0)
            return -1;
        differs = differs || !same;
        if (differs || order == 0)
            sb_nuisance_count(result, SB_PASS_ENVELOPE, differs,
                              differs && !result->nuisances[SB_PASS_ENVELOPE].where
                                  ? sb_arena_visible(&result->arena, file->name)
                                  : NULL,
                              order <= 0 ? "there" : NULL,
                              order > 0    ? "there"
                              : order == 0 ? "with other bytes"
                                           : NULL);
        i += order <= 0;
        k += order >= 0;
    }
    return 0;
}

static const char *codec_text(const struct sb_layer *layer) {
    return layer->codec == SB_CODEC_NONE ? "none" : sb_codec_name(layer->codec);
}

/* RFC 1952 §2.3: all but the time of ten bytes, and the time. */
static int same_gzip_header(struct sb_range a, struct sb_range b, bool *same,
                            struct sb_error *error) {
    enum { HEADER = 10 };
    a.size = a.size < HEADER ? a.size : HEADER;
    b.size = b.size < HEADER ? b.size : HEADER;
    return sb_range_equal(a, b, same, error);
}

/* One tar and two stored forms of it; or two, by what they are compressed with. */
static int compare_compression(const struct sb_layer *a, const struct sb_layer *b,
                               struct sb_layer_row *row, struct sb_comparison *result,
                               struct sb_error *error) {
    bool one = sb_digest_equal(&a->diff_id, &b->diff_id), alike = true;
    bool gzip = a->codec == SB_CODEC_GZIP && b->codec == SB_CODEC_GZIP && !a->absent && !b->absent;
    /* Two streams of two tars are told apart by what gzip writes before them. */
    if (!one && gzip && same_gzip_header(a->blob, b->blob, &alike, error) < 0)
        return -1;
    bool differs = one ? !sb_digest_equal(&a->digest, &b->digest) : a->codec != b->codec || !alike;
    sb_nuisance_count(result, SB_PASS_COMPRESSION, differs,
                      sb_arena_printf(&result->arena, "layer %zu", row->a),
                      a->codec == b->codec ? "one stream" : codec_text(a),
                      a->codec == b->codec ? "another" : codec_text(b));
    return 0;
}

static bool has_differences(const struct sb_comparison *result, const struct sb_layer *a,
                            const struct sb_layer *b) {
    for (size_t i = 0; i < result->differences.count; i++)
        if (result->differences.items[i].layer_a == a || result->differences.items[i].layer_b == b)
            return true;
    return false;
}

/* Two tars whose entries say the same: padding, entries that later ones replaced, or that repeat
 * what the layers below have. */
static void account_for(struct sb_layer_row *row, struct sb_comparison *result) {
    sb_nuisance_count(result, SB_PASS_TAR_FORMAT, true,
                      sb_arena_printf(&result->arena, "layer %zu: %s", row->a, row->first),
                      row->first_a, row->first_b);
    row->form++;
}

static int compare_layers(const struct sb_subject *a, const struct sb_subject *b,
                          const struct sb_pass_options *options, struct sb_comparison *result,
                          struct sb_error *error) {
    for (size_t i = 0; i < result->layers.count; i++) {
        struct sb_layer_row *row = &result->layers.items[i];
        if (!row->a || !row->b)
            continue;
        struct sb_layer *x = a->image->layers.items[row->a - 1];
        struct sb_layer *y = b->image->layers.items[row->b - 1];
        if (compare_compression(x, y, row, result, error) < 0)
            return -1;
        bool readable = !x->absent && !y->absent && !x->unread && !y->unread;
        if (!readable || sb_digest_equal(&x->diff_id, &y->diff_id))
            continue;
        if (sb_nuisances_of_layers(x, y, options, row, a->archive->spool, result, error) < 0 ||
            sb_first_byte_find(x, y, row, a->archive->spool, &result->arena, error) < 0)
            return -1;
        if (row->times + row->form || has_differences(result, x, y))
            continue;
        /* What a pattern took away is counted where it is said. */
        if (result->excluded)
            row->form++;
        else
            account_for(row, result);
    }
    return 0;
}

int sb_nuisances_compare(const struct sb_subject *a, const struct sb_subject *b,
                         const struct sb_pass_options *options, struct sb_comparison *result,
                         struct sb_error *error) {
    compare_configs(a, b, result);
    compare_zeros(a, b, result);
    compare_form(a->image, b->image, result);
    if (a->image->manifest && b->image->manifest)
        compare_descriptors(result, a->image->manifest, b->image->manifest);
    if (compare_envelopes(a->archive, b->archive, result, error) < 0)
        return -1;
    count_numbers(result, SB_PASS_ATTESTATIONS, a->image->attestations, b->image->attestations);
    count_numbers(result, SB_PASS_EMPTY_LAYERS, a->canon.counts[SB_PASS_EMPTY_LAYERS],
                  b->canon.counts[SB_PASS_EMPTY_LAYERS]);
    return sb_nuisances_of_envelopes(a->archive, b->archive, result, error) < 0
               ? -1
               : compare_layers(a, b, options, result, error);
}
