/* ELF programs and libraries (System V gABI), 32 and 64 bits, of either byte order: build ids, and
 * what compilers write of their day into them. */
#include "strip/bytes.h"
#include "strip/strip.h"

enum {
    TYPE_PROGBITS = 1,
    TYPE_NOTE = 7,
    TYPE_NOBITS = 8,
    FLAG_ALLOC = 2,
    FLAG_EXECUTE = 4,
    SEGMENT_LOAD = 1,
    SEGMENT_EXECUTE = 1,
    NOTE_HEADER = 16, /* with a name of four bytes */
    MOST_ID = 256
};

struct elf {
    struct sb_span file;
    bool big, wide;
    uint64_t sections, section_size, count, names; /* names: where the table of names begins */
    uint64_t segments, segment_size, segment_count;
};

static uint64_t number(const struct elf *elf, uint64_t offset, size_t size) {
    return sb_bytes_number(elf->file, offset, size, elf->big);
}

struct section {
    struct sb_span name;
    uint64_t offset, size, type, flags;
};

static struct section section_at(const struct elf *elf, uint64_t index) {
    uint64_t header = elf->sections + index * elf->section_size;
    size_t word = elf->wide ? 8 : 4;
    struct section section = {
        .offset = number(elf, header + (elf->wide ? 24 : 16), word),
        .size = number(elf, header + (elf->wide ? 32 : 20), word),
        .type = number(elf, header + 4, 4),
        .flags = number(elf, header + 8, word),
    };
    struct sb_span name = sb_span_from(elf->file, (size_t)(elf->names + number(elf, header, 4)));
    const unsigned char *end = memchr(name.data, 0, name.size);
    section.name = sb_span_of(name.data, end ? (size_t)(end - name.data) : 0);
    if (section.type == TYPE_NOBITS || !sb_bytes_inside(elf->file, section.offset, section.size))
        section.size = 0;
    return section;
}

static bool open_elf(struct sb_span file, struct elf *elf) {
    if (file.size < 52 || !sb_span_starts(file, "\177ELF"))
        return false;
    *elf = (struct elf){.file = file, .wide = file.data[4] == 2, .big = file.data[5] == 2};
    elf->sections = number(elf, elf->wide ? 40 : 32, elf->wide ? 8 : 4);
    elf->section_size = number(elf, elf->wide ? 58 : 46, 2);
    elf->count = number(elf, elf->wide ? 60 : 48, 2);
    elf->segments = number(elf, elf->wide ? 32 : 28, elf->wide ? 8 : 4);
    elf->segment_size = number(elf, elf->wide ? 54 : 42, 2);
    elf->segment_count = number(elf, elf->wide ? 56 : 44, 2);
    uint64_t names = number(elf, elf->wide ? 62 : 50, 2);
    if (elf->section_size < (elf->wide ? 64 : 40) || elf->count == 0 || names >= elf->count ||
        !sb_bytes_inside(file, elf->sections, elf->count * elf->section_size))
        return false;
    uint64_t header = elf->sections + names * elf->section_size;
    elf->names = number(elf, header + (elf->wide ? 24 : 16), elf->wide ? 8 : 4);
    return elf->names < file.size;
}

/* Whether bytes of it may be run: they lie in a segment that is loaded to be. */
static bool can_be_run(const struct elf *elf, const struct section *section) {
    for (uint64_t i = 0; i < elf->segment_count; i++) {
        uint64_t header = elf->segments + i * elf->segment_size;
        size_t word = elf->wide ? 8 : 4;
        uint64_t offset = number(elf, header + (elf->wide ? 8 : 4), word);
        uint64_t size = number(elf, header + (elf->wide ? 32 : 16), word);
        uint64_t flags = number(elf, header + (elf->wide ? 4 : 24), 4);
        if (number(elf, header, 4) == SEGMENT_LOAD && flags & SEGMENT_EXECUTE &&
            offset < section->offset + section->size && section->offset < offset + size)
            return true;
    }
    return section->flags & FLAG_EXECUTE;
}

