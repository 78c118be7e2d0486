/* samebytes verify [DIR] */
#include "report/verify.h"
#include "commands/command.h"
#include "report/report.h"

static int report(const struct verification *verification, struct sb_error *error) {
    struct json json = JSON_INIT;
    struct text text = {.color = report_use_color(verification->options->color)};
    struct sb_buf markdown = SB_BUF_INIT;
    report_verify_json(&json, verification);
    report_verify_text(&text, verification);
    report_verify_markdown(&markdown, verification);
    int status = report_send(verification->options, &text, &json, &markdown, NULL, error);
    sb_buf_release(&json.text);
    sb_buf_release(&text.buf);
    sb_buf_release(&markdown);
    return status;
}

int cmd_verify(struct options *options, struct sb_error *error) {
    struct verification verification = VERIFICATION_INIT;
    verification.options = options;
    int status = verification_run(&verification, error);
    if (status == 0)
        status = report(&verification, error);
    if (status == 0)
        status = verification.met && verification.fits && verification.save_fits ? EXIT_SAME
                                                                                 : EXIT_DIFFERENT;
    verification_release(&verification);
    return status;
}
