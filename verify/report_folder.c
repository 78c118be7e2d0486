#include "report_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "host/request.h"
#include "host/temporary.h"
#include "io/output.h"

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
    struct result_file result;
    struct sb_output_file output;
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    if (!request_is_needed())
        result_make_folders(path);
    if (sb_layer_open_content(file->layer, file->entry, spool, &input, error) < 0 ||
        result_open(&result, path, error) < 0)
        return -1;
    sb_output_to_file(&output, result.fd);
    int status = sb_output_copy(&output.base, input, error);
    if (sb_output_flush_file(&output, error) < 0 || status < 0) {
        result_drop(&result);
        return sb_error_wrap(error, "%s", path);
    }
    return result_commit(&result, error);
}

int report_folder_fill(const struct options *options, const struct sb_comparison *result,
                       const struct sb_spool *spool, struct sb_error *error) {
    int status = 0;
    if (!options->report_dir)
        return 0;
    for (size_t i = 0; i < result->differences.count && status == 0; i++) {
        const struct sb_difference *difference = &result->differences.items[i];
        for (int side = 0; side < 2 && status == 0; side++) {
            const struct sb_difference_file *file =
                side ? &difference->file_b : &difference->file_a;
            struct sb_buf path = SB_BUF_INIT;
            if (!file->entry)
                continue;
            /* "layer 3: /x" is in layer-3, "rootfs: /x" in rootfs. */
            int size = (int)strcspn(difference->where, ":");
            sb_buf_appendf(&path, "%s/%c/%.*s/", options->report_dir, 'a' + side, size,
                           difference->where);
            for (size_t at = 0; at < path.size; at++)
                if (path.data[at] == ' ' && at > strlen(options->report_dir))
                    path.data[at] = '-';
            sb_buf_append_span(&path, file->path);
            status = write_file(sb_buf_string(&path), file, spool, error);
            sb_buf_release(&path);
        }
    }
    return status;
}
