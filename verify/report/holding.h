/* What an image is, for inspect: what it runs, what it holds, and what each layer adds. */
#ifndef VERIFY_REPORT_HOLDING_H
#define VERIFY_REPORT_HOLDING_H

#include "audit/holdings.h"
#include "report/report.h"

void report_holding_text(struct text *text, const struct sb_image *image,
                         const struct sb_holdings *holdings);
/* Members "runs" and "holds" of an image's object. */
void report_holding_json(struct json *json, const struct sb_image *image,
                         const struct sb_holdings *holdings);

#endif
