/* A facts file: what is read and written is read as the same. */
#include "engines/facts.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct sb_facts facts = SB_FACTS_INIT, again = SB_FACTS_INIT;
    struct sb_buf once = SB_BUF_INIT, twice = SB_BUF_INIT;
    struct sb_error error;
    if (sb_facts_parse(&facts, sb_span_of(data, size), &error) == 0) {
        sb_facts_write(&facts, &once);
        fuzz_check(sb_facts_parse(&again, sb_buf_span(&once), &error) == 0, "facts are facts");
        sb_facts_write(&again, &twice);
        fuzz_check(sb_span_equal(sb_buf_span(&once), sb_buf_span(&twice)),
                   "facts that were read are written as they were");
    }
    sb_buf_release(&once);
    sb_buf_release(&twice);
    sb_facts_release(&facts);
    sb_facts_release(&again);
    return 0;
}
