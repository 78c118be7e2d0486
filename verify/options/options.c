#include "options/options.h"

#include <stddef.h>
#include <stdio.h>

#include "base/finding.h"
#include "base/number.h"

enum option_kind {
    KIND_FLAG,     /* bool */
    KIND_STRING,   /* const char * */
    KIND_OPTIONAL, /* const char *: "-" where no =VALUE follows */
    KIND_LIST,     /* string_list, may be repeated */
    KIND_COMMAS    /* string_list of what commas separate */
};

struct option {
    char letter; /* 0: none */
    const char *name, *value, *help;
    enum option_kind kind;
    size_t offset;
    unsigned commands;
};

#define AT(member) offsetof(struct options, member)
enum {
    COMPARING = FOR_VERIFY | FOR_DIFF,
    MAKING = FOR_VERIFY | FOR_BUILD,
    READING = FOR_ALL & ~FOR_BUILD,
    ASSEMBLING = MAKING | FOR_AUDIT
};

static const struct option table[] = {
    {'o', "output", "OUT", "write to OUT; - is standard output", KIND_STRING, AT(output),
     FOR_BUILD | FOR_NORMALIZE},
    {0, "gzip", NULL, "compress with gzip -9n, whatever OUT is called", KIND_FLAG, AT(gzip),
     FOR_BUILD | FOR_NORMALIZE},
    {0, "canonical", NULL, "write the canonical archive: another image, for comparing", KIND_FLAG,
     AT(canonical), FOR_NORMALIZE},
    {0, "format", "FORM", "canonical (default) or docker-archive, the compact form", KIND_STRING,
     AT(format_name), FOR_BUILD | FOR_NORMALIZE | FOR_VERIFY},
    {0, "facts", "FILE",
     "build: write what the facts' engine wrote; audit: facts agreed beforehand", KIND_STRING,
     AT(facts), FOR_BUILD | FOR_AUDIT},
    {0, "facts", "FILE", "print the facts file", KIND_OPTIONAL, AT(facts), FOR_INSPECT},
    {0, "find", "DIGEST", "say what has this digest: sha256:HEX", KIND_STRING, AT(find),
     FOR_INSPECT},
    {0, "check", NULL, "say valid, or the first fault with status 2, and nothing else", KIND_FLAG,
     AT(check), FOR_INSPECT},
    {0, "source", "DIR", "re-derive the blob from the Dockerfile and context in DIR", KIND_STRING,
     AT(source), FOR_AUDIT},
    {0, "script", "FILE", "a shell script that repeats the proof without this program", KIND_STRING,
     AT(script), FOR_AUDIT},
    {0, "html", "FILE", "the report as a page of its own", KIND_OPTIONAL, AT(html),
     FOR_AUDIT | FOR_DIFF},
    {0, "engine", "E",
     "docker, docker:buildkit, docker=SOCKET, podman, buildah, none,\n"
     "                                   docker@trixie+containerd, ...; may be repeated\n"
     "                                   (default: the docker that answers; else podman or "
     "buildah,\n"
     "                                   which need no root)",
     KIND_COMMAS, AT(engines), FOR_VERIFY},
    {0, "smallest", "CLASS",
     "the smallest archive that engines run: portable (default), one-member, legacy,\n"
     "                                   strict-plain, strict-overlapped, canonical, zstd,\n"
     "                                   zstd-legacy",
     KIND_OPTIONAL, AT(smallest), FOR_BUILD},
    {0, "exit", "CODE", "of --smallest: the program exits with CODE and does not wait", KIND_STRING,
     AT(exit_text), FOR_BUILD},
    {0, "engine", "E", "of --smallest: load and run it there; as verify has it; may be repeated",
     KIND_COMMAS, AT(engines), FOR_BUILD},
    {0, "against", "IMAGE", "compare this image with the native build, too", KIND_LIST, AT(against),
     FOR_VERIFY},
    {0, "assemble", "NAME=SOURCE", "context file NAME is made from assembler SOURCE", KIND_LIST,
     AT(assemble), ASSEMBLING},
    {'f', "file", "FILE", "the Dockerfile (default DIR/Dockerfile)", KIND_LIST, AT(files),
     ASSEMBLING},
    {0, "target", "STAGE", "build up to this stage (engines)", KIND_STRING, AT(target), FOR_VERIFY},
    {0, "build-arg", "NAME=VALUE", "an argument of the build", KIND_LIST, AT(build_args),
     ASSEMBLING},
    {0, "build-command", "CMD",
     "another builder: a shell command, run in DIR, that writes an image archive\n"
     "                                   to $OUT",
     KIND_STRING, AT(build_command), FOR_VERIFY},
    {0, "twice", NULL, "build twice with each engine and compare the two", KIND_FLAG, AT(twice),
     FOR_VERIFY},
    {0, "output-dir", "DIR", "keep every build: as saved, normalised, compressed", KIND_STRING,
     AT(output_dir), FOR_VERIFY},
    {0, "timeout", "SECONDS", "for each step of an engine (default 600)", KIND_STRING,
     AT(timeout_text), MAKING},
    {0, "timeout", "SECONDS", "for an engine or registry to give an image (default 3600)",
     KIND_STRING, AT(timeout_text), READING & ~FOR_VERIFY},
    {0, "max-size", "SIZE", "the canonical archive's budget under gzip -9n: 1000, 2k, 1MiB",
     KIND_STRING, AT(max_size_text), MAKING},
    {0, "max-save-size", "SIZE", "the budget of the engine's own save under gzip -9n", KIND_STRING,
     AT(max_save_size_text), FOR_VERIFY},
    {0, "require", "WHAT",
     "identical, same-manifest, same-config, reproduced (default) or equivalent", KIND_STRING,
     AT(require_name), COMPARING},
    {0, "ignore", "PASS,...", "switch passes on", KIND_COMMAS, AT(ignore),
     COMPARING | FOR_NORMALIZE},
    {0, "keep", "PASS,...", "switch passes off", KIND_COMMAS, AT(keep), COMPARING | FOR_NORMALIZE},
    {0, "allow", "KIND,...", "go on in spite of these ambiguous findings", KIND_COMMAS, AT(allow),
     COMPARING | FOR_NORMALIZE},
    {0, "exclude", "GLOB", "leave out files that match; always counted and listed", KIND_LIST,
     AT(exclude), COMPARING},
    {0, "baseline", "FILE", "allow the differences that FILE lists, each with its reason",
     KIND_STRING, AT(baseline), COMPARING},
    {0, "write-baseline", "FILE", "write such a FILE, of all differences of this run", KIND_STRING,
     AT(write_baseline), COMPARING},
    {0, "report-dir", "DIR", "write both versions of each file that differs below DIR", KIND_STRING,
     AT(report_dir), FOR_DIFF},
    {0, "text", NULL, "show the lines that differ in files that are texts", KIND_FLAG, AT(text),
     FOR_DIFF},
    {0, "trust-digests", NULL,
     "believe the digests that the archives claim: layers with one diff_id are not read", KIND_FLAG,
     AT(trust_digests), FOR_DIFF},
    {0, "max-differences", "N", "show N differences (default 50; 0: all)", KIND_STRING,
     AT(max_differences_text), COMPARING},
    {0, "limit", "NAME=SIZE,...",
     "move a limit of the readers: entries, unpacked, json-size, json-values,\n"
     "                                   audit-size",
     KIND_COMMAS, AT(limit), READING},
    {0, "image", "NAME", "choose among several images; for build and verify the name of the image",
     KIND_STRING, AT(image), FOR_ALL},
    {0, "platform", "OS/ARCH", "choose among several platforms; diff and inspect take several",
     KIND_COMMAS, AT(platforms), FOR_ALL},
    {0, "all-platforms", NULL, "compare every platform of both", KIND_FLAG, AT(all_platforms),
     FOR_DIFF},
    {0, "json", "FILE", "a JSON document on standard output, or to FILE", KIND_OPTIONAL, AT(json),
     FOR_ALL},
    {0, "markdown", "FILE", "the report as Markdown", KIND_OPTIONAL, AT(markdown), COMPARING},
    {0, "color", "WHEN", "auto (default), always or never", KIND_STRING, AT(color_name), FOR_ALL},
    {0, "no-sandbox", NULL, "read with all rights, where a system has no seccomp", KIND_FLAG,
     AT(no_sandbox), FOR_ALL},
    {'q', "quiet", NULL, "only the verdict, by exit status", KIND_FLAG, AT(quiet), FOR_ALL},
    {'v', "verbose", NULL, "say more", KIND_FLAG, AT(verbose), FOR_ALL},
    {'h', "help", NULL, "this help", KIND_FLAG, AT(help), FOR_ALL},
};

