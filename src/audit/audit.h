/* The steps of the audit of a published blob that look at what was found and rebuilt. */
#ifndef SB_AUDIT_AUDIT_H
#define SB_AUDIT_AUDIT_H

#include "audit/ledger.h"
#include "engines/build.h"
#include "engines/profile.h"

/* Takes a sentence. */
typedef void sb_audit_say(void *context, const char *sentence);

/* Findings of what nobody would look for in an image: members of its configuration that nobody
 * knows, programs that surprise. Contents that cannot be read are passed over. */
void sb_audit_check_content(const struct sb_image *image, const struct sb_spool *spool,
                            struct sb_findings *findings);
/* The hash in the history says a name in the context, which an archive alone (own) does not; said
 * is the source. True where facts of image changed, so that the source must be read again. */
bool sb_audit_name_sources(struct sb_fact_image *image, const struct sb_build *said,
                           const struct sb_build *own);
/* Says the first byte of each file of the blob that is not the source's. */
void sb_audit_compare_contents(const struct sb_build *own, const struct sb_build *said,
                               sb_audit_say *say, void *context);
/* A finding where bytes are unexplained, with the first ranges. */
void sb_audit_report_unexplained(const struct sb_ledger *ledger, struct sb_findings *findings);
/* A finding for each line of the facts that is another than was agreed. */
void sb_audit_compare_facts(const struct sb_facts *agreed, const struct sb_facts *found,
                            struct sb_findings *findings);

#endif
