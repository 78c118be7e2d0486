#include "codec/gzip.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "codec/inflate.h"

enum { OUTPUT_SIZE = 64 << 10 };
enum { FLAG_TEXT = 1, FLAG_HCRC = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16 };

enum gzip_state { STATE_HEADER, STATE_DATA, STATE_END };

struct gzip_input {
    struct sb_input base;
    struct sb_input *parent;
    struct sb_findings *findings;
    char *where;
    enum gzip_state state;
    struct sb_inflater *inflater;
    unsigned members;
    uint32_t size;  /* of this member's output, modulo 2^32 as ISIZE has it */
    uint64_t total; /* output of all members */
    uint32_t header_crc;
    struct sb_gzip_header first;
    size_t begin, end; /* decoded bytes that nobody took yet */
    unsigned char output[OUTPUT_SIZE];
};

bool sb_gzip_recognise(struct sb_span beginning) {
    return beginning.size >= 2 && beginning.data[0] == 0x1f && beginning.data[1] == 0x8b;
}

static int malformed(struct gzip_input *gzip, struct sb_error *error, const char *what) {
    return sb_error_set(error, SB_ERROR_MALFORMED, "gzip: %s, at offset %" PRIu64, what,
                        gzip->parent->position);
}

/* One header byte; the header CRC counts it. */
static int take(struct gzip_input *gzip, unsigned char *byte, struct sb_error *error) {
    size_t got;
    if (sb_input_read(gzip->parent, byte, 1, &got, error) < 0)
        return -1;
    if (got == 0)
        return malformed(gzip, error, "header is cut short");
    gzip->header_crc = (uint32_t)crc32(gzip->header_crc, byte, 1);
    return 0;
}

static int take_number(struct gzip_input *gzip, int bytes, uint32_t *value,
                       struct sb_error *error) {
    *value = 0;
    for (int i = 0; i < bytes; i++) {
        unsigned char byte;
        if (take(gzip, &byte, error) < 0)
            return -1;
        *value |= (uint32_t)byte << (8 * i);
    }
    return 0;
}

static int take_text(struct gzip_input *gzip, char *text, size_t size, struct sb_error *error) {
    size_t length = 0;
    for (size_t taken = 0;; taken++) {
        unsigned char byte;
        if (taken > SB_LIMIT_TAR_EXTENSION)
            return malformed(gzip, error, "a text in the header is not terminated");
        if (take(gzip, &byte, error) < 0)
            return -1;
        if (byte == 0)
            break;
        if (length + 1 < size)
            text[length++] = (char)byte;
    }
    if (size)
        text[length] = '\0';
    return 0;
}

static int take_optional(struct gzip_input *gzip, struct sb_gzip_header *header,
                         struct sb_error *error) {
    uint32_t number;
    unsigned char byte;
    if (header->flags & FLAG_EXTRA) {
        if (take_number(gzip, 2, &number, error) < 0)
            return -1;
        while (number-- > 0)
            if (take(gzip, &byte, error) < 0)
                return -1;
    }
    if (header->flags & FLAG_NAME && take_text(gzip, header->name, sizeof header->name, error) < 0)
        return -1;
    if (header->flags & FLAG_COMMENT && take_text(gzip, NULL, 0, error) < 0)
        return -1;
    if (header->flags & FLAG_HCRC) {
        uint32_t expected = gzip->header_crc & 0xffff;
        if (take_number(gzip, 2, &number, error) < 0)
            return -1;
        if (number != expected)
            return malformed(gzip, error, "the header's checksum is wrong");
    }
    if (header->flags & (FLAG_EXTRA | FLAG_COMMENT))
        sb_finding_add(gzip->findings, SB_FINDING_GZIP_EXTRA, gzip->where, "member %u has %s",
                       gzip->members + 1,
                       header->flags & FLAG_EXTRA ? "an extra field" : "a comment");
    return 0;
}

static int read_header(struct gzip_input *gzip, struct sb_error *error) {
    struct sb_gzip_header header = {0};
    uint32_t magic, method;
    unsigned char byte;
    gzip->header_crc = (uint32_t)crc32(0, NULL, 0);
    if (take_number(gzip, 2, &magic, error) < 0 || take_number(gzip, 1, &method, error) < 0)
        return -1;
    if (magic != 0x8b1f)
        return malformed(gzip, error, "no gzip header");
    if (method != 8)
        return malformed(gzip, error, "a compression method that is not deflate");
    if (take(gzip, &header.flags, error) < 0 || take_number(gzip, 4, &header.mtime, error) < 0 ||
        take(gzip, &header.extra_flags, error) < 0 || take(gzip, &byte, error) < 0)
        return -1;
    header.os = byte;
    if (header.flags & 0xe0)
        return malformed(gzip, error, "reserved flags are set");
    if (take_optional(gzip, &header, error) < 0)
        return -1;
    if (gzip->members++ == 0)
        gzip->first = header;
    else if (gzip->members == 2)
        sb_finding_add(gzip->findings, SB_FINDING_GZIP_MEMBERS, gzip->where,
                       "another gzip member begins after the first");
    sb_inflater_reset(gzip->inflater);
    gzip->size = 0;
    gzip->state = STATE_DATA;
    return 0;
}

