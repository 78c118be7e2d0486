#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "smallest/founding.h"
#include "smallest/prefix_code.h"
#include "smallest/sketch.h"
#include "smallest/smallest.h"
#include "tap.h"

/* As xorshift has them, so that a failure happens again. */
static uint32_t state = 1;
static uint32_t number(uint32_t below) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
}

/* Runs, repeats and noise, as small tars have them. */
static size_t make_data(unsigned char *data, size_t highest) {
    size_t size = 1 + number((uint32_t)highest), at = 0;
    while (at < size) {
        size_t run = 1 + number(number(4) ? 9 : 600);
        uint32_t kind = number(3);
        size_t back = at ? 1 + number((uint32_t)at) : 0;
        unsigned char byte = (unsigned char)number(number(2) ? 256 : 3);
        for (; run && at < size; run--, at++)
            data[at] = kind == 0   ? byte
                       : kind == 1 ? (unsigned char)number(64)
                       : back      ? data[at - back]
                                   : 0;
    }
    return size;
}

static bool inflates(struct sb_span packed, struct sb_span data) {
    static unsigned char out[SB_SMALL_MAX + 1];
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)packed.data,
                       .avail_in = (unsigned)packed.size,
                       .next_out = out,
                       .avail_out = sizeof out};
    inflateInit2(&stream, -15);
    int status = inflate(&stream, Z_FINISH);
    bool same = status == Z_STREAM_END && stream.avail_in == 0 &&
                sb_span_equal(sb_span_of(out, stream.total_out), data);
    inflateEnd(&stream);
    return same;
}

/* Any code that is complete may be a hint, whether it fits or not. */
static void random_code(struct sb_deflate_code *code) {
    int counts[SB_PREFIX_SYMBOLS];
    for (int i = 0; i < SB_DEFLATE_LITERALS; i++)
        counts[i] = i < 286 && (i == 256 || number(3) == 0) ? 1 + (int)number(1000) : 0;
    sb_prefix_code_fit(counts, SB_DEFLATE_LITERALS, 15, code->literals);
    for (int i = 0; i < SB_DEFLATE_DISTANCES; i++)
        counts[i] = number(2) ? 1 + (int)number(1000) : 0;
    sb_prefix_code_fit(counts, SB_DEFLATE_DISTANCES, 15, code->distances);
}

static void deflate_comes_back_and_has_the_bits_it_says(void) {
    static unsigned char data[SB_SMALL_MAX];
    struct sb_deflate *deflate = malloc(sizeof *deflate);
    for (int round = 0; round < 300; round++) {
        size_t size = make_data(data, round < 100 ? 40 : SB_SMALL_MAX);
        struct sb_span span = sb_span_of(data, size);
        struct sb_deflate_code hint = {0};
        size_t dynamic = number(3) == 0 ? 0 : number(2) ? SIZE_MAX : number((uint32_t)size + 1);
        if (number(2))
            random_code(&hint);
        struct sb_buf packed = SB_BUF_INIT;
        sb_deflate_find(deflate, span, dynamic, &hint);
        sb_deflate_write(deflate, &packed);
        CHECK(packed.size == ((size_t)deflate->bits + 7) / 8);
        CHECK(inflates(sb_buf_span(&packed), span));
        sb_buf_release(&packed);
    }
    free(deflate);
}

static void zstd_comes_back_and_has_the_bits_it_says(void) {
    static unsigned char data[SB_SMALL_MAX], out[SB_SMALL_MAX + 1];
    struct sb_zstd *zstd = malloc(sizeof *zstd);
    int written = 0;
    for (int round = 0; round < 300; round++) {
        size_t size = make_data(data, round < 100 ? 60 : 3000);
        struct sb_zstd_hint hint = {0};
        struct sb_buf packed = SB_BUF_INIT;
        for (int again = 0; again < 3; again++) {
            if (!sb_zstd_find(zstd, sb_span_of(data, size), &hint))
                break;
            packed.size = 0;
            sb_zstd_write(zstd, &packed, NULL, NULL);
            size_t got = ZSTD_decompress(out, sizeof out, packed.data, packed.size);
            CHECK(!ZSTD_isError(got) &&
                  sb_span_equal(sb_span_of(out, got), sb_span_of(data, size)));
            CHECK(packed.size == ((size_t)zstd->bits + 7) / 8);
            hint = zstd->found;
            written++;
        }
        sb_buf_release(&packed);
    }
    CHECK(written > 200);
    free(zstd);
}

