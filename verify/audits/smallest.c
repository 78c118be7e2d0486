/* The audit of a smallest archive of this program: it is made again, and every bit has its place.
 */
#include "audits/audit.h"
#include "codec/base64.h"

enum { LARGEST_TEXT = 4096 };

/* The file, or what its base64 text stands for. */
static int read_file(struct audit *audit, struct sb_error *error) {
    struct sb_buf *blob = &audit->blob;
    struct sb_buf decoded = SB_BUF_INIT;
    if (sb_range_read(sb_range_whole(audit->subject.source), LARGEST_TEXT, blob, error) < 0)
        return -1;
    if (!sb_base64_recognise(sb_buf_span(blob)))
        return 0;
    struct sb_findings findings = SB_FINDINGS_INIT;
    struct sb_input *input =
        sb_base64_open(sb_input_memory(sb_buf_span(blob)), &findings, "base64");
    size_t got = 0;
    unsigned char *bytes = sb_buf_reserve(&decoded, LARGEST_TEXT);
    int status = sb_input_read(input, bytes, LARGEST_TEXT, &got, error);
    decoded.size = got;
    sb_input_close(input);
    sb_findings_release(&findings);
    if (status == 0) {
        blob->size = 0;
        sb_buf_append_span(blob, sb_buf_span(&decoded));
    }
    sb_buf_release(&decoded);
    return status;
}

int audit_smallest(struct audit *audit, struct sb_error *error) {
    struct sb_marked *tar = &audit->ledger.tar;
    if (audit->options->source || audit->options->facts || !audit->subject.source ||
        audit->subject.source->size > LARGEST_TEXT)
        return 0;
    struct sb_error ignored;
    const struct sb_smallest_class *class = NULL;
    if (read_file(audit, &ignored) == 0)
        class = sb_smallest_recognise(sb_buf_span(&audit->blob), &audit->exit_code, tar);
    if (class && class->wrapping == SB_WRAPPING_STOCK &&
        !audit_encoder_agrees(audit, sb_buf_span(&tar->bytes)))
        class = NULL;
    if (!class) {
        audit->blob.size = 0;
        sb_marked_release(tar);
        *tar = (struct sb_marked)SB_MARKED_INIT;
        return 0;
    }
    struct sb_smallest_frame frame = {class, sb_buf_span(&tar->bytes)};
    bool zstd = class->wrapping == SB_WRAPPING_ZSTD;
    if (sb_ledger_account(&audit->ledger, sb_buf_span(&audit->blob), zstd ? "zstd" : NULL,
                          zstd ? sb_smallest_trace : NULL, &frame, error) < 0)
        return -1;
    audit->smallest = class;
    audit->judged = audit->encoder_known = true;
    audit->verdict =
        audit->ledger.sums[SB_HEADING_UNEXPLAINED] ? SB_VERDICT_DIFFERENT : SB_VERDICT_IDENTICAL;
    if (audit->exit_code < 0)
        lines_add(&audit->lines, "its source is this program: samebytes build --smallest=%s",
                  class->name);
    else
        lines_add(&audit->lines,
                  "its source is this program: samebytes build --smallest=%s --exit %d",
                  class->name, audit->exit_code);
    return 0;
}
