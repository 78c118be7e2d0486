/* The audit of a canonical archive: image or source give it again, as `normalize --canonical` and
 * `build` do. */
#include "audits/audit.h"
#include "image/reference.h"

static int write_canon(const struct sb_canon *canon, struct sb_buf *tar, struct sb_error *error) {
    struct sb_output_buf output;
    sb_output_to_buf(&output, tar);
    return sb_canon_write(canon, SB_FORM_CANONICAL, &output.base, error);
}

/* Of --source, under the blob's own name. */
static int write_source(struct audit *audit, struct sb_buf *tar, struct sb_error *error) {
    const struct sb_canon *own = &audit->subject.core.canon;
    struct options context = audit->source;
    struct sb_canon canon = SB_CANON_INIT;
    struct sb_span name =
        own->names.count ? sb_reference_familiar(own->names.items[0]) : sb_span_string("");
    char *familiar = name.size ? sb_memory_copy(name.data, name.size) : NULL;
    context.platform = audit->subject.core.image->platform;
    int status = native_prepare(&audit->native, &context, error);
    if (status == 0)
        status = native_plan(&audit->native, &context, error);
    if (status == 0)
        status = sb_plan_canon(&audit->native.plan, familiar, &canon, error);
    if (status == 0)
        status = write_canon(&canon, tar, error);
    if (status == 0 && sb_digest_equal(&canon.digest, &own->digest))
        audit->verdict = SB_VERDICT_REPRODUCED;
    sb_canon_release(&canon);
    free(familiar);
    return status;
}

/* Whether there is room in the blob for its layers as a canonical archive has them: unpacked. Else
 * nothing of them is read again. */
static bool may_be_canonical(const struct audit *audit) {
    const struct sb_image *image = audit->subject.core.image;
    uint64_t room = audit->tar.size;
    for (size_t i = 0; i < image->layers.count; i++) {
        if (image->layers.items[i]->tar_size > room)
            return false;
        room -= image->layers.items[i]->tar_size;
    }
    return true;
}

int audit_canonical(struct audit *audit, struct sb_error *error) {
    struct sb_buf own = SB_BUF_INIT, said = SB_BUF_INIT;
    struct sb_error ignored;
    if (audit->options->facts || !may_be_canonical(audit) ||
        subject_prepare(&audit->subject, audit->options, &ignored) < 0)
        return 0;
    int status = write_canon(&audit->subject.core.canon, &own, error);
    audit->canonical = status == 0 && sb_span_equal(sb_buf_span(&own), sb_buf_span(&audit->tar));
    if (audit->canonical) {
        audit->judged = audit->options->source != NULL;
        audit->verdict = SB_VERDICT_DIFFERENT;
        audit->encoder_known = audit_encoder_agrees(audit, sb_buf_span(&audit->tar));
        if (!audit->encoder_known)
            lines_add(&audit->lines, "gzip -9n makes other compressed data");
        if (audit->judged)
            status = write_source(audit, &said, error);
        if (status == 0)
            status = sb_ledger_mark_canonical(&audit->rebuilt,
                                              sb_buf_span(audit->judged ? &said : &own), error);
        if (status == 0)
            status =
                sb_ledger_make(&audit->ledger, sb_buf_span(&audit->blob), sb_buf_span(&audit->tar),
                               &audit->rebuilt, audit->encoder_known, error);
        if (status == 0 && audit->judged && audit->ledger.sums[SB_HEADING_UNEXPLAINED] == 0)
            audit->verdict = SB_VERDICT_IDENTICAL;
        if (status == 0 && !audit->judged)
            lines_add(&audit->lines, "without --source the content of the files is taken from the "
                                     "blob itself");
    }
    sb_buf_release(&own);
    sb_buf_release(&said);
    return status;
}
