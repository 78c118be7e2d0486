/* The report of samebytes verify. */
#include <inttypes.h>
#include <stdio.h>

#include "report/answer.h"
#include "report/report.h"
#include "report/twice.h"
#include "report/verify.h"

static void answer_json(struct json *json, const char *name, enum answer answer) {
    if (answer == ANSWER_UNKNOWN)
        json_null(json, name);
    else
        json_bool(json, name, answer == ANSWER_YES);
}

static void build_json(struct json *json, const struct build *build, bool reference) {
    const struct sb_image *image = build->subject.core.image;
    json_open(json, NULL, '{');
    json_string(json, "builder", build->builder);
    json_string(json, "version", build->version);
    json_offset(json, "archive_bytes", build->reason ? -1 : (int64_t)build->archive_size);
    json_offset(json, "gzip_bytes", build->compressed_size ? (int64_t)build->compressed_size : -1);
    json_digest(json, "config", image ? &image->config_digest : NULL);
    json_digest(json, "manifest", image && image->in_oci ? &image->manifest_digest : NULL);
    answer_json(json, "saves_equal", build->saves_equal);
    answer_json(json, "builds_equal", build->builds_equal);
    answer_json(json, "gzip_equal", build->gzip_equal);
    json_digest(json, "canonical", image ? &build->subject.core.canon.digest : NULL);
    json_string(json, "verdict",
                build->compared ? sb_verdict_name(build->result.verdict)
                : reference     ? sb_verdict_name(SB_VERDICT_IDENTICAL)
                                : NULL);
    json_string(json, "reason", build->reason);
    json_close(json, '}');
}

static void identity_json(struct json *json, const struct verification *verification) {
    json_open(json, "identity", '[');
    for (size_t i = 0; i < verification->builds.count; i++) {
        const struct build *build = verification->builds.items[i];
        if (build->compared)
            report_json_identity_rows(json, &build->result, build->builder);
    }
    json_close(json, ']');
}

static void differences_json(struct json *json, const struct verification *verification) {
    json_open(json, "differences", '[');
    for (size_t i = 0; i < verification->builds.count; i++) {
        const struct build *build = verification->builds.items[i];
        for (size_t k = 0; k < build->result.differences.count; k++)
            report_json_difference(json, &build->result.differences.items[k], build->builder);
    }
    json_close(json, ']');
}

static void baseline_json(struct json *json, const struct verification *verification) {
    size_t allowed = 0, count = 0;
    if (!verification->options->baseline)
        return;
    for (size_t i = 0; i < verification->builds.count; i++) {
        allowed += verification->builds.items[i]->result.allowed;
        count += verification->builds.items[i]->result.differences.count;
    }
    report_json_baseline(json, &verification->allowances.baseline, allowed, count - allowed);
}

/* A: the reference, once; B: all others together. */
static void sum_counts(const struct verification *verification, uint64_t *a, uint64_t *b) {
    memcpy(a, verification->builds.items[0]->subject.core.canon.counts, SB_PASSES * sizeof *a);
    memset(b, 0, SB_PASSES * sizeof *b);
    for (size_t i = 1; i < verification->builds.count; i++)
        for (int pass = 0; pass < SB_PASSES; pass++)
            b[pass] += verification->builds.items[i]->result.counts_b[pass];
}

static void notes_json(struct json *json, const struct verification *verification) {
    json_open(json, "notes", '[');
    for (size_t i = 0; i < verification->notes.count; i++)
        json_string(json, NULL, verification->notes.items[i]);
    for (size_t i = 0; i < verification->builds.count; i++) {
        const struct build *build = verification->builds.items[i];
        for (size_t k = 0; k < build->result.notes.count; k++) {
            struct sb_buf text = SB_BUF_INIT;
            sb_buf_appendf(&text, "%s: %s", build->builder, build->result.notes.items[k]);
            json_string(json, NULL, sb_buf_string(&text));
            sb_buf_release(&text);
        }
    }
    json_close(json, ']');
}

void report_verify_json(struct json *json, const void *result) {
    const struct verification *verification = result;
    const struct options *options = verification->options;
    uint64_t a[SB_PASSES], b[SB_PASSES];
    json_open(json, NULL, '{');
    json_number(json, "schema", 1);
    json_string(json, "verdict", sb_verdict_name(verification->verdict));
    json_open(json, "budget", '{');
    json_offset(json, "max", options->max_size == UINT64_MAX ? -1 : (int64_t)options->max_size);
    json_offset(json, "bytes",
                verification->native.compressed_size ? (int64_t)verification->native.compressed_size
                                                     : -1);
    json_bool(json, "ok", verification->fits);
    json_offset(json, "compact_bytes",
                verification->native.compact_size ? (int64_t)verification->native.compact_size
                                                  : -1);
    json_close(json, '}');
    json_open(json, "builds", '[');
    for (size_t i = 0; i < verification->builds.count; i++)
        build_json(json, verification->builds.items[i], i == 0);
    json_close(json, ']');
    identity_json(json, verification);
    sum_counts(verification, a, b);
    report_json_normalised(json, a, b);
    differences_json(json, verification);
    baseline_json(json, verification);
    json_open(json, "twice", '[');
    for (size_t i = 0; i < verification->twices.count; i++)
        report_twice_json(json, verification->twices.items[i]);
    json_close(json, ']');
    notes_json(json, verification);
    json_close(json, '}');
}

