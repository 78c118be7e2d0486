#include "host/encoder.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/process.h"
#include "host/request.h"
#include "host/temporary.h"
#include "io/output.h"

/* Those of Debian packages are in PATH; those of tools/encoders where they were built or installed
 * to. */
static const struct {
    const char *name, *program, *option; /* option NULL: the level alone, without a dash */
} encoders[] = {
    {"gnu-gzip", "gzip", "-n"},
    {"pigz", "pigz", "-n"},
    {"libdeflate-gzip", "libdeflate-gzip", "-c"},
    {"go1.24-gzip", "go1.24-gzip", NULL},
    {"go1.27-gzip", "go1.27-gzip", NULL},
    {"pgzip", "pgzip", NULL},
    {"pgzip-sid", "pgzip-sid", NULL},
};

static const char *const names[] = {"gnu-gzip", "pigz", "libdeflate-gzip", NULL};
static const char *const layer_names[] = {"pgzip",    "go1.27-gzip", "go1.24-gzip", "pgzip-sid",
                                          "gnu-gzip", "pigz",        NULL};

static char *find_program(unsigned which) {
    return encoders[which].option
               ? process_find(encoders[which].program)
               : process_find_helper("SAMEBYTES_ENCODERS", "/encoders", encoders[which].program);
}

static int run_here(unsigned which, unsigned level, int input, int output, struct sb_error *error) {
    char option[16];
    char *program = find_program(which);
    if (!program)
        return 1;
    bool helper = !encoders[which].option;
    snprintf(option, sizeof option, "%s%u", helper ? "" : "-", level);
    const char *const argv[] = {program, helper ? option : encoders[which].option,
                                helper ? NULL : option, NULL};
    struct process process = PROCESS_INIT;
    struct process_result result = PROCESS_RESULT_INIT;
    process.argv = argv;
    process.input = input;
    process.output = output;
    int status = lseek(input, 0, SEEK_SET) < 0
                     ? sb_error_set_errno(error, errno, "cannot rewind what is to be compressed")
                     : process_check(&process, &result, error);
    process_result_release(&result);
    free(program);
    return status;
}

int encoder_run(unsigned which, unsigned level, int input, int output, struct sb_error *error) {
    if (which >= sizeof encoders / sizeof *encoders || level > 99)
        return sb_error_set(error, SB_ERROR_USAGE, "no such encoder");
    if (!request_is_needed())
        return run_here(which, level, input, output, error);
    const struct request request = {.kind = REQUEST_ENCODE, .which = which, .level = level};
    const int fds[] = {input, output};
    struct reply reply;
    return request_send(&request, fds, 2, &reply, NULL, error);
}

static int read_all(int fd, struct sb_buf *output, struct sb_error *error) {
    struct stat info;
    struct sb_output_buf buf;
    if (fstat(fd, &info) < 0)
        return sb_error_set_errno(error, errno, "cannot look at what the encoder wrote");
    SB_CLEANUP(sb_input_close_at)
    struct sb_input *input = sb_input_file(fd, 0, (uint64_t)info.st_size);
    sb_output_to_buf(&buf, output);
    return sb_output_copy(&buf.base, input, error);
}

static int write_all(int fd, struct sb_span bytes, struct sb_error *error) {
    struct sb_output_file file;
    sb_output_to_file(&file, fd);
    int status = sb_output_append(&file.base, bytes, error);
    return sb_output_flush_file(&file, error) < 0 ? -1 : status;
}

static int encode(void *context, struct sb_span name, unsigned level, struct sb_span input,
                  struct sb_buf *output, struct sb_error *error) {
    (void)context;
    unsigned which = 0, count = sizeof encoders / sizeof *encoders;
    while (which < count && !sb_span_is(name, encoders[which].name))
        which++;
    if (which == count)
        return 1;
    int from = temporary_file(NULL, error), to = from < 0 ? -1 : temporary_file(NULL, error);
    int status = to < 0 ? -1 : write_all(from, input, error);
    if (status == 0)
        status = encoder_run(which, level, from, to, error);
    if (status == 0)
        status = read_all(to, output, error);
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    return status;
}

const struct sb_encoder host_encoder = {encode, NULL, names, layer_names};
