/* An input stream: look at the next bytes, then consume them. Adapters (a decoder, a segment, a
 * digest) are inputs over inputs. An error is sticky: what failed once fails again the same way. */
#ifndef SB_IO_INPUT_H
#define SB_IO_INPUT_H

#include <stdint.h>

#include "base/error.h"
#include "base/span.h"

struct sb_input;

struct sb_input_ops {
    /* At least one byte (0), the end (1), or an error (-1). The span lives until the next call. */
    int (*peek)(struct sb_input *input, struct sb_span *bytes, struct sb_error *error);
    /* count is at most what the last peek gave. */
    void (*consume)(struct sb_input *input, size_t count);
    /* Passes over count bytes without reading them: 0, or 1 where that is not possible here.
     * May be NULL. The end is noticed by the next peek. */
    int (*jump)(struct sb_input *input, uint64_t count);
    void (*close)(struct sb_input *input);
};

struct sb_input {
    const struct sb_input_ops *ops;
    uint64_t position; /* bytes consumed so far */
};

int sb_input_peek(struct sb_input *input, struct sb_span *bytes,
                  struct sb_error *error) SB_MUST_USE;
void sb_input_consume(struct sb_input *input, size_t count);
/* Reads size bytes unless the end comes before; *got says how many. */
int sb_input_read(struct sb_input *input, void *data, size_t size, size_t *got,
                  struct sb_error *error) SB_MUST_USE;
/* Passes over count bytes; *skipped (may be NULL) is less only at the end of the stream. Where
 * an input can jump, bytes are not read and the end is not noticed here. */
int sb_input_skip(struct sb_input *input, uint64_t count, uint64_t *skipped,
                  struct sb_error *error) SB_MUST_USE;
/* Frees the input and those below it that it took. NULL is allowed. */
void sb_input_close(struct sb_input *input);
void sb_input_close_at(struct sb_input **input);

/* A stream over borrowed bytes, which must outlive it. */
struct sb_input *sb_input_memory(struct sb_span bytes);
/* The next size bytes of parent (borrowed); the end after them. The end of parent before that is an
 * error that says "cut short". Closing it leaves parent where it stands. */
struct sb_input *sb_input_segment(struct sb_input *parent, uint64_t size);
/* The same, but parent is taken and closed with it. */
struct sb_input *sb_input_segment_taken(struct sb_input *parent, uint64_t size);
/* A stream over size bytes of a file from offset, by pread; the descriptor is borrowed. */
struct sb_input *sb_input_file(int fd, uint64_t offset, uint64_t size);
/* The same, but the descriptor is taken and closed with it. */
struct sb_input *sb_input_file_taken(int fd, uint64_t offset, uint64_t size);

#endif
