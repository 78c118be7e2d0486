/* The audit as one page that needs nothing else: the byte map, where the bytes go, facts, findings.
 */
#include <inttypes.h>

#include "report/audit.h"
#include "report/page.h"

enum { MAP_MAX = 1 << 16 };

static const char style[] =
    "#map{display:grid;grid-template-columns:repeat(32,1fr);gap:1px;font:11px/1.7 monospace}"
    "#map button{all:unset;text-align:center;cursor:pointer;border-radius:2px}"
    "#map button:focus-visible,#map button[aria-pressed=true]{outline:2px solid #000}"
    ".source,#map .source{background:#9bd5a0}.derived,#map "
    ".derived{background:#9fc6ea}.profile,#map .profile{background:#e3e6ea}"
    ".fact,#map .fact{background:#f4cf74}.unexplained,#map "
    ".unexplained{background:#e2574c;color:#fff}"
    "#detail{min-height:3.2em;padding:.6em .8em;border-left:4px solid #888;background:#f6f7f8}"
    ".key span{padding:.1em .5em;border-radius:3px;margin-right:.6em}"
    ".bar{display:inline-block;height:.8em}"
    "@media(max-width:40rem){#map{grid-template-columns:repeat(16,1fr)}}";

/* Arrow keys walk the map; focus shows a byte as a click does, and the detail is a live region. */
static const char program[] =
    "const map=document.getElementById('map'),detail=document.getElementById('detail');"
    "const cells=[...map.children];"
    "function columns(){return getComputedStyle(map).gridTemplateColumns.split(' ').length}"
    "function show(cell){cells.forEach(c=>{c.setAttribute('aria-pressed',c===cell);"
    "c.tabIndex=c===cell?0:-1});detail.textContent=cell.getAttribute('aria-label')}"
    "map.addEventListener('click',e=>{if(e.target.tagName==='BUTTON'){show(e.target);"
    "e.target.focus()}});"
    "map.addEventListener('focusin',e=>show(e.target));"
    "map.addEventListener('keydown',e=>{const i=cells.indexOf(document.activeElement),"
    "step={ArrowRight:1,ArrowLeft:-1,ArrowDown:columns(),ArrowUp:-columns(),Home:-i,"
    "End:cells.length-1-i}[e.key];if(step===undefined||i<0)return;e.preventDefault();"
    "const next=cells[Math.max(0,Math.min(cells.length-1,i+step))];next.focus()});";

static void put_map(struct sb_buf *buf, const struct audit *audit) {
    sb_buf_append_string(buf, "<div id=map role=group aria-label=\"every byte of the blob\">");
    for (size_t i = 0; i < audit->blob.size && i < MAP_MAX; i++) {
        const struct sb_mark *byte = sb_ledger_at(&audit->ledger, i);
        if (!byte)
            break;
        const char *heading = sb_heading_name(byte->heading);
        sb_buf_appendf(buf,
                       "<button class=%s tabindex=%d aria-pressed=false aria-label=\"byte %zu, "
                       "value 0x%02x, %s: ",
                       heading, i ? -1 : 0, i, audit->blob.data[i], heading);
        page_shown(buf, byte->entry);
        sb_buf_append_string(buf, ", ");
        page_shown(buf, byte->field);
        sb_buf_appendf(buf, "\">%02x</button>", audit->blob.data[i]);
    }
    sb_buf_append_string(buf, "</div>");
    if (audit->blob.size > MAP_MAX)
        sb_buf_appendf(buf, "<p>%zu bytes more; the JSON report has all.</p>",
                       audit->blob.size - MAP_MAX);
}

static void put_costs(struct sb_buf *buf, const struct audit *audit) {
    uint64_t most = audit->ledger.costs.count ? audit->ledger.costs.items[0]->bits : 1;
    sb_buf_appendf(buf,
                   "<h2>Where do the %zu bytes go?</h2><table><tr><th>bytes<th>heading<th>entry"
                   "<th>field<th></tr>",
                   audit->blob.size);
    for (size_t i = 0; i < audit->ledger.costs.count; i++) {
        const struct sb_ledger_cost *cost = audit->ledger.costs.items[i];
        const char *heading = sb_heading_name(cost->heading);
        sb_buf_appendf(buf, "<tr><td class=n>%.1f<td>%s<td>", (double)cost->bits / 8, heading);
        page_shown(buf, cost->entry);
        sb_buf_append_string(buf, "<td>");
        page_shown(buf, cost->field);
        sb_buf_appendf(buf, "<td><span class=\"bar %s\" style=\"width:%.1frem\"></span></tr>",
                       heading, 8.0 * (double)cost->bits / (double)most);
    }
    sb_buf_append_string(buf, "</table>");
}

static void put_facts(struct sb_buf *buf, const struct audit *audit) {
    struct sb_buf facts = SB_BUF_INIT;
    sb_facts_write(&audit->facts, &facts);
    sb_buf_append_string(buf, "<h2>Facts that must be trusted</h2><pre id=facts>");
    page_text(buf, sb_buf_string(&facts));
    sb_buf_append_string(buf, "</pre>");
    sb_buf_release(&facts);
}

static void put_findings(struct sb_buf *buf, const struct sb_findings *findings) {
    sb_buf_append_string(buf, "<h2>Findings</h2><table id=findings>");
    for (size_t i = 0; i < findings->list.count; i++) {
        const struct sb_finding *finding = &findings->list.items[i];
        sb_buf_appendf(buf, "<tr><td>%s<td>%s<td>", sb_finding_severity_name(finding->kind),
                       sb_finding_name(finding->kind));
        page_text(buf, finding->where);
        sb_buf_append_string(buf, "<td>");
        page_text(buf, finding->what);
        sb_buf_append_string(buf, "</tr>");
    }
    sb_buf_append_string(buf, findings->list.count ? "</table>" : "</table><p>None.</p>");
}

void report_audit_html(struct sb_buf *buf, const void *result) {
    const struct audit *audit = result;
    uint64_t unexplained = audit->ledger.sums[SB_HEADING_UNEXPLAINED];
    page_begin(buf, "samebytes audit", style);
    sb_buf_appendf(buf, "<h1>%s: %" PRIu64 " of %zu bytes explained</h1><p class=key>",
                   audit->judged ? sb_verdict_name(audit->verdict) : "no source",
                   (uint64_t)audit->blob.size - unexplained, audit->blob.size);
    for (int heading = 0; heading < SB_HEADINGS; heading++)
        sb_buf_appendf(buf, "<span class=%s>%s %" PRIu64 "</span>",
                       sb_heading_name((enum sb_heading)heading),
                       sb_heading_name((enum sb_heading)heading), audit->ledger.sums[heading]);
    for (size_t i = 0; i < audit->lines.count; i++) {
        sb_buf_append_string(buf, "</p><p>");
        page_text(buf, audit->lines.items[i]);
    }
    sb_buf_append_string(buf,
                         "</p><p id=detail role=status aria-live=polite>Choose a byte with the "
                         "mouse, or with Tab and the arrow keys.</p>");
    put_map(buf, audit);
    put_costs(buf, audit);
    if (audit->has_profile)
        put_facts(buf, audit);
    put_findings(buf, &audit->subject.findings);
    sb_buf_appendf(buf, "<script>%s</script></html>\n", program);
}
