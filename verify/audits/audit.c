#include "audits/audit.h"

#include <inttypes.h>
#include <stdio.h>

#include "audit/elf.h"
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

/* Members of the configuration that nobody knows, and programs that surprise. */
static void check_content(struct audit *audit) {
    const struct sb_image *image = audit->subject.core.image;
    struct sb_findings *findings = &audit->subject.findings;
    const struct sb_json *run = sb_json_member(image->config, "config");
    const struct {
        const struct sb_json *object;
        const struct sb_member *table;
        const char *where;
    } objects[] = {{image->config, sb_struct_config, "config"},
                   {run, sb_struct_run, "config.config"}};
    for (size_t i = 0; i < 2; i++)
        for (const struct sb_json *member = objects[i].object ? objects[i].object->first : NULL;
             member; member = member->next)
            if (!sb_member_find(objects[i].table, member->name) &&
                !sb_span_starts(member->name, "moby.buildkit.")) {
                struct sb_buf name = SB_BUF_INIT;
                sb_buf_append_visible(&name, member->name);
                sb_finding_add(findings, SB_FINDING_CONFIG_MEMBER, objects[i].where,
                               "nobody knows the member '%.100s'", sb_buf_string(&name));
                sb_buf_release(&name);
            }
    for (size_t i = 0; i < image->layers.count; i++) {
        struct sb_layer *layer = image->layers.items[i];
        for (size_t k = 0; k < layer->entries.count; k++) {
            const struct sb_entry *entry = &layer->entries.items[k];
            struct sb_input *input;
            struct sb_error ignored;
            unsigned char bytes[65536];
            size_t got = 0;
            if (entry->type != '0' || entry->size < 64 ||
                sb_layer_open_content(layer, entry, audit->subject.archive.spool, &input,
                                      &ignored) < 0)
                continue;
            if (sb_input_read(input, bytes, sizeof bytes, &got, &ignored) == 0) {
                char where[256];
                snprintf(where, sizeof where, "layer %zu: /%.*s", i + 1,
                         (int)(entry->path.size < 200 ? entry->path.size : 200),
                         (const char *)entry->path.data);
                sb_elf_check(sb_span_of(bytes, got), findings, where);
            }
            sb_input_close(input);
        }
    }
}

static int find_sources(struct audit *audit, struct sb_error *error) {
    struct options context = audit->source;
    if (rebuild_from_archive(&audit->own, &audit->facts, &audit->subject.archive, error) < 0)
        return -1;
    if (!audit->options->source)
        return rebuild_from_archive(&audit->sources, &audit->facts, &audit->subject.archive, error);
    context.platform = audit->subject.core.image->platform;
    if (native_prepare(&audit->native, &context, error) < 0 ||
        native_plan(&audit->native, &context, error) < 0 ||
        rebuild_from_source(&audit->sources, &audit->facts, &context, error) < 0)
        return -1;
    audit->judged = true;
    return 0;
}

/* The hash in history says the name in the context, which an archive alone does not. */
static int name_sources(struct audit *audit, struct sb_error *error) {
    bool again = false;
    struct sb_fact_image *image = audit->facts.images.items;
    const struct sb_build *said = audit->sources.builds.items[0], *own = audit->own.builds.items[0];
    for (size_t i = 0; i < said->steps.count && i < own->steps.count; i++)
        if (i < image->steps.count && said->steps.items[i].file.data)
            again = sb_facts_find_owner(&image->steps.items[i], image->builder,
                                        own->steps.items[i].hash, said->steps.items[i].file,
                                        said->steps.items[i].entries.items[0].content) ||
                    again;
    if (!again || !audit->judged)
        return 0;
    sb_build_release(audit->sources.builds.items[0]);
    *audit->sources.builds.items[0] = (struct sb_build)SB_BUILD_INIT;
    return sb_plan_build(&audit->sources.natives.items[0]->plan, image,
                         audit->sources.builds.items[0], error);
}

static void check_encoder(struct audit *audit) {
    audit->encoder_known = sb_facts_encoders_known(&audit->facts);
    if (!audit->encoder_known)
        lines_add(&audit->lines, "no installed encoder writes the same compressed data");
}

static void compare_file(struct audit *audit, const struct sb_build_entry *blob,
                         const struct sb_build_entry *source) {
    struct sb_span a = source->content, b = blob->content;
    size_t at = 0, common = a.size < b.size ? a.size : b.size;
    int size = (int)(blob->path.size < 300 ? blob->path.size : 300);
    const char *path = (const char *)blob->path.data;
    while (at < common && a.data[at] == b.data[at])
        at++;
    if (at < common)
        lines_add(&audit->lines,
                  "/%.*s differs from the source at byte %zu: 0x%02x in the blob, 0x%02x in the "
                  "source",
                  size, path, at, b.data[at], a.data[at]);
    else if (a.size != b.size)
        lines_add(&audit->lines,
                  "/%.*s has %zu bytes in the blob, %zu in the source; they part at byte %zu", size,
                  path, b.size, a.size, at);
}

