/* The deflate trace: its bits are those of the data, and what comes out is what zlib makes. */
#include <zlib.h>

#include "codec/deflate_trace.h"
#include "fuzz.h"

static void visit(void *visitor, const struct sb_deflate_step *step) {
    uint64_t *next = visitor;
    fuzz_check(step->bit == *next, "steps are in order, without gaps");
    *next += step->bits;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static unsigned char inflated[1 << 20];
    struct sb_buf output = SB_BUF_INIT;
    struct sb_error error;
    uint64_t next = 0;
    if (size > 65536)
        return 0;
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)data,
                       .avail_in = (uInt)size,
                       .next_out = inflated,
                       .avail_out = sizeof inflated};
    if (inflateInit2(&stream, -15) != Z_OK)
        return 0;
    int zlib = inflate(&stream, Z_FINISH);
    size_t made = sizeof inflated - stream.avail_out;
    inflateEnd(&stream);
    if (stream.avail_out == 0)
        return 0;
    int status = sb_deflate_trace(sb_span_of(data, size), &output, visit, &next, &error);
    if (zlib == Z_STREAM_END) {
        fuzz_check(status == 0, "what zlib inflates is traced");
        fuzz_check(sb_span_equal(sb_buf_span(&output), sb_span_of(inflated, made)),
                   "the trace makes what zlib makes");
        fuzz_check(next <= 8 * size, "no more bits than there are");
    }
    sb_buf_release(&output);
    return 0;
}
