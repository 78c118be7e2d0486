#include "io/input.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/limits.h"

int sb_input_peek(struct sb_input *input, struct sb_span *bytes, struct sb_error *error) {
    return input->ops->peek(input, bytes, error);
}

void sb_input_consume(struct sb_input *input, size_t count) {
    input->ops->consume(input, count);
    input->position += count;
}

int sb_input_read(struct sb_input *input, void *data, size_t size, size_t *got,
                  struct sb_error *error) {
    *got = 0;
    while (*got < size) {
        struct sb_span bytes;
        int status = sb_input_peek(input, &bytes, error);
        if (status)
            return status < 0 ? -1 : 0;
        size_t count = bytes.size < size - *got ? bytes.size : size - *got;
        memcpy((char *)data + *got, bytes.data, count);
        sb_input_consume(input, count);
        *got += count;
    }
    return 0;
}

int sb_input_skip(struct sb_input *input, uint64_t count, uint64_t *skipped,
                  struct sb_error *error) {
    if (input->ops->jump && input->ops->jump(input, count) == 0) {
        input->position += count;
        if (skipped)
            *skipped = count;
        return 0;
    }
    uint64_t done = 0;
    while (done < count) {
        struct sb_span bytes;
        int status = sb_input_peek(input, &bytes, error);
        if (status < 0)
            return -1;
        if (status)
            break;
        size_t step = bytes.size < count - done ? bytes.size : (size_t)(count - done);
        sb_input_consume(input, step);
        done += step;
    }
    if (skipped)
        *skipped = done;
    return 0;
}

void sb_input_close(struct sb_input *input) {
    if (input)
        input->ops->close(input);
}

void sb_input_close_at(struct sb_input **input) {
    sb_input_close(*input);
}

/* memory */

struct memory_input {
    struct sb_input base;
    struct sb_span rest;
};

static int memory_peek(struct sb_input *input, struct sb_span *bytes, struct sb_error *error) {
    (void)error;
    *bytes = ((struct memory_input *)input)->rest;
    return bytes->size == 0;
}

static void memory_consume(struct sb_input *input, size_t count) {
    struct memory_input *memory = (struct memory_input *)input;
    memory->rest = sb_span_from(memory->rest, count);
}

static void plain_close(struct sb_input *input) {
    free(input);
}

struct sb_input *sb_input_memory(struct sb_span bytes) {
    static const struct sb_input_ops ops = {memory_peek, memory_consume, NULL, plain_close};
    struct memory_input *memory = sb_memory_new(1, sizeof *memory);
    memory->base.ops = &ops;
    memory->rest = bytes;
    return &memory->base;
}

/* segment */

struct segment_input {
    struct sb_input base;
    struct sb_input *parent;
    bool taken;
    uint64_t size;
};

static int segment_peek(struct sb_input *input, struct sb_span *bytes, struct sb_error *error) {
    struct segment_input *segment = (struct segment_input *)input;
    uint64_t left = segment->size - input->position;
    if (left == 0)
        return 1;
    int status = sb_input_peek(segment->parent, bytes, error);
    if (status > 0)
        return sb_error_set(error, SB_ERROR_MALFORMED, "cut short: %" PRIu64 " bytes are missing",
                            left);
    if (status == 0 && bytes->size > left)
        bytes->size = (size_t)left;
    return status;
}

static void segment_consume(struct sb_input *input, size_t count) {
    sb_input_consume(((struct segment_input *)input)->parent, count);
}

static int segment_jump(struct sb_input *input, uint64_t count) {
    struct segment_input *segment = (struct segment_input *)input;
    struct sb_input *parent = segment->parent;
    if (count > segment->size - input->position || !parent->ops->jump ||
        parent->ops->jump(parent, count) != 0)
        return 1;
    parent->position += count;
    return 0;
}

static void segment_close(struct sb_input *input) {
    struct segment_input *segment = (struct segment_input *)input;
    if (segment->taken)
        sb_input_close(segment->parent);
    free(segment);
}

