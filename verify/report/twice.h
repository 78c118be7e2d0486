/* Two builds of one engine, as verify reports them. */
#ifndef VERIFY_REPORT_TWICE_H
#define VERIFY_REPORT_TWICE_H

#include "builds/verification.h"
#include "report/report.h"

void report_twice_json(struct json *json, const struct twice_builds *builds);
void report_twice_text(struct text *text, const struct twice_builds *builds);

#endif
