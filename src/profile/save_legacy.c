/* `docker save` of 17.09 to 24: a folder a layer (moby image/tarexport/save.go of 20.10). */
#include "profile/internal.h"

struct saving {
    struct sb_profile_writing *writing;
    struct sb_profile_files *files;
    struct sb_json *manifest, *repositories;
};

static struct sb_profile_file *add_timed(struct saving *saving, const char *folder,
                                         const char *name, unsigned char type, int64_t time,
                                         enum sb_heading heading) {
    struct sb_arena *arena = &saving->writing->arena;
    const char *path =
        *name ? sb_arena_printf(arena, "%s%s%s", folder, *folder ? "/" : "", name) : folder;
    struct sb_profile_file *file = sb_profile_add(saving->files, path, type,
                                                  type == '5'   ? 0755
                                                  : type == '2' ? 0777
                                                                : 0644);
    file->mtime = time;
    file->time_heading = heading;
    return file;
}

/* The first file with that layer's tar, which equal layers link to. */
static struct sb_profile_file *find_equal(struct saving *saving,
                                          const struct sb_profile_layer *layer) {
    for (size_t i = 0; i < saving->files->list.count; i++) {
        struct sb_profile_file *file = saving->files->list.items[i];
        if (file->layer &&
            sb_span_equal(sb_buf_span(&file->content.bytes), sb_buf_span(&layer->tar.bytes)))
            return file;
    }
    return NULL;
}

/* The times of a link's folder are those of the save: moby's Chtimes goes through the link, to the
 * equal layer, and gives up on the folder. */
static void save_layer(struct saving *saving, const struct sb_profile_image *image,
                       const struct sb_profile_layer *layer, const struct sb_profile_v1 *v1) {
    struct sb_arena *arena = &saving->writing->arena;
    const struct sb_fact_step *fact = &image->facts->steps.items[layer->step];
    if (sb_profile_find(saving->files, v1->id))
        return;
    struct sb_profile_file *equal = find_equal(saving, layer);
    int64_t time = equal && fact->linked ? fact->link_mtime : image->created_seconds;
    const enum sb_heading heading = SB_HEADING_FACT;
    add_timed(saving, v1->id, "", '5', time, heading);
    sb_marked_text(&add_timed(saving, v1->id, "VERSION", '0', time, heading)->content,
                   SB_HEADING_PROFILE, "version", "1.0");
    sb_marked_join(&add_timed(saving, v1->id, "json", '0', time, heading)->content, &v1->json, "");
    struct sb_profile_file *tar =
        add_timed(saving, v1->id, "layer.tar", equal ? '2' : '0', time, heading);
    if (equal) {
        tar->link = sb_span_string(sb_arena_printf(arena, "../%s", (const char *)equal->name.data));
        equal->mtime = image->created_seconds;
        return;
    }
    tar->layer = true;
    sb_marked_join(&tar->content, &layer->tar, "");
}

static void save_image(struct saving *saving, const struct sb_profile_image *image) {
    struct sb_arena *arena = &saving->writing->arena;
    struct sb_profile_v1 *v1 = sb_memory_new(image->layer_count + 1, sizeof *v1);
    struct sb_json *item = sb_json_new(arena, SB_JSON_OBJECT);
    struct sb_json *layers = sb_json_new(arena, SB_JSON_ARRAY);
    const char *config =
        sb_arena_printf(arena, "%s.json", sb_profile_hex(arena, &image->config_digest));
    sb_profile_make_v1(saving->writing, image, v1);
    for (size_t i = 0; i < image->layer_count; i++) {
        struct sb_json *path = sb_mark_parts(arena);
        save_layer(saving, image, &image->layers[i], &v1[i]);
        sb_mark_part(arena, path, sb_arena_copy(arena, sb_span_string(v1[i].id)),
                     SB_HEADING_DERIVED);
        sb_mark_part(arena, path, sb_span_string("/layer.tar"), SB_HEADING_PROFILE);
        sb_json_append(layers, path);
    }
    if (!sb_profile_find(saving->files, config)) {
        struct sb_profile_file *file =
            add_timed(saving, "", config, '0', image->created_seconds, SB_HEADING_FACT);
        sb_marked_join(&file->content, &image->config, "");
    }
    struct sb_json *named = sb_mark_parts(arena);
    sb_mark_part(arena, named, sb_span_of(config, 64), SB_HEADING_DERIVED);
    sb_mark_part(arena, named, sb_span_string(".json"), SB_HEADING_PROFILE);
    sb_json_add(item, "Config", named);
    sb_json_add(item, "RepoTags", sb_profile_tags(arena, image->facts));
    sb_json_add(item, "Layers", layers);
    sb_json_append(saving->manifest, item);
    if (image->layer_count)
        sb_profile_add_repositories(
            arena, saving->repositories, image->facts,
            sb_arena_copy(arena, sb_span_string(v1[image->layer_count - 1].id)));
    sb_profile_release_v1(v1, image->layer_count);
}

int sb_profile_save_legacy(struct sb_profile_writing *writing, struct sb_profile_files *files) {
    struct sb_arena *arena = &writing->arena;
    struct saving saving = {writing, files, sb_json_new(arena, SB_JSON_ARRAY),
                            sb_json_new(arena, SB_JSON_OBJECT)};
    for (size_t i = 0; i < writing->image_count; i++)
        save_image(&saving, &writing->images[i]);
    struct sb_marked *manifest = &sb_profile_add(files, "manifest.json", '0', 0644)->content;
    sb_marked_json(manifest, saving.manifest, 0);
    sb_marked_text(manifest, SB_HEADING_PROFILE, "manifest", "\n");
    if (saving.repositories->first)
        sb_profile_write_repositories(&sb_profile_add(files, "repositories", '0', 0644)->content,
                                      saving.repositories, true);
    sb_profile_sort(files);
    return 0;
}