/* One note, of the right name and type, that fills its section. */
static bool is_build_id(const struct elf *elf, const struct section *section) {
    bool gnu = sb_span_is(section->name, ".note.gnu.build-id");
    if ((!gnu && !sb_span_is(section->name, ".note.go.buildid")) || section->type != TYPE_NOTE ||
        section->size <= NOTE_HEADER || section->size > NOTE_HEADER + MOST_ID ||
        can_be_run(elf, section))
        return false;
    struct sb_span name = sb_bytes_part(elf->file, section->offset + 12, 4);
    uint64_t length = number(elf, section->offset, 4), id = number(elf, section->offset + 4, 4),
             type = number(elf, section->offset + 8, 4);
    return length == 4 && type == (gnu ? 3 : 4) &&
           (id + 3) / 4 * 4 == section->size - NOTE_HEADER &&
           (sb_span_equal(name, sb_span_of("GNU", 4)) ||
            sb_span_equal(name, sb_span_of("Go\0", 4)));
}

/* The name of a file with debug data and its CRC; never in memory. */
static bool is_debug_link(const struct section *section) {
    return sb_span_is(section->name, ".gnu_debuglink") && section->type == TYPE_PROGBITS &&
           !(section->flags & FLAG_ALLOC) && section->size > 4 && section->size <= MOST_ID;
}

/* The file's copy, with the data of notes that name a build set to zero, but not their headers; of
 * a link to debug data its CRC, the last four bytes. There is one of each. */
static unsigned char *copy_without_ids(const struct elf *elf, struct sb_buf *rest) {
    size_t ids = 0, links = 0;
    unsigned char *copy = sb_bytes_copy(rest, elf->file);
    for (uint64_t i = 0; i < elf->count; i++) {
        struct section section = section_at(elf, i);
        if (is_build_id(elf, &section) && ids++ < 2)
            memset(copy + section.offset + NOTE_HEADER, 0, (size_t)section.size - NOTE_HEADER);
        else if (is_debug_link(&section) && links++ == 0)
            memset(copy + section.offset + section.size - 4, 0, 4);
    }
    return copy;
}

bool sb_strip_build_ids(struct sb_span content, struct sb_buf *rest) {
    struct elf elf;
    return open_elf(content, &elf) && copy_without_ids(&elf, rest);
}

bool sb_strip_elf_dates(struct sb_span content, struct sb_buf *rest) {
    struct elf elf;
    if (!open_elf(content, &elf))
        return false;
    unsigned char *copy = copy_without_ids(&elf, rest);
    uint64_t looked_at = 0;
    for (uint64_t i = 0; i < elf.count; i++) {
        struct section section = section_at(&elf, i);
        if (!sb_span_starts(section.name, ".rodata") || can_be_run(&elf, &section))
            continue;
        /* Sections that overlap could be more than any file. */
        looked_at += section.size;
        if (looked_at > content.size)
            return false;
        for (uint64_t at = section.offset, end = at + section.size; at < end;) {
            size_t size = 0;
            while (at + size < end && copy[at + size] >= ' ' && copy[at + size] < 0x7f)
                size++;
            sb_strip_mark_dates(copy + at, size, 1);
            at += size + 1;
        }
    }
    return true;
}

static bool is_of(const unsigned char *value, size_t size, const char *characters) {
    for (size_t i = 0; i < size; i++)
        if (value[i] == 0 || !strchr(characters, value[i]))
            return false;
    return true;
}

/* "build\tvcs.time=2026-11-27T09:32:28Z\n": the value, of equal length on both sides. */
static void take_out_value(unsigned char *copy, size_t size, const char *key, size_t least,
                           size_t most, const char *characters) {
    size_t length = strlen(key);
    for (size_t i = 0; i + length + most < size; i++) {
        if (copy[i] != (unsigned char)*key || memcmp(copy + i, key, length) != 0)
            continue;
        const unsigned char *end = memchr(copy + i + length, '\n', most + 1);
        size_t value = end ? (size_t)(end - copy) - i - length : 0;
        if (value >= least && value <= most && is_of(copy + i + length, value, characters))
            memset(copy + i + length, 1, value);
    }
}

bool sb_strip_go_vcs(struct sb_span content, struct sb_buf *rest) {
    struct elf elf;
    if (!open_elf(content, &elf))
        return false;
    unsigned char *copy = copy_without_ids(&elf, rest);
    take_out_value(copy, content.size, "build\tvcs.revision=", 40, 64, "0123456789abcdef");
    take_out_value(copy, content.size, "build\tvcs.time=", 20, 20, "0123456789-:TZ");
    return true;
}
