/* Data files of programs: key stores, databases, pictures, documents, catalogues, git. */
#include <nettle/sha1.h>

#include "base/number.h"
#include "strip/bytes.h"
#include "strip/strip.h"

/* Java's JKS (sun.security.provider.JavaKeyStore): magic, version 2, count; an entry has a tag, a
 * name, a date of eight bytes, and its data; a SHA-1 over all stands last, which follows. */
enum { JKS_MAGIC = 0xfeedfeed, JKS_KEY = 1, JKS_CERTIFICATE = 2, JKS_DIGEST = 20 };

/* A certificate: its type's name, its size, its bytes. */
static uint64_t behind_certificate(struct sb_span file, uint64_t at) {
    at += 2 + sb_bytes_big(file, at, 2);
    return at + 4 + sb_bytes_big(file, at, 4);
}

/* The digest over all of it, with the password that everybody has, in UTF-16, before it. */
static bool has_usual_digest(struct sb_span content) {
    static const char before[] = "\0c\0h\0a\0n\0g\0e\0i\0tMighty Aphrodite";
    unsigned char digest[SHA1_DIGEST_SIZE];
    struct sha1_ctx hash;
    sha1_init(&hash);
    sha1_update(&hash, sizeof before - 1, (const uint8_t *)before);
    sha1_update(&hash, content.size - JKS_DIGEST, content.data);
    sha1_digest(&hash, sizeof digest, digest);
    return memcmp(digest, content.data + content.size - JKS_DIGEST, sizeof digest) == 0;
}

bool sb_strip_keystore(struct sb_span content, struct sb_buf *rest) {
    if (sb_bytes_big(content, 0, 4) != JKS_MAGIC || sb_bytes_big(content, 4, 4) != 2)
        return false;
    unsigned char *copy = sb_bytes_copy(rest, content);
    uint64_t count = sb_bytes_big(content, 8, 4), at = 12;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t tag = sb_bytes_big(content, at, 4),
                 date = at + 6 + sb_bytes_big(content, at + 4, 2);
        if (!sb_bytes_inside(content, date, 12))
            return false;
        memset(copy + date, 0, 8);
        at = date + 8;
        if (tag == JKS_CERTIFICATE) {
            at = behind_certificate(content, at);
        } else if (tag == JKS_KEY) {
            at += 4 + sb_bytes_big(content, at, 4);
            uint64_t chain = sb_bytes_big(content, at, 4);
            for (at += 4; chain > 0 && at < content.size; chain--)
                at = behind_certificate(content, at);
        } else {
            return false;
        }
    }
    if (at + JKS_DIGEST != content.size || !has_usual_digest(content))
        return false;
    rest->size -= JKS_DIGEST;
    return true;
}

/* SQLite's file format §1.3: the change counter at 24, at 92 the counter once more and the version
 * of the library that wrote. */
bool sb_strip_sqlite_header(struct sb_span content, struct sb_buf *rest) {
    if (content.size < 100 || memcmp(content.data, "SQLite format 3", 16) != 0)
        return false;
    unsigned char *copy = sb_bytes_copy(rest, content);
    memset(copy + 24, 0, 4);
    memset(copy + 92, 0, 8);
    return true;
}

/* PNG (RFC 2083): chunks of size, name, data, CRC. tIME is the last change; ImageMagick writes
 * texts whose names begin with "date:", others "Creation Time". */
static bool is_date_text(struct sb_span data) {
    static const char *const keys[] = {"date:create",   "date:modify", "date:timestamp",
                                       "Creation Time", "create-date", "modify-date"};
    const unsigned char *end = memchr(data.data, 0, data.size);
    struct sb_span key = sb_span_of(data.data, end ? (size_t)(end - data.data) : 0);
    struct sb_span value = sb_span_from(data, key.size + 1);
    bool known = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        known = known || sb_span_is(key, keys[i]);
    for (size_t i = 0; i < value.size && known; i++)
        known = value.data[i] && strchr("0123456789-:+.TZ ", value.data[i]);
    return known && value.size <= 40;
}

bool sb_strip_png_time(struct sb_span content, struct sb_buf *rest) {
    if (!sb_span_starts(content, "\x89PNG\r\n\x1a\n"))
        return false;
    for (uint64_t at = 8; at < content.size;) {
        uint64_t size = sb_bytes_big(content, at, 4);
        struct sb_span chunk = sb_bytes_part(content, at, 12 + size);
        if (chunk.size == 0)
            return false;
        struct sb_span name = sb_span_of(chunk.data + 4, 4),
                       data = sb_span_of(chunk.data + 8, (size_t)size);
        bool time = sb_span_is(name, "tIME") && size == 7;
        bool text = sb_span_is(name, "tEXt") && is_date_text(data);
        if (!time && !text)
            sb_buf_append_span(rest, chunk);
        at += chunk.size;
    }
    return true;
}

