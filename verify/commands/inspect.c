/* samebytes inspect A */
#include <inttypes.h>

#include "builds/confine.h"
#include "commands/command.h"
#include "commands/find_digest.h"
#include "engines/facts.h"
#include "engines/fingerprint.h"
#include "engines/profile.h"
#include "host/encoder.h"
#include "host/temporary.h"
#include "image/reference.h"
#include "report/holding.h"
#include "report/report.h"

struct values {
    struct options options;
    const char *facts, *find;
    bool check;
};

static void layers_json(struct json *json, const struct sb_image *image) {
    json_open(json, "layers", '[');
    for (size_t i = 0; i < image->layers.count; i++) {
        const struct sb_layer *layer = image->layers.items[i];
        json_open(json, NULL, '{');
        json_digest(json, "diff_id", &layer->diff_id);
        json_digest(json, "digest", &layer->digest);
        json_number(json, "size", layer->blob.size);
        json_number(json, "entries", layer->read);
        json_string(json, "compression", sb_codec_name(layer->codec));
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void names_json(struct json *json, const struct sb_image *image) {
    json_open(json, "names", '[');
    for (size_t i = 0; i < image->names.count; i++)
        json_bytes(json, NULL, sb_reference_familiar(image->names.items[i]));
    for (size_t i = 0; i < image->bare_names.count; i++)
        json_bytes(json, NULL, image->bare_names.items[i]);
    json_close(json, ']');
}

static void image_json(struct json *json, const struct sb_subject *subject) {
    struct sb_arena arena = SB_ARENA_INIT;
    json_open(json, "identity", '{');
    for (int what = 0; what < SB_IDENTITIES; what++) {
        size_t count;
        const struct sb_digest *digests =
            sb_identity_of(subject, (enum sb_identity)what, &arena, &count);
        json_digests(json, sb_identity_name((enum sb_identity)what), digests, count,
                     sb_identity_is_list((enum sb_identity)what));
    }
    json_close(json, '}');
    names_json(json, subject->image);
    json_string(json, "platform", subject->image->platform);
    layers_json(json, subject->image);
    sb_arena_release(&arena);
}

static void envelopes_json(struct json *json, const struct sb_archive *archive) {
    json_open(json, "envelopes", '[');
    for (size_t i = 0; i < archive->peeled.envelopes.count; i++)
        json_string(json, NULL, sb_codec_name(archive->peeled.envelopes.items[i].codec));
    json_close(json, ']');
}

static void image_text(struct text *text, const struct sb_subject *subject) {
    const struct sb_image *image = subject->image;
    struct sb_arena arena = SB_ARENA_INIT;
    text_add(text, STYLE_HEAD, "\nimage");
    for (size_t i = 0; i < image->names.count; i++) {
        struct sb_span name = sb_reference_familiar(image->names.items[i]);
        text_add(text, STYLE_PLAIN, " %.*s", SB_SPAN(name));
    }
    text_add(text, STYLE_PLAIN, " (%s)\n", image->platform);
    for (int what = 0; what < SB_IDENTITIES; what++) {
        size_t count;
        const struct sb_digest *digests =
            sb_identity_of(subject, (enum sb_identity)what, &arena, &count);
        if (sb_identity_is_list((enum sb_identity)what) || count == 0)
            continue;
        char digest[SB_DIGEST_TEXT];
        sb_digest_format(digests, digest);
        text_add(text, STYLE_PLAIN, "  %-10s %s\n", sb_identity_name((enum sb_identity)what),
                 digest);
    }
    for (size_t i = 0; i < image->layers.count; i++) {
        const struct sb_layer *layer = image->layers.items[i];
        char digest[SB_DIGEST_TEXT];
        sb_digest_format(&layer->diff_id, digest);
        text_add(text, STYLE_PLAIN, "  layer %-4zu %s  %" PRIu64 " bytes%s%s, %zu entries\n", i + 1,
                 digest, layer->blob.size, layer->codec ? " of " : "",
                 layer->codec ? sb_codec_name(layer->codec) : "", layer->read);
    }
    sb_arena_release(&arena);
}

/* A layer that is not in the archive leaves nothing to be said. */
static int hold(struct subject *subject, struct json *json, struct text *text,
                struct sb_error *error) {
    struct sb_holdings holdings = SB_HOLDINGS_INIT;
    struct sb_image *image = subject->core.image;
    if (sb_image_absent_layers(image))
        return 0;
    int status = sb_holdings_find(&holdings, image, &subject->core.rootfs, &temporary_spool, error);
    if (status == 0) {
        report_holding_json(json, image, &holdings);
        report_holding_text(text, image, &holdings);
    }
    sb_holdings_release(&holdings);
    return status;
}

/* Each image is prepared alone, so that one is in memory at a time. */
static int inspect_one(struct subject *subject, const struct options *options,
                       struct sb_image *image, struct json *json, struct text *text,
                       struct sb_error *error) {
    subject->core.image = image;
    if (subject_prepare(subject, options, error) < 0)
        return -1;
    image_json(json, &subject->core);
    image_text(text, &subject->core);
    int status = hold(subject, json, text, error);
    subject_forget(subject);
    return status;
}

/* Of several images those for the platforms that were asked for; all where there were none. */
static bool is_wanted(const struct options *options, const struct sb_image *image) {
    for (size_t i = 0; i < options->platforms.count; i++)
        if (sb_image_is_for(image, options->platforms.items[i]))
            return true;
    return options->platforms.count == 0;
}

static int inspect_all(struct subject *subject, const struct options *options, struct json *json,
                       struct text *text, struct sb_error *error) {
    struct sb_archive *archive = &subject->archive;
    size_t shown = 0;
    if (archive->images.count == 1 || options->image || options->platforms.count == 1 ||
        subject->wanted) {
        if (subject_check_name(subject, options, error) < 0 ||
            subject_choose(subject, options, options->platform, error) < 0)
            return -1;
        return inspect_one(subject, options, subject->core.image, json, text, error);
    }
    json_open(json, "images", '[');
    for (size_t i = 0; i < archive->images.count; i++) {
        if (!is_wanted(options, archive->images.items[i]))
            continue;
        json_open(json, NULL, '{');
        if (inspect_one(subject, options, archive->images.items[i], json, text, error) < 0)
            return -1;
        json_close(json, '}');
        shown++;
    }
    json_close(json, ']');
    return shown ? 0
                 : sb_error_set(error, SB_ERROR_USAGE, "%s: no image for any of these platforms",
                                subject->name);
}

/* Which engine wrote it, and why; or why that cannot be told. */
static int report_engine(struct subject *subject, struct json *json, struct text *text,
                         struct sb_error *error) {
    struct sb_fingerprint found = {0};
    if (sb_fingerprint_find(&found, &subject->archive, error) < 0)
        return -1;
    if (!found.name) {
        json_null(json, "engine");
        text_add(text, STYLE_PLAIN, "engine: cannot be told (%s)\n",
                 found.evidence.count ? found.evidence.items[0] : "no evidence");
    } else {
        json_open(json, "engine", '{');
        json_string(json, "name", found.name);
        json_open(json, "versions", '[');
        json_string(json, NULL, found.lowest);
        json_string(json, NULL, found.highest);
        json_close(json, ']');
        json_open(json, "evidence", '[');
        for (size_t i = 0; i < found.evidence.count; i++)
            json_string(json, NULL, found.evidence.items[i]);
        json_close(json, ']');
        json_close(json, '}');
        text_add(text, STYLE_PLAIN, "engine: %s", found.name);
        if (found.lowest || found.highest)
            text_add(text, STYLE_PLAIN, " %s to %s", found.lowest ? found.lowest : "any",
                     found.highest ? found.highest : "today");
        text_add(text, STYLE_PLAIN, "\n");
        for (size_t i = 0; i < found.evidence.count; i++)
            text_add(text, STYLE_PLAIN, "  %s\n", found.evidence.items[i]);
    }
    sb_fingerprint_release(&found);
    return 0;
}

static int print_facts(struct subject *subject, const char *path, struct sb_error *error) {
    struct sb_facts facts = SB_FACTS_INIT;
    struct sb_buf text = SB_BUF_INIT;
    if (subject_hold(subject, error) < 0)
        return -1;
    int status =
        sb_facts_find(&facts, &subject->archive, subject->core.bytes, &host_encoder, error);
    if (status == 0) {
        sb_facts_write(&facts, &text);
        status = sb_facts_come_back(sb_buf_span(&text), &subject->archive, subject->core.bytes,
                                    &host_encoder, error);
    }
    if (status == 0) {
        status = result_write(path, sb_buf_span(&text), error);
    } else {
        sb_error_wrap(error, "%s", subject->name);
    }
    sb_buf_release(&text);
    sb_facts_release(&facts);
    return status;
}

/* Docker from 26 on saves a V1 json blob for each layer that nothing refers to. Where the whole
 * archive comes out again of its facts they hold what they always hold, and are not worth a word.
 */
static void forget_explained(struct subject *subject) {
    struct sb_facts facts = SB_FACTS_INIT;
    struct sb_buf text = SB_BUF_INIT;
    struct sb_error ignored;
    if (!sb_findings_have(&subject->findings, SB_FINDING_UNREFERENCED) ||
        subject_hold(subject, &ignored) < 0)
        return;
    if (sb_facts_find(&facts, &subject->archive, subject->core.bytes, &host_encoder, &ignored) ==
        0) {
        sb_facts_write(&facts, &text);
        if (sb_facts_come_back(sb_buf_span(&text), &subject->archive, subject->core.bytes,
                               &host_encoder, &ignored) == 0)
            sb_findings_forget(&subject->findings, SB_FINDING_UNREFERENCED);
    }
    sb_buf_release(&text);
    sb_facts_release(&facts);
}

/* All of it was read, and every digest is right. */
static int check(const struct subject *subject, const struct options *options,
                 struct sb_error *error) {
    if (subject_refuse_ambiguous(subject, options, true, error) < 0)
        return -1;
    return options->quiet ? 0 : result_write("-", sb_span_string("valid\n"), error);
}

/* The envelope and the engine, the images, the findings. */
static int report(struct subject *subject, const struct options *options, struct sb_error *error) {
    SB_CLEANUP(json_release) struct json json = JSON_INIT;
    SB_CLEANUP(text_release) struct text text = {.color = report_use_color(options->color)};
    struct report_made made = {&text, &json};
    struct report report = {.command = "inspect",
                            .met = true,
                            .result = &made,
                            .text = report_made_text,
                            .json = report_made_json};
    json_open(&json, NULL, '{');
    json_number(&json, "schema", 1);
    json_string(&json, "format", sb_archive_format(&subject->archive));
    envelopes_json(&json, &subject->archive);
    text_add(&text, STYLE_PLAIN, "%s: %s", subject->name, sb_archive_format(&subject->archive));
    for (size_t i = 0; i < subject->archive.peeled.envelopes.count; i++)
        text_add(&text, STYLE_PLAIN, " in %s",
                 sb_codec_name(subject->archive.peeled.envelopes.items[i].codec));
    text_add(&text, STYLE_PLAIN, "\n");
    if (report_engine(subject, &json, &text, error) < 0)
        return -1;
    forget_explained(subject);
    if (inspect_all(subject, options, &json, &text, error) < 0)
        return -1;
    report_json_findings(&json, "findings", &subject->findings);
    json_close(&json, '}');
    report_text_findings(&text, &subject->findings);
    return report_send(options, &report, error);
}

static int inspect(struct subject *subject, const struct values *values, struct sb_error *error) {
    const struct options *options = &values->options;
    struct reader_rights rights = RIGHTS_INIT;
    if (subject_open(subject, options->arguments.items[0], options, error) < 0)
        return -1;
    rights_of_options(&rights, options);
    rights_of_subject(&rights, subject, READINGS);
    if (values->facts)
        *sb_vec_push(&rights.results) = values->facts;
    if (confine(&rights, error) < 0 ||
        subject_read(subject, values->find ? SB_CONTENTS_DIGEST : SB_CONTENTS_UNKNOWN, error) < 0)
        return -1;
    return values->check   ? check(subject, options, error)
           : values->find  ? find_digest(subject, values->find, options, error)
           : values->facts ? print_facts(subject, values->facts, error)
                           : report(subject, options, error);
}

static int run(struct options *options, struct sb_error *error) {
    struct subject subject = SUBJECT_INIT;
    int status = inspect(&subject, (const struct values *)options, error);
    subject_release(&subject);
    return status;
}

static const struct option own[] = {
    {0, "facts", "FILE", "print the facts file", KIND_OPTIONAL, OWN(values, facts)},
    {0, "find", "DIGEST", "say what has this digest: sha256:HEX", KIND_STRING, OWN(values, find)},
    {0, "check", NULL, "say valid, or the first fault with status 2, and nothing else", KIND_FLAG,
     OWN(values, check)},
    {.name = NULL},
};

const struct command command_inspect = {
    .name = "inspect",
    .usage = "A",
    .summary = "what it holds, and its identity",
    .run = run,
    .options = {own, options_platforms, options_waiting, options_reading, options_common},
    .values_size = sizeof(struct values),
    .least = 1,
    .most = 1,
    .arguments = "one image",
};
