/* What audit reports. */
#ifndef VERIFY_REPORT_AUDIT_H
#define VERIFY_REPORT_AUDIT_H

#include "audits/audit.h"
#include "report/report.h"

/* Each takes a struct audit. */
void report_audit_json(struct json *json, const void *audit);
void report_audit_text(struct text *text, const void *audit);
void report_audit_html(struct sb_buf *buf, const void *audit);
/* A POSIX shell script that repeats the proof with standard tools alone. */
void report_audit_script(struct sb_buf *buf, const struct audit *audit);

#endif
