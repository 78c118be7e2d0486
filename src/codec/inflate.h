/* Deflate data (RFC 1951) decoded by a library, piece by piece. There are two: zlib refuses all
 * that Go's reader refuses; ISA-L is twice as fast, and takes some streams with incomplete Huffman
 * codes, which no known compressor writes and engines refuse. So the second is for what is large.
 */
#ifndef SB_CODEC_INFLATE_H
#define SB_CODEC_INFLATE_H

#include <stdint.h>

#include "base/span.h"

enum sb_inflate_status { SB_INFLATE_GOES_ON, SB_INFLATE_ENDS, SB_INFLATE_BROKEN };

struct sb_inflater;

struct sb_inflater_ops {
    void (*reset)(struct sb_inflater *inflater);
    enum sb_inflate_status (*step)(struct sb_inflater *inflater, struct sb_span *input,
                                   unsigned char **output, size_t *room);
    void (*close)(struct sb_inflater *inflater);
};

struct sb_inflater {
    const struct sb_inflater_ops *ops;
    uint32_t crc;     /* CRC-32 of what came out */
    const char *what; /* why it is broken; NULL: no word for it */
    /* at the end: input that was taken and is none of the stream's, and the bits of its last byte
     * that are not used */
    unsigned char rest[8];
    size_t rest_size;
    unsigned slack_bits, slack;
};

/* large: where the compressed stream is long enough for speed to matter. */
struct sb_inflater *sb_inflater_new(bool large);
/* For the next stream. */
void sb_inflater_reset(struct sb_inflater *inflater);
/* Decodes some of input into output, which has room; all three move on. Without input what was
 * taken before is finished. */
enum sb_inflate_status sb_inflater_step(struct sb_inflater *inflater, struct sb_span *input,
                                        unsigned char **output, size_t *room);
void sb_inflater_close(struct sb_inflater *inflater);

/* For the files of this folder. */
struct sb_inflater *sb_inflater_zlib(void);
struct sb_inflater *sb_inflater_isal(void); /* NULL where the program was built without */

#endif
