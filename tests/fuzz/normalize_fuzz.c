/* normalize(normalize(x)) = normalize(x); x and normalize(x) are at least `reproduced`, wherever no
 * finding is ambiguous; every config digest stays what it was. */
#include "canon/normalize.h"
#include "compare/compare.h"
#include "fuzz.h"

struct opened {
    struct sb_findings findings;
    struct sb_reading reading;
    struct sb_archive archive;
    struct sb_source *source;
    struct sb_range bytes;
};

static bool open_it(struct opened *opened, struct sb_span bytes) {
    struct sb_error error;
    opened->source = fuzz_source(bytes.data, bytes.size);
    opened->bytes = sb_range_whole(opened->source);
    opened->reading = (struct sb_reading){.findings = &opened->findings, .spool = &fuzz_spool};
    return sb_archive_open(&opened->archive, opened->bytes, &opened->reading, &error) == 0;
}

static void release(struct opened *opened) {
    sb_archive_release(&opened->archive);
    sb_source_close(opened->source);
    sb_findings_release(&opened->findings);
}

static bool is_ambiguous(const struct sb_findings *findings) {
    for (size_t i = 0; i < findings->list.count; i++)
        if (findings->list.items[i].ambiguous)
            return true;
    return false;
}

static bool write_it(struct opened *opened, struct sb_buf *into) {
    uint64_t counts[SB_PASSES] = {0};
    struct sb_output_buf output;
    struct sb_error error;
    sb_output_to_buf(&output, into);
    return sb_normalize_write(&opened->archive, &output.base, counts, &error) == 0;
}

static void compare(struct opened *a, struct opened *b, enum sb_digests digests) {
    struct sb_subject x = {
        .name = "a", .bytes = a->bytes, .archive = &a->archive, .digests = digests};
    struct sb_subject y = {
        .name = "b", .bytes = b->bytes, .archive = &b->archive, .digests = digests};
    struct sb_comparison result = SB_COMPARISON_INIT;
    struct sb_error error;
    x.image = a->archive.images.items[0];
    y.image = b->archive.images.items[0];
    if (sb_subject_prepare(&x, NULL, &error) == 0 && !is_ambiguous(&a->findings)) {
        fuzz_check(sb_subject_prepare(&y, NULL, &error) == 0, "what was normalised is prepared");
        fuzz_check(sb_digest_equal(&x.image->config_digest, &y.image->config_digest),
                   "the config digest stays");
        fuzz_check(sb_compare(&x, &y, NULL, &result, &error) == 0 &&
                       result.verdict >= SB_VERDICT_REPRODUCED,
                   "an image and its normal form are reproduced");
    }
    sb_comparison_release(&result);
    sb_subject_release(&x);
    sb_subject_release(&y);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct opened first = {.archive = SB_ARCHIVE_INIT}, second = {.archive = SB_ARCHIVE_INIT};
    struct sb_buf once = SB_BUF_INIT, twice = SB_BUF_INIT;
    if (open_it(&first, sb_span_of(data, size)) && !is_ambiguous(&first.findings) &&
        write_it(&first, &once)) {
        fuzz_check(open_it(&second, sb_buf_span(&once)), "what was normalised is read");
        fuzz_check(write_it(&second, &twice), "what was normalised is normalised again");
        fuzz_check(sb_span_equal(sb_buf_span(&once), sb_buf_span(&twice)),
                   "normalising twice is normalising once");
        if (first.archive.images.count == 1 && second.archive.images.count == 1) {
            compare(&first, &second, SB_DIGESTS_ALL);
            compare(&first, &second, SB_DIGESTS_NONE);
        }
        release(&second);
    }
    sb_buf_release(&once);
    sb_buf_release(&twice);
    release(&first);
    return 0;
}
