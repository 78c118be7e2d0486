/* An archive again from its facts: the wrappings around its tar, and whether the bytes received
 * come out. */
#include "base/limits.h"
#include "codec/base64.h"
#include "engines/profile.h"

enum { GZIP_HEADER = 10, GZIP_TRAILER = 8 };

static void append_number(struct sb_buf *output, uint32_t value) {
    for (int i = 0; i < 4; i++, value >>= 8)
        sb_buf_append_byte(output, (unsigned char)value);
}

/* The encoder's deflate data in a member with the facts' header. */
static int wrap_gzip(const struct sb_fact_encoding *encoding, struct sb_span inside,
                     const struct sb_encoder *encoder, struct sb_buf *output,
                     struct sb_error *error) {
    struct sb_buf made = SB_BUF_INIT;
    if (encoding->encoder.name.size == 0)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "facts: they name no encoder that writes the same compressed data");
    int status = encoder->encode(encoder->context, encoding->encoder.name, encoding->encoder.level,
                                 inside, &made, error);
    if (status > 0)
        status = sb_error_set(error, SB_ERROR_SYSTEM, "the encoder %.*s is not installed",
                              SB_SPAN(encoding->encoder.name));
    if (status == 0 && made.size < GZIP_HEADER + GZIP_TRAILER)
        status = sb_error_set(error, SB_ERROR_SYSTEM, "the encoder wrote no gzip member");
    if (status == 0) {
        const unsigned char head[] = {0x1f, 0x8b, 8, encoding->name.data ? 8 : 0};
        sb_buf_append(output, head, sizeof head);
        append_number(output, encoding->mtime);
        sb_buf_append_byte(output, (unsigned char)encoding->extra_flags);
        sb_buf_append_byte(output, (unsigned char)encoding->os);
        if (encoding->name.data) {
            sb_buf_append_span(output, encoding->name);
            sb_buf_append_byte(output, 0);
        }
        size_t skip = made.data[3] & 8 ? strlen((char *)made.data + GZIP_HEADER) + 1 : 0;
        sb_buf_append_span(output, sb_span_from(sb_buf_span(&made), GZIP_HEADER + skip));
    }
    sb_buf_release(&made);
    return status;
}

int sb_facts_wrap(const struct sb_facts *facts, struct sb_span tar, bool without_base64,
                  const struct sb_encoder *encoder, struct sb_buf *output, struct sb_error *error) {
    struct sb_buf inside = SB_BUF_INIT;
    int status = 0;
    sb_buf_append_span(&inside, tar);
    for (size_t i = facts->encodings.count; i-- > 0 && status == 0;) {
        const struct sb_fact_encoding *encoding = &facts->encodings.items[i];
        struct sb_buf outside = SB_BUF_INIT;
        if (encoding->codec == SB_CODEC_GZIP)
            status = wrap_gzip(encoding, sb_buf_span(&inside), encoder, &outside, error);
        else if (without_base64)
            continue;
        else
            sb_base64_write(&outside, sb_buf_span(&inside), encoding->wrap, encoding->newline);
        sb_buf_release(&inside);
        inside = outside;
    }
    sb_buf_append_span(output, sb_buf_span(&inside));
    sb_buf_release(&inside);
    return status;
}

/* Where the bytes that came out part from those received. made marks the tar's bytes, or is NULL.
 */
static int say_where(const char *what, const char *profile, struct sb_span wanted,
                     struct sb_span bytes, const struct sb_marked *made, struct sb_error *error) {
    size_t at = 0;
    while (at < wanted.size && at < bytes.size && wanted.data[at] == bytes.data[at])
        at++;
    const struct sb_mark *mark = made ? sb_marked_at(made, at) : NULL;
    return sb_error_set(error, SB_ERROR_MALFORMED,
                        "the profile %s does not give this archive again: byte %zu of its %s is "
                        "another%s%s%s%s%s",
                        profile, at, what, mark ? " (" : "", mark ? mark->entry : "",
                        mark ? ", " : "", mark ? mark->field : "", mark ? ")" : "");
}

/* The wrappings, as far as they have an encoder; the outermost bytes are those received. */
static int check_wrapped(const struct sb_facts *facts, struct sb_span tar, struct sb_range received,
                         const struct sb_encoder *encoder, struct sb_error *error) {
    struct sb_buf wanted = SB_BUF_INIT, bytes = SB_BUF_INIT;
    if (!sb_facts_encoders_known(facts))
        return 0;
    int status = sb_facts_wrap(facts, tar, false, encoder, &bytes, error);
    if (status == 0)
        status = sb_range_read(received, SB_LIMIT_HELD, &wanted, error);
    if (status == 0 && !sb_span_equal(sb_buf_span(&wanted), sb_buf_span(&bytes)))
        status = say_where("wrapping", facts->profile->name, sb_buf_span(&wanted),
                           sb_buf_span(&bytes), NULL, error);
    sb_buf_release(&wanted);
    sb_buf_release(&bytes);
    return status;
}

static int check_parsed(const struct sb_facts *facts, struct sb_archive *archive,
                        struct sb_range received, const struct sb_encoder *encoder,
                        struct sb_error *error) {
    struct sb_builds builds = {0};
    struct sb_marked made = SB_MARKED_INIT;
    struct sb_buf tar = SB_BUF_INIT;
    int status = sb_builds_from_archive(&builds, facts, archive, error);
    if (status == 0)
        status = sb_profile_write(facts, (const struct sb_build *const *)builds.list.items, encoder,
                                  &made, error);
    if (status == 0)
        status = sb_range_read(archive->peeled.bytes, SB_LIMIT_HELD, &tar, error);
    if (status == 0 && !sb_span_equal(sb_buf_span(&tar), sb_buf_span(&made.bytes)))
        status = say_where("tar", facts->profile->name, sb_buf_span(&tar), sb_buf_span(&made.bytes),
                           &made, error);
    if (status == 0)
        status = check_wrapped(facts, sb_buf_span(&tar), received, encoder, error);
    sb_buf_release(&tar);
    sb_marked_release(&made);
    sb_builds_release(&builds);
    return status;
}

int sb_facts_come_back(struct sb_span text, struct sb_archive *archive, struct sb_range received,
                       const struct sb_encoder *encoder, struct sb_error *error) {
    struct sb_facts facts = SB_FACTS_INIT;
    int status = sb_facts_parse(&facts, text, error);
    if (status == 0)
        status = check_parsed(&facts, archive, received, encoder, error);
    sb_facts_release(&facts);
    return status;
}