static int read_trailer(struct gzip_input *gzip, struct sb_error *error) {
    unsigned char t[8];
    size_t got, before = gzip->inflater->rest_size;
    memcpy(t, gzip->inflater->rest, before);
    if (sb_input_read(gzip->parent, t + before, sizeof t - before, &got, error) < 0)
        return -1;
    if (before + got < sizeof t)
        return malformed(gzip, error, "cut short in the trailer");
    uint32_t crc = t[0] | (uint32_t)t[1] << 8 | (uint32_t)t[2] << 16 | (uint32_t)t[3] << 24;
    uint32_t size = t[4] | (uint32_t)t[5] << 8 | (uint32_t)t[6] << 16 | (uint32_t)t[7] << 24;
    if (crc != gzip->inflater->crc)
        return malformed(gzip, error, "the CRC-32 does not match the data");
    if (size != gzip->size)
        return malformed(gzip, error, "the length does not match the data");
    return 0;
}

/* After a member: another one, or bytes that are none, which engines pass over. */
static int look_behind(struct gzip_input *gzip, struct sb_error *error) {
    struct sb_span bytes;
    int status = sb_input_peek(gzip->parent, &bytes, error);
    if (status < 0)
        return -1;
    gzip->state = STATE_END;
    if (status > 0)
        return 0;
    if (bytes.data[0] == 0x1f) {
        gzip->state = STATE_HEADER;
        return 0;
    }
    uint64_t offset = gzip->parent->position, count;
    bool zero = bytes.data[0] == 0;
    if (sb_input_skip(gzip->parent, UINT64_MAX, &count, error) < 0)
        return -1;
    sb_finding_add(gzip->findings, SB_FINDING_GZIP_TRAILING, gzip->where,
                   "%" PRIu64 " bytes%s after the member, from offset %" PRIu64, count,
                   zero ? " that begin with zero" : "", offset);
    return 0;
}

/* Unused bits of the last byte of deflate data: decoders drop them, so they can hide things. */
static void check_slack(struct gzip_input *gzip) {
    if (gzip->inflater->slack)
        sb_finding_add(gzip->findings, SB_FINDING_GZIP_SLACK, gzip->where,
                       "%u unused bits after the last block are not zero",
                       gzip->inflater->slack_bits);
}

static int count_output(struct gzip_input *gzip, struct sb_error *error) {
    uint64_t highest = sb_limit_of(gzip->findings, SB_LIMIT_UNPACKED);
    gzip->size += (uint32_t)gzip->end;
    gzip->total += gzip->end;
    if (gzip->total > highest)
        return sb_error_set(error, SB_ERROR_LIMIT,
                            "gzip: more than %" PRIu64
                            " bytes come out; --limit unpacked=SIZE allows more",
                            highest);
    return 0;
}

static int inflate_some(struct gzip_input *gzip, struct sb_error *error) {
    struct sb_span bytes = sb_span_of("", 0);
    unsigned char *output = gzip->output;
    size_t room = OUTPUT_SIZE;
    int status = sb_input_peek(gzip->parent, &bytes, error);
    if (status < 0)
        return -1;
    struct sb_span left = status ? sb_span_of("", 0) : bytes;
    size_t before = left.size;
    enum sb_inflate_status result = sb_inflater_step(gzip->inflater, &left, &output, &room);
    if (result == SB_INFLATE_BROKEN)
        return malformed(gzip, error,
                         gzip->inflater->what ? gzip->inflater->what
                                              : "the deflate data is broken");
    if (status == 0)
        sb_input_consume(gzip->parent, before - left.size);
    gzip->begin = 0;
    gzip->end = OUTPUT_SIZE - room;
    if (result == SB_INFLATE_GOES_ON && status > 0 && gzip->end == 0)
        return malformed(gzip, error, "the compressed data is cut short");
    if (count_output(gzip, error) < 0)
        return -1;
    if (result == SB_INFLATE_GOES_ON)
        return 0;
    check_slack(gzip);
    return read_trailer(gzip, error) < 0 || look_behind(gzip, error) < 0 ? -1 : 0;
}

static int gzip_peek(struct sb_input *input, struct sb_span *bytes, struct sb_error *error) {
    struct gzip_input *gzip = (struct gzip_input *)input;
    while (gzip->begin == gzip->end) {
        if (gzip->state == STATE_END)
            return 1;
        if ((gzip->state == STATE_HEADER ? read_header(gzip, error) : inflate_some(gzip, error)) <
            0)
            return -1;
    }
    *bytes = sb_span_of(gzip->output + gzip->begin, gzip->end - gzip->begin);
    return 0;
}

static void gzip_consume(struct sb_input *input, size_t count) {
    ((struct gzip_input *)input)->begin += count;
}

static void gzip_close(struct sb_input *input) {
    struct gzip_input *gzip = (struct gzip_input *)input;
    sb_inflater_close(gzip->inflater);
    sb_input_close(gzip->parent);
    free(gzip->where);
    free(gzip);
}

struct sb_input *sb_gzip_open(struct sb_input *parent, uint64_t size, struct sb_findings *findings,
                              const char *where) {
    static const struct sb_input_ops ops = {gzip_peek, gzip_consume, NULL, gzip_close};
    /* To zero the output would touch pages that a small member never fills. */
    struct gzip_input *gzip = sb_memory_resize(NULL, 1, sizeof *gzip);
    memset(gzip, 0, offsetof(struct gzip_input, output));
    gzip->base.ops = &ops;
    gzip->parent = parent;
    gzip->findings = findings;
    gzip->where = sb_memory_copy_string(where);
    gzip->inflater = sb_inflater_new(size >= SB_LIMIT_STRICT_GZIP);
    return &gzip->base;
}

const struct sb_gzip_header *sb_gzip_first_header(struct sb_input *gzip) {
    return &((struct gzip_input *)gzip)->first;
}
