/* JSON: what is read, written in canonical form and read again is the same in canonical form. */
#include "fuzz.h"
#include "json/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct sb_findings findings = SB_FINDINGS_INIT;
    struct sb_arena arena = SB_ARENA_INIT;
    struct sb_buf once = SB_BUF_INIT, twice = SB_BUF_INIT;
    struct sb_json *value, *again;
    struct sb_error error;
    if (sb_json_parse(sb_span_of(data, size), &arena, &findings, "fuzz", &value, &error) == 0) {
        sb_json_write_canonical(&once, value);
        fuzz_check(sb_json_parse(sb_buf_span(&once), &arena, NULL, "again", &again, &error) == 0,
                   "canonical JSON is JSON");
        sb_json_write_canonical(&twice, again);
        fuzz_check(sb_span_equal(sb_buf_span(&once), sb_buf_span(&twice)),
                   "canonical JSON is canonical");
    }
    sb_buf_release(&once);
    sb_buf_release(&twice);
    sb_arena_release(&arena);
    sb_findings_release(&findings);
    return 0;
}
