/* samebytes build [DIR] -o OUT */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "builds/confine.h"
#include "builds/native.h"
#include "builds/rebuild.h"
#include "commands/command.h"
#include "commands/smallest.h"
#include "host/archive_output.h"
#include "host/encoder.h"
#include "host/temporary.h"
#include "host/text_file.h"
#include "report/report.h"

static int copy_archive(void *context, struct sb_output *output, struct sb_error *error) {
    const struct native *native = context;
    struct sb_input *input = sb_input_file(native->archive, 0, native->archive_size);
    int status = sb_output_copy(output, input, error);
    sb_input_close(input);
    return status;
}

/* null where it was not compressed. */
static int64_t measured(uint64_t size) {
    return size ? (int64_t)size : -1;
}

static void build_json(struct json *json, const struct native *native,
                       const struct options *options, bool fits) {
    json_open(json, NULL, '{');
    json_number(json, "schema", 1);
    json_string(json, "output", options->output);
    json_number(json, "archive_bytes", native->archive_size);
    json_offset(json, "gzip_bytes", measured(native->compressed_size));
    json_offset(json, "compact_bytes", measured(native->compact_size));
    json_digest(json, "canonical", &native->canon.digest);
    json_digest(json, "config", &native->canon.config_digest);
    json_open(json, "budget", '{');
    json_offset(json, "max", options->max_size == UINT64_MAX ? -1 : (int64_t)options->max_size);
    json_offset(json, "bytes", measured(native->compressed_size));
    json_bool(json, "ok", fits);
    json_close(json, '}');
    json_open(json, "tools", '[');
    json_string(json, NULL, native->tar_version);
    json_string(json, NULL, native->gzip_version);
    json_close(json, ']');
    json_close(json, '}');
}

static void build_text(struct text *text, const struct native *native,
                       const struct options *options, bool fits) {
    char digest[SB_DIGEST_TEXT];
    sb_digest_format(&native->canon.digest, digest);
    text_add(text, STYLE_PLAIN, "%s: %" PRIu64 " bytes, ", options->output, native->archive_size);
    if (native->compressed_size)
        text_add(text, STYLE_PLAIN, "%" PRIu64 " under gzip -9n, ", native->compressed_size);
    text_add(text, STYLE_PLAIN, "canonical %s\n", digest);
    text_add(text, STYLE_PLAIN, "the library's writer and %s wrote the same bytes%s%s\n",
             native->tar_version, native->compressed_size ? ", twice compressed by " : "",
             native->compressed_size ? native->gzip_version : "");
    if (fits)
        return;
    struct sb_buf biggest = SB_BUF_INIT;
    native_describe_size(native, &biggest);
    text_add(text, STYLE_BAD,
             "budget: %" PRIu64 " bytes are %" PRIu64 " more than %" PRIu64 "; the biggest: %s\n",
             native->compressed_size, native->compressed_size - options->max_size,
             options->max_size, sb_buf_string(&biggest));
    sb_buf_release(&biggest);
}

/* The engine's own archive: the facts decide about its form and wrappings. */
static int build_from_facts(const struct options *options, struct sb_error *error) {
    struct sb_facts facts = SB_FACTS_INIT;
    struct rebuild rebuild = REBUILD_INIT;
    struct sb_marked archive = SB_MARKED_INIT;
    struct sb_buf wrapped = SB_BUF_INIT;
    struct native staged = NATIVE_INIT;
    struct options source;
    struct reader_rights rights = RIGHTS_INIT;
    int fd = -1;
    rights_of_options(&rights, options);
    int status = text_file_open(options->facts, &fd, error);
    if (status == 0)
        status = rights_of_context(&rights, &staged, options,
                                   options->arguments.count ? options->arguments.items[0] : NULL,
                                   &source, error);
    if (status == 0)
        status = confine(&rights, error);
    if (status == 0)
        status = rebuild_read_facts(options->facts, fd, &facts, error);
    if (status == 0)
        status = rebuild_from_source(&rebuild, &facts, &source, error);
    if (status == 0)
        status = rebuild_write(&rebuild, &facts, &archive, error);
    if (status == 0)
        status = sb_facts_wrap(&facts, sb_buf_span(&archive.bytes), false, &host_encoder, &wrapped,
                               error);
    if (status == 0)
        status = result_write(options->output, sb_buf_span(&wrapped), error);
    sb_buf_release(&wrapped);
    sb_marked_release(&archive);
    rebuild_release(&rebuild);
    sb_facts_release(&facts);
    native_release(&staged);
    return status;
}

