#include "host/encoder.h"

#include <stdio.h>
#include <unistd.h>

#include "host/process.h"
#include "host/temporary.h"
#include "io/output.h"

enum { TIMEOUT_SECONDS = 120 };

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

static int run(size_t which, const char *program, unsigned level, int input, struct sb_buf *output,
               struct sb_error *error) {
    char option[16];
    bool helper = !encoders[which].option;
    snprintf(option, sizeof option, "%s%u", helper ? "" : "-", level);
    const char *const argv[] = {program, helper ? option : encoders[which].option,
                                helper ? NULL : option, NULL};
    struct process process = PROCESS_INIT;
    struct process_result result = PROCESS_RESULT_INIT;
    process.argv = argv;
    process.input = input;
    process.timeout = TIMEOUT_SECONDS;
    int status = process_check(&process, &result, error);
    if (status == 0)
        sb_buf_append_span(output, sb_buf_span(&result.output));
    process_result_release(&result);
    return status;
}

static int encode(void *context, struct sb_span name, unsigned level, struct sb_span input,
                  struct sb_buf *output, struct sb_error *error) {
    (void)context;
    size_t which = 0, count = sizeof encoders / sizeof *encoders;
    while (which < count && !sb_span_is(name, encoders[which].name))
        which++;
    if (which == count)
        return 1;
    char *program = encoders[which].option ? process_find(encoders[which].program)
                                           : process_find_helper("SAMEBYTES_ENCODERS", "/encoders",
                                                                 encoders[which].program);
    if (!program)
        return 1;
    int fd = temporary_file(NULL, error);
    int status = fd < 0 ? -1 : 0;
    if (status == 0) {
        struct sb_output_file file;
        sb_output_to_file(&file, fd);
        status = sb_output_append(&file.base, input, error);
        if (sb_output_flush_file(&file, error) < 0)
            status = -1;
        if (status == 0 && lseek(fd, 0, SEEK_SET) == 0)
            status = run(which, program, level, fd, output, error);
        close(fd);
    }
    free(program);
    return status;
}

const struct sb_encoder host_encoder = {encode, NULL, names, layer_names};
