/* Bytes that can be read from any offset, as often as needed: a file, memory, or something decoded
 * from another source. Everything an image is made of is a range of a source. */
#ifndef SB_IO_SOURCE_H
#define SB_IO_SOURCE_H

#include "base/buf.h"
#include "io/input.h"

struct sb_source;

struct sb_source_ops {
    /* offset and size lie inside the source. */
    int (*open)(struct sb_source *source, uint64_t offset, uint64_t size, struct sb_input **input,
                struct sb_error *error);
    void (*close)(struct sb_source *source);
};

struct sb_source {
    const struct sb_source_ops *ops;
    uint64_t size;
};

/* A range of a source; borrowed. */
struct sb_range {
    struct sb_source *source;
    uint64_t offset;
    uint64_t size;
};

/* Where decoded bytes go that are too many for memory: gives a descriptor of an empty unlinked
 * file, or -1. Supplied by the program, because the library opens nothing by name. */
struct sb_spool {
    int (*open)(void *context, struct sb_error *error);
    void *context;
};

/* Takes the descriptor of a regular file. */
struct sb_source *sb_source_file(int fd, uint64_t size);
/* Takes the buffer's memory; the buffer is empty afterwards. */
struct sb_source *sb_source_memory(struct sb_buf *buf);
/* Reads input (borrowed) to its end into memory, or into the spool where it is longer than
 * SB_LIMIT_KEPT, so that it can be read again. */
int sb_source_gather(struct sb_input *input, const struct sb_spool *spool,
                     struct sb_source **source, struct sb_error *error) SB_MUST_USE;
void sb_source_close(struct sb_source *source);

struct sb_range sb_range_whole(struct sb_source *source);
/* The range's bytes as a stream; it ends with the range. */
int sb_range_open(struct sb_range range, struct sb_input **input,
                  struct sb_error *error) SB_MUST_USE;
/* Whether two ranges have the same bytes; read until they part. */
int sb_range_equal(struct sb_range a, struct sb_range b, bool *equal,
                   struct sb_error *error) SB_MUST_USE;
/* Appends the whole range to buf; more than highest bytes are an error of kind LIMIT. */
int sb_range_read(struct sb_range range, uint64_t highest, struct sb_buf *buf,
                  struct sb_error *error) SB_MUST_USE;

#endif
