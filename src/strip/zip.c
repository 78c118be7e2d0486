/* zip archives (PKWARE's APPNOTE 6.3): by their index, the central directory. Each member is held
 * to lie behind the one before it, without a gap, as all known writers do. */
#include <zlib.h>

#include "strip/bytes.h"
#include "strip/members.h"
#include "strip/strip.h"

enum {
    WITH_EXTRAS = 1,
    WITH_ORDER = 2,
    WITH_MANIFEST = 4,
    LOCAL_SIZE = 30,
    CENTRAL_SIZE = 46,
    END_SIZE = 22,
    DEFLATED = 8,
    HAS_DESCRIPTOR = 8 /* flag: sizes and CRC behind the data */
};

/* Extra fields that hold times (and owners): UT, ux, UX, NTFS; and Java's mark of a jar. */
static bool is_time_field(uint64_t id) {
    return id == 0x5455 || id == 0x7875 || id == 0x5855 || id == 0x000a;
}

/* The fields, those of times with zeros for their data, or left out. */
static bool append_extra(struct sb_buf *rest, struct sb_span extra, unsigned with) {
    while (extra.size) {
        uint64_t id = sb_bytes_little(extra, 0, 2), size = sb_bytes_little(extra, 2, 2);
        struct sb_span field = sb_bytes_part(extra, 0, 4 + size);
        if (extra.size < 4 || field.size == 0)
            return false;
        if (!is_time_field(id))
            sb_buf_append_span(rest, field);
        else if (!(with & WITH_EXTRAS))
            /* The flags that say which times there are stay. */
            memset(sb_bytes_copy(rest, field) + (size > 5 ? 5 : 4), 0,
                   (size_t)(size > 5 ? size - 1 : size));
        extra = sb_span_from(extra, field.size);
    }
    return true;
}

/* Manifests are small; there is one. */
enum { MOST_MANIFEST = 1 << 20 };

static bool inflate_whole(struct sb_span data, struct sb_buf *out) {
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)data.data,
                       .avail_in = (unsigned)data.size};
    int status = Z_OK;
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return false;
    while (status == Z_OK && out->size < MOST_MANIFEST) {
        stream.next_out = sb_buf_reserve(out, 4096);
        stream.avail_out = 4096;
        status = inflate(&stream, Z_NO_FLUSH);
        out->size += 4096 - stream.avail_out;
    }
    inflateEnd(&stream);
    return status == Z_STREAM_END;
}

static bool is_line_end(unsigned char byte) {
    return byte == '\n' || byte == '\r';
}

/* One header with the lines that go on with it (a blank at their beginning), ends of lines of all
 * three kinds (JAR file specification, "Notes on Manifest"). */
static struct sb_span take_header(struct sb_span *text) {
    size_t size = 0;
    do {
        while (size < text->size && !is_line_end(text->data[size]))
            size++;
        if (size + 1 < text->size && text->data[size] == '\r' && text->data[size + 1] == '\n')
            size++;
        size += size < text->size;
    } while (size < text->size && text->data[size] == ' ');
    struct sb_span header = sb_span_of(text->data, size);
    *text = sb_span_from(*text, size);
    return header;
}

/* Headers of who built a jar, when and with what. */
static void append_manifest(struct sb_buf *rest, struct sb_span text) {
    static const char *const gone[] = {
        "Built-By:",   "Build-Jdk:",  "Build-Jdk-Spec:",  "Created-By:",      "Build-Time:",
        "Built-Date:", "Build-Date:", "Build-Timestamp:", "Bnd-LastModified:"};
    while (text.size) {
        struct sb_span header = take_header(&text);
        bool out = false;
        for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
            out = out || sb_span_starts(header, gone[i]);
        if (!out)
            sb_buf_append_span(rest, header);
    }
}

struct member {
    struct sb_span name, stored;
    uint64_t method, local; /* where the local header stands */
};

static bool append_data(struct sb_buf *rest, const struct member *member, unsigned with) {
    if (!(with & WITH_MANIFEST) || !sb_span_is(member->name, "META-INF/MANIFEST.MF")) {
        sb_buf_append_span(rest, member->stored);
        return true;
    }
    struct sb_buf text = SB_BUF_INIT;
    bool good = member->method == DEFLATED ? inflate_whole(member->stored, &text)
                                           : (sb_buf_append_span(&text, member->stored), true);
    append_manifest(rest, sb_buf_span(&text));
    sb_buf_release(&text);
    return good;
}

