/* samebytes diff A B */
#include "builds/confine.h"
#include "commands/command.h"
#include "compare/cause.h"
#include "compare/encodings.h"
#include "compare/moved.h"
#include "host/encoder.h"
#include "host/temporary.h"
#include "inputs/allowances.h"
#include "inputs/pair.h"
#include "inputs/requirement.h"
#include "report/report.h"
#include "report/report_folder.h"

/* Bytes of a layer for which ten levels of each encoder take no time that is felt. */
enum { QUICKLY_TRIED = 1 << 20 };

struct values {
    struct options options;
    bool text;
};

struct diffing {
    const struct options *options;
    struct pair pair;
    struct allowances allowances;
    string_list platforms;
    SB_VEC(struct diff) diffs; /* one for each platform */
};

static int open_all(struct diffing *diffing, struct sb_error *error) {
    const struct options *options = diffing->options;
    struct reader_rights rights = RIGHTS_INIT;
    rights_of_options(&rights, options);
    if (allowances_open(&diffing->allowances, options, error) < 0 ||
        report_folder_make(options, error) < 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        struct subject *subject = &diffing->pair.subjects[i];
        if (!report_has_document(options) && !options->verbose)
            subject->core.digests = SB_DIGESTS_NONE;
        if (subject_open(subject, options->arguments.items[i], options, error) < 0)
            return -1;
        rights_of_subject(&rights, subject,
                          subject->core.digests == SB_DIGESTS_NONE ? 1 : READINGS);
    }
    return confine(&rights, error);
}

static int compare(struct diffing *diffing, struct diff *diff, struct sb_error *error) {
    struct pair *pair = &diffing->pair;
    struct sb_subject *a = &pair->subjects[0].core, *b = &pair->subjects[1].core;
    bool in_a = pair_has(pair, 0, diff->platform), in_b = pair_has(pair, 1, diff->platform);
    if (pair->every && in_a != in_b) {
        sb_compare_missing(&diff->result, diff->platform, in_a);
        return 0;
    }
    if (pair_prepare(pair, diff->platform, &diff->result, error) < 0 ||
        sb_compare(a, b, &diffing->options->passes, &diff->result, error) < 0 ||
        sb_compare_encodings(a, b, diffing->options->verbose ? SB_LIMIT_HELD : QUICKLY_TRIED,
                             &host_encoder, &diff->result, error) < 0 ||
        sb_explain(&diff->why, a, b, &diff->result, error) < 0)
        return -1;
    diff->platform_a = a->image->platform;
    diff->platform_b = b->image->platform;
    if (!diffing->options->platforms.count && a->archive->images.count != b->archive->images.count)
        sb_comparison_note(&diff->result,
                           "compared for %s, the platform of %s, which has one image",
                           diff->platform, a->archive->images.count == 1 ? a->name : b->name);
    return ((const struct values *)diffing->options)->text
               ? sb_comparison_add_lines(&diff->result, &temporary_spool, error)
               : 0;
}

static int finish(struct diffing *diffing, struct diff *diff, struct sb_error *error) {
    bool several = diffing->platforms.count > 1;
    if (sb_moved_apply(&diffing->pair.subjects[0].core, &diffing->pair.subjects[1].core,
                       &diff->result, error) < 0 ||
        sb_causes_apply(&diff->result, &temporary_spool, error) < 0)
        return -1;
    report_folder_fill(diffing->options, several ? diff->platform : NULL, &diff->result,
                       &temporary_spool);
    return allowances_apply(&diffing->allowances, diffing->options, &diff->result, error);
}

static int compare_all(struct diffing *diffing, struct sb_error *error) {
    pair_platforms(&diffing->pair, &diffing->platforms);
    for (size_t i = 0; i < diffing->platforms.count; i++) {
        struct diff *diff = sb_vec_push(&diffing->diffs);
        *diff = (struct diff){.platform = diffing->platforms.items[i],
                              .a = &diffing->pair.subjects[0],
                              .b = &diffing->pair.subjects[1]};
        if (diffing->options->baseline)
            diff->baseline = &diffing->allowances.baseline;
        if (compare(diffing, diff, error) < 0 || finish(diffing, diff, error) < 0)
            return -1;
        pair_forget(&diffing->pair);
    }
    return allowances_write(&diffing->allowances, diffing->options, error);
}

static bool all_met(const struct diffing *diffing) {
    for (size_t i = 0; i < diffing->diffs.count; i++)
        if (!requirement_met(diffing->options, &diffing->diffs.items[i].result))
            return false;
    return true;
}

static int report(const struct diffing *diffing, struct sb_error *error) {
    struct diffs diffs = {diffing->diffs.items, diffing->diffs.count, diffing->options};
    struct report report = {.command = "diff",
                            .met = all_met(diffing),
                            .result = &diffs,
                            .text = report_diff_text,
                            .json = report_diff_json,
                            .markdown = report_diff_markdown,
                            .html = report_diff_html};
    if (report_send(diffing->options, &report, error) < 0)
        return -1;
    return report.met ? EXIT_SAME : EXIT_DIFFERENT;
}

static void release(struct diffing *diffing) {
    for (size_t i = 0; i < diffing->diffs.count; i++) {
        sb_comparison_release(&diffing->diffs.items[i].result);
        sb_explanation_release(&diffing->diffs.items[i].why);
    }
    sb_vec_release(&diffing->diffs);
    sb_vec_release(&diffing->platforms);
    allowances_release(&diffing->allowances);
    pair_release(&diffing->pair);
}

static int run(struct options *options, struct sb_error *error) {
    struct diffing diffing = {.options = options};
    diffing.pair.options = options;
    diffing.allowances = (struct allowances)ALLOWANCES_INIT;
    int status = open_all(&diffing, error);
    if (status == 0)
        status = allowances_read(&diffing.allowances, options, error);
    if (status == 0)
        status = pair_read(&diffing.pair, error);
    if (status == 0)
        status = compare_all(&diffing, error);
    if (status == 0)
        status = report(&diffing, error);
    release(&diffing);
    return status;
}

static const struct option own[] = {
    {0, "text", NULL, "show the lines that differ in files that are texts", KIND_FLAG,
     OWN(values, text)},
    {0, "report-dir", "DIR", "write both versions of each file that differs below DIR", KIND_STRING,
     AT(report_dir)},
    {0, "trust-digests", NULL,
     "believe the digests that the archives claim: layers with one diff_id are not read", KIND_FLAG,
     AT(trust_digests)},
    {0, "all-platforms", NULL, "compare every platform of both", KIND_FLAG, AT(all_platforms)},
    {.name = NULL},
};

const struct command command_diff = {
    .name = "diff",
    .usage = "A B",
    .summary = "compare two images, explained",
    .run = run,
    .options = {own, options_comparing, options_platforms, options_waiting, options_reading,
                options_common},
    .values_size = sizeof(struct values),
    .least = 2,
    .most = 2,
    .arguments = "two images",
};
