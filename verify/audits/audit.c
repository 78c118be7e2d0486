#include "audits/audit.h"

#include "audit/audit.h"
#include "builds/confine.h"
#include "host/encoder.h"
#include "host/text_file.h"
#include "image/config.h"
#include "image/structs.h"

/* The blob is what base64 text stands for; its inside what the innermost wrapping has. */
static int read_blob(struct audit *audit, struct sb_error *error) {
    const struct sb_peeled *peeled = &audit->subject.archive.peeled;
    struct sb_range blob = audit->subject.core.bytes;
    if (!audit->subject.source)
        return sb_error_set(error, SB_ERROR_USAGE, "audit takes one file, not a folder");
    for (size_t i = 0; i < peeled->envelopes.count; i++)
        if (peeled->envelopes.items[i].codec == SB_CODEC_BASE64)
            blob = sb_range_whole(peeled->owned.items[i]);
    uint64_t highest = sb_limit_of(&audit->subject.findings, SB_LIMIT_AUDIT_SIZE);
    if (subject_hold(&audit->subject, error) < 0)
        return -1;
    if (sb_range_read(blob, highest, &audit->blob, error) < 0)
        return -1;
    return sb_range_read(peeled->bytes, highest, &audit->tar, error);
}

static int find_sources(struct audit *audit, struct sb_error *error) {
    struct options context = audit->source;
    if (sb_builds_from_archive(&audit->own, &audit->facts, &audit->subject.archive, error) < 0)
        return -1;
    if (!audit->options->source)
        return sb_builds_from_archive(&audit->sources.builds, &audit->facts,
                                      &audit->subject.archive, error);
    context.platform = audit->subject.core.image->platform;
    if (native_prepare(&audit->native, &context, error) < 0 ||
        native_plan(&audit->native, &context, error) < 0 ||
        rebuild_from_source(&audit->sources, &audit->facts, &context, error) < 0)
        return -1;
    audit->judged = true;
    return 0;
}

static void check_encoder(struct audit *audit) {
    audit->encoder_known = sb_facts_encoders_known(&audit->facts);
    if (!audit->encoder_known)
        lines_add(&audit->lines, "no installed encoder writes the same compressed data");
}

static void say(void *context, const char *sentence) {
    lines_add(context, "%s", sentence);
}

static int compare_images(struct audit *audit, struct sb_error *error) {
    struct sb_canon canon = SB_CANON_INIT;
    int status = sb_plan_canon(&audit->native.plan, NULL, &canon, error);
    subject_forget(&audit->subject);
    if (status == 0)
        status = subject_prepare(&audit->subject, audit->options, error);
    if (status == 0 && sb_digest_equal(&canon.digest, &audit->subject.core.canon.digest))
        audit->verdict = SB_VERDICT_REPRODUCED;
    sb_canon_release(&canon);
    return status;
}

/* Identical: the whole blob comes out again, and nothing is left unexplained. Else the images are
 * compared, for a blob may hold the right image in other bytes. */
static int judge(struct audit *audit, struct sb_error *error) {
    struct sb_buf again = SB_BUF_INIT;
    bool same = false;
    if (audit->encoder_known && sb_facts_wrap(&audit->facts, sb_buf_span(&audit->rebuilt.bytes),
                                              true, &host_encoder, &again, error) == 0)
        same = sb_span_equal(sb_buf_span(&again), sb_buf_span(&audit->blob));
    sb_buf_release(&again);
    audit->verdict = SB_VERDICT_DIFFERENT;
    if (same && audit->ledger.sums[SB_HEADING_UNEXPLAINED] == 0) {
        audit->verdict = SB_VERDICT_IDENTICAL;
        return 0;
    }
    if (compare_images(audit, error) < 0)
        return -1;
    sb_audit_compare_contents(audit->own.list.items[0], audit->sources.builds.list.items[0], say,
                              &audit->lines);
    return 0;
}

/* No byte is explained where the form is none that is known; the image may be the source's all the
 * same. */
static int judge_unknown(struct audit *audit, struct sb_error *error) {
    struct options context = audit->source;
    lines_add(&audit->lines, "%s", audit->why.message);
    audit->ledger.sums[SB_HEADING_UNEXPLAINED] = audit->blob.size;
    audit->verdict = SB_VERDICT_DIFFERENT;
    if (!audit->options->source)
        return 0;
    audit->judged = true;
    context.platform = audit->subject.core.image->platform;
    /* It may have been planned for a form that it turned out not to have. */
    native_release(&audit->native);
    audit->native = (struct native)NATIVE_INIT;
    if (native_prepare(&audit->native, &context, error) < 0 ||
        native_plan(&audit->native, &context, error) < 0)
        return -1;
    return compare_images(audit, error);
}

