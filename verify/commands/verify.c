/* samebytes verify [DIR] */
#include "report/verify.h"
#include "commands/command.h"
#include "report/report.h"

static int run(struct options *options, struct sb_error *error) {
    struct verification verification = VERIFICATION_INIT;
    verification.options = options;
    int status = verification_run(&verification, error);
    struct report report = {.command = "verify",
                            .met = verification.met && verification.fits && verification.save_fits,
                            .result = &verification,
                            .text = report_verify_text,
                            .json = report_verify_json,
                            .markdown = report_verify_markdown};
    if (status == 0)
        status = report_send(options, &report, error);
    if (status == 0)
        status = report.met ? EXIT_SAME : EXIT_DIFFERENT;
    verification_release(&verification);
    return status;
}

static const struct option own[] = {
    {0, "engine", "E",
     "docker, docker:buildkit, docker=SOCKET, podman, buildah, none,\n"
     "                                   docker@trixie+containerd, ...; may be repeated\n"
     "                                   (default: the docker that answers; else podman or "
     "buildah,\n"
     "                                   which need no root)",
     KIND_COMMAS, AT(engines)},
    {0, "against", "IMAGE", "compare this image with the native build, too", KIND_LIST,
     AT(against)},
    {0, "build-command", "CMD",
     "another builder: a shell command, run in DIR, that writes an image archive\n"
     "                                   to $OUT",
     KIND_STRING, AT(build_command)},
    {0, "twice", NULL, "build twice with each engine and compare the two", KIND_FLAG, AT(twice)},
    {0, "output-dir", "DIR", "keep every build: as saved, normalised, compressed", KIND_STRING,
     AT(output_dir)},
    {0, "format", "FORM", "canonical (default) or docker-archive, the compact form", KIND_CHOICE,
     AT(form), .choices = option_forms},
    {0, "timeout", "SECONDS", "for each step of an engine (default 600)", KIND_NUMBER, AT(timeout)},
    {0, "max-size", "SIZE", "the canonical archive's budget under gzip -9n: 1000, 2k, 1MiB",
     KIND_SIZE, AT(max_size)},
    {0, "max-save-size", "SIZE", "the budget of the engine's own save under gzip -9n", KIND_SIZE,
     AT(max_save_size)},
    {.name = NULL},
};

const struct command command_verify = {
    .name = "verify",
    .usage = "[DIR] [-- ARGUMENT...]",
    .summary = "rebuild by independent ways, normalise, compare",
    .run = run,
    .options = {own, options_making, options_comparing, options_platform, options_reading,
                options_common},
    .most = 1,
    .arguments = "one folder",
    .rest = true,
};
