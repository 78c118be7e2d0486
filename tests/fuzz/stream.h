/* A decoder as a target. */
#define STREAM_TARGET(open)                                                                        \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {                                 \
        struct sb_findings findings = SB_FINDINGS_INIT;                                            \
        struct sb_input *input = open(sb_input_memory(sb_span_of(data, size)), &findings, "fuzz"); \
        fuzz_drain(input, NULL);                                                                   \
        sb_input_close(input);                                                                     \
        sb_findings_release(&findings);                                                            \
        return 0;                                                                                  \
    }
