#include "codec/peel.h"

#include "base/limits.h"
#include "codec/base64.h"
#include "codec/bzip2.h"
#include "codec/xz.h"
#include "codec/zstd.h"

enum { TAR_BLOCK = 512, CHECKSUM_AT = 148, CHECKSUM_SIZE = 8 };

const char *sb_codec_name(enum sb_codec codec) {
    static const char *const names[] = {"none", "base64", "gzip", "zstd", "xz", "bzip2"};
    return names[codec];
}

/* Only the octal field and the sum (POSIX ustar): enough to know a tar from text, without tar/,
 * which lies above this folder. */
static bool looks_like_tar(struct sb_span bytes) {
    if (bytes.size < TAR_BLOCK)
        return false;
    unsigned sum = 0, wanted = 0;
    bool digits = false;
    for (size_t i = 0; i < TAR_BLOCK; i++) {
        bool inside = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_SIZE;
        sum += inside ? ' ' : bytes.data[i];
        if (inside && bytes.data[i] >= '0' && bytes.data[i] <= '7') {
            wanted = wanted * 8 + (bytes.data[i] - '0');
            digits = true;
        }
    }
    return digits && sum == wanted;
}

static enum sb_codec recognise_compressed(struct sb_span beginning) {
    return sb_gzip_recognise(beginning)    ? SB_CODEC_GZIP
           : sb_zstd_recognise(beginning)  ? SB_CODEC_ZSTD
           : sb_xz_recognise(beginning)    ? SB_CODEC_XZ
           : sb_bzip2_recognise(beginning) ? SB_CODEC_BZIP2
                                           : SB_CODEC_NONE;
}

bool sb_codec_compresses(enum sb_codec codec) {
    return codec != SB_CODEC_NONE && codec != SB_CODEC_BASE64;
}

bool sb_peel_is_archive(struct sb_span beginning) {
    return looks_like_tar(beginning) || recognise_compressed(beginning) != SB_CODEC_NONE;
}

enum sb_codec sb_codec_recognise(struct sb_span beginning) {
    enum sb_codec codec = recognise_compressed(beginning);
    if (codec != SB_CODEC_NONE || looks_like_tar(beginning))
        return codec;
    return sb_base64_recognise(beginning) ? SB_CODEC_BASE64 : SB_CODEC_NONE;
}

struct sb_input *sb_codec_open(enum sb_codec codec, struct sb_input *parent, uint64_t size,
                               struct sb_findings *findings, const char *where) {
    switch (codec) {
    case SB_CODEC_BASE64:
        return sb_base64_open(parent, findings, where);
    case SB_CODEC_GZIP:
        return sb_gzip_open(parent, size, findings, where);
    case SB_CODEC_ZSTD:
        return sb_zstd_open(parent, findings, where);
    case SB_CODEC_XZ:
        return sb_xz_open(parent, findings, where);
    case SB_CODEC_BZIP2:
        return sb_bzip2_open(parent, findings, where);
    case SB_CODEC_NONE:
        break;
    }
    return parent;
}

static int recognise(struct sb_range range, enum sb_codec *codec, struct sb_error *error) {
    unsigned char beginning[TAR_BLOCK];
    size_t got;
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    if (sb_range_open(range, &input, error) < 0 ||
        sb_input_read(input, beginning, sizeof beginning, &got, error) < 0)
        return -1;
    *codec = sb_codec_recognise(sb_span_of(beginning, got));
    if (*codec == SB_CODEC_XZ || *codec == SB_CODEC_BZIP2)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "a whole archive in %s, which no image is published in and some "
                            "engines refuse: unpack it first (%s -dc) and give it on standard "
                            "input",
                            sb_codec_name(*codec), sb_codec_name(*codec));
    return 0;
}

static int unwrap(struct sb_peeled *peeled, enum sb_codec codec, const struct sb_spool *spool,
                  struct sb_findings *findings, const char *where, struct sb_error *error) {
    struct sb_input *raw;
    if (sb_range_open(peeled->bytes, &raw, error) < 0)
        return -1;
    SB_CLEANUP(sb_input_close_at)
    struct sb_input *decoder = sb_codec_open(codec, raw, peeled->bytes.size, findings, where);
    struct sb_source *source;
    if (sb_source_gather(decoder, spool, &source, error) < 0)
        return -1;
    struct sb_envelope *envelope = sb_vec_push(&peeled->envelopes);
    envelope->codec = codec;
    envelope->size = peeled->bytes.size;
    if (codec == SB_CODEC_GZIP)
        envelope->header = *sb_gzip_first_header(decoder);
    *sb_vec_push(&peeled->owned) = source;
    peeled->bytes = sb_range_whole(source);
    return 0;
}

int sb_peel(struct sb_range range, const struct sb_spool *spool, struct sb_findings *findings,
            const char *where, struct sb_peeled *peeled, struct sb_error *error) {
    peeled->bytes = range;
    for (;;) {
        enum sb_codec codec;
        if (recognise(peeled->bytes, &codec, error) < 0)
            return -1;
        if (codec == SB_CODEC_NONE)
            return 0;
        if (peeled->envelopes.count == SB_LIMIT_ENVELOPES)
            return sb_error_set(error, SB_ERROR_LIMIT, "more than %d wrappings inside each other",
                                SB_LIMIT_ENVELOPES);
        if (unwrap(peeled, codec, spool, findings, where, error) < 0)
            return -1;
    }
}

void sb_peeled_release(struct sb_peeled *peeled) {
    for (size_t i = 0; i < peeled->owned.count; i++)
        sb_source_close(peeled->owned.items[i]);
    sb_vec_release(&peeled->owned);
    sb_vec_release(&peeled->envelopes);
}
