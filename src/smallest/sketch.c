#include "smallest/sketch.h"

#include <stdio.h>

#include "codec/sha256.h"
#include "tar/header.h"

struct sketch {
    const struct sb_smallest_class *class;
    int exit_code;
    size_t size;
    unsigned char bytes[SB_SMALL_MAX];
    struct {
        enum sb_heading heading;
        const char *entry, *field;
    } marks[SB_SMALL_MAX];
    size_t program, layer, layer_size, digest; /* where they stand; digest 0: nowhere */
    size_t headers[SB_SMALLEST_ENTRIES + 1];
    int header_count;
};

static void paint(struct sketch *sketch, size_t at, const void *bytes, size_t size,
                  enum sb_heading heading, const char *field) {
    memcpy(sketch->bytes + at, bytes, size);
    for (size_t i = at; i < at + size; i++) {
        sketch->marks[i].heading = heading;
        sketch->marks[i].field = field;
    }
}

/* Zeros up to end, which become the sketch's size. */
static void extend(struct sketch *sketch, size_t end, const char *entry, const char *field) {
    for (size_t i = sketch->size; i < end; i++) {
        sketch->bytes[i] = 0;
        sketch->marks[i].heading = SB_HEADING_PROFILE;
        sketch->marks[i].entry = entry;
        sketch->marks[i].field = field;
    }
    sketch->size = end;
}

static void align(struct sketch *sketch, const char *entry) {
    size_t end = (sketch->size + SB_TAR_BLOCK - 1) / SB_TAR_BLOCK * SB_TAR_BLOCK;
    extend(sketch, end, entry, "padding");
}

static void put_field(struct sketch *sketch, size_t header, enum sb_tar_field field, size_t offset,
                      const char *text, enum sb_heading heading) {
    const struct sb_tar_field_info *info = &sb_tar_fields[field];
    paint(sketch, header + info->offset + offset, text, strlen(text), heading, info->name);
}

static void put_number(struct sketch *sketch, size_t header, enum sb_tar_field field,
                       uint64_t value, enum sb_heading heading) {
    char text[24];
    int width = (int)sb_tar_fields[field].size - 1;
    snprintf(text, sizeof text, "%0*llo%s", width, (unsigned long long)value,
             sketch->class->strict.spaces >> (field - SB_TAR_MODE) & 1 ? " " : "");
    put_field(sketch, header, field, 0, text, heading);
}

/* A whole POSIX header, but for its sum. */
static void put_posix(struct sketch *sketch, size_t header, const struct sb_smallest_entry *entry,
                      uint64_t size) {
    const struct sb_smallest_strict *strict = &sketch->class->strict;
    bool program = entry == &sketch->class->file;
    put_number(sketch, header, SB_TAR_MODE, program ? strict->program_mode : strict->mode,
               SB_HEADING_FACT);
    put_number(sketch, header, SB_TAR_UID, 0, SB_HEADING_FACT);
    put_number(sketch, header, SB_TAR_GID, 0, SB_HEADING_FACT);
    put_number(sketch, header, SB_TAR_SIZE, size, SB_HEADING_DERIVED);
    put_number(sketch, header, SB_TAR_MTIME, program ? strict->program_mtime : strict->mtime,
               SB_HEADING_FACT);
    put_field(sketch, header, SB_TAR_TYPEFLAG, 0, strict->old_type ? "" : "0", SB_HEADING_PROFILE);
    put_field(sketch, header, SB_TAR_MAGIC, 0, "ustar", SB_HEADING_PROFILE);
    put_field(sketch, header, SB_TAR_VERSION, 0, "00", SB_HEADING_PROFILE);
    if (strict->devices) {
        put_number(sketch, header, SB_TAR_DEVMAJOR, 0, SB_HEADING_PROFILE);
        put_number(sketch, header, SB_TAR_DEVMINOR, 0, SB_HEADING_PROFILE);
    }
}

/* What an entry cannot be without. */
static void put_least(struct sketch *sketch, size_t header, const struct sb_smallest_entry *entry,
                      uint64_t size) {
    char text[24];
    if (entry->link) {
        put_field(sketch, header, SB_TAR_TYPEFLAG, 0, "1", SB_HEADING_PROFILE);
        put_field(sketch, header, SB_TAR_LINKNAME, 0, entry->link, SB_HEADING_PROFILE);
        return;
    }
    memset(text, '0', entry->size_zeros);
    snprintf(text + entry->size_zeros, sizeof text - entry->size_zeros, "%llo",
             (unsigned long long)size);
    put_field(sketch, header, SB_TAR_SIZE, entry->size_at, text, SB_HEADING_DERIVED);
}

/* Returns where the header stands. */
static size_t put_header(struct sketch *sketch, const struct sb_smallest_entry *entry) {
    size_t header = sketch->size;
    sketch->headers[sketch->header_count++] = header;
    extend(sketch, header + SB_TAR_BLOCK, entry->name, "unused");
    for (int field = 0; field < SB_TAR_FIELDS; field++)
        for (size_t i = 0; i < sb_tar_fields[field].size; i++)
            sketch->marks[header + sb_tar_fields[field].offset + i].field =
                sb_tar_fields[field].name;
    put_field(sketch, header, SB_TAR_NAME, 0, entry->name, SB_HEADING_PROFILE);
    return header;
}

static void finish_header(struct sketch *sketch, size_t header,
                          const struct sb_smallest_entry *entry, uint64_t size) {
    if (sketch->class->strict.posix)
        put_posix(sketch, header, entry, size);
    else
        put_least(sketch, header, entry, size);
}