/* Both headers of a member, without times and places; of a manifest without sizes and CRC. */
static bool append_headers(struct sb_buf *rest, struct sb_span zip, uint64_t central,
                           const struct member *member, unsigned with, uint64_t *end) {
    bool manifest = with & WITH_MANIFEST && sb_span_is(member->name, "META-INF/MANIFEST.MF");
    uint64_t name = member->name.size, extra = sb_bytes_little(zip, central + 30, 2),
             comment = sb_bytes_little(zip, central + 32, 2),
             local_extra = sb_bytes_little(zip, member->local + 28, 2);
    uint64_t data = member->local + LOCAL_SIZE + name + local_extra;
    bool described = sb_bytes_little(zip, member->local + 6, 2) & HAS_DESCRIPTOR;
    unsigned char *copy = sb_bytes_copy(rest, sb_bytes_part(zip, central, CENTRAL_SIZE));
    memset(copy + 12, 0, 4); /* time and date */
    memset(copy + 42, 0, 4); /* where the local header stands */
    if (manifest)
        memset(copy + 16, 0, 12); /* CRC, sizes */
    if (with & WITH_EXTRAS)
        memset(copy + 30, 0, 2); /* size of the extra fields */
    sb_buf_append_span(rest, member->name);
    if (!append_extra(rest, sb_bytes_part(zip, central + CENTRAL_SIZE + name, extra), with))
        return false;
    sb_buf_append_span(rest, sb_bytes_part(zip, central + CENTRAL_SIZE + name + extra, comment));
    struct sb_span local = sb_bytes_part(zip, member->local, LOCAL_SIZE);
    if (local.size == 0 || !sb_span_starts(local, "PK\3\4") ||
        !sb_span_equal(sb_bytes_part(zip, member->local + LOCAL_SIZE, name), member->name))
        return false;
    copy = sb_bytes_copy(rest, local);
    memset(copy + 10, 0, 4);
    if (manifest)
        memset(copy + 14, 0, 12);
    if (with & WITH_EXTRAS)
        memset(copy + 28, 0, 2);
    if (!append_extra(rest, sb_bytes_part(zip, data - local_extra, local_extra), with))
        return false;
    *end = data + member->stored.size;
    if (described) {
        uint64_t size = sb_bytes_little(zip, *end, 4) == 0x08074b50 ? 16 : 12;
        sb_buf_append_span(rest, sb_bytes_part(zip, *end, manifest ? 0 : size));
        *end += size;
    }
    return true;
}

static bool strip_members(struct sb_span zip, uint64_t at, uint64_t count, uint64_t start,
                          uint64_t size, unsigned with, struct sb_buf *rest) {
    sb_members members = {0};
    SB_VEC(struct sb_span) names = {0};
    uint64_t covered = 0;
    bool good = true;
    for (uint64_t i = 0; i < count && good; i++) {
        struct sb_span header = sb_bytes_part(zip, at, CENTRAL_SIZE);
        uint64_t name = sb_bytes_little(zip, at + 28, 2), end = 0;
        struct member member = {.name = sb_bytes_part(zip, at + CENTRAL_SIZE, name),
                                .method = sb_bytes_little(zip, at + 10, 2),
                                .local = sb_bytes_little(zip, at + 42, 4)};
        uint64_t local_extra = sb_bytes_little(zip, member.local + 28, 2);
        member.stored = sb_bytes_part(zip, member.local + LOCAL_SIZE + name + local_extra,
                                      sb_bytes_little(zip, at + 20, 4));
        struct sb_buf *one = sb_vec_push(&members);
        *sb_vec_push(&names) = member.name;
        good = header.size && sb_span_starts(header, "PK\1\2") && member.local == covered &&
               append_headers(one, zip, at, &member, with, &end) && append_data(one, &member, with);
        covered = end;
        at += CENTRAL_SIZE + name + sb_bytes_little(zip, at + 30, 2) +
              sb_bytes_little(zip, at + 32, 2);
    }
    good = good && covered == start && at == start + size &&
           (!(with & (WITH_ORDER | WITH_MANIFEST)) ||
            sb_members_have_own_names(names.items, names.count));
    sb_vec_release(&names);
    sb_members_append(rest, &members, with & WITH_ORDER);
    return good;
}

static bool strip(struct sb_span zip, unsigned with, struct sb_buf *rest) {
    if (zip.size < END_SIZE || !sb_span_starts(zip, "PK"))
        return false;
    for (uint64_t end = zip.size - END_SIZE, steps = 0; steps <= UINT16_MAX; end--, steps++) {
        if (sb_bytes_little(zip, end, 4) == 0x06054b50 &&
            sb_bytes_little(zip, end + 20, 2) == steps) {
            uint64_t count = sb_bytes_little(zip, end + 10, 2),
                     size = sb_bytes_little(zip, end + 12, 4),
                     start = sb_bytes_little(zip, end + 16, 4);
            sb_buf_append_span(rest, sb_bytes_part(zip, end + 4, 8));
            sb_buf_append_span(rest, sb_bytes_part(zip, end + END_SIZE, steps));
            return start + size == end && strip_members(zip, start, count, start, size, with, rest);
        }
        if (end == 0)
            break;
    }
    return false;
}

bool sb_strip_zip_time(struct sb_span content, struct sb_buf *rest) {
    return strip(content, 0, rest);
}

bool sb_strip_zip_extra(struct sb_span content, struct sb_buf *rest) {
    return strip(content, WITH_EXTRAS, rest);
}

bool sb_strip_zip_order(struct sb_span content, struct sb_buf *rest) {
    return strip(content, WITH_EXTRAS | WITH_ORDER, rest);
}

bool sb_strip_jar_manifest(struct sb_span content, struct sb_buf *rest) {
    return strip(content, WITH_EXTRAS | WITH_MANIFEST, rest);
}
