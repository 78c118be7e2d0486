/* samebytes normalize A -o OUT [--canonical] */
#include <fcntl.h>
#include <sys/stat.h>

#include "builds/confine.h"
#include "canon/normalize.h"
#include "commands/command.h"
#include "host/archive_output.h"
#include "host/beside.h"
#include "host/temporary.h"
#include "report/report.h"

struct normalization {
    struct subject *subject;
    struct subject after; /* what was written, read back */
    const struct options *options;
    struct beside checking; /* the digests that the archive claims, while it is written again */
    uint64_t counts[SB_PASSES];
    SB_VEC(struct sb_canon *) platforms; /* --all-platforms: the canonical image of each */
    struct sb_digest index_digest;
};

static int write_envelope(void *context, struct sb_output *output, struct sb_error *error) {
    struct normalization *normalization = context;
    return sb_normalize_write(&normalization->subject->archive, output, normalization->counts,
                              error);
}

static int write_canonical(void *context, struct sb_output *output, struct sb_error *error) {
    struct normalization *normalization = context;
    if (normalization->platforms.count)
        return sb_canon_write_index((const struct sb_canon *const *)normalization->platforms.items,
                                    normalization->platforms.count, output,
                                    &normalization->index_digest, error);
    return sb_canon_write(&normalization->subject->core.canon, normalization->options->form, output,
                          error);
}

static const struct sb_digest *canonical_of(const struct normalization *normalization) {
    return normalization->platforms.count ? &normalization->index_digest
                                          : &normalization->subject->core.canon.digest;
}

