/* Compressed files: gzip's header (RFC 1952 §2.3), and what is inside of any. */
#include "codec/peel.h"
#include "strip/bytes.h"
#include "strip/strip.h"

enum { FLAG_CHECKED = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, HEADER_SIZE = 10 };

static size_t text_size(struct sb_span content, size_t from) {
    struct sb_span text = sb_span_from(content, from);
    const unsigned char *end = memchr(text.data, 0, text.size);
    return end ? (size_t)(end - text.data) + 1 : text.size + 1;
}

/* Of the first member; 0 where there is none. */
static size_t header_size(struct sb_span content) {
    size_t size = HEADER_SIZE;
    if (content.size < HEADER_SIZE || !sb_span_starts(content, "\x1f\x8b\x08"))
        return 0;
    unsigned flags = content.data[3];
    if (flags & FLAG_EXTRA)
        size += 2 + (size_t)sb_bytes_little(content, size, 2);
    if (flags & FLAG_NAME)
        size += text_size(content, size);
    if (flags & FLAG_COMMENT)
        size += text_size(content, size);
    if (flags & FLAG_CHECKED)
        size += 2;
    return size <= content.size ? size : 0;
}

bool sb_strip_gzip_header(struct sb_span content, struct sb_buf *rest) {
    size_t size = header_size(content);
    sb_buf_append_span(rest, sb_span_from(content, size));
    return size > 0;
}

bool sb_strip_gzip_time(struct sb_span content, struct sb_buf *rest) {
    if (header_size(content) == 0)
        return false;
    memset(sb_bytes_copy(rest, content) + 4, 0, 4);
    return true;
}

bool sb_strip_is_plain(const struct sb_findings *findings) {
    for (size_t i = 0; i < findings->list.count; i++)
        if (sb_finding_severity(findings->list.items[i].kind) != SB_INFO)
            return false;
    return findings->dropped == 0;
}

/* Appends at most SB_LIMIT_STRIPPED bytes. */
static bool append_all(struct sb_input *input, struct sb_buf *buf) {
    struct sb_error error = SB_ERROR_INIT;
    struct sb_span bytes;
    int status;
    while ((status = sb_input_peek(input, &bytes, &error)) == 0) {
        if (buf->size + bytes.size > SB_LIMIT_STRIPPED)
            return false;
        sb_buf_append_span(buf, bytes);
        sb_input_consume(input, bytes.size);
    }
    return status == 1;
}

bool sb_strip_unpack(struct sb_span content, struct sb_buf *unpacked) {
    struct sb_findings findings = SB_FINDINGS_INIT;
    enum sb_codec codec = sb_codec_recognise(content);
    if (!sb_codec_compresses(codec))
        codec = SB_CODEC_NONE;
    struct sb_input *input =
        sb_codec_open(codec, sb_input_memory(content), content.size, &findings, "");
    bool good = append_all(input, unpacked) && sb_strip_is_plain(&findings);
    sb_input_close(input);
    sb_findings_release(&findings);
    return good;
}
