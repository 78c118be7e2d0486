#include "report/report_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "host/request.h"
#include "host/temporary.h"

enum { NOTES_MAX = 10 };

static bool is_empty(const char *path) {
    DIR *folder = opendir(path);
    size_t count = 0;
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count == 2; /* . and .. */
}

int report_folder_make(const struct options *options, struct sb_error *error) {
    const char *path = options->report_dir;
    if (!path || mkdir(path, 0777) == 0 || (errno == EEXIST && is_empty(path)))
        return 0;
    if (errno == EEXIST)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "--report-dir %s: it is there, and not an empty folder", path);
    return sb_error_set_errno(error, errno, "--report-dir %s: cannot make the folder", path);
}

static int write_file(const char *path, const struct sb_difference_file *file,
                      const struct sb_spool *spool, struct sb_error *error) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    if (!request_is_needed())
        result_make_folders(path);
    return sb_layer_open_content(file->layer, file->entry, spool, &input, error) < 0
               ? -1
               : result_copy(path, input, error);
}

/* "layer 3: /x" is in layer-3, "rootfs: /x" in rootfs. */
static void put_path(struct sb_buf *path, const struct options *options, const char *platform,
                     const struct sb_difference *difference, int side) {
    sb_buf_appendf(path, "%s/", options->report_dir);
    for (const char *c = platform; c && *c; c++)
        sb_buf_append_byte(path, (unsigned char)(*c == '/' ? '-' : *c));
    sb_buf_appendf(path, "%s%c/", platform ? "/" : "", 'a' + side);
    for (const char *c = difference->where; *c && *c != ':'; c++)
        sb_buf_append_byte(path, (unsigned char)(*c == ' ' ? '-' : *c));
    sb_buf_append_byte(path, '/');
    sb_buf_append_span(path, side ? difference->file_b.path : difference->file_a.path);
}

void report_folder_fill(const struct options *options, const char *platform,
                        struct sb_comparison *result, const struct sb_spool *spool) {
    size_t failed = 0;
    for (size_t i = 0; options->report_dir && i < result->differences.count; i++)
        for (int side = 0; side < 2; side++) {
            const struct sb_difference *difference = &result->differences.items[i];
            const struct sb_difference_file *file =
                side ? &difference->file_b : &difference->file_a;
            struct sb_buf path = SB_BUF_INIT;
            struct sb_error error;
            if (!file->entry)
                continue;
            put_path(&path, options, platform, difference, side);
            if (write_file(sb_buf_string(&path), file, spool, &error) < 0 && failed++ < NOTES_MAX)
                sb_comparison_note(result, "not written to the folder: %s", error.message);
            sb_buf_release(&path);
        }
    if (failed > NOTES_MAX)
        sb_comparison_note(result, "%zu more files were not written", failed - NOTES_MAX);
}
