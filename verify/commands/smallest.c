#include "commands/smallest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/number.h"
#include "commands/command.h"
#include "host/encoder.h"
#include "host/engine.h"
#include "host/engine_try.h"
#include "host/temporary.h"
#include "report/report.h"
#include "smallest/founding.h"
#include "smallest/smallest.h"

struct made {
    const struct sb_smallest_class *class;
    int exit_code;
    struct sb_marked tar;
    struct sb_buf file; /* as engines get it */
    line_list engines;  /* that were tried, with their versions */
};

static int find_class(const struct build_values *values, struct made *made,
                      struct sb_error *error) {
    const char *name = strcmp(values->smallest, "-") == 0 ? "portable" : values->smallest;
    made->class = sb_smallest_class_find(name);
    made->exit_code = SB_PROGRAM_WAITS;
    if (!made->class) {
        struct sb_buf names = SB_BUF_INIT;
        for (const struct sb_smallest_class *const *class = sb_smallest_classes(); *class; class ++)
            sb_buf_appendf(&names, ", %s", (*class)->name);
        sb_error_set(error, SB_ERROR_USAGE, "--smallest=%s: must be canonical%s", name,
                     sb_buf_string(&names));
        sb_buf_release(&names);
        return -1;
    }
    if (values->exit_code != UINT64_MAX)
        made->exit_code = (int)values->exit_code;
    return 0;
}

/* What `gzip -9n` makes of the tar. */
static int compress(struct made *made, struct sb_error *error) {
    int status = host_encoder.encode(host_encoder.context, sb_span_string("gnu-gzip"), 9,
                                     sb_buf_span(&made->tar.bytes), &made->file, error);
    return status <= 0 ? status
                       : sb_error_set(error, SB_ERROR_SYSTEM,
                                      "gzip is not installed (apt-get install gzip)");
}

static int put_file(const char *folder, const char *name, struct sb_span bytes, mode_t mode,
                    struct sb_error *error) {
    struct sb_buf path = SB_BUF_INIT;
    sb_buf_appendf(&path, "%s/%s", folder, name);
    int status = result_write(sb_buf_string(&path), bytes, error);
    if (status == 0 && chmod(sb_buf_string(&path), mode) < 0)
        status =
            sb_error_set_errno(error, errno, "%s: its mode cannot be set", sb_buf_string(&path));
    sb_buf_release(&path);
    return status;
}

static int try_engine(const struct options *options, struct made *made, const char *spec,
                      const char *path, struct sb_error *error) {
    struct engine engine = ENGINE_INIT;
    int status = engine_open(&engine, spec, options, error);
    if (status == 0)
        status = builder_try(&engine.builders.items[0], options, path, made->class->image,
                             made->class->command, made->exit_code, error);
    if (status == 0)
        lines_add(&made->engines, "%s %s", spec, engine.builders.items[0].version);
    engine_close(&engine);
    return status;
}

/* Each of --engine loads a copy, before there is a result. */
static int try_engines(const struct options *options, struct made *made, struct sb_error *error) {
    char *folder;
    struct sb_buf path = SB_BUF_INIT;
    if (options->engines.count == 0)
        return 0;
    if (temporary_folder(&folder, error) < 0)
        return -1;
    sb_buf_appendf(&path, "%s/archive", folder);
    int status = put_file(folder, "archive", sb_buf_span(&made->file), 0600, error);
    for (size_t i = 0; i < options->engines.count && status == 0; i++)
        if (strcmp(options->engines.items[i], "none") != 0)
            status =
                try_engine(options, made, options->engines.items[i], sb_buf_string(&path), error);
    temporary_remove(folder);
    free(folder);
    sb_buf_release(&path);
    return status;
}

