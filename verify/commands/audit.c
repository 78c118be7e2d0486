/* samebytes audit BLOB [--source DIR] */
#include "report/audit.h"
#include "commands/command.h"
#include "host/temporary.h"

static bool has_alarm(const struct audit *audit) {
    const struct sb_findings *findings = &audit->subject.findings;
    for (size_t i = 0; i < findings->list.count; i++)
        if (sb_finding_severity(findings->list.items[i].kind) == SB_ALARM)
            return true;
    return false;
}

static int report(const struct audit *audit, struct sb_error *error) {
    const struct options *options = audit->options;
    struct json json = JSON_INIT;
    struct text text = {.color = report_use_color(options->color)};
    struct sb_buf page = SB_BUF_INIT;
    int status = 0;
    report_audit_json(&json, audit);
    report_audit_text(&text, audit);
    if (options->html) {
        report_audit_html(&page, audit);
        status = result_write(options->html, sb_buf_span(&page), error);
    }
    if (status == 0 && options->script) {
        page.size = 0;
        report_audit_script(&page, audit);
        status = page.size ? result_write(options->script, sb_buf_span(&page), error)
                           : sb_error_set(error, SB_ERROR_USAGE,
                                          "--script needs --source and a blob that it explains");
    }
    bool taken = options->html && strcmp(options->html, "-") == 0;
    if (status == 0 && !taken)
        status = report_send(options, &text, &json, NULL, NULL, error);
    sb_buf_release(&json.text);
    sb_buf_release(&text.buf);
    sb_buf_release(&page);
    return status;
}

static int run(struct options *options, struct sb_error *error) {
    struct audit audit = AUDIT_INIT;
    audit.options = options;
    int status = audit_run(&audit, error);
    if (status == 0)
        status = report(&audit, error);
    if (status == 0) {
        bool good = !audit.judged || audit.verdict == SB_VERDICT_IDENTICAL;
        status = good && !has_alarm(&audit) ? EXIT_SAME : EXIT_DIFFERENT;
    }
    audit_release(&audit);
    return status;
}

static const struct option own[] = {
    {0, "source", "DIR", "re-derive the blob from the Dockerfile and context in DIR", KIND_STRING,
     AT(source)},
    {0, "facts", "FILE", "facts agreed beforehand: any other is an alarm", KIND_STRING, AT(facts)},
    {0, "script", "FILE", "a shell script that repeats the proof without this program", KIND_STRING,
     AT(script)},
    {0, "html", "FILE", "the report as a page of its own", KIND_OPTIONAL, AT(html)},
    {.name = NULL},
};

const struct command command_audit = {
    .name = "audit",
    .usage = "BLOB [--source DIR]",
    .summary = "take a published blob apart; with its source re-derive it",
    .run = run,
    .options = {own, options_making, options_platform, options_waiting, options_reading,
                options_common},
    .least = 1,
    .most = 1,
    .arguments = "one blob",
};
