#include <zlib.h>

#include "codec/base64.h"
#include "codec/gzip.h"
#include "codec/peel.h"
#include "codec/sha256.h"
#include "tap.h"

static int read_all(struct sb_input *input, struct sb_buf *buf, struct sb_error *error) {
    struct sb_output_buf output;
    sb_output_to_buf(&output, buf);
    int status = sb_output_copy(&output.base, input, error);
    sb_input_close(input);
    return status;
}

/* The decoded text, or NULL where it is refused. Static: for one check at a time. */
static const char *decoded(const char *text) {
    static char result[256];
    struct sb_buf buf = SB_BUF_INIT;
    struct sb_error error;
    int status =
        read_all(sb_base64_open(sb_input_memory(sb_span_string(text)), NULL, "t"), &buf, &error);
    snprintf(result, sizeof result, "%s", sb_buf_string(&buf));
    sb_buf_release(&buf);
    return status < 0 ? NULL : result;
}

static void base64_takes_what_people_publish(void) {
    CHECK_TEXT(decoded("aGVsbG8="), "hello");
    CHECK_TEXT(decoded("aGVsbG8"), "hello");
    CHECK_TEXT(decoded("  aGVs\r\n\tbG8=\n\n"), "hello");
    CHECK_TEXT(decoded("data:application/gzip;base64,aGVsbG8="), "hello");
    CHECK_TEXT(decoded("-----BEGIN X-----\naGVsbG8=\n-----END X-----\n"), "hello");
    CHECK_TEXT(decoded("aGVsbG8&#61;"), "hello");
    CHECK_TEXT(decoded("Pz8_"), "???");
    CHECK_TEXT(decoded("Pz8/"), "???");
    CHECK_TEXT(decoded("fn5&#x2B;"), "~~~");
}

static void base64_refuses_the_rest(void) {
    static const char *const bad[] = {
        "aGVsb", "aGVsbG8=x", "aGVs!bG8=", "a===", "Pz8_Pz8/", "aGVsbG8&amp;", "data:,x", "=aGVs"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(decoded(bad[i]) == NULL);
}

static void digest_of_a_known_text(void) {
    char text[SB_DIGEST_TEXT];
    struct sb_digest digest = sb_sha256_of(sb_span_string("abc")), parsed;
    sb_digest_format(&digest, text);
    CHECK_TEXT(text, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sb_digest_parse_hex(sb_span_string(text + 7), &parsed) &&
          sb_digest_equal(&parsed, &digest));
    text[7] = 'B';
    CHECK(!sb_digest_parse_hex(sb_span_string(text + 7), &parsed));
}

/* "hello" as a gzip member, to be bent. */
static size_t make_gzip(unsigned char *bytes, size_t size) {
    z_stream stream = {0};
    deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = (unsigned char *)(uintptr_t) "hello";
    stream.avail_in = 5;
    stream.next_out = bytes;
    stream.avail_out = (unsigned)size;
    deflate(&stream, Z_FINISH);
    deflateEnd(&stream);
    return size - stream.avail_out;
}

static int unpack(const unsigned char *bytes, size_t size, struct sb_findings *findings,
                  struct sb_buf *buf) {
    struct sb_error error;
    return read_all(sb_gzip_open(sb_input_memory(sb_span_of(bytes, size)), size, findings, "t"),
                    buf, &error);
}

static void every_flipped_bit_of_gzip_is_noticed(void) {
    unsigned char bytes[64], bent[64];
    size_t size = make_gzip(bytes, sizeof bytes), unnoticed = 0;
    for (size_t bit = 0; bit < size * 8; bit++) {
        struct sb_findings findings = SB_FINDINGS_INIT;
        struct sb_buf buf = SB_BUF_INIT;
        memcpy(bent, bytes, size);
        bent[bit / 8] ^= (unsigned char)(1u << bit % 8);
        int status = unpack(bent, size, &findings, &buf);
        bool same = status == 0 && sb_span_is(sb_buf_span(&buf), "hello");
        /* Bytes 4 to 9 are facts: time, extra flags, system. Bit 0 of byte 3 says "text". */
        bool fact = (bit / 8 >= 4 && bit / 8 < 10) || bit == 24;
        if (status == 0 && !same)
            unnoticed++;
        if (same && findings.list.count == 0 && !fact)
            unnoticed++;
        sb_findings_release(&findings);
        sb_buf_release(&buf);
    }
    CHECK(unnoticed == 0);
}

static void gzip_members_and_tails_are_findings(void) {
    unsigned char bytes[128];
    struct sb_findings findings = SB_FINDINGS_INIT;
    struct sb_buf buf = SB_BUF_INIT;
    size_t size = make_gzip(bytes, 64);
    memcpy(bytes + size, bytes, size);
    CHECK(unpack(bytes, 2 * size, &findings, &buf) == 0);
    CHECK_TEXT(sb_buf_string(&buf), "hellohello");
    CHECK(findings.list.count == 1 && findings.list.items[0].kind == SB_FINDING_GZIP_MEMBERS);
    memcpy(bytes + size, "tail", 4);
    CHECK(unpack(bytes, size + 4, &findings, &buf) == 0);
    CHECK(findings.list.count == 2 && findings.list.items[1].kind == SB_FINDING_GZIP_TRAILING);
    CHECK(unpack(bytes, size - 1, &findings, &buf) < 0);
    sb_findings_release(&findings);
    sb_buf_release(&buf);
}

int main(int argc, char **argv) {
    tap_begin(argc, argv);
    RUN(base64_takes_what_people_publish);
    RUN(base64_refuses_the_rest);
    RUN(digest_of_a_known_text);
    RUN(every_flipped_bit_of_gzip_is_noticed);
    RUN(gzip_members_and_tails_are_findings);
    return tap_finish();
}
