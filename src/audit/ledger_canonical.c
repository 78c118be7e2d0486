/* The canonical archive under headings: what its files are is known, so that each byte is. */
#include <ctype.h>

#include "audit/ledger.h"
#include "tar/header.h"
#include "tar/reader.h"

enum { HEX_DIGITS = 64 };

static bool looks_like_tar(struct sb_span bytes) {
    return bytes.size >= SB_TAR_BLOCK && sb_tar_header_magic(bytes.data) != SB_TAR_V7;
}

static bool has_digest(struct sb_span text) {
    size_t run = 0;
    for (size_t i = 0; i < text.size && run < HEX_DIGITS; i++)
        run = isxdigit(text.data[i]) ? run + 1 : 0;
    return run == HEX_DIGITS;
}

/* Sizes and sums follow from the rest. Of a layer's entry the source says name, link, mode and
 * type, and who owns it; the form, all else. */
static enum sb_heading field_heading(int field, bool in_layer, bool digest_name) {
    static const enum sb_heading in_layers[SB_TAR_FIELDS] = {
        [SB_TAR_NAME] = SB_HEADING_SOURCE,     [SB_TAR_MODE] = SB_HEADING_SOURCE,
        [SB_TAR_UID] = SB_HEADING_SOURCE,      [SB_TAR_GID] = SB_HEADING_SOURCE,
        [SB_TAR_SIZE] = SB_HEADING_DERIVED,    [SB_TAR_MTIME] = SB_HEADING_PROFILE,
        [SB_TAR_CHKSUM] = SB_HEADING_DERIVED,  [SB_TAR_TYPEFLAG] = SB_HEADING_SOURCE,
        [SB_TAR_LINKNAME] = SB_HEADING_SOURCE, [SB_TAR_MAGIC] = SB_HEADING_PROFILE,
        [SB_TAR_VERSION] = SB_HEADING_PROFILE, [SB_TAR_UNAME] = SB_HEADING_PROFILE,
        [SB_TAR_GNAME] = SB_HEADING_PROFILE,   [SB_TAR_DEVMAJOR] = SB_HEADING_SOURCE,
        [SB_TAR_DEVMINOR] = SB_HEADING_SOURCE, [SB_TAR_PREFIX] = SB_HEADING_PROFILE,
        [SB_TAR_PAD] = SB_HEADING_PROFILE,
    };
    if (in_layer)
        return in_layers[field];
    return field == SB_TAR_SIZE || field == SB_TAR_CHKSUM || (field == SB_TAR_NAME && digest_name)
               ? SB_HEADING_DERIVED
               : SB_HEADING_PROFILE;
}

static void mark_header(struct sb_marked *marked, const unsigned char *block, bool in_layer,
                        bool digest_name) {
    for (int field = 0; field < SB_TAR_FIELDS; field++) {
        struct sb_span bytes = sb_tar_field_bytes(block, (enum sb_tar_field)field);
        sb_marked_append(marked, field_heading(field, in_layer, digest_name),
                         sb_tar_fields[field].name, bytes);
    }
}

/* Where the run configuration of a configuration ends: at the bracket that closes it. */
static size_t object_end(struct sb_span json, size_t at) {
    int depth = 0;
    bool text = false;
    for (; at < json.size; at++) {
        unsigned char byte = json.data[at];
        if (text && byte == '\\')
            at++;
        else if (byte == '"')
            text = !text;
        else if (!text && byte == '{')
            depth++;
        else if (!text && byte == '}' && --depth == 0)
            return at + 1;
    }
    return json.size;
}

static size_t count_while(struct sb_span json, size_t at, int (*is)(int)) {
    size_t end = at;
    while (end < json.size && is(json.data[end]))
        end++;
    return end - at;
}

/* The bytes at at that are no text of the form, under their heading; 0: they are. */
static size_t special(struct sb_span json, size_t at, enum sb_heading *heading,
                      const char **field) {
    static const char run[] = "\"config\":{", size[] = "\"size\":";
    struct sb_span rest = sb_span_from(json, at);
    size_t before = sizeof run - 2;
    if (at >= before && memcmp(json.data + at - before, run, before) == 0 && rest.data[0] == '{') {
        *heading = SB_HEADING_SOURCE;
        *field = "config";
        return object_end(json, at) - at;
    }
    *heading = SB_HEADING_DERIVED;
    *field = "digest";
    if ((at == 0 || !isxdigit(json.data[at - 1])) && count_while(json, at, isxdigit) == HEX_DIGITS)
        return HEX_DIGITS;
    *field = "size";
    if (at >= sizeof size - 1 &&
        memcmp(json.data + at - (sizeof size - 1), size, sizeof size - 1) == 0)
        return count_while(json, at, isdigit);
    return 0;
}

static void mark_json(struct sb_marked *marked, struct sb_span json) {
    size_t from = 0;
    for (size_t at = 0; at < json.size;) {
        enum sb_heading heading;
        const char *field;
        size_t size = special(json, at, &heading, &field);
        if (size == 0) {
            at++;
            continue;
        }
        sb_marked_append(marked, SB_HEADING_PROFILE, "text",
                         sb_span_of(json.data + from, at - from));
        sb_marked_append(marked, heading, field, sb_span_of(json.data + at, size));
        from = at += size;
    }
    sb_marked_append(marked, SB_HEADING_PROFILE, "text", sb_span_from(json, from));
}

static int mark_tar(struct sb_marked *marked, struct sb_span tar, bool in_layer,
                    struct sb_error *error) {
    struct sb_input *input = sb_input_memory(tar);
    struct sb_tar_reader reader;
    struct sb_tar_entry entry;
    size_t end = 0;
    int status;
    sb_tar_reader_init(&reader, input, NULL, "ledger");
    while ((status = sb_tar_reader_next(&reader, &entry, error)) == 0) {
        size_t header = (size_t)entry.header_offset, data = (size_t)entry.data_offset;
        struct sb_span content = sb_span_of(tar.data + data, (size_t)entry.stored);
        marked->entry = (const char *)sb_arena_copy(&marked->arena, entry.name).data;
        sb_marked_append(marked, SB_HEADING_SOURCE, "extended header",
                         sb_span_of(tar.data + end, header - end));
        mark_header(marked, tar.data + header, in_layer, has_digest(entry.name));
        end = (data + content.size + SB_TAR_BLOCK - 1) / SB_TAR_BLOCK * SB_TAR_BLOCK;
        if (in_layer)
            sb_marked_append(marked, SB_HEADING_SOURCE, "content", content);
        else if (!looks_like_tar(content))
            mark_json(marked, content);
        else if (mark_tar(marked, content, true, error) < 0)
            break;
        marked->entry = (const char *)sb_arena_copy(&marked->arena, entry.name).data;
        sb_marked_append(marked, SB_HEADING_PROFILE, "padding",
                         sb_span_of(tar.data + data + content.size, end - data - content.size));
    }
    sb_tar_reader_release(&reader);
    sb_input_close(input);
    if (status < 1)
        return -1;
    marked->entry = in_layer ? "layer" : "end";
    sb_marked_append(marked, SB_HEADING_PROFILE, "end of archive", sb_span_from(tar, end));
    return 0;
}

int sb_ledger_mark_canonical(struct sb_marked *marked, struct sb_span tar, struct sb_error *error) {
    return mark_tar(marked, tar, false, error);
}
