#include "io/source.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/limits.h"
#include "io/output.h"

/* file */

struct file_source {
    struct sb_source base;
    int fd;
};

static int file_open(struct sb_source *source, uint64_t offset, uint64_t size,
                     struct sb_input **input, struct sb_error *error) {
    (void)error;
    *input = sb_input_file(((struct file_source *)source)->fd, offset, size);
    return 0;
}

static void file_close(struct sb_source *source) {
    close(((struct file_source *)source)->fd);
    free(source);
}

struct sb_source *sb_source_file(int fd, uint64_t size) {
    static const struct sb_source_ops ops = {file_open, file_close};
    struct file_source *file = sb_memory_new(1, sizeof *file);
    file->base.ops = &ops;
    file->base.size = size;
    file->fd = fd;
    return &file->base;
}

/* memory */

struct memory_source {
    struct sb_source base;
    struct sb_buf buf;
};

static int memory_open(struct sb_source *source, uint64_t offset, uint64_t size,
                       struct sb_input **input, struct sb_error *error) {
    (void)error;
    const struct sb_buf *buf = &((struct memory_source *)source)->buf;
    *input = sb_input_memory(sb_span_of(buf->data + offset, (size_t)size));
    return 0;
}

static void memory_close(struct sb_source *source) {
    sb_buf_release(&((struct memory_source *)source)->buf);
    free(source);
}

struct sb_source *sb_source_memory(struct sb_buf *buf) {
    static const struct sb_source_ops ops = {memory_open, memory_close};
    struct memory_source *memory = sb_memory_new(1, sizeof *memory);
    memory->base.ops = &ops;
    memory->base.size = buf->size;
    memory->buf = *buf;
    *buf = (struct sb_buf)SB_BUF_INIT;
    sb_buf_append(&memory->buf, "", 0);
    return &memory->base;
}

static void release_buf(struct sb_buf *buf) {
    sb_buf_release(buf);
}

/* Fills buf up to SB_LIMIT_KEPT; 1 where input ended before that. */
static int keep(struct sb_input *input, struct sb_buf *buf, struct sb_error *error) {
    while (buf->size < SB_LIMIT_KEPT) {
        struct sb_span bytes;
        int status = sb_input_peek(input, &bytes, error);
        if (status)
            return status;
        sb_buf_append_span(buf, bytes);
        sb_input_consume(input, bytes.size);
    }
    return 0;
}

int sb_source_gather(struct sb_input *input, const struct sb_spool *spool,
                     struct sb_source **source, struct sb_error *error) {
    SB_CLEANUP(release_buf) struct sb_buf buf = SB_BUF_INIT;
    int status = keep(input, &buf, error);
    if (status < 0)
        return -1;
    if (status > 0) {
        *source = sb_source_memory(&buf);
        return 0;
    }
    int fd = spool && spool->open ? spool->open(spool->context, error) : -1;
    if (fd < 0)
        return spool && spool->open
                   ? -1
                   : sb_error_set(
                         error, SB_ERROR_SYSTEM,
                         "more than %u bytes, and there is no temporary file to keep them in",
                         SB_LIMIT_KEPT);
    struct sb_output_file file;
    sb_output_to_file(&file, fd);
    status = sb_output_append(&file.base, sb_buf_span(&buf), error);
    if (status == 0)
        status = sb_output_copy(&file.base, input, error);
    uint64_t size = file.base.position;
    struct sb_error flush_error;
    if (sb_output_flush_file(&file, &flush_error) < 0 && status == 0) {
        *error = flush_error;
        status = -1;
    }
    if (status < 0) {
        close(fd);
        return sb_error_wrap(error, "spool");
    }
    *source = sb_source_file(fd, size);
    return 0;
}

void sb_source_close(struct sb_source *source) {
    if (source)
        source->ops->close(source);
}

/* ranges */

struct sb_range sb_range_whole(struct sb_source *source) {
    return (struct sb_range){source, 0, source->size};
}

int sb_range_open(struct sb_range range, struct sb_input **input, struct sb_error *error) {
    if (!range.source)
        return sb_error_set(error, SB_ERROR_MALFORMED, "it is not in the archive");
    if (range.offset > range.source->size || range.size > range.source->size - range.offset)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "cut short: bytes %" PRIu64 " to %" PRIu64 " of %" PRIu64, range.offset,
                            range.offset + range.size, range.source->size);
    return range.source->ops->open(range.source, range.offset, range.size, input, error);
}

int sb_range_equal(struct sb_range a, struct sb_range b, bool *equal, struct sb_error *error) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *x = NULL;
    SB_CLEANUP(sb_input_close_at) struct sb_input *y = NULL;
    uint64_t left = a.size;
    *equal = a.size == b.size;
    if (!*equal)
        return 0;
    if (sb_range_open(a, &x, error) < 0 || sb_range_open(b, &y, error) < 0)
        return -1;
    while (*equal && left) {
        struct sb_span one, other;
        int x_status = sb_input_peek(x, &one, error);
        int y_status = x_status < 0 ? -1 : sb_input_peek(y, &other, error);
        if (x_status < 0 || y_status < 0)
            return -1;
        if (x_status || y_status)
            SB_BUG("a range is shorter than it says");
        size_t common = one.size < other.size ? one.size : other.size;
        *equal = memcmp(one.data, other.data, common) == 0;
        sb_input_consume(x, common);
        sb_input_consume(y, common);
        left -= common;
    }
    return 0;
}

int sb_range_read(struct sb_range range, uint64_t highest, struct sb_buf *buf,
                  struct sb_error *error) {
    if (range.size > highest)
        return sb_error_set(error, SB_ERROR_LIMIT,
                            "%" PRIu64 " bytes are more than the %" PRIu64 " allowed here",
                            range.size, highest);
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    if (sb_range_open(range, &input, error) < 0)
        return -1;
    struct sb_output_buf output;
    sb_output_to_buf(&output, buf);
    return sb_output_copy(&output.base, input, error);
}