static void describe(struct json *json, struct text *text, const struct options *options,
                     const struct made *made, bool fits) {
    const struct sb_smallest_class *class = made->class;
    json_open(json, NULL, '{');
    json_number(json, "schema", 1);
    json_string(json, "output", options->output);
    json_string(json, "class", class->name);
    json_number(json, "bytes", (uint64_t)made->file.size);
    json_number(json, "archive_bytes", made->tar.bytes.size);
    json_string(json, "image", class->image);
    json_string(json, "command", class->command);
    json_string(json, "engines", class->engines);
    json_open(json, "tried", '[');
    for (size_t i = 0; i < made->engines.count; i++)
        json_string(json, NULL, made->engines.items[i]);
    json_close(json, ']');
    json_open(json, "budget", '{');
    json_offset(json, "max", options->max_size == UINT64_MAX ? -1 : (int64_t)options->max_size);
    json_number(json, "bytes", (uint64_t)made->file.size);
    json_bool(json, "ok", fits);
    json_close(json, '}');
    json_close(json, '}');
    text_add(text, STYLE_PLAIN, "%s: %" PRIu64 " bytes, class %s: %s\n", options->output,
             (uint64_t)made->file.size, class->name, class->engines);
    for (size_t i = 0; i < made->engines.count; i++)
        text_add(text, STYLE_GOOD, "%s: loads, runs, %s\n", made->engines.items[i],
                 made->exit_code < 0 ? "and was killed after a second" : "and exits as it should");
    text_add(text, STYLE_PLAIN, "docker load -i '%s' && docker run -d --rm %s '%s'\n",
             options->output, class->image, class->command);
    if (!fits)
        text_add(text, STYLE_BAD,
                 "budget: %" PRIu64 " bytes are %" PRIu64 " more than %" PRIu64 "\n",
                 (uint64_t)made->file.size, (uint64_t)made->file.size - options->max_size,
                 options->max_size);
}

int smallest_build(const struct build_values *values, struct sb_error *error) {
    const struct options *options = &values->options;
    struct made made = {0};
    struct json json = JSON_INIT;
    struct text text = {.color = report_use_color(options->color)};
    bool fits = true;
    if (options->arguments.count)
        return sb_error_set(error, SB_ERROR_USAGE, "--smallest takes no context: %s",
                            options->arguments.items[0]);
    if (options->image || options->gzip || options->files.count || options->assemble.count ||
        options->build_args.count || options->form != SB_FORM_CANONICAL)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "--smallest=%s decides name and form itself: --image, --gzip, "
                            "--format, --file, --assemble and --build-arg do not go with it",
                            values->smallest);
    int status = find_class(values, &made, error);
    if (status == 0)
        status = sb_smallest_write(made.class, made.exit_code, &made.tar, &made.file, error);
    if (status == 0 && made.class->wrapping == SB_WRAPPING_STOCK)
        status = compress(&made, error);
    if (status == 0)
        status = try_engines(options, &made, error);
    if (status == 0)
        status = result_write(options->output, sb_buf_span(&made.file), error);
    if (status == 0) {
        fits = made.file.size <= options->max_size;
        describe(&json, &text, options, &made, fits);
        struct report_made told = {&text, &json};
        struct report report = {.command = "build",
                                .met = fits,
                                .result = &told,
                                .text = report_made_text,
                                .json = report_made_json};
        if (strcmp(options->output, "-") != 0 || report_has_document(options))
            status = report_send(options, &report, error);
    }
    sb_buf_release(&json.text);
    sb_buf_release(&text.buf);
    sb_buf_release(&made.file);
    sb_marked_release(&made.tar);
    lines_release(&made.engines);
    return status < 0 ? -1 : fits ? EXIT_SAME : EXIT_DIFFERENT;
}

int smallest_founding(char **folder, struct sb_error *error) {
    if (temporary_folder(folder, error) < 0)
        return -1;
    int status = put_file(*folder, "t", sb_founding_program(), 0775, error);
    if (status == 0)
        status = put_file(*folder, "Dockerfile", sb_span_string("FROM scratch\nADD t /t\n"), 0644,
                          error);
    return status;
}
