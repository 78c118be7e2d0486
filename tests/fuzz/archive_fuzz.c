/* An image archive, whole: opened, fingerprinted, its facts looked for, compared with itself by
 * canonical and rootfs digests and without them. docker-archives, oci-archives and what is wrapped
 * around them. */
#include "compare/compare.h"
#include "engines/facts.h"
#include "engines/fingerprint.h"
#include "fuzz.h"

static int no_encoder(void *context, struct sb_span name, unsigned level, struct sb_span input,
                      struct sb_buf *output, struct sb_error *error) {
    (void)context, (void)name, (void)level, (void)input, (void)output, (void)error;
    return 1;
}

static const char *const none[] = {NULL};
static const struct sb_encoder encoder = {no_encoder, NULL, none, none};

static void compare_with_itself(struct sb_archive *archive, struct sb_image *image,
                                struct sb_range bytes, enum sb_digests digests) {
    struct sb_error error;
    struct sb_subject subject = {
        .name = "fuzz", .bytes = bytes, .archive = archive, .image = image, .digests = digests};
    if (sb_subject_prepare(&subject, NULL, &error) == 0) {
        struct sb_comparison result = SB_COMPARISON_INIT;
        if (sb_compare(&subject, &subject, NULL, &result, &error) == 0)
            fuzz_check(result.verdict == SB_VERDICT_IDENTICAL, "an image is itself");
        sb_comparison_release(&result);
    }
    sb_subject_release(&subject);
}

static void look(struct sb_archive *archive, struct sb_range bytes) {
    struct sb_fingerprint fingerprint = {0};
    struct sb_facts facts = SB_FACTS_INIT;
    struct sb_buf text = SB_BUF_INIT;
    struct sb_error error;
    if (sb_fingerprint_find(&fingerprint, archive, &error) == 0 && fingerprint.name)
        fuzz_check(fingerprint.evidence.count > 0, "an engine is named with evidence");
    if (sb_facts_find(&facts, archive, bytes, &encoder, &error) == 0)
        sb_facts_write(&facts, &text);
    for (size_t i = 0; i < archive->images.count; i++) {
        compare_with_itself(archive, archive->images.items[i], bytes, SB_DIGESTS_ALL);
        compare_with_itself(archive, archive->images.items[i], bytes, SB_DIGESTS_NONE);
    }
    sb_buf_release(&text);
    sb_facts_release(&facts);
    sb_fingerprint_release(&fingerprint);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct sb_findings findings = SB_FINDINGS_INIT;
    struct sb_archive archive = SB_ARCHIVE_INIT;
    struct sb_source *source = fuzz_source(data, size);
    struct sb_range bytes = sb_range_whole(source);
    struct sb_error error;
    static const struct sb_tag_key key = {"a key of no use"};
    struct sb_reading reading = {&findings, &fuzz_spool, SB_CONTENTS_TAG, &key};
    if (sb_archive_open(&archive, bytes, &reading, &error) == 0)
        look(&archive, bytes);
    sb_archive_release(&archive);
    sb_source_close(source);
    sb_findings_release(&findings);
    return 0;
}
