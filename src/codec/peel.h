/* Taking off what an image archive or a layer is wrapped in: base64 text, gzip, zstd, xz, bzip2, in
 * any order, recognised by content and never by name. */
#ifndef SB_CODEC_PEEL_H
#define SB_CODEC_PEEL_H

#include "base/finding.h"
#include "codec/gzip.h"
#include "io/source.h"

enum sb_codec {
    SB_CODEC_NONE,
    SB_CODEC_BASE64,
    SB_CODEC_GZIP,
    SB_CODEC_ZSTD,
    SB_CODEC_XZ,
    SB_CODEC_BZIP2
};

/* "none", "base64", "gzip", "zstd", "xz", "bzip2". */
const char *sb_codec_name(enum sb_codec codec);
/* Whether it is a compression, as engines know them by their first bytes. */
bool sb_codec_compresses(enum sb_codec codec);

/* What bytes begin as. A tar whose first name looks like base64 is a tar: its checksum says so. */
enum sb_codec sb_codec_recognise(struct sb_span beginning);

/* What `ADD` takes for an archive and unpacks: a tar, or something compressed. */
bool sb_peel_is_archive(struct sb_span beginning);

/* A decoder over parent (taken, also where the codec is NONE, which gives parent back), which has
 * size bytes; 0: nobody knows. */
struct sb_input *sb_codec_open(enum sb_codec codec, struct sb_input *parent, uint64_t size,
                               struct sb_findings *findings, const char *where);

/* One wrapping that was taken off, outermost first. */
struct sb_envelope {
    enum sb_codec codec;
    uint64_t size;                /* of the wrapped bytes */
    struct sb_gzip_header header; /* for gzip */
};

struct sb_peeled {
    SB_VEC(struct sb_envelope) envelopes;
    SB_VEC(struct sb_source *) owned; /* what decoding made */
    struct sb_range bytes;            /* what is inside */
};

#define SB_PEELED_INIT                                                                             \
    { 0 }

/* Unwraps range until something is in it that no codec knows. */
int sb_peel(struct sb_range range, const struct sb_spool *spool, struct sb_findings *findings,
            const char *where, struct sb_peeled *peeled, struct sb_error *error) SB_MUST_USE;
void sb_peeled_release(struct sb_peeled *peeled);

#endif
