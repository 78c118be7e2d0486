/* samebytes diff A B */
#include "command.h"
#include "confine.h"
#include "report/report.h"

bool command_requirement_met(const struct options *options, const struct sb_comparison *result) {
    switch (options->require) {
    case REQUIRE_EQUIVALENT:
        return result->verdict >= SB_VERDICT_EQUIVALENT;
    case REQUIRE_REPRODUCED:
        return result->verdict >= SB_VERDICT_REPRODUCED;
    case REQUIRE_SAME_CONFIG:
        return result->identity[SB_IDENTITY_CONFIG].equal;
    case REQUIRE_SAME_MANIFEST:
        return result->identity[SB_IDENTITY_MANIFEST].equal;
    case REQUIRE_IDENTICAL:
        break;
    }
    return result->verdict == SB_VERDICT_IDENTICAL;
}

static int open_both(struct subject *subjects, const struct options *options,
                     struct sb_error *error) {
    struct reader_rights rights = RIGHTS_INIT;
    rights_of_options(&rights, options);
    for (int i = 0; i < 2; i++) {
        if (subject_open(&subjects[i], options->arguments.items[i], options, error) < 0)
            return -1;
        rights_of_subject(&rights, &subjects[i]);
    }
    return confine(&rights, error);
}

static int read_both(struct subject *subjects, const struct options *options,
                     struct sb_error *error) {
    for (int i = 0; i < 2; i++)
        if (subject_read(&subjects[i], error) < 0 ||
            subject_choose(&subjects[i], options, error) < 0 ||
            subject_refuse_ambiguous(&subjects[i], options, error) < 0 ||
            subject_prepare(&subjects[i], options, error) < 0 ||
            subject_refuse_ambiguous(&subjects[i], options, error) < 0)
            return -1;
    return 0;
}

static int report(const struct options *options, const struct sb_comparison *result,
                  const struct sb_explanation *why, const struct subject *a,
                  const struct subject *b, struct sb_error *error) {
    struct text text = {.color = report_use_color(options->color)};
    struct json json = JSON_INIT;
    struct sb_buf markdown = SB_BUF_INIT;
    report_diff_json(&json, result, why, a, b);
    report_diff_text(&text, result, why, a, b, options);
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
    int status = open_both(subjects, options, error);
    if (status == 0)
        status = read_both(subjects, options, error);
    if (status == 0)
        status = sb_compare(&subjects[0].core, &subjects[1].core, &options->passes, &result, error);
    if (status == 0)
        status = sb_explain(&why, &subjects[0].core, &subjects[1].core, &result, error);
    if (status == 0)
        status = report(options, &result, &why, &subjects[0], &subjects[1], error);
    if (status == 0)
        status = command_requirement_met(options, &result) ? EXIT_SAME : EXIT_DIFFERENT;
    sb_comparison_release(&result);
    sb_explanation_release(&why);
    subject_release(&subjects[0]);
    subject_release(&subjects[1]);
    return status;
}
