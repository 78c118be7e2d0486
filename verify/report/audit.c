/* The report of samebytes audit: numbers, facts, findings, and the blob as a hex dump. */
#include "report/audit.h"

#include <inttypes.h>
#include <stdio.h>

enum { ROW = 16, DUMP_MAX = 4096, COSTS_SHOWN = 12 };

static void map_json(struct json *json, const struct sb_ledger *ledger) {
    json_open(json, "map", '[');
    for (size_t i = 0; i < ledger->runs.count; i++) {
        const struct sb_mark *run = &ledger->runs.items[i];
        json_open(json, NULL, '{');
        json_number(json, "offset", run->offset);
        json_number(json, "size", run->size);
        json_string(json, "heading", sb_heading_name(run->heading));
        json_string(json, "entry", run->entry);
        json_string(json, "field", run->field);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void raw(struct json *json, const char *name, const char *text) {
    json_open(json, name, '{');
    json->text.size -= 1; /* the bracket: text has its own */
    size_t size = strlen(text);
    while (size && text[size - 1] == '\n')
        size--;
    sb_buf_append(&json->text, text, size);
    json->depth--;
    json->comma = true;
}

static void costs_json(struct json *json, const struct sb_ledger *ledger) {
    json_open(json, "costs", '[');
    for (size_t i = 0; i < ledger->costs.count; i++) {
        const struct sb_ledger_cost *cost = ledger->costs.items[i];
        json_open(json, NULL, '{');
        json_string(json, "entry", cost->entry);
        json_string(json, "field", cost->field);
        json_string(json, "heading", sb_heading_name(cost->heading));
        json_number(json, "bits", cost->bits);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* NULL: none that is known. text holds what is put together. */
static const char *profile_name(const struct audit *audit, struct sb_buf *text) {
    if (audit->smallest)
        sb_buf_appendf(text, "smallest-%s", audit->smallest->name);
    return audit->has_profile ? audit->facts.profile->name
           : audit->smallest  ? sb_buf_string(text)
           : audit->canonical ? "canonical"
                              : NULL;
}

void report_audit_json(struct json *json, const void *result) {
    const struct audit *audit = result;
    struct sb_buf profile = SB_BUF_INIT;
    json_open(json, NULL, '{');
    json_number(json, "schema", 1);
    json_string(json, "verdict", audit->judged ? sb_verdict_name(audit->verdict) : NULL);
    json_number(json, "bytes", audit->blob.size);
    json_open(json, "explained", '{');
    for (int heading = 0; heading < SB_HEADINGS; heading++)
        json_number(json, sb_heading_name((enum sb_heading)heading), audit->ledger.sums[heading]);
    json_close(json, '}');
    json_string(json, "profile", profile_name(audit, &profile));
    if (audit->has_profile) {
        struct sb_buf facts = SB_BUF_INIT;
        sb_facts_write(&audit->facts, &facts);
        raw(json, "facts", sb_buf_string(&facts));
        sb_buf_release(&facts);
    } else {
        json_null(json, "facts");
    }
    if (audit->subject.core.image)
        json_digest(json, "config", &audit->subject.core.image->config_digest);
    else
        json_null(json, "config");
    report_json_findings(json, "findings", &audit->subject.findings);
    map_json(json, &audit->ledger);
    costs_json(json, &audit->ledger);
    json_open(json, "notes", '[');
    for (size_t i = 0; i < audit->lines.count; i++)
        json_string(json, NULL, audit->lines.items[i]);
    json_close(json, ']');
    json_close(json, '}');
    sb_buf_release(&profile);
}

static const char *const colors[] = {"\033[32m", "\033[36m", "\033[2m", "\033[33m", "\033[41m"};
static const char letters[] = {'S', 'd', '.', 'F', '!'};

static void dump_row(struct text *text, const struct audit *audit, size_t from) {
    const struct sb_ledger *ledger = &audit->ledger;
    text_add(text, STYLE_DIM, "  %06zx  ", from);
    for (size_t i = from; i < from + ROW; i++) {
        if (i >= audit->blob.size) {
            text_add(text, STYLE_PLAIN, "   ");
            continue;
        }
        const char *color = text->color ? colors[sb_ledger_at(ledger, i)->heading] : "";
        text_add(text, STYLE_PLAIN, "%s%02x%s ", color, audit->blob.data[i],
                 text->color ? "\033[0m" : "");
    }
    text_add(text, STYLE_PLAIN, " ");
    for (size_t i = from; i < from + ROW && i < audit->blob.size; i++)
        text_add(text, STYLE_PLAIN, "%c", letters[sb_ledger_at(ledger, i)->heading]);
    text_add(text, STYLE_PLAIN, "\n");
}

static void dump_text(struct text *text, const struct audit *audit) {
    size_t size = audit->ledger.runs.count ? audit->blob.size : 0;
    text_add(text, STYLE_HEAD,
             "\nbytes   (S source, d derived, . profile, F fact, ! unexplained)\n");
    for (size_t at = 0; at < size && at < DUMP_MAX; at += ROW)
        dump_row(text, audit, at);
    if (size > DUMP_MAX)
        text_add(text, STYLE_PLAIN, "  ... %zu more; --json has all\n", size - DUMP_MAX);
}

static void costs_text(struct text *text, const struct audit *audit) {
    const struct sb_ledger *ledger = &audit->ledger;
    text_add(text, STYLE_HEAD, "\nwhere the bytes go\n");
    for (size_t i = 0; i < ledger->costs.count && i < COSTS_SHOWN; i++) {
        const struct sb_ledger_cost *cost = ledger->costs.items[i];
        text_add(text, STYLE_PLAIN, "  %7.1f bytes  %-11s %.40s: %s\n", (double)cost->bits / 8,
                 sb_heading_name(cost->heading), cost->entry, cost->field);
    }
}

static void facts_text(struct text *text, const struct audit *audit) {
    struct sb_buf facts = SB_BUF_INIT;
    sb_facts_write(&audit->facts, &facts);
    text_add(text, STYLE_HEAD, "\nfacts that must be trusted\n");
    for (const char *line = sb_buf_string(&facts); *line;) {
        size_t size = strcspn(line, "\n");
        text_add(text, STYLE_PLAIN, "  %.*s\n", (int)size, line);
        line += size + (line[size] == '\n');
    }
    sb_buf_release(&facts);
}

void report_audit_text(struct text *text, const void *result) {
    const struct audit *audit = result;
    uint64_t unexplained = audit->ledger.sums[SB_HEADING_UNEXPLAINED];
    char digest[SB_DIGEST_TEXT];
    struct sb_buf unused = SB_BUF_INIT;
    if (audit->subject.core.image)
        sb_digest_format(&audit->subject.core.image->config_digest, digest);
    if (audit->judged)
        report_text_verdict(text, audit->verdict);
    else
        text_add(text, STYLE_WARN, "no source");
    text_add(text, STYLE_PLAIN, ": %" PRIu64 " of %zu bytes explained\n",
             (uint64_t)audit->blob.size - unexplained, audit->blob.size);
    const char *profile = profile_name(audit, &unused);
    if (audit->smallest)
        text_add(text, STYLE_PLAIN, "  smallest archive, class %s: %s\n ", audit->smallest->name,
                 audit->smallest->engines);
    else
        text_add(text, STYLE_PLAIN, "  profile %s, config %s\n ", profile ? profile : "unknown",
                 digest);
    sb_buf_release(&unused);
    for (int heading = 0; heading < SB_HEADINGS; heading++)
        text_add(text, heading == SB_HEADING_UNEXPLAINED && unexplained ? STYLE_BAD : STYLE_PLAIN,
                 " %" PRIu64 " %s", audit->ledger.sums[heading],
                 sb_heading_name((enum sb_heading)heading));
    text_add(text, STYLE_PLAIN, "\n");
    for (size_t i = 0; i < audit->lines.count; i++)
        text_add(text, STYLE_PLAIN, "  %s\n", audit->lines.items[i]);
    if (audit->has_profile)
        facts_text(text, audit);
    if (audit->has_profile || audit->smallest || audit->canonical) {
        costs_text(text, audit);
        dump_text(text, audit);
    }
    report_text_findings(text, &audit->subject.findings);
}
