#include "audit.h"
void report_audit_html(struct sb_buf *buf, const struct audit *audit) {
    (void)audit;
    sb_buf_append_string(buf, "");
}