static const struct option *find_long(const char *name, size_t size, enum command_bit command) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].commands & command && strlen(table[i].name) == size &&
            memcmp(table[i].name, name, size) == 0)
            return &table[i];
    return NULL;
}

static const struct option *find_letter(char letter, enum command_bit command) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].commands & command && table[i].letter && table[i].letter == letter)
            return &table[i];
    return NULL;
}

static void add_commas(string_list *list, const char *value) {
    while (*value) {
        size_t size = strcspn(value, ",");
        if (size)
            *sb_vec_push(list) = sb_memory_copy(value, size);
        value += size + (value[size] == ',');
    }
}

static void set(struct options *options, const struct option *option, const char *value) {
    char *at = (char *)options + option->offset;
    switch (option->kind) {
    case KIND_FLAG:
        *(bool *)at = true;
        break;
    case KIND_STRING:
    case KIND_OPTIONAL:
        *(const char **)at = value;
        break;
    case KIND_LIST:
        *sb_vec_push((string_list *)at) = sb_memory_copy_string(value);
        break;
    case KIND_COMMAS:
        add_commas((string_list *)at, value);
        break;
    }
}

/* *used is set where the next argument was taken as the value. */
static int take_option(struct options *options, enum command_bit command, const char *argument,
                       const char *next, bool *used, struct sb_error *error) {
    const struct option *option;
    const char *value = NULL;
    if (argument[1] == '-') {
        size_t size = strcspn(argument + 2, "=");
        option = find_long(argument + 2, size, command);
        value = argument[2 + size] ? argument + 3 + size : NULL;
    } else {
        option = find_letter(argument[1], command);
        value = argument[1] && argument[2] ? argument + 2 : NULL;
    }
    if (!option)
        return sb_error_set(error, SB_ERROR_USAGE, "unknown option %s", argument);
    if (option->kind == KIND_FLAG && value)
        return sb_error_set(error, SB_ERROR_USAGE, "--%s takes no value", option->name);
    if (option->kind == KIND_OPTIONAL && !value)
        value = "-";
    if (option->kind != KIND_FLAG && !value) {
        if (!next)
            return sb_error_set(error, SB_ERROR_USAGE, "--%s needs a value: %s", option->name,
                                option->value);
        value = next;
        *used = true;
    }
    set(options, option, value);
    return 0;
}

