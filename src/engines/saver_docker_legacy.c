/* `docker save` of 17.09 to 24: a folder a layer (moby image/tarexport/save.go of 20.10). */
#include "engines/internal.h"

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

static int write_archive(struct sb_profile_writing *writing, struct sb_profile_files *files) {
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

static bool gives_name(const char *name, unsigned char type) {
    const char *rest = name + sb_saver_hex_digits(name);
    if (rest - name != 64)
        return false;
    if (!*rest)
        return type == '5';
    if (strcmp(rest, "/layer.tar") == 0)
        return type == '0' || type == '2';
    return type == '0' && (strcmp(rest, "/VERSION") == 0 || strcmp(rest, "/json") == 0 ||
                           strcmp(rest, ".json") == 0);
}

static bool is_timeless(const struct sb_profile *profile, const char *name) {
    (void)profile;
    return strcmp(name, "manifest.json") == 0 || strcmp(name, "repositories") == 0;
}

static const struct sb_profile profiles[] = {
    {.name = "docker-17.09",
     .saver = &sb_saver_docker_legacy,
     .builder = "classic-17.09",
     .type_bits = true},
    {.name = "docker-20.10",
     .saver = &sb_saver_docker_legacy,
     .builder = "classic-20.10",
     .type_bits = true,
     .owner_names = true,
     .os_member = true},
    {.name = NULL},
};

static const struct sb_profile *recognise(const struct sb_outer *outer,
                                          const struct sb_archive *archive) {
    bool folders = false;
    for (size_t i = 0; i < outer->list.count; i++)
        folders = folders || outer->list.items[i].type == '5';
    if (!archive->has_docker || archive->has_oci || !folders)
        return NULL;
    return &profiles[outer->list.items[0].uname.size ? 1 : 0];
}

static void tell(struct sb_fingerprint *fingerprint, const struct sb_outer *outer) {
    const struct sb_outer_entry *first = outer->list.items;
    bool names = first->uname.size > 0;
    /* Go looks owners up since 1.10; Docker 18.06 is the first that was built with it. */
    fingerprint->lowest = names ? "18.06" : "1.10";
    fingerprint->highest = names ? "24.0" : "18.05";
    sb_fingerprint_say(fingerprint, "%s: the form of docker save until 24",
                       "a folder for each layer");
    if (names)
        sb_fingerprint_say(fingerprint, "headers name the owner '%s': from 18.06 on, as in 20.10",
                           (const char *)first->uname.data);
    else
        sb_fingerprint_say(fingerprint, "headers name %s owner: until 18.05, as in 17.09", "no");
}

static const struct sb_habit habits[] = {
    {SB_PASS_ENVELOPE,
     "docker until 24 writes a folder a layer (VERSION, json, layer.tar) and repositories for "
     "engines before 1.10",
     0},
    {SB_PASS_FILE_TIMESTAMPS,
     "docker until 24 stamps the archive's entries with the image's creation, and a layer that "
     "equals an earlier one with the time of the save (moby issue 42766)",
     0},
    {SB_PASSES, NULL, 0},
};

const struct sb_saver sb_saver_docker_legacy = {
    .engine = "docker",
    .profiles = profiles,
    .documents = (const char *const[]){"manifest.json", "repositories", NULL},
    .members = (const char *const[]){"Config", "RepoTags", "Layers", NULL},
    .spare_member = "Parent", /* of a chain of docker commit, older engines name it */
    .file_mode = 0644,
    .json_mode = 0644,
    .folder_mode = 0755,
    .link_mode = 0777,
    .new_line = true,
    .stamps_creation = true,
    .gives_name = gives_name,
    .is_timeless = is_timeless,
    .recognise = recognise,
    .tell = tell,
    .write = write_archive,
    .habits = habits,
};
