/* Which encoder made a compressed stream: found by running those there are. */
#include <string.h>

#include "engines/facts.h"

enum { GZIP_TRAILER = 8 };

/* Where the deflate data of a member begins. */
static size_t body_of(struct sb_span gzip) {
    size_t at = 10;
    if (gzip.size < 18)
        return gzip.size;
    if (gzip.data[3] & 4)
        at += 2u + gzip.data[10] + 256u * gzip.data[11];
    for (int flag = 8; flag <= 16; flag *= 2)
        if (gzip.data[3] & flag) {
            while (at < gzip.size && gzip.data[at])
                at++;
            at++;
        }
    return at + (gzip.data[3] & 2 ? 2 : 0);
}

static struct sb_span deflate_of(struct sb_span gzip) {
    size_t from = body_of(gzip);
    return from + GZIP_TRAILER > gzip.size
               ? sb_span_of(NULL, 0)
               : sb_span_of(gzip.data + from, gzip.size - from - GZIP_TRAILER);
}

/* XFL 2 says the slowest level, 4 the fastest; then the others. */
static int try_levels(struct sb_fact_encoder *found, const struct sb_encoder *encoder,
                      const char *name, struct sb_span wanted, struct sb_span inside,
                      bool skip_header, bool *here, struct sb_error *error) {
    unsigned flags = wanted.size > 8 ? wanted.data[8] : 0;
    unsigned first = flags == 2 ? 9 : flags == 4 ? 1 : 6;
    for (unsigned i = 0; i < 10; i++) {
        unsigned level = i == 0 ? first : i;
        struct sb_buf made = SB_BUF_INIT;
        if (i > 0 && level == first)
            continue;
        int status =
            encoder->encode(encoder->context, sb_span_string(name), level, inside, &made, error);
        struct sb_span got = sb_buf_span(&made);
        bool equal =
            status == 0 && (skip_header ? sb_span_equal(deflate_of(got), deflate_of(wanted))
                                        : sb_span_equal(got, wanted));
        sb_buf_release(&made);
        *here = status != 1;
        if (status)
            return status;
        if (equal) {
            found->name = sb_span_string(name);
            found->level = level;
            return 0;
        }
    }
    return 1;
}

int sb_facts_find_encoder(struct sb_fact_encoder *found, const struct sb_encoder *encoder,
                          const char *const *names, struct sb_span wanted, struct sb_span inside,
                          bool skip_header, struct sb_buf *missing, struct sb_error *error) {
    for (const char *const *name = names; *name; name++) {
        bool here = true;
        int status = try_levels(found, encoder, *name, wanted, inside, skip_header, &here, error);
        if (status <= 0)
            return status;
        if (!here && missing)
            sb_buf_appendf(missing, "%s%s", missing->size ? ", " : "", *name);
    }
    return 1;
}

static int find_gzip(struct sb_facts *facts, const struct sb_envelope *envelope,
                     struct sb_span wrapped, struct sb_span inside,
                     const struct sb_encoder *encoder, struct sb_error *error) {
    struct sb_fact_encoding *encoding = sb_vec_push(&facts->encodings);
    encoding->codec = SB_CODEC_GZIP;
    encoding->mtime = envelope->header.mtime;
    encoding->extra_flags = envelope->header.extra_flags;
    encoding->os = envelope->header.os;
    if (envelope->header.flags & 8)
        encoding->name = sb_arena_copy(&facts->arena, sb_span_string(envelope->header.name));
    return sb_facts_find_encoder(&encoding->encoder, encoder, encoder->names, wrapped, inside, true,
                                 NULL, error) < 0
               ? -1
               : 0;
}

static void find_base64(struct sb_facts *facts, struct sb_span text) {
    struct sb_fact_encoding *encoding = sb_vec_push(&facts->encodings);
    const unsigned char *line = memchr(text.data, '\n', text.size);
    encoding->codec = SB_CODEC_BASE64;
    encoding->newline = text.size && text.data[text.size - 1] == '\n';
    if (line && (size_t)(line - text.data) + 1 < text.size)
        encoding->wrap = (uint64_t)(line - text.data);
}

int sb_facts_find_encodings(struct sb_facts *facts, struct sb_archive *archive,
                            struct sb_range bytes, const struct sb_encoder *encoder,
                            struct sb_error *error) {
    struct sb_range outside = bytes;
    for (size_t i = 0; i < archive->peeled.envelopes.count; i++) {
        const struct sb_envelope *envelope = &archive->peeled.envelopes.items[i];
        struct sb_range inside = sb_range_whole(archive->peeled.owned.items[i]);
        struct sb_buf wrapped = SB_BUF_INIT, plain = SB_BUF_INIT;
        int status = sb_range_read(outside, SB_LIMIT_HELD, &wrapped, error);
        if (status == 0)
            status = sb_range_read(inside, SB_LIMIT_HELD, &plain, error);
        if (status == 0 && envelope->codec == SB_CODEC_GZIP)
            status = find_gzip(facts, envelope, sb_buf_span(&wrapped), sb_buf_span(&plain), encoder,
                               error);
        else if (status == 0 && envelope->codec == SB_CODEC_BASE64)
            find_base64(facts, sb_buf_span(&wrapped));
        else if (status == 0)
            status = sb_error_set(error, SB_ERROR_MALFORMED, "no profile is compressed with %s",
                                  sb_codec_name(envelope->codec));
        sb_buf_release(&wrapped);
        sb_buf_release(&plain);
        if (status < 0)
            return -1;
        outside = inside;
    }
    return 0;
}
