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

static int write_script(const struct audit *audit, struct sb_error *error) {
    struct sb_buf script = SB_BUF_INIT;
    report_audit_script(&script, audit);
    int status = script.size ? result_write(audit->options->script, sb_buf_span(&script), error)
                             : sb_error_set(error, SB_ERROR_USAGE,
                                            "--script needs --source and a blob that it explains");
    sb_buf_release(&script);
    return status;
}

static int run(struct options *options, struct sb_error *error) {
    struct audit audit = AUDIT_INIT;
    audit.options = options;
    int status = audit_run(&audit, error);
    bool good = !audit.judged || audit.verdict == SB_VERDICT_IDENTICAL;
    struct report report = {.command = "audit",
                            .met = good && !has_alarm(&audit),
                            .result = &audit,
                            .text = report_audit_text,
                            .json = report_audit_json,
                            .html = report_audit_html};
    if (status == 0 && options->script)
        status = write_script(&audit, error);
    if (status == 0)
        status = report_send(options, &report, error);
    if (status == 0)
        status = report.met ? EXIT_SAME : EXIT_DIFFERENT;
    audit_release(&audit);
    return status;
}

static const struct option own[] = {
    {0, "source", "DIR", "re-derive the blob from the Dockerfile and context in DIR", KIND_STRING,
     AT(source)},
    {0, "facts", "FILE", "facts agreed beforehand: any other is an alarm", KIND_STRING, AT(facts)},
    {0, "script", "FILE", "a shell script that repeats the proof without this program", KIND_STRING,
     AT(script)},
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