static int parse_passes(const string_list *names, bool *flags, struct sb_error *error) {
    for (size_t i = 0; i < names->count; i++) {
        int pass = sb_pass_lookup(names->items[i]);
        if (pass < 0)
            return sb_error_set(error, SB_ERROR_USAGE,
                                "no pass is called %s; samebytes(1) lists them", names->items[i]);
        flags[pass] = true;
    }
    return 0;
}

static int parse_kinds(struct options *options, struct sb_error *error) {
    for (size_t i = 0; i < options->allow.count; i++) {
        int kind = sb_finding_lookup(options->allow.items[i]);
        if (kind < 0)
            return sb_error_set(error, SB_ERROR_USAGE, "there is no kind of finding called %s",
                                options->allow.items[i]);
        options->allowed[kind] = true;
    }
    return 0;
}

/* NAME=SIZE */
static int parse_limit(struct options *options, const char *text, struct sb_error *error) {
    size_t size = strcspn(text, "=");
    for (int limit = 0; limit < SB_LIMITS; limit++) {
        const char *name = sb_limit_name((enum sb_limit)limit);
        if (strlen(name) != size || memcmp(name, text, size) != 0)
            continue;
        if (!text[size] || !sb_number_size(text + size + 1, &options->limits[limit]) ||
            options->limits[limit] == 0)
            break;
        return 0;
    }
    return sb_error_set(error, SB_ERROR_USAGE,
                        "--limit %s: must be entries=N, unpacked=SIZE, json-size=SIZE, "
                        "json-values=N or audit-size=SIZE",
                        text);
}

/* The position of text in a list of names that ends in NULL; -1. */
static int choose(const char *text, const char *const *names) {
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    return -1;
}

static int parse_names(struct options *options, struct sb_error *error) {
    static const char *const requirements[] = {"equivalent",    "reproduced", "same-config",
                                               "same-manifest", "identical",  NULL};
    static const char *const colors[] = {"auto", "always", "never", NULL};
    static const char *const forms[] = {"canonical", "docker-archive", NULL};
    int require = choose(options->require_name, requirements);
    int color = choose(options->color_name, colors);
    int form = choose(options->format_name, forms);
    if (require < 0)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "--require %s: must be identical, same-manifest, same-config, "
                            "reproduced or equivalent",
                            options->require_name);
    if (color < 0)
        return sb_error_set(error, SB_ERROR_USAGE, "--color %s: must be auto, always or never",
                            options->color_name);
    if (form < 0)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "--format %s: must be canonical or docker-archive",
                            options->format_name);
    options->require = (enum requirement)require;
    options->color = (enum color)color;
    options->form = (enum sb_canon_form)form;
    return 0;
}

