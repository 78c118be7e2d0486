#include "smallest/smallest.h"

#include <zlib.h>

#include "codec/deflate_trace.h"
#include "codec/gzip.h"
#include "codec/zstd.h"
#include "smallest/sketch.h"

enum {
    FIRST_MEMBER = 8, /* bytes; Podman 4.3 loses what the first member has behind them */
    LARGEST = 512     /* bytes of a file that is worth a look */
};

static void put_little_endian(struct sb_buf *output, uint32_t value) {
    for (int i = 0; i < 4; i++)
        sb_buf_append_byte(output, (unsigned char)(value >> 8 * i));
}

/* Twins have other digests, to which the code is fitted for as long as that makes it shorter. */
static void find(struct sb_deflate *deflate, struct sb_span data,
                 const struct sb_smallest_class *class) {
    struct sb_deflate_code code = class->code;
    int bits;
    sb_deflate_find(deflate, data, class->dynamic, &code);
    do {
        bits = deflate->bits;
        code = deflate->code;
        sb_deflate_find(deflate, data, class->dynamic, &code);
    } while (deflate->bits < bits);
}

/* RFC 1952 §2.3, as `gzip -9n` writes it on Unix. */
static void put_member(struct sb_buf *file, struct sb_span data,
                       const struct sb_smallest_class *class) {
    static const unsigned char header[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3};
    struct sb_deflate *deflate = sb_memory_new(1, sizeof *deflate);
    struct sb_smallest_class first = {.dynamic = 0};
    find(deflate, data, data.size == FIRST_MEMBER ? &first : class);
    sb_buf_append(file, header, sizeof header);
    sb_deflate_write(deflate, file);
    put_little_endian(file, (uint32_t)crc32(0, data.data, (uInt)data.size));
    put_little_endian(file, (uint32_t)data.size);
    free(deflate);
}

static int put_frame(struct sb_buf *file, struct sb_span data,
                     const struct sb_smallest_class *class, struct sb_error *error) {
    struct sb_zstd *zstd = sb_memory_new(1, sizeof *zstd);
    bool found = sb_zstd_find(zstd, data, &class->zstd);
    if (found)
        sb_zstd_write(zstd, file, NULL, NULL);
    free(zstd);
    return found ? 0 : sb_error_set(error, SB_ERROR_LIMIT, "%s: no frame holds it", class->name);
}

int sb_smallest_write(const struct sb_smallest_class *class, int exit_code, struct sb_marked *tar,
                      struct sb_buf *file, struct sb_error *error) {
    sb_sketch_write(class, exit_code, tar);
    struct sb_span data = sb_buf_span(&tar->bytes);
    switch (class->wrapping) {
    case SB_WRAPPING_GZIP:
        put_member(file, data, class);
        break;
    case SB_WRAPPING_MEMBERS:
        put_member(file, sb_span_of(data.data, FIRST_MEMBER), class);
        put_member(file, sb_span_from(data, FIRST_MEMBER), class);
        break;
    case SB_WRAPPING_ZSTD:
        return put_frame(file, data, class, error);
    case SB_WRAPPING_STOCK:
        break;
    }
    return 0;
}

/* What is inside, as much of it as one of these can have. */
static void unpack(struct sb_span file, struct sb_buf *inside) {
    struct sb_findings findings = SB_FINDINGS_INIT;
    struct sb_input *input = sb_gzip_recognise(file)
                                 ? sb_gzip_open(sb_input_memory(file), file.size, &findings, "file")
                                 : sb_zstd_open(sb_input_memory(file), &findings, "file");
    struct sb_error ignored;
    size_t size = 0;
    unsigned char *bytes = sb_buf_reserve(inside, SB_SMALL_MAX);
    if (sb_input_read(input, bytes, SB_SMALL_MAX, &size, &ignored) == 0)
        inside->size = size;
    sb_input_close(input);
    sb_findings_release(&findings);
}

/* What the program in a tar does, if it is of that kind: the code it exits with, or it waits. */
static int find_exit_code(struct sb_span tar, enum sb_program_kind kind) {
    unsigned char code[8];
    size_t at;
    const unsigned char *elf = memmem(tar.data, tar.size, "\177ELF", 4);
    (void)sb_program_code(kind, 0, code, &at);
    struct sb_span instructions = sb_span_of(NULL, 0);
    if (elf)
        instructions = sb_span_from(sb_span_from(tar, (size_t)(elf - tar.data)), at);
    if (instructions.size < 4)
        return SB_PROGRAM_WAITS;
    if (memcmp(instructions.data, code, 4) == 0)
        return 0;
    bool loads = instructions.data[0] == (kind == SB_PROGRAM_TINY ? 0xb3 : 0x6a);
    return loads && instructions.data[1] < 128 ? instructions.data[1] : SB_PROGRAM_WAITS;
}

const struct sb_smallest_class *sb_smallest_recognise(struct sb_span file, int *exit_code,
                                                      struct sb_marked *tar) {
    const struct sb_smallest_class *const *class = sb_smallest_classes();
    struct sb_buf inside = SB_BUF_INIT;
    bool found = false;
    if (file.size > LARGEST || (!sb_gzip_recognise(file) && !sb_zstd_recognise(file)))
        return NULL;
    unpack(file, &inside);
    for (; *class && !found; class += !found) {
        struct sb_buf made = SB_BUF_INIT;
        struct sb_error ignored;
        *exit_code = find_exit_code(sb_buf_span(&inside), (*class)->program);
        sb_marked_release(tar);
        *tar = (struct sb_marked)SB_MARKED_INIT;
        if (sb_smallest_write(*class, *exit_code, tar, &made, &ignored) == 0)
            found = (*class)->wrapping == SB_WRAPPING_STOCK
                        ? sb_span_equal(sb_buf_span(&inside), sb_buf_span(&tar->bytes))
                        : sb_span_equal(file, sb_buf_span(&made));
        sb_buf_release(&made);
    }
    sb_buf_release(&inside);
    return *class;
}

int sb_smallest_trace(void *frame, struct sb_span file,
                      void (*visit)(void *, const struct sb_deflate_step *), void *visitor,
                      struct sb_error *error) {
    const struct sb_smallest_frame *of = frame;
    struct sb_zstd *zstd = sb_memory_new(1, sizeof *zstd);
    struct sb_buf written = SB_BUF_INIT;
    bool found = sb_zstd_find(zstd, of->tar, &of->class->zstd);
    if (found)
        sb_zstd_write(zstd, &written, visit, visitor);
    found = found && sb_span_equal(sb_buf_span(&written), file);
    sb_buf_release(&written);
    free(zstd);
    return found ? 0
                 : sb_error_set(error, SB_ERROR_MALFORMED, "%s: another frame", of->class->name);
}
