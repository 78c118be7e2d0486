/* What an audit found, judged: bytes without an explanation, facts that are others than was agreed.
 */
#include <inttypes.h>

#include "audit/audit.h"

void sb_audit_report_unexplained(const struct sb_ledger *ledger, struct sb_findings *findings) {
    uint64_t count = ledger->sums[SB_HEADING_UNEXPLAINED];
    size_t shown = 0;
    if (count == 0)
        return;
    struct sb_buf ranges = SB_BUF_INIT;
    size_t runs = ledger->runs.count;
    const struct sb_mark *run = ledger->runs.items;
    for (size_t i = 0; i < runs && shown < 12; i++) {
        size_t first = i;
        while (i < runs && run[i].heading == SB_HEADING_UNEXPLAINED)
            i++;
        if (i > first)
            sb_buf_appendf(&ranges, "%s%zu-%zu", shown++ ? ", " : "", run[first].offset,
                           run[i - 1].offset + run[i - 1].size - 1);
    }
    sb_finding_add(findings, SB_FINDING_UNEXPLAINED, "blob",
                   "%" PRIu64 " bytes are unexplained: %.300s", count, sb_buf_string(&ranges));
    sb_buf_release(&ranges);
}

/* --facts: any other value than the agreed one is an alarm. */
void sb_audit_compare_facts(const struct sb_facts *agreed, const struct sb_facts *found,
                            struct sb_findings *findings) {
    struct sb_buf found_text = SB_BUF_INIT, agreed_text = SB_BUF_INIT;
    sb_facts_write(found, &found_text);
    sb_facts_write(agreed, &agreed_text);
    struct sb_span a = sb_buf_span(&agreed_text), b = sb_buf_span(&found_text);
    while (a.size || b.size) {
        const unsigned char *x = memchr(a.data, '\n', a.size), *y = memchr(b.data, '\n', b.size);
        size_t m = x ? (size_t)(x - a.data) : a.size, n = y ? (size_t)(y - b.data) : b.size;
        if (!sb_span_equal(sb_span_of(a.data, m), sb_span_of(b.data, n)))
            sb_finding_add(findings, SB_FINDING_FACT_DIFFERS, "facts", "agreed: %.*s; found: %.*s",
                           (int)(m < 200 ? m : 200), (const char *)a.data, (int)(n < 200 ? n : 200),
                           (const char *)b.data);
        a = sb_span_from(a, m + 1);
        b = sb_span_from(b, n + 1);
    }
    sb_buf_release(&found_text);
    sb_buf_release(&agreed_text);
}
