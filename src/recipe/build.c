/* A plan as a profile takes it, with the sums that builders put into the history. */
#include <stdio.h>
#include <stdlib.h>

#include "engines/gotar.h"
#include "image/path.h"
#include "recipe/internal.h"

static int read_range(struct sb_build *build, struct sb_range range, struct sb_span *content,
                      struct sb_error *error) {
    struct sb_buf bytes = SB_BUF_INIT;
    int status = sb_range_read(range, SB_LIMIT_HELD, &bytes, error);
    *content = sb_arena_copy(&build->arena, sb_buf_span(&bytes));
    sb_buf_release(&bytes);
    return status;
}

/* Layers */

static int add_entry(struct sb_build *build, struct sb_build_step *step,
                     const struct sb_plan_entry *entry, struct sb_error *error) {
    struct sb_build_entry *own = sb_vec_push(&step->entries);
    own->path = entry->path;
    own->link = entry->link;
    own->type = entry->type;
    own->uid = entry->uid;
    own->gid = entry->gid;
    return entry->type == '0' ? read_range(build, entry->content, &own->content, error) : 0;
}

/* Which entries a builder leaves out of a layer: what is as it was below, a file copied again. A
 * folder is written again where something in it changed; where nothing did, some do for its time.
 */
enum leaving { LEAVE_NONE, LEAVE_ALL, LEAVE_BELOW_TARGET, LEAVE_FILES, LEAVINGS };

static bool has_changes_below(const struct sb_plan_layer *layer, struct sb_span path) {
    for (size_t i = 0; i < layer->entries.count; i++)
        if (!layer->entries.items[i].unchanged &&
            sb_path_is_below(layer->entries.items[i].path, path))
            return true;
    return false;
}

static bool is_left_out(const struct sb_plan_layer *layer, size_t index, enum leaving leaving) {
    const struct sb_plan_entry *entry = &layer->entries.items[index];
    if (leaving == LEAVE_NONE || !entry->unchanged)
        return false;
    if (entry->type != '5')
        return true;
    if (leaving == LEAVE_FILES ||
        (leaving == LEAVE_BELOW_TARGET && sb_span_equal(entry->path, layer->target)))
        return false;
    return !has_changes_below(layer, entry->path);
}

/* The first way that leaves as many as the facts have; the last where none does. */
static enum leaving leaving_of(const struct sb_plan_layer *layer, size_t wanted) {
    for (int leaving = LEAVE_NONE; leaving < LEAVINGS; leaving++) {
        size_t count = 0;
        for (size_t i = 0; i < layer->entries.count; i++)
            count += !is_left_out(layer, i, (enum leaving)leaving);
        if (count == wanted)
            return (enum leaving)leaving;
    }
    return LEAVE_NONE;
}

static int add_entries(struct sb_plan *plan, const struct sb_plan_step *from,
                       const struct sb_fact_step *fact, struct sb_build *build,
                       struct sb_build_step *step, struct sb_error *error) {
    const struct sb_plan_layer *layer = &plan->layers.items[from->layer];
    enum leaving leaving = leaving_of(layer, fact->entry_count);
    for (size_t i = 0; i < layer->entries.count; i++)
        if (!is_left_out(layer, i, leaving) &&
            add_entry(build, step, &layer->entries.items[i], error) < 0)
            return -1;
    return 0;
}

/* Sums */

struct summing {
    struct sb_plan *plan;
    struct sb_build *build;
    const struct sb_plan_layer *layer;
    const struct sb_fact_step *fact;
    bool plain_modes;
    struct sb_error *error;
};

/* The mode as the build found it: a checkout has another umask, so the layer's counts; what the
 * builder took off it does not come back from there. */
static uint32_t mode_of(const struct summing *summing, const struct sb_context_item *item,
                        struct sb_span target) {
    const struct sb_plan_layer *layer = summing->layer;
    for (size_t i = 0; i < layer->entries.count && i < summing->fact->entry_count; i++) {
        const struct sb_plan_entry *entry = &layer->entries.items[i];
        if (summing->fact->entry_count == layer->entries.count && item->type != '2' &&
            sb_span_equal(entry->path, target) && sb_span_equal(entry->source, item->path))
            return summing->fact->entries[i].mode | (item->mode & 06000);
    }
    return item->mode;
}

