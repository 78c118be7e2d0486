#include "commands/find_digest.h"

#include "commands/command.h"
#include "compare/whose.h"
#include "host/encoder.h"
#include "report/report.h"

/* "diff_id of layer 3 of linux/amd64" */
static void owner_text(struct sb_buf *buf, const struct sb_owner_of_digest *owner) {
    const char *what = owner->what;
    if (strcmp(what, "file") == 0) {
        sb_buf_append_string(buf, "content of /");
        sb_buf_append_visible(buf, owner->path);
        sb_buf_appendf(buf, " in layer %zu", owner->layer);
    } else if (strcmp(what, "chain") == 0) {
        sb_buf_appendf(buf, "chain id of layers 1 to %zu", owner->layer);
    } else if (strcmp(what, "diff_id") == 0) {
        sb_buf_appendf(buf, "diff_id of layer %zu", owner->layer);
    } else if (owner->layer) {
        sb_buf_appendf(buf, "digest of layer %zu", owner->layer);
    } else {
        sb_buf_appendf(buf, "%s digest", what);
    }
    if (owner->image)
        sb_buf_appendf(buf, " of %s", owner->image->platform);
    if (owner->encoder)
        sb_buf_appendf(buf, " as %s at level %u would write it", owner->encoder, owner->level);
}

static void owner_json(struct json *json, const struct sb_owner_of_digest *owner) {
    struct sb_buf said = SB_BUF_INIT;
    owner_text(&said, owner);
    json_open(json, NULL, '{');
    json_string(json, "what", owner->what);
    json_string(json, "platform", owner->image ? owner->image->platform : NULL);
    json_offset(json, "layer", owner->layer ? (int64_t)owner->layer : -1);
    if (owner->path.data)
        json_bytes(json, "path", owner->path);
    else
        json_null(json, "path");
    json_string(json, "encoder", owner->encoder);
    json_offset(json, "level", owner->encoder ? (int64_t)owner->level : -1);
    json_string(json, "text", sb_buf_string(&said));
    json_close(json, '}');
    sb_buf_release(&said);
}

static int search(struct sb_owners_of_digest *owners, struct subject *subject,
                  const struct options *options, const struct sb_digest *wanted,
                  struct sb_error *error) {
    struct sb_archive *archive = &subject->archive;
    if (sb_whose_digest(owners, archive, subject->core.bytes, wanted, error) < 0)
        return -1;
    for (size_t i = 0; i < archive->images.count; i++) {
        subject->core.image = archive->images.items[i];
        if (subject_prepare(subject, options, error) < 0)
            return -1;
        sb_whose_digest_of_subject(owners, &subject->core, wanted);
        subject_forget(subject);
    }
    /* Compressing costs more than reading: only where nothing else has it. */
    return owners->list.count
               ? 0
               : sb_whose_digest_encoded(owners, archive, &host_encoder, wanted, error);
}

int find_digest(struct subject *subject, const char *text_of_digest, const struct options *options,
                struct sb_error *error) {
    struct sb_owners_of_digest owners = {0};
    struct sb_digest wanted;
    struct json json = JSON_INIT;
    struct text text = {.color = report_use_color(options->color)};
    struct sb_span hex = sb_span_string(text_of_digest);
    if (sb_span_starts(hex, "sha256:"))
        hex = sb_span_from(hex, 7);
    if (!sb_digest_parse_hex(hex, &wanted))
        return sb_error_set(error, SB_ERROR_USAGE,
                            "--find %s: must be sha256: and 64 hexadecimal digits", text_of_digest);
    int status = search(&owners, subject, options, &wanted, error);
    if (status == 0) {
        json_open(&json, NULL, '{');
        json_number(&json, "schema", 1);
        json_digest(&json, "find", &wanted);
        json_open(&json, "matches", '[');
        for (size_t i = 0; i < owners.list.count; i++) {
            struct sb_buf said = SB_BUF_INIT;
            owner_json(&json, &owners.list.items[i]);
            owner_text(&said, &owners.list.items[i]);
            text_add(&text, STYLE_GOOD, "%s\n", sb_buf_string(&said));
            sb_buf_release(&said);
        }
        json_close(&json, ']');
        json_close(&json, '}');
        if (owners.list.count == 0)
            text_add(&text, STYLE_BAD, "nothing in %s has this digest%s\n", subject->name,
                     owners.layers_too_large
                         ? ", or a layer has it that was not compressed again for its size"
                         : ", nor has a layer as the encoders that are installed would write it");
        struct report_made made = {&text, &json};
        struct report report = {.command = "inspect",
                                .met = owners.list.count > 0,
                                .result = &made,
                                .text = report_made_text,
                                .json = report_made_json};
        status = report_send(options, &report, error);
    }
    if (status == 0)
        status = owners.list.count ? EXIT_SAME : EXIT_DIFFERENT;
    sb_vec_release(&owners.list);
    sb_buf_release(&json.text);
    sb_buf_release(&text.buf);
    return status;
}
