/* samebytes cat IMAGE:/PATH */
#include "commands/command.h"
#include "commands/look.h"
#include "host/temporary.h"

static int write_content(struct looking *looking, const struct options *options,
                         struct sb_error *error) {
    const struct sb_rootfs_node *node = NULL;
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    if (look_open(looking, options, error) < 0 || look_find(looking, &node, error) < 0)
        return -1;
    const struct sb_entry *file =
        node && node->layer ? sb_layer_file_of(node->layer, node->entry) : NULL;
    if (!file || file->type != '0')
        return sb_error_set(error, SB_ERROR_USAGE, "%s: /%.*s is no file: samebytes ls lists it",
                            looking->image, SB_SPAN(looking->path));
    if (sb_layer_open_content(node->layer, file, &temporary_spool, &input, error) < 0)
        return -1;
    return result_copy(options->output ? options->output : "-", input, error);
}

static int run(struct options *options, struct sb_error *error) {
    struct looking looking = LOOKING_INIT;
    int status = write_content(&looking, options, error);
    look_release(&looking);
    return status < 0 ? -1 : EXIT_SAME;
}

static const struct option own[] = {
    {'o', "output", "FILE", "write it to FILE", KIND_STRING, AT(output)},
    {.name = NULL},
};

const struct command command_cat = {
    .name = "cat",
    .usage = "A:/PATH",
    .summary = "the content of a file in an image",
    .run = run,
    .options = {own, options_platform, options_waiting, options_reading, options_common},
    .least = 1,
    .most = 2,
    .arguments = "an image and a path",
};
