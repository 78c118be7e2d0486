/* gzip through both inflaters: what the strict one takes the fast one takes, with the same bytes
 * and findings. */
#include "base/limits.h"
#include "codec/gzip.h"
#include "fuzz.h"

static int read_through(const uint8_t *data, size_t size, uint64_t stated, struct sb_buf *output,
                        struct sb_findings *findings) {
    SB_CLEANUP(sb_input_close_at)
    struct sb_input *input =
        sb_gzip_open(sb_input_memory(sb_span_of(data, size)), stated, findings, "gzip");
    return fuzz_drain(input, output);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct sb_buf strict = SB_BUF_INIT, fast = SB_BUF_INIT;
    struct sb_findings a = SB_FINDINGS_INIT, b = SB_FINDINGS_INIT;
    if (read_through(data, size, 0, &strict, &a) == 0) {
        int status = read_through(data, size, SB_LIMIT_STRICT_GZIP, &fast, &b);
        fuzz_check(status == 0, "the fast inflater takes what the strict one takes");
        fuzz_check(sb_span_equal(sb_buf_span(&strict), sb_buf_span(&fast)),
                   "both inflaters make the same bytes");
        fuzz_check(memcmp(a.seen, b.seen, sizeof a.seen) == 0, "both find the same");
    } else {
        (void)!read_through(data, size, SB_LIMIT_STRICT_GZIP, &fast, &b);
    }
    sb_buf_release(&strict);
    sb_buf_release(&fast);
    sb_findings_release(&a);
    sb_findings_release(&b);
    return 0;
}
