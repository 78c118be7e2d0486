/* samebytes diff A B */
#include "account/cause.h"
#include "allowances.h"
#include "command.h"
#include "confine.h"
#include "host/temporary.h"
#include "pair.h"
#include "report/report.h"
#include "report_folder.h"

bool command_requirement_met(const struct options *options, const struct sb_comparison *result) {
    size_t count = result->differences.count;
    bool allowed = count > 0 && result->allowed == count;
    switch (options->require) {
    case REQUIRE_EQUIVALENT:
        return result->verdict >= SB_VERDICT_EQUIVALENT || allowed;
    case REQUIRE_REPRODUCED:
        return result->verdict >= SB_VERDICT_REPRODUCED || allowed;
    case REQUIRE_SAME_CONFIG:
        return result->identity[SB_IDENTITY_CONFIG].equal;
    case REQUIRE_SAME_MANIFEST:
        return result->identity[SB_IDENTITY_MANIFEST].equal;
    case REQUIRE_IDENTICAL:
        break;
    }
    return result->verdict == SB_VERDICT_IDENTICAL;
}

static int open_all(struct subject *subjects, struct allowances *allowances,
                    const struct options *options, struct sb_error *error) {
    struct reader_rights rights = RIGHTS_INIT;
    rights_of_options(&rights, options);
    if (allowances_open(allowances, options, error) < 0 || report_folder_make(options, error) < 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        if (!options->json && !options->verbose)
            subjects[i].core.digests = SB_DIGESTS_NONE;
        if (subject_open(&subjects[i], options->arguments.items[i], options, error) < 0)
            return -1;
        rights_of_subject(&rights, &subjects[i],
                          subjects[i].core.digests == SB_DIGESTS_NONE ? 1 : READINGS);
    }
    return confine(&rights, error);
}

static int apply(struct allowances *allowances, const struct options *options,
                 struct sb_comparison *result, struct sb_error *error) {
    if (allowances_read(allowances, options, error) < 0)
        return -1;
    sb_baseline_apply(&allowances->baseline, result);
    if (options->write_baseline)
        sb_baseline_add(&allowances->baseline, result);
    return allowances_write(allowances, options, error);
}

static int report(const struct options *options, const struct sb_comparison *result,
                  const struct sb_explanation *why, const struct sb_baseline *baseline,
                  const struct subject *a, const struct subject *b, struct sb_error *error) {
    struct text text = {.color = report_use_color(options->color)};
    struct json json = JSON_INIT;
    struct sb_buf markdown = SB_BUF_INIT;
    report_diff_json(&json, result, why, baseline, a, b);
    report_diff_text(&text, result, why, baseline, a, b, options);
    report_diff_markdown(&markdown, result, a, b);
    int status = report_send(options, &text, &json, &markdown, error);
    sb_buf_release(&text.buf);
    sb_buf_release(&json.text);
    sb_buf_release(&markdown);
    return status;
}

int cmd_diff(struct options *options, struct sb_error *error) {
    struct subject subjects[2] = {SUBJECT_INIT, SUBJECT_INIT};
    struct sb_comparison result = SB_COMPARISON_INIT;
    struct sb_explanation why = {0};
    if (options->arguments.count != 2)
        return sb_error_set(error, SB_ERROR_USAGE, "diff takes two images: samebytes diff A B");
    struct allowances allowances = ALLOWANCES_INIT;
    int status = open_all(subjects, &allowances, options, error);
    if (status == 0)
        status = pair_read(subjects, options, &result, error);
    if (status == 0)
        status = sb_compare(&subjects[0].core, &subjects[1].core, &options->passes, &result, error);
    if (status == 0)
        status = sb_explain(&why, &subjects[0].core, &subjects[1].core, &result, error);
    if (status == 0) {
        sb_causes_apply(&result);
        report_folder_fill(options, &result, &temporary_spool);
    }
    if (status == 0)
        status = apply(&allowances, options, &result, error);
    if (status == 0)
        status = report(options, &result, &why, options->baseline ? &allowances.baseline : NULL,
                        &subjects[0], &subjects[1], error);
    if (status == 0)
        status = command_requirement_met(options, &result) ? EXIT_SAME : EXIT_DIFFERENT;
    sb_comparison_release(&result);
    sb_explanation_release(&why);
    allowances_release(&allowances);
    subject_release(&subjects[0]);
    subject_release(&subjects[1]);
    return status;
}
