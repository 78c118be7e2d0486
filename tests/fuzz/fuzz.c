#include "fuzz.h"

#include <stdio.h>
#include <sys/mman.h>

static int open_spool(void *context, struct sb_error *error) {
    (void)context;
    int fd = memfd_create("spool", MFD_CLOEXEC);
    if (fd < 0)
        return sb_error_set(error, SB_ERROR_SYSTEM, "no memory file");
    return fd;
}

const struct sb_spool fuzz_spool = {open_spool, NULL};

struct sb_source *fuzz_source(const uint8_t *data, size_t size) {
    struct sb_buf copy = SB_BUF_INIT;
    sb_buf_append(&copy, data, size);
    return sb_source_memory(&copy);
}

int fuzz_drain(struct sb_input *input, struct sb_buf *into) {
    uint64_t total = 0;
    struct sb_span bytes;
    struct sb_error error;
    int status;
    while ((status = sb_input_peek(input, &bytes, &error)) == 0 && total < FUZZ_OUTPUT_MAX) {
        total += bytes.size;
        if (into)
            sb_buf_append_span(into, bytes);
        sb_input_consume(input, bytes.size);
    }
    return status == 1 ? 0 : -1;
}

void fuzz_check(bool holds, const char *what) {
    if (holds)
        return;
    fprintf(stderr, "property does not hold: %s\n", what);
    abort();
}