/* Where a value of these characters ends that begins with the first of them and ends with the last;
 * from itself where there is none. */
static size_t value_end(struct sb_span text, size_t from, const char *characters) {
    size_t end = from;
    if (end >= text.size || text.data[end] != (unsigned char)*characters)
        return from;
    while (end < text.size && text.data[end] && strchr(characters, text.data[end])) {
        if (text.data[end] == (unsigned char)characters[strlen(characters) - 1])
            return end + 1;
        end++;
    }
    return from;
}

/* What stands behind a key is taken out. */
static void append_without(struct sb_buf *rest, struct sb_span text, const char *const *keys,
                           const char *characters) {
    for (size_t i = 0; i < text.size;) {
        size_t size = 0;
        for (size_t k = 0; keys[k] && size == 0; k++)
            if (sb_span_starts(sb_span_from(text, i), keys[k]))
                size = strlen(keys[k]);
        sb_buf_append(rest, text.data + i, size ? size : 1);
        i += size ? size : 1;
        if (size == 0)
            continue;
        while (i < text.size && (text.data[i] == ' ' || text.data[i] == '\n'))
            i++;
        i = value_end(text, i, characters);
    }
}

/* ISO 32000 §14.3.3 and §14.4. The ID follows from time and name of the file. */
bool sb_strip_pdf_dates(struct sb_span content, struct sb_buf *rest) {
    static const char *const dates[] = {"/CreationDate", "/ModDate", NULL};
    static const char *const ids[] = {"/ID", NULL};
    struct sb_buf without = SB_BUF_INIT;
    if (!sb_span_starts(content, "%PDF-"))
        return false;
    append_without(&without, content, dates, "(D:0123456789+-Z')");
    append_without(rest, sb_buf_span(&without), ids, "[<0123456789abcdefABCDEF> \n\r]");
    sb_buf_release(&without);
    return true;
}

/* GNU gettext: the header is the translation of "", lines of names and values. In a .po file a line
 * ends with \n, as two characters. */
bool sb_strip_gettext_date(struct sb_span content, struct sb_buf *rest) {
    static const char *const keys[] = {"POT-Creation-Date:", "PO-Revision-Date:", NULL};
    bool catalogue =
        sb_span_starts(content, "\xde\x12\x04\x95") || sb_span_starts(content, "\x95\x04\x12\xde");
    if (!catalogue && !sb_strip_is_text(content))
        return false;
    for (size_t i = 0; i < content.size;) {
        size_t size = 0;
        for (size_t k = 0; keys[k] && size == 0; k++)
            if (sb_span_starts(sb_span_from(content, i), keys[k]))
                size = strlen(keys[k]);
        sb_buf_append(rest, content.data + i, size ? size : 1);
        i += size ? size : 1;
        while (size && i < content.size && content.data[i] &&
               strchr(" 0123456789-:+YEARMODAHI", content.data[i])) {
            /* What is taken out of a catalogue has its length, to which all places are relative. */
            if (catalogue)
                sb_buf_append_byte(rest, 1);
            i++;
        }
    }
    return true;
}

/* git's index-format(5): 12 bytes of header; an entry's first 40 bytes are what stat said, of which
 * the mode (at 24) is data; then an object's name of 20 bytes, flags, the path. */
enum { INDEX_STAT = 40, INDEX_NAME = 20, INDEX_MODE = 24, INDEX_EXTENDED = 0x4000 };

static size_t path_end(struct sb_span index, uint64_t from) {
    struct sb_span path = sb_span_from(index, (size_t)from);
    const unsigned char *end = memchr(path.data, 0, path.size);
    return end ? (size_t)(end - index.data) : index.size;
}

bool sb_strip_git_index(struct sb_span content, struct sb_buf *rest) {
    uint64_t version = sb_bytes_big(content, 4, 4), count = sb_bytes_big(content, 8, 4), at = 12;
    if (!sb_span_starts(content, "DIRC") || version < 2 || version > 3 ||
        content.size < 12 + INDEX_NAME)
        return false;
    unsigned char *copy = sb_bytes_copy(rest, content);
    for (uint64_t i = 0; i < count; i++) {
        if (!sb_bytes_inside(content, at, INDEX_STAT + INDEX_NAME + 2))
            return false;
        memset(copy + at, 0, INDEX_MODE);
        memset(copy + at + INDEX_MODE + 4, 0, 8); /* owners; the size is data */
        uint64_t flags = sb_bytes_big(content, at + INDEX_STAT + INDEX_NAME, 2);
        uint64_t name = at + INDEX_STAT + INDEX_NAME + (flags & INDEX_EXTENDED ? 4 : 2);
        at += (path_end(content, name) - at + 8) / 8 * 8;
    }
    rest->size -= INDEX_NAME;
    return at + INDEX_NAME <= content.size;
}
