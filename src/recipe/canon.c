/* The canonical image of a plan. */
#include "image/path.h"
#include "image/reference.h"
#include "recipe/internal.h"

static void add_item(struct sb_canon_layer *layer, const struct sb_plan_entry *entry) {
    struct sb_canon_made *made = sb_canon_layer_add(layer);
    made->content = entry->content;
    made->header = (struct sb_tar_entry){.name = entry->path,
                                         .link = entry->link,
                                         .type = entry->type,
                                         .mode = entry->mode,
                                         .uid = entry->uid,
                                         .gid = entry->gid,
                                         .size = entry->size};
}

const char *sb_plan_default_name(struct sb_plan *plan) {
    for (size_t i = 0; i < plan->layers.count; i++) {
        const struct sb_plan_layer *layer = &plan->layers.items[i];
        struct sb_span clean;
        if (!layer->source.data)
            continue;
        sb_path_clean(layer->source, &plan->arena, &clean);
        struct sb_span name = sb_path_base(layer->target.size ? layer->target : clean);
        return sb_reference_full(&plan->arena, name).data
                   ? (const char *)sb_arena_copy(&plan->arena, name).data
                   : NULL;
    }
    return NULL;
}

int sb_plan_canon(struct sb_plan *plan, const char *name, struct sb_canon *canon,
                  struct sb_error *error) {
    canon->source_config = plan->config;
    for (size_t i = 0; i < plan->layers.count; i++) {
        const struct sb_plan_layer *layer = &plan->layers.items[i];
        if (layer->entries.count == 0)
            continue;
        struct sb_canon_layer *canonical = sb_vec_push(&canon->layers);
        for (size_t k = 0; k < layer->entries.count; k++)
            add_item(canonical, &layer->entries.items[k]);
    }
    if (name) {
        struct sb_span full = sb_reference_full(&canon->arena, sb_span_string(name));
        if (!full.data)
            return sb_error_set(error, SB_ERROR_USAGE, "'%s' is not a valid image name", name);
        *sb_vec_push(&canon->names) = full;
    }
    return sb_canon_finish(canon, error);
}