/* The source again, where the archive's hashes told more of it. */
static int name_sources(struct audit *audit, struct sb_error *error) {
    struct sb_build *said = audit->sources.builds.list.items[0];
    struct sb_fact_image *image = audit->facts.images.items;
    if (!sb_audit_name_sources(image, said, audit->own.list.items[0]) || !audit->judged)
        return 0;
    sb_build_release(said);
    *said = (struct sb_build)SB_BUILD_INIT;
    return sb_plan_build(&audit->sources.natives.items[0]->plan, image, said, error);
}

/* --facts: any other value than the agreed one is an alarm. */
static int check_agreed(struct audit *audit, struct sb_error *error) {
    struct sb_facts agreed = SB_FACTS_INIT;
    int status = rebuild_read_facts(audit->options->facts, audit->agreed, &agreed, error);
    if (status == 0)
        sb_audit_compare_facts(&agreed, &audit->facts, &audit->subject.findings);
    sb_facts_release(&agreed);
    return status;
}

static int account(struct audit *audit, struct sb_error *error) {
    if (find_sources(audit, error) < 0 || name_sources(audit, error) < 0)
        return -1;
    check_encoder(audit);
    if (rebuild_write(&audit->sources, &audit->facts, &audit->rebuilt, error) < 0)
        return -1;
    if (sb_ledger_make(&audit->ledger, sb_buf_span(&audit->blob), sb_buf_span(&audit->tar),
                       &audit->rebuilt, audit->encoder_known, error) < 0)
        return -1;
    if (!audit->judged)
        lines_add(&audit->lines,
                  "without --source the content of the files is taken from the blob itself; to be "
                  "supplied: a Dockerfile with %zu steps, and the files that it adds",
                  audit->facts.images.items[0].steps.count);
    return audit->judged ? judge(audit, error) : 0;
}

static int gather(struct audit *audit, struct sb_error *error) {
    const struct options *options = audit->options;
    struct reader_rights rights = RIGHTS_INIT;
    rights_of_options(&rights, options);
    if (subject_open(&audit->subject, options->arguments.items[0], options, error) < 0 ||
        (options->source && rights_of_context(&rights, &audit->staged, options, options->source,
                                              &audit->source, error) < 0) ||
        (options->facts && text_file_open(options->facts, &audit->agreed, error) < 0))
        return -1;
    rights_of_subject(&rights, &audit->subject, READINGS);
    return confine(&rights, error);
}

/* The source does not make what the facts of the archive tell: its form explains nothing then. */
static int judge_as_unknown(struct audit *audit, struct sb_error *error) {
    audit->why = *error;
    audit->has_profile = false;
    if (judge_unknown(audit, error) < 0)
        return -1;
    sb_audit_report_unexplained(&audit->ledger, &audit->subject.findings);
    return 0;
}

int audit_run(struct audit *audit, struct sb_error *error) {
    const struct options *options = audit->options;
    if (gather(audit, error) < 0 || audit_smallest(audit, error) < 0)
        return -1;
    if (audit->smallest)
        return 0;
    if (subject_read(&audit->subject, SB_CONTENTS_UNKNOWN, error) < 0 ||
        subject_check_name(&audit->subject, options, error) < 0 ||
        subject_choose(&audit->subject, options, options->platform, error) < 0 ||
        read_blob(audit, error) < 0)
        return -1;
    sb_audit_check_content(audit->subject.core.image, audit->subject.archive.spool,
                           &audit->subject.findings);
    audit->has_profile = sb_facts_find(&audit->facts, &audit->subject.archive,
                                       audit->subject.core.bytes, &host_encoder, &audit->why) == 0;
    if (audit->has_profile && audit->facts.images.count != 1) {
        audit->has_profile = false;
        sb_error_set(&audit->why, SB_ERROR_USAGE, "it holds several images");
    }
    if (audit->has_profile)
        sb_facts_report(&audit->facts, audit->subject.archive.findings);
    if (!audit->has_profile && audit_canonical(audit, error) < 0)
        return -1;
    if (!audit->has_profile && !audit->canonical) {
        if (judge_unknown(audit, error) < 0)
            return -1;
    } else if (audit->has_profile && account(audit, error) < 0) {
        return error->kind == SB_ERROR_USAGE && options->source ? judge_as_unknown(audit, error)
                                                                : -1;
    }
    if (audit->has_profile || audit->canonical || audit->judged)
        sb_audit_report_unexplained(&audit->ledger, &audit->subject.findings);
    return audit->has_profile && options->facts ? check_agreed(audit, error) : 0;
}

void audit_release(struct audit *audit) {
    lines_release(&audit->lines);
    sb_ledger_release(&audit->ledger);
    sb_marked_release(&audit->rebuilt);
    sb_builds_release(&audit->own);
    rebuild_release(&audit->sources);
    sb_facts_release(&audit->facts);
    native_release(&audit->native);
    native_release(&audit->staged);
    sb_buf_release(&audit->blob);
    sb_buf_release(&audit->tar);
    subject_release(&audit->subject);
}
