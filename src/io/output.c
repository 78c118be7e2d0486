#include "io/output.h"

#include <errno.h>
#include <unistd.h>

enum { FILE_BUFFER = 128 << 10 };

int sb_output_append(struct sb_output *output, struct sb_span bytes, struct sb_error *error) {
    if (!output->failed && output->append(output, bytes, &output->error) < 0)
        output->failed = true;
    if (output->failed) {
        if (error)
            *error = output->error;
        return -1;
    }
    output->position += bytes.size;
    return 0;
}

int sb_output_zeros(struct sb_output *output, uint64_t count, struct sb_error *error) {
    static const unsigned char zeros[4096];
    while (count > 0) {
        size_t step = count < sizeof zeros ? (size_t)count : sizeof zeros;
        if (sb_output_append(output, sb_span_of(zeros, step), error) < 0)
            return -1;
        count -= step;
    }
    return 0;
}

int sb_output_copy(struct sb_output *output, struct sb_input *input, struct sb_error *error) {
    for (;;) {
        struct sb_span bytes;
        int status = sb_input_peek(input, &bytes, error);
        if (status)
            return status < 0 ? -1 : 0;
        if (sb_output_append(output, bytes, error) < 0)
            return -1;
        sb_input_consume(input, bytes.size);
    }
}

static int buf_append(struct sb_output *output, struct sb_span bytes, struct sb_error *error) {
    (void)error;
    sb_buf_append_span(((struct sb_output_buf *)output)->buf, bytes);
    return 0;
}

void sb_output_to_buf(struct sb_output_buf *output, struct sb_buf *buf) {
    *output = (struct sb_output_buf){.base.append = buf_append, .buf = buf};
}

static int write_all(int fd, struct sb_span bytes, struct sb_error *error) {
    while (bytes.size > 0) {
        ssize_t done = write(fd, bytes.data, bytes.size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return sb_error_set_errno(error, errno, "cannot write");
        bytes = sb_span_from(bytes, (size_t)done);
    }
    return 0;
}

static int file_append(struct sb_output *output, struct sb_span bytes, struct sb_error *error) {
    struct sb_output_file *file = (struct sb_output_file *)output;
    if (file->buffer.size + bytes.size <= FILE_BUFFER) {
        sb_buf_append_span(&file->buffer, bytes);
        return 0;
    }
    if (write_all(file->fd, sb_buf_span(&file->buffer), error) < 0)
        return -1;
    file->buffer.size = 0;
    return write_all(file->fd, bytes, error);
}

void sb_output_to_file(struct sb_output_file *output, int fd) {
    *output = (struct sb_output_file){.base.append = file_append, .fd = fd};
}

int sb_output_flush_file(struct sb_output_file *output, struct sb_error *error) {
    int status = 0;
    if (output->base.failed) {
        *error = output->base.error;
        status = -1;
    } else {
        status = write_all(output->fd, sb_buf_span(&output->buffer), error);
    }
    sb_buf_release(&output->buffer);
    return status;
}
