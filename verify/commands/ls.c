/* samebytes ls A[:/PATH] */
#include <inttypes.h>

#include "base/time.h"
#include "commands/command.h"
#include "commands/look.h"
#include "image/path.h"
#include "report/report.h"

static void mode_text(const struct sb_entry *entry, char text[11]) {
    static const char types[] = "--lcbdp";
    unsigned mode = entry->mode;
    text[0] = entry->type >= '0' && entry->type <= '6' ? types[entry->type - '0'] : '?';
    for (int i = 0; i < 9; i++)
        text[1 + i] = mode >> (8 - i) & 1 ? "rwx"[i % 3] : '-';
    if (mode & 04000)
        text[3] = mode & 0100 ? 's' : 'S';
    if (mode & 02000)
        text[6] = mode & 0010 ? 's' : 'S';
    if (mode & 01000)
        text[9] = mode & 0001 ? 't' : 'T';
    text[10] = 0;
}

struct listing {
    struct looking *looking;
    struct text *text;
    struct json *json;
    struct sb_arena arena; /* of one entry */
};

static void list_one(struct listing *listing, const struct sb_rootfs_node *node) {
    const struct sb_entry *entry = node->entry;
    const struct sb_entry *file = node->layer ? sb_layer_file_of(node->layer, entry) : entry;
    size_t layer = look_layer(listing->looking, node);
    bool link = file->type == '2';
    char mode[11];
    sb_arena_reset(&listing->arena);
    mode_text(file, mode);
    const char *path = sb_arena_visible(&listing->arena, entry->path);
    const char *time = sb_time_text(&listing->arena, file->mtime, 0);
    const char *target = link ? sb_arena_visible(&listing->arena, file->extra->link) : NULL;
    text_add(listing->text, STYLE_PLAIN,
             "%s %5" PRIu32 " %5" PRIu32 " %10" PRIu64 " %s %3zu  /%s%s%s\n", mode, file->uid,
             file->gid, file->size, time, layer, path, link ? " -> " : "", link ? target : "");
    struct json *json = listing->json;
    json_open(json, NULL, '{');
    json_bytes(json, "path", entry->path);
    json_string(json, "mode", mode);
    json_number(json, "uid", file->uid);
    json_number(json, "gid", file->gid);
    json_number(json, "size", file->size);
    json_string(json, "mtime", time);
    json_string(json, "link", target);
    json_offset(json, "layer", layer ? (int64_t)layer : -1);
    json_close(json, '}');
}

static int list_all(struct looking *looking, const struct options *options,
                    struct sb_error *error) {
    SB_CLEANUP(json_release) struct json json = JSON_INIT;
    SB_CLEANUP(text_release) struct text text = {.color = false};
    struct listing listing = {.looking = looking, .text = &text, .json = &json};
    struct report_made made = {&text, &json};
    const struct report report = {.command = "ls",
                                  .met = true,
                                  .result = &made,
                                  .text = report_made_text,
                                  .json = report_made_json};
    const struct sb_rootfs_node *start = NULL;
    if (look_open(looking, options, error) < 0 || look_find(looking, &start, error) < 0)
        return -1;
    const struct sb_rootfs *rootfs = &looking->subject.core.rootfs;
    json_open(&json, NULL, '{');
    json_number(&json, "schema", 1);
    json_open(&json, "entries", '[');
    for (size_t i = 0; i < rootfs->nodes.count; i++) {
        struct sb_span path = rootfs->nodes.items[i].entry->path;
        if (sb_span_equal(path, looking->path) || sb_path_is_below(path, looking->path))
            list_one(&listing, &rootfs->nodes.items[i]);
    }
    json_close(&json, ']');
    json_close(&json, '}');
    sb_arena_release(&listing.arena);
    return report_send(options, &report, error);
}

static int run(struct options *options, struct sb_error *error) {
    struct looking looking = LOOKING_INIT;
    int status = list_all(&looking, options, error);
    look_release(&looking);
    return status;
}

const struct command command_ls = {
    .name = "ls",
    .usage = "A[:/PATH]",
    .summary = "the files of an image, with the layer that each comes from",
    .run = run,
    .options = {options_platform, options_waiting, options_reading, options_common},
    .least = 1,
    .most = 2,
    .arguments = "an image, and a path in it",
};
