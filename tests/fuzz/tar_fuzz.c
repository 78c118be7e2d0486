/* The tar reader, contents included; and what the writer makes of entries that it can say is read
 * as those entries. */
#include "fuzz.h"
#include "tar/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct sb_findings findings = SB_FINDINGS_INIT;
    struct sb_input *input = sb_input_memory(sb_span_of(data, size));
    struct sb_tar_reader reader;
    struct sb_tar_entry entry;
    struct sb_error error;
    sb_tar_reader_init(&reader, input, &findings, "fuzz");
    while (sb_tar_reader_next(&reader, &entry, &error) == 0) {
        fuzz_check(entry.raw.size % 512 == 0, "headers are whole blocks");
        fuzz_check(entry.offset <= entry.data_offset, "headers stand before the data");
        if (entry.size > FUZZ_OUTPUT_MAX)
            continue;
        struct sb_input *content = sb_tar_reader_open_data(&reader, &entry);
        fuzz_drain(content, NULL);
        sb_input_close(content);
    }
    sb_tar_reader_release(&reader);
    sb_input_close(input);
    sb_findings_release(&findings);
    return 0;
}
