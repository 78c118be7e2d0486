/* The functions of libcrypto below have no state outside of their context, which the newer ones
 * have: nothing is looked up, loaded or allocated. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "codec/sha256.h"

#include "base/hex.h"

#ifdef SAMEBYTES_LIBCRYPTO
void sb_sha256_init(struct sb_sha256 *hash) {
    SHA256_Init(&hash->context);
}

void sb_sha256_update(struct sb_sha256 *hash, struct sb_span bytes) {
    SHA256_Update(&hash->context, bytes.data, bytes.size);
}

struct sb_digest sb_sha256_final(struct sb_sha256 *hash) {
    struct sb_digest digest;
    SHA256_Final(digest.bytes, &hash->context);
    return digest;
}
#else
void sb_sha256_init(struct sb_sha256 *hash) {
    sha256_init(&hash->context);
}

void sb_sha256_update(struct sb_sha256 *hash, struct sb_span bytes) {
    sha256_update(&hash->context, bytes.size, bytes.data);
}

struct sb_digest sb_sha256_final(struct sb_sha256 *hash) {
    struct sb_digest digest;
    sha256_digest(&hash->context, sizeof digest.bytes, digest.bytes);
    return digest;
}
#endif

struct sb_digest sb_sha256_of(struct sb_span bytes) {
    struct sb_sha256 hash;
    sb_sha256_init(&hash);
    sb_sha256_update(&hash, bytes);
    return sb_sha256_final(&hash);
}

bool sb_digest_equal(const struct sb_digest *a, const struct sb_digest *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

void sb_digest_format(const struct sb_digest *digest, char text[SB_DIGEST_TEXT]) {
    memcpy(text, "sha256:", 7);
    sb_hex_encode(digest->bytes, sizeof digest->bytes, text + 7);
}

void sb_digest_format_hex(const struct sb_digest *digest, char text[65]) {
    sb_hex_encode(digest->bytes, sizeof digest->bytes, text);
}

bool sb_digest_parse_hex(struct sb_span text, struct sb_digest *digest) {
    if (text.size != 64 || !sb_hex_is_lower(text))
        return false;
    for (size_t i = 0; i < sizeof digest->bytes; i++)
        digest->bytes[i] = (unsigned char)(sb_hex_digit(text.data[2 * i]) << 4 |
                                           sb_hex_digit(text.data[2 * i + 1]));
    return true;
}

static int digest_peek(struct sb_input *input, struct sb_span *bytes, struct sb_error *error) {
    struct sb_input_digest *digest = (struct sb_input_digest *)input;
    int status = sb_input_peek(digest->parent, bytes, error);
    if (status == 0)
        digest->seen = *bytes;
    return status;
}

static void digest_consume(struct sb_input *input, size_t count) {
    struct sb_input_digest *digest = (struct sb_input_digest *)input;
    sb_sha256_update(&digest->hash, sb_span_of(digest->seen.data, count));
    sb_input_consume(digest->parent, count);
    digest->seen = sb_span_from(digest->seen, count);
}

static void digest_close(struct sb_input *input) {
    (void)input;
}

void sb_input_digest_init(struct sb_input_digest *input, struct sb_input *parent) {
    static const struct sb_input_ops ops = {digest_peek, digest_consume, NULL, digest_close};
    *input = (struct sb_input_digest){.base.ops = &ops, .parent = parent};
    sb_sha256_init(&input->hash);
}

int sb_input_digest_finish(struct sb_input_digest *input, struct sb_digest *digest,
                           struct sb_error *error) {
    if (sb_input_skip(&input->base, UINT64_MAX, NULL, error) < 0)
        return -1;
    *digest = sb_sha256_final(&input->hash);
    return 0;
}

static int digest_append(struct sb_output *output, struct sb_span bytes, struct sb_error *error) {
    struct sb_output_digest *digest = (struct sb_output_digest *)output;
    sb_sha256_update(&digest->hash, bytes);
    return digest->next ? sb_output_append(digest->next, bytes, error) : 0;
}

void sb_output_digest_init(struct sb_output_digest *output, struct sb_output *next) {
    *output = (struct sb_output_digest){.base.append = digest_append, .next = next};
    sb_sha256_init(&output->hash);
}