static void put_program(struct sketch *sketch) {
    const struct sb_smallest_entry *entry = &sketch->class->file;
    struct sb_buf program = SB_BUF_INIT;
    size_t header = put_header(sketch, entry);
    sb_program_write(sketch->class, sketch->exit_code, &program);
    sketch->program = sketch->size;
    extend(sketch, sketch->size + program.size, entry->name, "program");
    paint(sketch, sketch->program, program.data, program.size, SB_HEADING_SOURCE, "program");
    finish_header(sketch, header, entry, program.size);
    sb_buf_release(&program);
}

static void put_layer(struct sketch *sketch) {
    sketch->layer = sketch->size;
    put_program(sketch);
    if (sketch->class->strict.posix) {
        align(sketch, sketch->class->file.name);
        extend(sketch, sketch->size + sketch->class->strict.layer_end * SB_TAR_BLOCK, "layer",
               "end of archive");
    }
    sketch->layer_size = sketch->size - sketch->layer;
}

/* The digest's place is kept: the layer may come later. */
static void put_text(struct sketch *sketch, const struct sb_smallest_entry *entry) {
    const char *rest = entry->text, *mark = strchr(rest, '%');
    size_t front = mark ? (size_t)(mark - rest) : strlen(rest);
    size_t at = sketch->size, all = front + (mark ? 64 + strlen(mark + 1) : 0);
    extend(sketch, at + all, entry->name, "text");
    paint(sketch, at, rest, front, SB_HEADING_PROFILE, "text");
    if (mark) {
        sketch->digest = at + front;
        paint(sketch, at + front + 64, mark + 1, strlen(mark + 1), SB_HEADING_PROFILE, "text");
    }
}

static void put_entry(struct sketch *sketch, const struct sb_smallest_entry *entry, bool last) {
    size_t header = put_header(sketch, entry), data = sketch->size;
    if (entry->text)
        put_text(sketch, entry);
    else if (!entry->link)
        put_layer(sketch);
    finish_header(sketch, header, entry, sketch->size - data);
    if (!last || sketch->class->strict.posix)
        align(sketch, entry->name);
}

static void put_fills(struct sketch *sketch) {
    const struct sb_smallest_fill *fill = sketch->class->fills;
    unsigned char code[8];
    size_t at;
    for (; fill->size; fill++)
        for (size_t i = 0; i < fill->times; i++) {
            size_t to = fill->at + i * fill->size;
            bool program = to >= sketch->program && to < sketch->program + 128;
            paint(sketch, to, fill->bytes, fill->size,
                  program ? SB_HEADING_SOURCE : SB_HEADING_FACT,
                  program ? "program" : "chosen bytes");
        }
    struct sb_span instructions =
        sb_program_code(sketch->class->program, sketch->exit_code, code, &at);
    paint(sketch, sketch->program + at, instructions.data, instructions.size, SB_HEADING_SOURCE,
          "program");
}

static void put_sum(struct sketch *sketch, size_t header) {
    char text[8];
    unsigned sum = 0;
    memset(sketch->bytes + header + sb_tar_fields[SB_TAR_CHKSUM].offset, ' ', 8);
    for (size_t i = 0; i < SB_TAR_BLOCK; i++)
        sum += sketch->bytes[header + i];
    snprintf(text, sizeof text, "%06o", sum);
    put_field(sketch, header, SB_TAR_CHKSUM, 0, text, SB_HEADING_DERIVED);
    sketch->bytes[header + sb_tar_fields[SB_TAR_CHKSUM].offset + 6] = 0;
}

static void mark(const struct sketch *sketch, struct sb_marked *tar) {
    for (size_t from = 0, to; from < sketch->size; from = to) {
        for (to = from + 1; to < sketch->size; to++)
            if (sketch->marks[to].heading != sketch->marks[from].heading ||
                sketch->marks[to].entry != sketch->marks[from].entry ||
                sketch->marks[to].field != sketch->marks[from].field)
                break;
        tar->entry = sketch->marks[from].entry;
        sb_marked_append(tar, sketch->marks[from].heading, sketch->marks[from].field,
                         sb_span_of(sketch->bytes + from, to - from));
    }
}

void sb_sketch_write(const struct sb_smallest_class *class, int exit_code, struct sb_marked *tar) {
    struct sketch *sketch = sb_memory_new(1, sizeof *sketch);
    int entries = 0;
    sketch->class = class;
    sketch->exit_code = exit_code;
    while (entries < SB_SMALLEST_ENTRIES && class->entries[entries].name)
        entries++;
    for (int i = 0; i < entries; i++)
        put_entry(sketch, &class->entries[i], i == entries - 1);
    if (class->strict.posix)
        extend(sketch, sketch->size + class->strict.end * SB_TAR_BLOCK, "end", "end of archive");
    put_fills(sketch);
    if (class->strict.posix)
        for (int i = 0; i < sketch->header_count; i++)
            put_sum(sketch, sketch->headers[i]);
    if (sketch->digest) {
        char digest[65];
        struct sb_digest layer =
            sb_sha256_of(sb_span_of(sketch->bytes + sketch->layer, sketch->layer_size));
        sb_digest_format_hex(&layer, digest);
        paint(sketch, sketch->digest, digest, 64, SB_HEADING_DERIVED, "digest of the layer");
    }
    mark(sketch, tar);
    free(sketch);
}