/* The first name of a file with several, in the order of the context. */
static int first_name(const struct summing *summing, const struct sb_context_item *item,
                      struct sb_span *name) {
    sb_context_items all = {0};
    *name = item->path;
    int status = sb_context_list(&summing->plan->context, sb_span_of("", 0), &all, summing->error);
    for (size_t i = 0; i < all.count; i++)
        if (all.items[i].inode == item->inode && all.items[i].device == item->device) {
            *name = all.items[i].path;
            break;
        }
    sb_vec_release(&all);
    return status;
}

static int tarsum_of(const struct summing *summing, const struct sb_context_item *item,
                     struct sb_span target, char hex[65]) {
    struct sb_arena *arena = &summing->build->arena;
    const struct sb_builder *builder = summing->plan->builder;
    struct sb_build_sum sum = {.name = item->path, .type = item->type, .link = item->link};
    struct sb_span first = item->path;
    sum.mode = mode_of(summing, item, target);
    if (builder->source_owners && summing->fact->owned) {
        sum.uid = summing->fact->uid;
        sum.gid = summing->fact->gid;
    }
    if (item->type == '5')
        sum.name = sb_span_string(sb_arena_printf(arena, "%.*s/", SB_SPAN(item->path)));
    if (builder->type_bits && !summing->plain_modes)
        sum.mode |= sb_gotar_type_bits(item->type);
    if (item->type == '0' && item->inode && first_name(summing, item, &first) < 0)
        return -1;
    if (!sb_span_equal(first, item->path)) {
        sum.type = '1';
        sum.link = first;
    } else if (item->type == '0' &&
               read_range(summing->build, sb_context_content(&summing->plan->context, item),
                          &sum.content, summing->error) < 0) {
        return -1;
    }
    struct sb_digest digest = sb_build_tarsum(&sum);
    sb_digest_format_hex(&digest, hex);
    return 0;
}

/* A link counts as what it leads to, and where that is not in the context as its own path. */
static int followed_sum(const struct summing *summing, const struct sb_context_item *item,
                        struct sb_span target, struct sb_span *text) {
    struct sb_context_item found = *item;
    char hex[65];
    int status = 0;
    if (item->type == '2')
        status = sb_context_follow(&summing->plan->context, item->path, &found, summing->error);
    if (status < 0)
        return -1;
    *text = item->path;
    if (status > 0)
        return 0;
    if (tarsum_of(summing, &found, target, hex) < 0)
        return -1;
    *text = sb_arena_copy(&summing->build->arena, sb_span_string(hex));
    return 0;
}

static struct sb_span hash_joined(struct summing *summing, const char *kind,
                                  const sb_words *parts) {
    struct sb_buf joined = SB_BUF_INIT;
    char hex[65];
    for (size_t i = 0; i < parts->count; i++) {
        if (i)
            sb_buf_append_byte(&joined, ',');
        sb_buf_append_span(&joined, parts->items[i]);
    }
    struct sb_digest digest = sb_sha256_of(sb_buf_span(&joined));
    sb_digest_format_hex(&digest, hex);
    sb_buf_release(&joined);
    return sb_span_string(sb_arena_printf(&summing->build->arena, "%s:%s", kind, hex));
}