static void prefix_codes_are_complete_and_no_deeper_than_said(void) {
    for (int round = 0; round < 200; round++) {
        int counts[SB_PREFIX_SYMBOLS], used = 0, size = 2 + (int)number(280);
        unsigned char lengths[SB_PREFIX_SYMBOLS];
        int longest = 9 + (int)number(7);
        for (int i = 0; i < size; i++) {
            counts[i] = number(2) ? 1 << number(20) : 0;
            used += counts[i] > 0;
        }
        sb_prefix_code_fit(counts, size, longest, lengths);
        for (int i = 0; i < size; i++) {
            CHECK((lengths[i] > 0) == (counts[i] > 0));
            CHECK(lengths[i] <= longest);
        }
        CHECK(used < 2 || sb_prefix_code_complete(lengths, size));
    }
}

/* As some gzip would: where stock gzip makes the file, the tar is what counts. */
static void compress_tar(struct sb_span tar, struct sb_buf *file) {
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)tar.data,
                       .avail_in = (unsigned)tar.size,
                       .next_out = sb_buf_reserve(file, 1024),
                       .avail_out = 1024};
    deflateInit2(&stream, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY);
    CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    file->size = stream.total_out;
    deflateEnd(&stream);
}

/* The file of a class. */
static void make(const struct sb_smallest_class *class, int exit_code, struct sb_buf *file) {
    struct sb_marked tar = SB_MARKED_INIT;
    struct sb_error error;
    CHECK(sb_smallest_write(class, exit_code, &tar, file, &error) == 0);
    size_t end = 0;
    for (size_t i = 0; i < tar.marks.count; i++) {
        CHECK(tar.marks.items[i].offset == end);
        end += tar.marks.items[i].size;
    }
    CHECK(end == tar.bytes.size); /* every byte has a heading */
    if (class->wrapping == SB_WRAPPING_STOCK)
        compress_tar(sb_buf_span(&tar.bytes), file);
    sb_marked_release(&tar);
}

static void every_class_is_known_again_and_no_other_bit(void) {
    for (const struct sb_smallest_class *const *class = sb_smallest_classes(); *class; class ++) {
        static const int codes[] = {SB_PROGRAM_WAITS, 0, 1, 42, 127};
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
            struct sb_buf file = SB_BUF_INIT;
            struct sb_marked tar = SB_MARKED_INIT;
            int code = 99;
            make(*class, codes[i], &file);
            CHECK(sb_smallest_recognise(sb_buf_span(&file), &code, &tar) == *class);
            CHECK(code == codes[i]);
            sb_marked_release(&tar);
            tar = (struct sb_marked)SB_MARKED_INIT;
            /* Not in a gzip header, which stock gzip may write otherwise. */
            size_t byte = 10 + number((uint32_t)file.size - 10);
            file.data[byte] ^= (unsigned char)(1u << number(8));
            CHECK(sb_smallest_recognise(sb_buf_span(&file), &code, &tar) == NULL);
            sb_marked_release(&tar);
            sb_buf_release(&file);
        }
    }
}

struct seen {
    uint64_t bit, outputs;
    bool gap;
};

static void look(void *visitor, const struct sb_deflate_step *step) {
    struct seen *seen = visitor;
    seen->gap |= step->bit != seen->bit;
    seen->bit = step->bit + step->bits;
    seen->outputs += step->outputs;
}

static void steps_of_a_frame_cover_it(void) {
    const struct sb_smallest_class *class = sb_smallest_class_find("zstd");
    struct sb_marked tar = SB_MARKED_INIT;
    struct sb_buf file = SB_BUF_INIT;
    struct sb_error error;
    struct seen seen = {0};
    CHECK(sb_smallest_write(class, SB_PROGRAM_WAITS, &tar, &file, &error) == 0);
    struct sb_smallest_frame frame = {class, sb_buf_span(&tar.bytes)};
    CHECK(sb_smallest_trace(&frame, sb_buf_span(&file), look, &seen, &error) == 0);
    CHECK(!seen.gap && seen.bit == 8 * file.size && seen.outputs == tar.bytes.size);
    file.data[20] ^= 1;
    CHECK(sb_smallest_trace(&frame, sb_buf_span(&file), look, &seen, &error) < 0);
    sb_marked_release(&tar);
    sb_buf_release(&file);
}

static void the_founding_program_has_127_bytes(void) {
    CHECK(sb_founding_program().size == 127);
}

int main(int argc, char **argv) {
    tap_begin(argc, argv);
    RUN(deflate_comes_back_and_has_the_bits_it_says);
    RUN(zstd_comes_back_and_has_the_bits_it_says);
    RUN(prefix_codes_are_complete_and_no_deeper_than_said);
    RUN(every_class_is_known_again_and_no_other_bit);
    RUN(steps_of_a_frame_cover_it);
    RUN(the_founding_program_has_127_bytes);
    return tap_finish();
}
