#include "host/archive_output.h"

#include <unistd.h>

#include "host/gzip.h"
#include "host/temporary.h"

static bool ends(const char *text, const char *suffix) {
    return sb_span_ends(sb_span_string(text), suffix);
}

bool archive_output_is_gzip(const struct options *options) {
    return options->gzip || ends(options->output, ".gz") || ends(options->output, ".tgz");
}

static int write_to(int fd, archive_writer *write, void *context, struct sb_error *error) {
    struct sb_output_file file;
    struct sb_error flush_error = SB_ERROR_INIT;
    sb_output_to_file(&file, fd);
    int status = write(context, &file.base, error);
    if (sb_output_flush_file(&file, &flush_error) < 0 && status == 0) {
        *error = flush_error;
        status = -1;
    }
    return status;
}

int archive_to_temporary(archive_writer *write, void *context, int *fd, struct sb_error *error) {
    *fd = temporary_file(NULL, error);
    if (*fd < 0)
        return -1;
    if (write_to(*fd, write, context, error) == 0)
        return 0;
    close(*fd);
    return -1;
}

/* Through a temporary file, for gzip reads a descriptor. */
static int write_compressed(int fd, archive_writer *write, void *context, struct sb_error *error) {
    int plain;
    if (archive_to_temporary(write, context, &plain, error) < 0)
        return -1;
    int status = gzip_file(plain, fd, error);
    close(plain);
    return status;
}

int archive_output(const struct options *options, archive_writer *write, archive_check *check,
                   void *context, struct sb_error *error) {
    struct result_file result;
    if (!options->output)
        return sb_error_set(error, SB_ERROR_USAGE, "-o OUT is missing (- is standard output)");
    if (result_open(&result, options->output, error) < 0)
        return -1;
    int status = archive_output_is_gzip(options)
                     ? write_compressed(result.fd, write, context, error)
                     : write_to(result.fd, write, context, error);
    if (status == 0 && check)
        status = check(context, result.fd, error);
    if (status < 0) {
        result_drop(&result);
        return -1;
    }
    return result_commit(&result, error);
}