static int folder_sum(struct summing *summing, const struct sb_plan_source *source,
                      struct sb_span *sum) {
    sb_words parts = {0};
    struct sb_span text;
    struct sb_arena *arena = &summing->build->arena;
    size_t skip = source->item.path.size ? source->item.path.size + 1 : 0;
    int status = 0;
    /* The context's own folder does not count. */
    if (source->item.path.size) {
        status = followed_sum(summing, &source->item, source->target, &text);
        *sb_vec_push(&parts) = text;
    }
    for (size_t i = 0; i < source->below.count && status == 0; i++) {
        const struct sb_context_item *item = &source->below.items[i];
        struct sb_span rest = sb_span_from(item->path, skip);
        struct sb_span target =
            sb_span_string(sb_arena_printf(arena, "%.*s%s%.*s", SB_SPAN(source->target),
                                           source->target.size ? "/" : "", SB_SPAN(rest)));
        status = followed_sum(summing, item, target, &text);
        *sb_vec_push(&parts) = text;
    }
    sb_vec_sort(&parts, sb_span_compare_items);
    *sum = hash_joined(summing, "dir", &parts);
    sb_vec_release(&parts);
    return status;
}

static int classic_sum(struct summing *summing, const struct sb_plan_step *from,
                       struct sb_span *hash) {
    sb_words sums = {0};
    int status = 0;
    for (size_t i = 0; i < from->sources.count && status == 0; i++) {
        const struct sb_plan_source *source = &from->sources.items[i];
        if (source->of_stage) {
            status = sb_error_set(summing->error, SB_ERROR_UNBUILT,
                                  "the classic builder's hash of COPY --from is not made natively");
            break;
        }
        struct sb_span *sum = sb_vec_push(&sums);
        char hex[65];
        if (source->item.type == '5') {
            status = folder_sum(summing, source, sum);
            continue;
        }
        status = tarsum_of(summing, &source->item, source->target, hex);
        *sum = sb_span_string(sb_arena_printf(&summing->build->arena, "file:%s", hex));
    }
    if (status == 0 && sums.count)
        *hash = sums.count == 1 ? sums.items[0] : hash_joined(summing, "multi", &sums);
    sb_vec_release(&sums);
    return status;
}

static void name_single_file(const struct sb_plan_step *from, struct sb_build_step *step) {
    const struct sb_build_entry *only = step->entries.items;
    if (from->sources.count != 1 || step->entries.count != 1 || only->type != '0' ||
        memchr(only->path.data, '/', only->path.size) || only->uid || only->gid)
        return;
    step->file = from->sources.items[0].item.path;
    step->target = only->path;
}

static int add_step(struct sb_plan *plan, const struct sb_plan_step *from,
                    const struct sb_fact_step *fact, bool plain_modes, struct sb_build *build,
                    struct sb_error *error) {
    struct sb_build_step *step = sb_vec_push(&build->steps);
    step->before = from->before;
    step->after = from->after;
    step->add_or_copy = from->add_or_copy;
    step->may_layer = from->may_layer;
    step->one_word = from->may_layer;
    step->run = from->run;
    step->shell = from->shell;
    step->author = from->author;
    if (fact->layer && from->layer != SIZE_MAX &&
        add_entries(plan, from, fact, build, step, error) < 0)
        return -1;
    if (!from->add_or_copy)
        return 0;
    name_single_file(from, step);
    if (plan->builder->repeats_source)
        step->hash = fact->sum;
    struct summing summing = {plan, build,       &plan->layers.items[from->layer],
                              fact, plain_modes, error};
    return plan->builder->kind == SB_BUILDER_CLASSIC ? classic_sum(&summing, from, &step->hash) : 0;
}

int sb_plan_build(struct sb_plan *plan, const struct sb_fact_image *facts, struct sb_build *build,
                  struct sb_error *error) {
    static const struct sb_fact_step nothing = {.layer = true};
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct sb_fact_step *fact =
            i < facts->steps.count ? &facts->steps.items[i] : &nothing;
        if (add_step(plan, &plan->steps.items[i], fact, facts->plain_modes, build, error) < 0)
            return -1;
    }
    /* What stands behind the last step that has a line of its own counts for the whole image. */
    if (build->steps.count && facts->builder->one_run)
        for (size_t i = 0; i < build->steps.count; i++) {
            build->steps.items[i].run = sb_json_member(plan->config, "config");
            build->steps.items[i].author = plan->author;
        }
    return 0;
}
