/* SHA-256 (FIPS 180-4), from OpenSSL's libcrypto, or from nettle in programs without it. */
#ifndef SB_CODEC_SHA256_H
#define SB_CODEC_SHA256_H

#ifdef SAMEBYTES_LIBCRYPTO
#include <openssl/sha.h>
#else
#include <nettle/sha2.h>
#endif

#include "io/input.h"
#include "io/output.h"

struct sb_digest {
    unsigned char bytes[32];
};

/* "sha256:" and 64 hex digits and NUL. */
enum { SB_DIGEST_TEXT = 7 + 64 + 1 };

struct sb_sha256 {
#ifdef SAMEBYTES_LIBCRYPTO
    SHA256_CTX context;
#else
    struct sha256_ctx context;
#endif
};

void sb_sha256_init(struct sb_sha256 *hash);
void sb_sha256_update(struct sb_sha256 *hash, struct sb_span bytes);
struct sb_digest sb_sha256_final(struct sb_sha256 *hash);
struct sb_digest sb_sha256_of(struct sb_span bytes);

bool sb_digest_equal(const struct sb_digest *a, const struct sb_digest *b);
/* Writes "sha256:…" to text. */
void sb_digest_format(const struct sb_digest *digest, char text[SB_DIGEST_TEXT]);
/* Hex digits only, without the algorithm: text + 7 of the same. */
void sb_digest_format_hex(const struct sb_digest *digest, char text[65]);
/* 64 lower-case hex digits. */
bool sb_digest_parse_hex(struct sb_span text, struct sb_digest *digest);

/* A stream that passes parent (borrowed) on and hashes what is consumed. */
struct sb_input_digest {
    struct sb_input base;
    struct sb_input *parent;
    struct sb_sha256 hash;
    struct sb_span seen;
};
void sb_input_digest_init(struct sb_input_digest *input, struct sb_input *parent);
/* Reads parent's rest and gives the digest of everything. */
int sb_input_digest_finish(struct sb_input_digest *input, struct sb_digest *digest,
                           struct sb_error *error) SB_MUST_USE;

/* An output that hashes what it is given and passes it on to next (borrowed; may be NULL). */
struct sb_output_digest {
    struct sb_output base;
    struct sb_output *next;
    struct sb_sha256 hash;
};
void sb_output_digest_init(struct sb_output_digest *output, struct sb_output *next);

#endif
