/* What verify reports. */
#ifndef VERIFY_REPORT_VERIFY_H
#define VERIFY_REPORT_VERIFY_H

#include "builds/verification.h"
#include "report/report.h"

/* Each takes a struct verification. */
void report_verify_json(struct json *json, const void *verification);
void report_verify_text(struct text *text, const void *verification);
void report_verify_markdown(struct sb_buf *buf, const void *verification);

#endif
