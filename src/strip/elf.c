/* ELF programs and libraries (System V gABI), 32 and 64 bits, of either byte order: build ids, and
 * what compilers write of their day into them. */
#include "strip/bytes.h"
#include "strip/strip.h"

enum { MOST_SECTIONS = 65535, TYPE_NOBITS = 8 };

struct elf {
    struct sb_span file;
    bool big, wide;
    uint64_t sections, section_size, count, names; /* names: where the table of names begins */
};

static uint64_t number(const struct elf *elf, uint64_t offset, size_t size) {
    return sb_bytes_number(elf->file, offset, size, elf->big);
}

struct section {
    struct sb_span name;
    uint64_t offset, size;
};

static struct section section_at(const struct elf *elf, uint64_t index) {
    uint64_t header = elf->sections + index * elf->section_size;
    size_t word = elf->wide ? 8 : 4;
    struct section section = {
        .offset = number(elf, header + (elf->wide ? 24 : 16), word),
        .size = number(elf, header + (elf->wide ? 32 : 20), word),
    };
    struct sb_span name = sb_span_from(elf->file, (size_t)(elf->names + number(elf, header, 4)));
    const unsigned char *end = memchr(name.data, 0, name.size);
    section.name = sb_span_of(name.data, end ? (size_t)(end - name.data) : 0);
    if (number(elf, header + 4, 4) == TYPE_NOBITS ||
        !sb_bytes_inside(elf->file, section.offset, section.size))
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
    uint64_t names = number(elf, elf->wide ? 62 : 50, 2);
    if (elf->section_size < (elf->wide ? 64 : 40) || elf->count == 0 || names >= elf->count ||
        !sb_bytes_inside(file, elf->sections, elf->count * elf->section_size))
        return false;
    uint64_t header = elf->sections + names * elf->section_size;
    elf->names = number(elf, header + (elf->wide ? 24 : 16), elf->wide ? 8 : 4);
    return elf->names < file.size;
}

static bool is_build_id(struct sb_span name) {
    return sb_span_is(name, ".note.gnu.build-id") || sb_span_is(name, ".note.go.buildid");
}

/* The file's copy, with the data of notes that name a build set to zero, but not their headers; of
 * a link to debug data its CRC, the last four bytes. */
static unsigned char *copy_without_ids(const struct elf *elf, struct sb_buf *rest) {
    enum { NOTE_HEADER = 16 };
    unsigned char *copy = sb_bytes_copy(rest, elf->file);
    for (uint64_t i = 0; i < elf->count; i++) {
        struct section section = section_at(elf, i);
        if (is_build_id(section.name) && section.size > NOTE_HEADER)
            memset(copy + section.offset + NOTE_HEADER, 0, (size_t)section.size - NOTE_HEADER);
        else if (sb_span_is(section.name, ".gnu_debuglink") && section.size > 4)
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
    for (uint64_t i = 0; i < elf.count; i++) {
        struct section section = section_at(&elf, i);
        if (!sb_span_starts(section.name, ".rodata"))
            continue;
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

/* "build\tvcs.time=2026-11-27T09:32:28Z\n": the value, of equal length on both sides. */
static void take_out_value(unsigned char *copy, size_t size, const char *key) {
    size_t length = strlen(key);
    for (size_t i = 0; i + length < size; i++) {
        if (copy[i] != (unsigned char)*key || memcmp(copy + i, key, length) != 0)
            continue;
        for (i += length; i < size && copy[i] != '\n' && copy[i] != 0; i++)
            copy[i] = 1;
    }
}

bool sb_strip_go_vcs(struct sb_span content, struct sb_buf *rest) {
    struct elf elf;
    if (!open_elf(content, &elf))
        return false;
    unsigned char *copy = copy_without_ids(&elf, rest);
    take_out_value(copy, content.size, "build\tvcs.revision=");
    take_out_value(copy, content.size, "build\tvcs.time=");
    return true;
}
