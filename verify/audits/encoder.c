#include "host/encoder.h"
#include "audits/audit.h"

bool audit_encoder_agrees(const struct audit *audit, struct sb_span tar) {
    struct sb_span blob = sb_buf_span(&audit->blob);
    struct sb_buf made = SB_BUF_INIT;
    struct sb_error ignored;
    bool same = sb_span_equal(blob, tar) ||
                (host_encoder.encode(host_encoder.context, sb_span_string("gnu-gzip"), 9, tar,
                                     &made, &ignored) == 0 &&
                 sb_span_equal(sb_buf_span(&made), blob));
    sb_buf_release(&made);
    return same;
}
