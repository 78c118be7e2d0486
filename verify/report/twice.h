/* Two builds of one engine, as verify reports them. */
#ifndef VERIFY_REPORT_TWICE_H
#define VERIFY_REPORT_TWICE_H

#include "builds/twice.h"
#include "report/report.h"

void report_twice_json(struct json *json, const struct twice *twice);
void report_twice_text(struct text *text, const struct twice *twice);

#endif
