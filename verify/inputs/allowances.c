#include "inputs/allowances.h"

#include <unistd.h>

#include "compare/pin.h"
#include "host/temporary.h"
#include "host/text_file.h"

int allowances_open(struct allowances *allowances, const struct options *options,
                    struct sb_error *error) {
    return options->baseline ? text_file_open(options->baseline, &allowances->fd, error) : 0;
}

int allowances_read(struct allowances *allowances, const struct options *options,
                    struct sb_error *error) {
    struct sb_buf text = SB_BUF_INIT;
    if (!options->baseline)
        return 0;
    int status = text_file_read(options->baseline, allowances->fd, &text, error);
    allowances->fd = -1;
    if (status == 0 && sb_baseline_parse(&allowances->baseline, sb_buf_span(&text), error) < 0)
        status = sb_error_wrap(error, "%s", options->baseline);
    sb_buf_release(&text);
    return status;
}

int allowances_apply(struct allowances *allowances, const struct options *options,
                     struct sb_comparison *result, struct sb_error *error) {
    if (!options->baseline && !options->write_baseline)
        return 0;
    if (sb_comparison_pin(result, &temporary_spool, error) < 0)
        return -1;
    sb_baseline_apply(&allowances->baseline, result);
    if (options->write_baseline)
        sb_baseline_add(&allowances->baseline, result);
    return 0;
}

int allowances_write(struct allowances *allowances, const struct options *options,
                     struct sb_error *error) {
    struct sb_buf text = SB_BUF_INIT;
    if (!options->write_baseline)
        return 0;
    sb_baseline_write(&allowances->baseline, &text);
    int status = result_write(options->write_baseline, sb_buf_span(&text), error);
    sb_buf_release(&text);
    return status;
}

void allowances_release(struct allowances *allowances) {
    if (allowances->fd >= 0)
        close(allowances->fd);
    sb_baseline_release(&allowances->baseline);
}