/* The first byte of each file that is not the source's. */
static void compare_contents(struct audit *audit) {
    const struct sb_build *own = audit->own.builds.items[0], *said = audit->sources.builds.items[0];
    for (size_t i = 0; i < own->steps.count && i < said->steps.count; i++)
        for (size_t k = 0; k < own->steps.items[i].entries.count; k++)
            for (size_t n = 0; n < said->steps.items[i].entries.count; n++) {
                const struct sb_build_entry *a = &own->steps.items[i].entries.items[k];
                const struct sb_build_entry *b = &said->steps.items[i].entries.items[n];
                if (a->type == '0' && b->type == '0' && sb_span_equal(a->path, b->path))
                    compare_file(audit, a, b);
            }
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
    if (audit->encoder_known &&
        rebuild_wrap(&audit->facts, sb_buf_span(&audit->rebuilt.bytes), true, &again, error) == 0)
        same = sb_span_equal(sb_buf_span(&again), sb_buf_span(&audit->blob));
    sb_buf_release(&again);
    audit->verdict = SB_VERDICT_DIFFERENT;
    if (same && audit->ledger.sums[SB_HEADING_UNEXPLAINED] == 0) {
        audit->verdict = SB_VERDICT_IDENTICAL;
        return 0;
    }
    if (compare_images(audit, error) < 0)
        return -1;
    compare_contents(audit);
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

static void report_unexplained(struct audit *audit) {
    uint64_t count = audit->ledger.sums[SB_HEADING_UNEXPLAINED];
    size_t shown = 0;
    if (count == 0)
        return;
    struct sb_buf ranges = SB_BUF_INIT;
    size_t runs = audit->ledger.runs.count;
    const struct sb_mark *run = audit->ledger.runs.items;
    for (size_t i = 0; i < runs && shown < 12; i++) {
        size_t first = i;
        while (i < runs && run[i].heading == SB_HEADING_UNEXPLAINED)
            i++;
        if (i > first)
            sb_buf_appendf(&ranges, "%s%zu-%zu", shown++ ? ", " : "", run[first].offset,
                           run[i - 1].offset + run[i - 1].size - 1);
    }
    sb_finding_add(&audit->subject.findings, SB_FINDING_UNEXPLAINED, "blob",
                   "%" PRIu64 " bytes are unexplained: %.300s", count, sb_buf_string(&ranges));
    sb_buf_release(&ranges);
}

/* --facts: any other value than the agreed one is an alarm. */
static int check_agreed(struct audit *audit, struct sb_error *error) {
    struct sb_facts agreed = SB_FACTS_INIT;
    struct sb_buf found_text = SB_BUF_INIT, agreed_text = SB_BUF_INIT;
    int status = rebuild_read_facts(audit->options->facts, audit->agreed, &agreed, error);
    if (status == 0) {
        sb_facts_write(&audit->facts, &found_text);
        sb_facts_write(&agreed, &agreed_text);
        struct sb_span a = sb_buf_span(&agreed_text), b = sb_buf_span(&found_text);
        while (a.size || b.size) {
            const unsigned char *x = memchr(a.data, '\n', a.size),
                                *y = memchr(b.data, '\n', b.size);
            size_t m = x ? (size_t)(x - a.data) : a.size, n = y ? (size_t)(y - b.data) : b.size;
            if (!sb_span_equal(sb_span_of(a.data, m), sb_span_of(b.data, n)))
                sb_finding_add(&audit->subject.findings, SB_FINDING_FACT_DIFFERS, "facts",
                               "agreed: %.*s; found: %.*s", (int)(m < 200 ? m : 200),
                               (const char *)a.data, (int)(n < 200 ? n : 200),
                               (const char *)b.data);
            a = sb_span_from(a, m + 1);
            b = sb_span_from(b, n + 1);
        }
    }
    sb_buf_release(&found_text);
    sb_buf_release(&agreed_text);
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
    report_unexplained(audit);
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
    check_content(audit);
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
        report_unexplained(audit);
    return audit->has_profile && options->facts ? check_agreed(audit, error) : 0;
}

void audit_release(struct audit *audit) {
    lines_release(&audit->lines);
    sb_ledger_release(&audit->ledger);
    sb_marked_release(&audit->rebuilt);
    rebuild_release(&audit->own);
    rebuild_release(&audit->sources);
    sb_facts_release(&audit->facts);
    native_release(&audit->native);
    native_release(&audit->staged);
    sb_buf_release(&audit->blob);
    sb_buf_release(&audit->tar);
    subject_release(&audit->subject);
}
