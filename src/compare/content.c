#include "compare/content.h"

#include "compare/compare.h"

struct magic {
    size_t offset;
    const char *bytes;
    size_t size;
    const char *kind;
};

#define MAGIC(offset, bytes, kind)                                                                 \
    { (offset), (bytes), sizeof(bytes) - 1, (kind) }

/* Formats' own specifications, and file(1)'s magic. The first that fits. */
static const struct magic magics[] = {
    MAGIC(0, "\x1f\x8b", "gzip data"),
    MAGIC(0, "\x28\xb5\x2f\xfd", "zstd data"),
    MAGIC(0,
          "\xfd"
          "7zXZ\0",
          "xz data"),
    MAGIC(0, "BZh", "bzip2 data"),
    MAGIC(0, "\x04\x22\x4d\x18", "lz4 data"),
    MAGIC(257, "ustar", "tar archive"),
    MAGIC(0, "PK\3\4", "zip archive"),
    MAGIC(0, "PK\5\6", "zip archive"),
    MAGIC(0, "!<arch>\ndebian-binary", "Debian package"),
    MAGIC(0, "!<arch>\n", "ar archive"),
    MAGIC(0, "!<thin>\n", "ar archive"),
    MAGIC(0, "070701", "cpio archive"),
    MAGIC(0, "7z\xbc\xaf\x27\x1c", "7z archive"),
    MAGIC(0, "hsqs", "squashfs file system"),
    MAGIC(0, "\xed\xab\xee\xdb", "RPM package"),
    MAGIC(0, "SQLite format 3", "SQLite database"),
    MAGIC(0, "\xca\xfe\xba\xbe\0\0\0", "Java class"),
    MAGIC(2, "\r\n\0\0\0\0", "Python byte code"),
    MAGIC(2, "\r\n\1\0\0\0", "Python byte code"),
    MAGIC(2, "\r\n\3\0\0\0", "Python byte code"),
    MAGIC(0, "\x89PNG\r\n", "PNG image"),
    MAGIC(0, "%PDF-", "PDF document"),
    MAGIC(0, "MZ", "PE program"),
    MAGIC(0, "\0asm", "WebAssembly module"),
    MAGIC(0, "\xde\x12\x04\x95", "gettext catalogue"),
    MAGIC(0, "glibc-ld.so.cache", "ldconfig cache"),
};

static const char *elf_kind(struct sb_span beginning) {
    static const char *const kinds[] = {"ELF file", "ELF object", "ELF executable",
                                        "ELF shared object or program", "ELF core"};
    unsigned type = beginning.size > 18 ? beginning.data[beginning.data[5] == 2 ? 17 : 16] : 0;
    return kinds[type < sizeof kinds / sizeof *kinds ? type : 0];
}

const char *sb_content_kind(struct sb_span beginning) {
    if (sb_span_starts(beginning, "\177ELF"))
        return elf_kind(beginning);
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        const struct magic *magic = &magics[i];
        if (beginning.size >= magic->offset + magic->size &&
            memcmp(beginning.data + magic->offset, magic->bytes, magic->size) == 0)
            return magic->kind;
    }
    if (beginning.size == 0)
        return NULL;
    return memchr(beginning.data, 0, beginning.size) ? NULL : "text";
}

int sb_find_first_difference(struct sb_input *a, struct sb_input *b, struct sb_byte_pair *pair,
                             struct sb_error *error) {
    for (;;) {
        struct sb_span x = {0}, y = {0};
        int a_status = sb_input_peek(a, &x, error), b_status = sb_input_peek(b, &y, error);
        if (a_status < 0 || b_status < 0)
            return -1;
        size_t common = x.size < y.size ? x.size : y.size, at = 0;
        if (common && memcmp(x.data, y.data, common) == 0)
            at = common;
        while (at < common && x.data[at] == y.data[at])
            at++;
        if (at < common || a_status || b_status) {
            *pair =
                (struct sb_byte_pair){a->position + at, at < x.size && !a_status ? x.data[at] : -1,
                                      at < y.size && !b_status ? y.data[at] : -1};
            return 0;
        }
        sb_input_consume(a, common);
        sb_input_consume(b, common);
    }
}

int sb_difference_read(const struct sb_difference_file *file, const struct sb_spool *spool,
                       struct sb_buf *buf, struct sb_error *error) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    struct sb_output_buf output;
    if (!file->entry || file->entry->type != '0')
        return 0;
    sb_output_to_buf(&output, buf);
    return sb_layer_open_content(file->layer, file->entry, spool, &input, error) < 0
               ? -1
               : sb_output_copy(&output.base, input, error);
}

/* Nothing where it is longer than a text that is shown. */
static int read_text(const struct sb_difference_file *file, const struct sb_spool *spool,
                     struct sb_buf *buf, struct sb_error *error) {
    return file->entry->size > SB_CONTENT_TEXT_MAX ? 0
                                                   : sb_difference_read(file, spool, buf, error);
}

static int add_lines(struct sb_comparison *result, struct sb_difference *difference,
                     const struct sb_spool *spool, struct sb_error *error) {
    struct sb_buf a = SB_BUF_INIT, b = SB_BUF_INIT;
    int status = read_text(&difference->file_a, spool, &a, error);
    if (status == 0)
        status = read_text(&difference->file_b, spool, &b, error);
    if (status == 0 && a.size && b.size)
        difference->text = sb_content_lines(&result->arena, sb_buf_span(&a), sb_buf_span(&b));
    sb_buf_release(&a);
    sb_buf_release(&b);
    return status;
}

int sb_comparison_add_lines(struct sb_comparison *result, const struct sb_spool *spool,
                            struct sb_error *error) {
    for (size_t i = 0; i < result->differences.count; i++) {
        struct sb_difference *difference = &result->differences.items[i];
        if (strcmp(difference->kind, "content") == 0 && difference->file_a.entry &&
            difference->file_b.entry && add_lines(result, difference, spool, error) < 0)
            return -1;
    }
    return 0;
}
