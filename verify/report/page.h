/* A page of HTML that needs nothing else: what the reports as pages share. */
#ifndef VERIFY_REPORT_PAGE_H
#define VERIFY_REPORT_PAGE_H

#include "base/buf.h"

/* style: more of it, in CSS. */
void page_begin(struct sb_buf *buf, const char *title, const char *style);
/* Text as it is, with what HTML takes for its own escaped. */
void page_text(struct sb_buf *buf, const char *text);
/* The same of text that is anybody's (names in an archive): made visible first. */
void page_shown(struct sb_buf *buf, const char *text);

#endif