struct sb_input *sb_input_segment_taken(struct sb_input *parent, uint64_t size) {
    struct sb_input *input = sb_input_segment(parent, size);
    ((struct segment_input *)input)->taken = true;
    return input;
}

struct sb_input *sb_input_segment(struct sb_input *parent, uint64_t size) {
    static const struct sb_input_ops ops = {segment_peek, segment_consume, segment_jump,
                                            segment_close};
    struct segment_input *segment = sb_memory_new(1, sizeof *segment);
    segment->base.ops = &ops;
    segment->parent = parent;
    segment->size = size;
    return &segment->base;
}

/* file */

struct file_input {
    struct sb_input base;
    int fd;
    bool taken;
    uint64_t offset; /* of the byte behind the buffered ones */
    uint64_t left;   /* bytes of the range behind the buffered ones */
    size_t begin, end, capacity;
    size_t next; /* bytes of the next read: few after a jump, for another may follow */
    unsigned char buffer[];
};

static int file_peek(struct sb_input *input, struct sb_span *bytes, struct sb_error *error) {
    struct file_input *file = (struct file_input *)input;
    if (file->begin == file->end) {
        if (file->left == 0)
            return 1;
        size_t wanted = file->left < file->next ? (size_t)file->left : file->next;
        file->next = file->next < file->capacity / 2 ? file->next * 2 : file->capacity;
        ssize_t got;
        do
            got = pread(file->fd, file->buffer, wanted, (off_t)file->offset);
        while (got < 0 && errno == EINTR);
        if (got < 0)
            return sb_error_set_errno(error, errno, "cannot read at offset %" PRIu64, file->offset);
        if (got == 0)
            return sb_error_set(error, SB_ERROR_SYSTEM,
                                "the file became shorter while it was read, at offset %" PRIu64,
                                file->offset);
        file->begin = 0;
        file->end = (size_t)got;
        file->offset += (uint64_t)got;
        file->left -= (uint64_t)got;
    }
    *bytes = sb_span_of(file->buffer + file->begin, file->end - file->begin);
    return 0;
}

static void file_consume(struct sb_input *input, size_t count) {
    ((struct file_input *)input)->begin += count;
}

static int file_jump(struct sb_input *input, uint64_t count) {
    struct file_input *file = (struct file_input *)input;
    uint64_t buffered = file->end - file->begin;
    if (count <= buffered) {
        file->begin += (size_t)count;
        return 0;
    }
    uint64_t beyond = count - buffered;
    if (beyond > file->left)
        return 1;
    if (file->capacity > SB_LIMIT_READ_AFTER_JUMP)
        file->next = SB_LIMIT_READ_AFTER_JUMP;
    file->begin = file->end;
    file->offset += beyond;
    file->left -= beyond;
    return 0;
}

static void file_close(struct sb_input *input) {
    struct file_input *file = (struct file_input *)input;
    if (file->taken)
        close(file->fd);
    free(file);
}

struct sb_input *sb_input_file_taken(int fd, uint64_t offset, uint64_t size) {
    struct sb_input *input = sb_input_file(fd, offset, size);
    ((struct file_input *)input)->taken = true;
    return input;
}

struct sb_input *sb_input_file(int fd, uint64_t offset, uint64_t size) {
    static const struct sb_input_ops ops = {file_peek, file_consume, file_jump, file_close};
    size_t capacity = size < SB_LIMIT_READ ? (size_t)size : SB_LIMIT_READ;
    /* Zeroing the buffer would cost more than reading a small file. */
    struct file_input *file = sb_memory_resize(NULL, 1, sizeof *file + capacity);
    *file = (struct file_input){.base.ops = &ops,
                                .fd = fd,
                                .offset = offset,
                                .left = size,
                                .capacity = capacity,
                                .next = capacity};
    return &file->base;
}