/* Digests of every image before and after, to be seen equal. */
static void digests_json(struct json *json, const struct subject *before,
                         const struct subject *after) {
    json_open(json, "images", '[');
    for (size_t i = 0; i < before->archive.images.count; i++) {
        const struct sb_image *image = before->archive.images.items[i];
        json_open(json, NULL, '{');
        json_digest(json, "config", &image->config_digest);
        json_digest(json, "manifest", image->in_oci ? &image->manifest_digest : NULL);
        bool found = !after;
        for (size_t k = 0; after && k < after->archive.images.count; k++) {
            const struct sb_image *other = after->archive.images.items[k];
            found = found || (sb_digest_equal(&image->config_digest, &other->config_digest) &&
                              image->in_oci == other->in_oci &&
                              (!image->in_oci ||
                               sb_digest_equal(&image->manifest_digest, &other->manifest_digest)));
        }
        json_bool(json, "kept", found);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void report_text(struct text *text, const struct normalization *normalization) {
    const struct subject *subject = normalization->subject;
    text_add(text, STYLE_PLAIN, "%s: %s, %zu image%s\n", subject->name,
             sb_archive_format(&subject->archive), subject->archive.images.count,
             subject->archive.images.count == 1 ? "" : "s");
    for (size_t i = 0; i < subject->archive.images.count; i++) {
        char digest[SB_DIGEST_TEXT];
        sb_digest_format(&subject->archive.images.items[i]->config_digest, digest);
        text_add(text, STYLE_PLAIN, "  config %s%s\n", digest,
                 normalization->options->canonical ? "" : " (kept)");
    }
    if (normalization->options->canonical) {
        char digest[SB_DIGEST_TEXT];
        sb_digest_format(canonical_of(normalization), digest);
        text_add(text, STYLE_PLAIN, "  canonical %s", digest);
        if (normalization->platforms.count)
            text_add(text, STYLE_PLAIN, " (the index of all platforms)\n");
        else if (subject->archive.images.count > 1)
            text_add(text, STYLE_PLAIN, " (of %s; --all-platforms writes all)\n",
                     subject->core.image->platform);
        else
            text_add(text, STYLE_PLAIN, "\n");
    }
    for (int pass = 0; pass < SB_PASSES; pass++)
        if (normalization->counts[pass])
            text_add(text, STYLE_PLAIN, "  %-24s %8llu %s\n", sb_passes[pass].name,
                     (unsigned long long)normalization->counts[pass], sb_passes[pass].counts);
}

static int report(const struct normalization *normalization, const struct subject *after,
                  struct sb_error *error) {
    const struct options *options = normalization->options;
    struct text text = {0};
    struct json json = JSON_INIT;
    static const uint64_t none[SB_PASSES];
    json_open(&json, NULL, '{');
    json_number(&json, "schema", 1);
    json_string(&json, "format", sb_archive_format(&normalization->subject->archive));
    json_string(&json, "output", options->output);
    json_digest(&json, "canonical", options->canonical ? canonical_of(normalization) : NULL);
    if (!options->canonical)
        digests_json(&json, normalization->subject, after);
    report_json_normalised(&json, normalization->counts, none);
    report_json_findings(&json, "findings", &normalization->subject->findings);
    json_close(&json, '}');
    report_text(&text, normalization);
    bool silent = strcmp(options->output, "-") == 0 && !report_has_document(options);
    struct report_made made = {&text, &json};
    struct report report = {.command = "normalize",
                            .met = true,
                            .result = &made,
                            .text = report_made_text,
                            .json = report_made_json};
    int status = silent ? 0 : report_send(options, &report, error);
    sb_buf_release(&text.buf);
    sb_buf_release(&json.text);
    return status;
}

static int check_digests(void *context, struct sb_error *error) {
    struct subject *subject = context;
    return sb_archive_verify_layers(&subject->archive, error) < 0
               ? sb_error_wrap(error, "%s", subject->name)
               : 0;
}

/* Every layer that was written is one of those that were read, byte for byte. */
static int compare_layers(const struct sb_archive *before, const struct sb_archive *after,
                          struct sb_error *error) {
    for (size_t i = 0; i < after->layers.count; i++) {
        const struct sb_layer *layer = after->layers.items[i];
        bool equal = false;
        for (size_t k = 0; k < before->layers.count && !equal; k++) {
            const struct sb_layer *other = before->layers.items[k];
            if (!sb_digest_equal(&other->digest, &layer->digest))
                continue;
            equal = other->absent && layer->absent;
            if (!other->absent && !layer->absent &&
                sb_range_equal(other->blob, layer->blob, &equal, error) < 0)
                return -1;
        }
        if (!equal)
            return sb_error_set(error, SB_ERROR_SYSTEM,
                                "%s: the layer that was written differs from the one that was read",
                                layer->name);
    }
    return 0;
}

/* Reads back what was written: a digest that changed is a mistake of ours, and must not pass. */
static int read_back(struct normalization *normalization, int fd, struct sb_error *error) {
    const struct options *options = normalization->options;
    struct subject *after = &normalization->after;
    struct stat status;
    if (strcmp(options->output, "-") == 0 || options->canonical || fstat(fd, &status) < 0 ||
        !S_ISREG(status.st_mode) || (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY)
        return 0;
    if (subject_open_file(after, options->output, fd, options, error) < 0)
        return -1;
    after->reading.trusting = true;
    if (subject_read(after, SB_CONTENTS_UNKNOWN, error) < 0 ||
        compare_layers(&normalization->subject->archive, &after->archive, error) < 0)
        return sb_error_wrap(error, "reading the result back");
    return 0;
}

static int check(void *context, int fd, struct sb_error *error) {
    struct normalization *normalization = context;
    return read_back(normalization, fd, error) < 0 ? -1
                                                   : beside_end(&normalization->checking, error);
}

/* The headers of all layers; their digests are checked meanwhile. */
static int read_all(struct normalization *normalization, struct sb_error *error) {
    struct subject *subject = normalization->subject;
    struct sb_archive *archive = &subject->archive;
    /* Only a canonical archive asks whether two entries of one path say the same. */
    enum sb_contents contents =
        normalization->options->canonical ? SB_CONTENTS_TAG : SB_CONTENTS_UNKNOWN;
    subject->reading.trusting = true;
    if (subject_read(subject, contents, error) < 0)
        return -1;
    for (size_t i = 0; i < archive->images.count; i++)
        if (sb_archive_read_layers(archive, archive->images.items[i], contents, error) < 0)
            return sb_error_wrap(error, "%s", subject->name);
    beside_start(&normalization->checking, check_digests, subject);
    return 0;
}

/* One image of several platforms: each platform once, and all of one set of names. */
static int check_platforms(const struct subject *subject, struct sb_error *error) {
    const struct sb_archive *archive = &subject->archive;
    const struct sb_image *first = archive->images.items[0];
    for (size_t i = 1; i < archive->images.count; i++) {
        const struct sb_image *image = archive->images.items[i];
        bool same = image->names.count == first->names.count;
        for (size_t k = 0; same && k < image->names.count; k++)
            same = sb_span_equal(image->names.items[k], first->names.items[k]);
        for (size_t k = 0; same && k < i; k++)
            same = strcmp(archive->images.items[k]->platform, image->platform) != 0;
        if (!same)
            return sb_error_set(error, SB_ERROR_USAGE,
                                "%s: it holds several images, and not one for several platforms; "
                                "--image chooses",
                                subject->name);
    }
    return 0;
}

static int prepare_all(struct normalization *normalization, struct sb_error *error) {
    struct subject *subject = normalization->subject;
    if (normalization->options->form == SB_FORM_COMPACT)
        return sb_error_set(error, SB_ERROR_USAGE, "the compact form holds one platform");
    if (check_platforms(subject, error) < 0)
        return -1;
    for (size_t i = 0; i < subject->archive.images.count; i++) {
        struct sb_canon *canon = sb_memory_new(1, sizeof *canon);
        *sb_vec_push(&normalization->platforms) = canon;
        sb_canon_from_image(canon, &subject->archive, subject->archive.images.items[i],
                            &normalization->options->passes);
        if (sb_canon_finish(canon, error) < 0)
            return sb_error_wrap(error, "%s", subject->name);
        for (int pass = 0; pass < SB_PASSES; pass++)
            normalization->counts[pass] += canon->counts[pass];
    }
    return 0;
}

static int prepare(struct normalization *normalization, struct sb_error *error) {
    struct subject *subject = normalization->subject;
    const struct options *options = normalization->options;
    if (options->all_platforms && !options->canonical)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "--all-platforms goes with --canonical; without it all are kept");
    if (options->all_platforms) {
        if (prepare_all(normalization, error) < 0)
            return -1;
    } else if (options->canonical) {
        subject->core.digests = SB_DIGESTS_CANONICAL;
        if (subject_choose(subject, options, options->platform, error) < 0 ||
            subject_prepare(subject, options, error) < 0)
            return -1;
        memcpy(normalization->counts, subject->core.canon.counts, sizeof normalization->counts);
    }
    return subject_refuse_ambiguous(subject, options, options->canonical, error);
}

static int write_result(struct normalization *normalization, bool direct, struct sb_error *error) {
    const struct options *options = normalization->options;
    if (direct && beside_end(&normalization->checking, error) < 0)
        return -1;
    if (archive_output(options, options->canonical ? write_canonical : write_envelope, check,
                       normalization, error) < 0)
        return -1;
    return report(normalization, normalization->after.source ? &normalization->after : NULL, error);
}

static int run(struct options *options, struct sb_error *error) {
    struct subject subject = SUBJECT_INIT;
    struct reader_rights rights = RIGHTS_INIT;
    struct normalization normalization = {.subject = &subject, .options = options};
    options->canonical = options->canonical || options->form == SB_FORM_COMPACT;
    bool direct = options->output && result_is_direct(options->output);
    int status = subject_open(&subject, options->arguments.items[0], options, error);
    if (status == 0) {
        rights_of_options(&rights, options);
        rights_of_subject(&rights, &subject, READINGS);
        status = confine(&rights, error);
    }
    if (status == 0)
        status = read_all(&normalization, error);
    if (status == 0)
        status = prepare(&normalization, error);
    if (status == 0)
        status = write_result(&normalization, direct, error);
    struct sb_error ignored;
    if (beside_end(&normalization.checking, status < 0 ? &ignored : error) < 0)
        status = -1;
    for (size_t i = 0; i < normalization.platforms.count; i++) {
        sb_canon_release(normalization.platforms.items[i]);
        free(normalization.platforms.items[i]);
    }
    sb_vec_release(&normalization.platforms);
    subject_release(&normalization.after);
    subject_release(&subject);
    return status;
}

static const struct option own[] = {
    {'o', "output", "OUT", "write to OUT; - is standard output", KIND_STRING, AT(output)},
    {0, "gzip", NULL, "compress with gzip -9n, whatever OUT is called", KIND_FLAG, AT(gzip)},
    {0, "all-platforms", NULL, "with --canonical: all platforms, as one index", KIND_FLAG,
     AT(all_platforms)},
    {0, "canonical", NULL, "write the canonical archive: another image, for comparing", KIND_FLAG,
     AT(canonical)},
    {0, "format", "FORM", "canonical (default) or docker-archive, the compact form", KIND_CHOICE,
     AT(form), .choices = option_forms},
    {0, "ignore", "PASS,...", "switch passes on", KIND_PASSES, AT(passes.on)},
    {0, "keep", "PASS,...", "switch passes off", KIND_PASSES, AT(passes.off)},
    {0, "allow", "KIND,...", "go on in spite of these ambiguous findings", KIND_FINDINGS,
     AT(allowed)},
    {.name = NULL},
};

const struct command command_normalize = {
    .name = "normalize",
    .usage = "A -o OUT",
    .summary = "the same image in an envelope that never varies",
    .run = run,
    .options = {own, options_platform, options_waiting, options_reading, options_common},
    .least = 1,
    .most = 1,
    .arguments = "one image",
};