static int parse_sizes(struct options *options, struct sb_error *error) {
    const struct {
        const char *name, *text;
        uint64_t *value, standard;
    } sizes[] = {
        {"max-size", options->max_size_text, &options->max_size, UINT64_MAX},
        {"max-save-size", options->max_save_size_text, &options->max_save_size, UINT64_MAX},
        {"max-differences", options->max_differences_text, &options->max_differences, 50},
        {"timeout", options->timeout_text, &options->timeout, 600}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        *sizes[i].value = sizes[i].standard;
        if (sizes[i].text && !sb_number_size(sizes[i].text, sizes[i].value))
            return sb_error_set(error, SB_ERROR_USAGE, "--%s %s: must be a number", sizes[i].name,
                                sizes[i].text);
    }
    return 0;
}

static int check_platforms(struct options *options, enum command_bit command,
                           struct sb_error *error) {
    size_t count = options->platforms.count;
    if (count)
        options->platform = options->platforms.items[count - 1];
    if (count > 1 && !(command & (FOR_DIFF | FOR_INSPECT)))
        return sb_error_set(error, SB_ERROR_USAGE, "this command takes --platform once");
    if (count && options->all_platforms)
        return sb_error_set(error, SB_ERROR_USAGE, "--platform or --all-platforms, not both");
    return 0;
}

/* One document at most on standard output. */
static int check_outputs(const struct options *options, struct sb_error *error) {
    const char *const documents[] = {options->json, options->html, options->markdown};
    size_t count = 0;
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        count += documents[i] && strcmp(documents[i], "-") == 0;
    return count > 1 ? sb_error_set(error, SB_ERROR_USAGE,
                                    "only one of --json, --html and --markdown can have standard "
                                    "output: --json=FILE")
                     : 0;
}

int options_parse(struct options *options, enum command_bit command, int argc, char **argv,
                  struct sb_error *error) {
    *options = (struct options){
        .require_name = "reproduced", .color_name = "auto", .format_name = "canonical"};
    for (int i = 0; i < argc; i++) {
        bool used = false;
        if (strcmp(argv[i], "--") == 0) {
            while (++i < argc)
                *sb_vec_push(&options->rest) = sb_memory_copy_string(argv[i]);
            break;
        }
        if (argv[i][0] != '-' || argv[i][1] == '\0') {
            *sb_vec_push(&options->arguments) = sb_memory_copy_string(argv[i]);
            continue;
        }
        if (take_option(options, command, argv[i], i + 1 < argc ? argv[i + 1] : NULL, &used,
                        error) < 0)
            return -1;
        i += used;
    }
    options->exclude_spans = sb_memory_new(options->exclude.count, sizeof *options->exclude_spans);
    for (size_t i = 0; i < options->exclude.count; i++)
        options->exclude_spans[i] = sb_span_string(options->exclude.items[i]);
    options->passes.exclude = options->exclude_spans;
    options->passes.exclude_count = options->exclude.count;
    if (check_platforms(options, command, error) < 0 || check_outputs(options, error) < 0)
        return -1;
    if (parse_passes(&options->ignore, options->passes.on, error) < 0 ||
        parse_passes(&options->keep, options->passes.off, error) < 0 ||
        parse_kinds(options, error) < 0 || parse_names(options, error) < 0)
        return -1;
    for (size_t i = 0; i < options->limit.count; i++)
        if (parse_limit(options, options->limit.items[i], error) < 0)
            return -1;
    return parse_sizes(options, error);
}

static void release_list(string_list *list) {
    for (size_t i = 0; i < list->count; i++)
        free((char *)(uintptr_t)list->items[i]);
    sb_vec_release(list);
}

void options_release(struct options *options) {
    free(options->exclude_spans);
    release_list(&options->arguments);
    release_list(&options->rest);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].kind == KIND_LIST || table[i].kind == KIND_COMMAS)
            release_list((string_list *)((char *)options + table[i].offset));
}

void options_describe(enum command_bit command, struct sb_buf *text) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct option *option = &table[i];
        char left[64];
        if (!(option->commands & command))
            continue;
        snprintf(left, sizeof left, "%c%c %s--%s%s%s%s", option->letter ? '-' : ' ',
                 option->letter ? option->letter : ' ', option->letter ? "" : " ", option->name,
                 option->kind == KIND_OPTIONAL ? "[="
                 : option->value               ? " "
                                               : "",
                 option->value ? option->value : "", option->kind == KIND_OPTIONAL ? "]" : "");
        sb_buf_appendf(text, "  %-32s %s\n", left, option->help);
    }
}
