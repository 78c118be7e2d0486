#include "host/encoder.h"

#include <stdio.h>
#include <unistd.h>

#include "host/process.h"
#include "host/temporary.h"
#include "io/output.h"

enum { TIMEOUT_SECONDS = 120 };

static const struct {
    const char *name, *program, *option;
} encoders[] = {
    {"gnu-gzip", "gzip", "-n"},
    {"pigz", "pigz", "-n"},
    {"libdeflate-gzip", "libdeflate-gzip", "-c"},
};

static const char *const names[] = {"gnu-gzip", "pigz", "libdeflate-gzip", NULL};

static int run(size_t which, unsigned level, int input, struct sb_buf *output,
               struct sb_error *error) {
    char option[16];
    snprintf(option, sizeof option, "-%u", level);
    const char *const argv[] = {encoders[which].program, encoders[which].option, option, NULL};
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
    size_t which = 0;
    while (which < sizeof encoders / sizeof *encoders && !sb_span_is(name, encoders[which].name))
        which++;
    char *program =
        which < sizeof encoders / sizeof *encoders ? process_find(encoders[which].program) : NULL;
    if (!program)
        return 1;
    free(program);
    int fd = temporary_file(NULL, error);
    if (fd < 0)
        return -1;
    struct sb_output_file file;
    sb_output_to_file(&file, fd);
    int status = sb_output_append(&file.base, input, error);
    if (sb_output_flush_file(&file, error) < 0)
        status = -1;
    if (status == 0 && lseek(fd, 0, SEEK_SET) == 0)
        status = run(which, level, fd, output, error);
    close(fd);
    return status;
}

const struct sb_encoder host_encoder = {encode, NULL, names};
