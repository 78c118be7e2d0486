/* What verify reports. */
#ifndef VERIFY_REPORT_VERIFY_H
#define VERIFY_REPORT_VERIFY_H

#include "builds/verification.h"
#include "report/report.h"

void report_verify_json(struct json *json, const struct verification *verification);
void report_verify_text(struct text *text, const struct verification *verification);
void report_verify_markdown(struct sb_buf *buf, const struct verification *verification);

#endif