static const char *answer_text(enum answer answer) {
    static const char *const texts[] = {"-", "no", "yes"};
    return texts[answer];
}

static void number_text(char *text, size_t size, uint64_t number) {
    if (number)
        snprintf(text, size, "%" PRIu64, number);
    else
        snprintf(text, size, "-");
}

/* Wide enough for the longest name. */
static int name_width(const struct verification *verification) {
    size_t width = 22;
    for (size_t i = 0; i < verification->builds.count; i++)
        if (strlen(verification->builds.items[i]->builder) > width)
            width = strlen(verification->builds.items[i]->builder);
    return (int)width;
}

static void row_text(struct text *text, const struct build *build, int width, bool reference) {
    char digest[SB_DIGEST_TEXT] = "-", archive[24], compressed[24];
    if (build->reason) {
        text_add(text, STYLE_PLAIN, "%-*s %-20.20s ", width, build->builder, build->version);
        text_add(text, STYLE_WARN, "%s: %s\n", build->asked ? "could not build" : "not asked",
                 build->reason);
        return;
    }
    sb_digest_format(&build->subject.core.canon.digest, digest);
    number_text(archive, sizeof archive, build->archive_size);
    number_text(compressed, sizeof compressed, build->compressed_size);
    text_add(text, STYLE_PLAIN, "%-*s %-20.20s %9s %8s %6s %6s  %.19s  ", width, build->builder,
             reference && strcmp(build->builder, "native") == 0 ? "GNU tar, gzip" : build->version,
             archive, compressed, answer_text(build->saves_equal), answer_text(build->builds_equal),
             digest);
    if (build->compared)
        report_text_verdict(text, build->result.verdict);
    else
        text_add(text, STYLE_PLAIN, "reference");
    text_add(text, STYLE_PLAIN, "\n");
}

static void gzip_text(struct text *text, const struct verification *verification) {
    size_t equal = 0, compared = 0;
    for (size_t i = 1; i < verification->builds.count; i++) {
        equal += verification->builds.items[i]->gzip_equal == ANSWER_YES;
        compared += verification->builds.items[i]->gzip_equal != ANSWER_UNKNOWN;
    }
    if (compared)
        text_add(text, equal == compared ? STYLE_GOOD : STYLE_BAD,
                 "canonical archives under gzip -9n: %zu of %zu are the reference's, byte for "
                 "byte\n",
                 equal, compared);
}

static void budget_text(struct text *text, const struct verification *verification) {
    const struct native *native = &verification->native;
    uint64_t highest = verification->options->max_size;
    struct sb_buf biggest = SB_BUF_INIT;
    if (!verification->has_native && !verification->fits)
        text_add(text, STYLE_BAD,
                 "budget: not measured, for there is no native build; so it does not hold\n");
    if (!verification->has_native)
        return;
    if (!native->compressed_size) {
        text_add(text, STYLE_PLAIN,
                 "size: %" PRIu64 " bytes, not compressed, for nobody asked (--max-size, "
                 "--output-dir)\n",
                 native->archive_size);
        return;
    }
    if (highest == UINT64_MAX)
        text_add(text, STYLE_PLAIN, "size: %" PRIu64, native->compressed_size);
    else
        text_add(text, verification->fits ? STYLE_GOOD : STYLE_BAD,
                 "budget: %" PRIu64 " of %" PRIu64, native->compressed_size, highest);
    text_add(text, STYLE_PLAIN,
             " bytes for the canonical archive under gzip -9n (%" PRIu64 " in the compact form)\n",
             native->compact_size);
    if (!verification->fits) {
        native_describe_size(native, &biggest);
        text_add(text, STYLE_BAD, "  %" PRIu64 " bytes too many; the biggest: %s\n",
                 native->compressed_size - highest, sb_buf_string(&biggest));
        sb_buf_release(&biggest);
    }
    if (!verification->save_fits)
        text_add(text, STYLE_BAD, "  a save of an engine is larger than --max-save-size\n");
}

static const char *scope(const struct verification *verification) {
    bool command = verification->options->build_command != NULL;
    if (!verification->engine_asked && !verification->has_native && command)
        return "no engine was asked; the command's builds against each other";
    if (!verification->engine_asked && !command && verification->options->against.count)
        return "what was published against the native build; no engine was asked";
    if (!verification->engine_asked && !command)
        return "no engine was asked; GNU tar and gzip against the library's writer";
    return verification->has_native ? "every build against the native one"
                                    : "the engine's builds against each other";
}