static int build_context(const struct options *options, struct sb_error *error) {
    struct native native = NATIVE_INIT;
    struct json json = JSON_INIT;
    struct text text = {.color = report_use_color(options->color)};
    bool fits = true;
    int status = native_prepare(&native, options, error);
    if (status == 0)
        status = native_build(&native, options, error);
    if (status == 0) {
        fits = native.compressed_size <= options->max_size;
        status = archive_output(options, copy_archive, NULL, &native, error);
    }
    if (status == 0) {
        bool silent = strcmp(options->output, "-") == 0;
        build_json(&json, &native, options, fits);
        build_text(&text, &native, options, fits);
        struct report_made made = {&text, &json};
        struct report report = {.command = "build",
                                .met = fits,
                                .result = &made,
                                .text = report_made_text,
                                .json = report_made_json};
        if (!silent || report_has_document(options))
            status = report_send(options, &report, error);
        if (status == 0)
            status = fits ? EXIT_SAME : EXIT_DIFFERENT;
    }
    sb_buf_release(&json.text);
    sb_buf_release(&text.buf);
    native_release(&native);
    return status;
}

/* The founding image, of a context that is made for it. */
static int build_founding(const struct build_values *values, struct sb_error *error) {
    const struct options *options = &values->options;
    struct options founding = *options;
    char *folder = NULL;
    if (options->arguments.count || values->exit_code != UINT64_MAX || options->engines.count)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "--smallest=canonical takes no context, --exit or --engine");
    founding.gzip = true;
    founding.platform = "linux/amd64"; /* its program's, wherever it is made */
    if (!founding.image)
        founding.image = "t";
    int status = smallest_founding(&folder, error);
    if (status == 0) {
        founding.arguments = (string_list){0};
        *sb_vec_push(&founding.arguments) = folder;
        status = build_context(&founding, error);
        sb_vec_release(&founding.arguments);
    }
    if (folder)
        temporary_remove(folder);
    free(folder);
    return status;
}

static int run(struct options *options, struct sb_error *error) {
    const struct build_values *values = (const struct build_values *)options;
    if (!options->output)
        return sb_error_set(error, SB_ERROR_USAGE, "-o OUT is missing (- is standard output)");
    if (values->smallest && options->facts)
        return sb_error_set(error, SB_ERROR_USAGE, "use --smallest or --facts, not both");
    if (values->smallest && strcmp(values->smallest, "canonical") == 0)
        return build_founding(values, error);
    if (values->smallest)
        return smallest_build(values, error);
    if (values->exit_code != UINT64_MAX || options->engines.count || options->timed)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "--exit, --engine and --timeout work with --smallest only");
    return options->facts ? build_from_facts(options, error) : build_context(options, error);
}

static const struct option own[] = {
    {'o', "output", "OUT", "write to OUT; - is standard output", KIND_STRING, AT(output)},
    {0, "gzip", NULL, "compress with gzip -9n, whatever OUT is called", KIND_FLAG, AT(gzip)},
    {0, "format", "FORM", "canonical (default) or docker-archive, the compact form", KIND_CHOICE,
     AT(form), .choices = option_forms},
    {0, "max-size", "SIZE", "the canonical archive's budget under gzip -9n: 1000, 2k, 1MiB",
     KIND_SIZE, AT(max_size)},
    {0, "like", "BUILDER",
     "as this builder takes the Dockerfile: classic-20.10, buildkit-28, ...\n"
     "                                   (default: BuildKit of Docker 29)",
     KIND_STRING, AT(like)},
    {0, "facts", "FILE", "write what the facts' engine wrote", KIND_STRING, AT(facts)},
    {0, "smallest", "CLASS",
     "the smallest archive that engines run: portable (default), one-member, legacy,\n"
     "                                   strict-plain, strict-overlapped, canonical, zstd,\n"
     "                                   zstd-legacy",
     KIND_OPTIONAL, OWN(build_values, smallest)},
    {0, "exit", "CODE", "of --smallest: the program exits with CODE and does not wait", KIND_NUMBER,
     OWN(build_values, exit_code), .highest = 127},
    {0, "engine", "E", "of --smallest: load and run it there; as verify has it; may be repeated",
     KIND_COMMAS, AT(engines)},
    {0, "timeout", "SECONDS", "for each step of an engine (default 600)", KIND_NUMBER, AT(timeout)},
    {.name = NULL},
};

static void begin(struct options *options) {
    ((struct build_values *)options)->exit_code = UINT64_MAX;
}

const struct command command_build = {
    .name = "build",
    .usage = "[DIR] -o OUT",
    .summary = "the native build alone: a canonical archive",
    .begin = begin,
    .run = run,
    .options = {own, options_making, options_platform, options_common},
    .values_size = sizeof(struct build_values),
    .most = 1,
    .arguments = "one folder",
};