static bool is_worth_a_line(const struct build *build) {
    return build->compared && build->result.differences.count > 0;
}

/* The build that is furthest from the reference; NULL where all are the same image. */
static const struct build *worst_of(const struct verification *verification) {
    const struct build *worst = NULL;
    for (size_t i = 0; i < verification->builds.count; i++) {
        const struct build *build = verification->builds.items[i];
        if (is_worth_a_line(build) &&
            (!worst || build->result.verdict < worst->result.verdict ||
             (build->result.verdict == worst->result.verdict &&
              build->result.differences.count > worst->result.differences.count)))
            worst = build;
    }
    return worst;
}

/* A line that says why it differs; whole: and all about it. */
static void build_text(struct text *text, const struct verification *verification,
                       const struct build *build, bool whole) {
    const struct options *options = verification->options;
    if (!is_worth_a_line(build) && !(whole && build->compared))
        return;
    struct sb_buf reason = SB_BUF_INIT;
    answer_reason(&reason, &build->result);
    text_add(text, STYLE_HEAD, "\n%s (B) against %s (A): ", build->builder,
             verification->builds.items[0]->builder);
    text_add(text, STYLE_PLAIN, "%s\n", sb_buf_string(&reason));
    sb_buf_release(&reason);
    if (!whole)
        return;
    answer_text_digests(text, &build->result, options->verbose);
    answer_text_layers(text, &build->result, options->verbose);
    report_text_differences(text, &build->result, options->max_differences);
    answer_text_nuisances(text, &build->result, options->verbose);
}

void report_verify_text(struct text *text, const void *result) {
    const struct verification *verification = result;
    uint64_t a[SB_PASSES], b[SB_PASSES];
    int width = name_width(verification);
    text_add(text, STYLE_HEAD, "%-*s %-20s %9s %8s %6s %6s  %-19s  %s\n", width, "builder",
             "version", "archive", "gzip", "saves=", "builds=", "canonical digest", "verdict");
    for (size_t i = 0; i < verification->builds.count; i++)
        row_text(text, verification->builds.items[i], width, i == 0);
    text_add(text, STYLE_PLAIN, "\n");
    report_text_verdict(text, verification->verdict);
    size_t excluded = 0;
    for (size_t i = 0; i < verification->builds.count; i++)
        if (verification->builds.items[i]->result.excluded > excluded)
            excluded = verification->builds.items[i]->result.excluded;
    if (excluded)
        text_add(text, STYLE_WARN, ", %zu paths excluded", excluded);
    text_add(text, STYLE_PLAIN, ": %s\n", scope(verification));
    gzip_text(text, verification);
    budget_text(text, verification);
    sum_counts(verification, a, b);
    report_text_normalised(text, a, b);
    const struct build *worst = worst_of(verification);
    for (size_t i = 0; i < verification->builds.count; i++)
        build_text(text, verification, verification->builds.items[i],
                   verification->options->verbose || verification->builds.items[i] == worst);
    if (verification->options->baseline)
        report_text_baseline(text, &verification->allowances.baseline);
    for (size_t i = 0; i < verification->twices.count; i++)
        report_twice_text(text, verification->twices.items[i]);
    if (verification->notes.count)
        text_add(text, STYLE_HEAD, "\nnotes\n");
    for (size_t i = 0; i < verification->notes.count; i++)
        text_add(text, STYLE_PLAIN, "  %s\n", verification->notes.items[i]);
}

void report_verify_markdown(struct sb_buf *buf, const void *result) {
    const struct verification *verification = result;
    sb_buf_appendf(buf, "### %s\n\n%s\n\n", sb_verdict_name(verification->verdict),
                   scope(verification));
    sb_buf_append_string(buf, "| builder | version | archive | gzip | canonical | verdict |\n"
                              "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < verification->builds.count; i++) {
        const struct build *build = verification->builds.items[i];
        char digest[SB_DIGEST_TEXT] = "-";
        if (!build->reason)
            sb_digest_format(&build->subject.core.canon.digest, digest);
        char compressed[24];
        number_text(compressed, sizeof compressed, build->compressed_size);
        sb_buf_appendf(buf, "| %s | %s | %" PRIu64 " | %s | `%.19s` | %s |\n", build->builder,
                       build->version, build->archive_size, compressed, digest,
                       build->reason     ? build->reason
                       : build->compared ? sb_verdict_name(build->result.verdict)
                                         : "reference");
    }
    if (verification->native.compressed_size)
        sb_buf_appendf(buf, "\nCanonical archive under `gzip -9n`: %" PRIu64 " bytes.\n",
                       verification->native.compressed_size);
}
