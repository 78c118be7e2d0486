#include "options/option.h"

#include <stdio.h>

#include "base/finding.h"
#include "base/number.h"

static const struct option *find_long(const option_rows *table, const char *name, size_t size) {
    for (; *table; table++)
        for (const struct option *option = *table; option->name; option++)
            if (strlen(option->name) == size && memcmp(option->name, name, size) == 0)
                return option;
    return NULL;
}

static const struct option *find_letter(const option_rows *table, char letter) {
    for (; *table; table++)
        for (const struct option *option = *table; option->name; option++)
            if (option->letter && option->letter == letter)
                return option;
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

static int set_passes(bool *flags, const string_list *names, struct sb_error *error) {
    for (size_t i = 0; i < names->count; i++) {
        int pass = sb_pass_lookup(names->items[i]);
        if (pass < 0)
            return sb_error_set(error, SB_ERROR_USAGE,
                                "no pass is called %s; samebytes(1) lists them", names->items[i]);
        flags[pass] = true;
    }
    return 0;
}

static int set_findings(bool *flags, const string_list *names, struct sb_error *error) {
    for (size_t i = 0; i < names->count; i++) {
        int kind = sb_finding_lookup(names->items[i]);
        if (kind < 0)
            return sb_error_set(error, SB_ERROR_USAGE, "there is no kind of finding called %s",
                                names->items[i]);
        flags[kind] = true;
    }
    return 0;
}

/* NAME=SIZE */
static int set_limit(uint64_t *limits, const char *text, struct sb_error *error) {
    size_t size = strcspn(text, "=");
    for (int limit = 0; limit < SB_LIMITS; limit++) {
        const char *name = sb_limit_name((enum sb_limit)limit);
        if (strlen(name) != size || memcmp(name, text, size) != 0)
            continue;
        if (!text[size] || !sb_number_size(text + size + 1, &limits[limit]) || limits[limit] == 0)
            break;
        return 0;
    }
    return sb_error_set(error, SB_ERROR_USAGE,
                        "--limit %s: must be entries=N, unpacked=SIZE, json-size=SIZE, "
                        "json-values=N or audit-size=SIZE",
                        text);
}

static int set_limits(uint64_t *limits, const string_list *texts, struct sb_error *error) {
    for (size_t i = 0; i < texts->count; i++)
        if (set_limit(limits, texts->items[i], error) < 0)
            return -1;
    return 0;
}

static int set_number(uint64_t *number, const struct option *option, const char *value,
                      struct sb_error *error) {
    uint64_t highest = option->highest ? option->highest : UINT64_MAX;
    if (option->kind == KIND_SIZE ? sb_number_size(value, number)
                                  : sb_number_decimal(sb_span_string(value), highest, number))
        return 0;
    if (option->highest)
        return sb_error_set(error, SB_ERROR_USAGE, "--%s %s: must be a number from 0 to %llu",
                            option->name, value, (unsigned long long)option->highest);
    return sb_error_set(error, SB_ERROR_USAGE, "--%s %s: must be a number%s", option->name, value,
                        option->kind == KIND_SIZE ? ", as 1000, 2k or 1MiB" : "");
}

static int set_choice(unsigned *choice, const struct option *option, const char *value,
                      struct sb_error *error) {
    struct sb_buf names = SB_BUF_INIT;
    for (unsigned i = 0; option->choices[i]; i++) {
        if (strcmp(option->choices[i], value) == 0) {
            *choice = i;
            sb_buf_release(&names);
            return 0;
        }
        sb_buf_appendf(&names, "%s%s",
                       i == 0                   ? ""
                       : option->choices[i + 1] ? ", "
                                                : " or ",
                       option->choices[i]);
    }
    sb_error_set(error, SB_ERROR_USAGE, "--%s %s: must be %s", option->name, value,
                 sb_buf_string(&names));
    sb_buf_release(&names);
    return -1;
}

static void release_list(string_list *list) {
    for (size_t i = 0; i < list->count; i++)
        free((char *)(uintptr_t)list->items[i]);
    sb_vec_release(list);
}

static int set(struct options *options, const struct option *option, const char *value,
               struct sb_error *error) {
    void *at = (char *)options + option->offset;
    string_list names = {0};
    int status = 0;
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
        add_commas(at, value);
        break;
    case KIND_NUMBER:
    case KIND_SIZE:
        status = set_number(at, option, value, error);
        break;
    case KIND_CHOICE:
        status = set_choice(at, option, value, error);
        break;
    case KIND_PASSES:
    case KIND_FINDINGS:
    case KIND_LIMITS:
        add_commas(&names, value);
        status = option->kind == KIND_PASSES     ? set_passes(at, &names, error)
                 : option->kind == KIND_FINDINGS ? set_findings(at, &names, error)
                                                 : set_limits(at, &names, error);
        release_list(&names);
        break;
    }
    if (status == 0 && option->once && ((string_list *)at)->count > 1)
        status = sb_error_set(error, SB_ERROR_USAGE, "this command takes --%s once", option->name);
    return status;
}

/* *used is set where the next argument was taken as the value. */
static int take_option(struct options *options, const option_rows *table, const char *argument,
                       const char *next, bool *used, struct sb_error *error) {
    const struct option *option;
    const char *value = NULL;
    if (argument[1] == '-') {
        size_t size = strcspn(argument + 2, "=");
        option = find_long(table, argument + 2, size);
        value = argument[2 + size] ? argument + 3 + size : NULL;
    } else {
        option = find_letter(table, argument[1]);
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
    return set(options, option, value, error);
}

/* Whether a document goes to standard output. */
static bool is_standard(const char *path) {
    return path && strcmp(path, "-") == 0;
}

/* One document at most on standard output. */
static int check_outputs(const struct options *options, struct sb_error *error) {
    size_t count = is_standard(options->output);
    for (size_t i = 0; i < DOCUMENTS; i++)
        count += is_standard(options->documents[i]);
    if (count < 2)
        return 0;
    if (is_standard(options->output))
        return sb_error_set(error, SB_ERROR_USAGE,
                            "-o - and a document both want standard output: --json=FILE");
    return sb_error_set(error, SB_ERROR_USAGE,
                        "only one of --json, --html, --markdown, --sarif and --junit can have "
                        "standard output: --json=FILE");
}

/* What follows from what was said. */
static int finish(struct options *options, struct sb_error *error) {
    enum { STEP_TIMEOUT = 600, SAVE_TIMEOUT = 3600 };
    options->exclude_spans = sb_memory_new(options->exclude.count, sizeof *options->exclude_spans);
    for (size_t i = 0; i < options->exclude.count; i++)
        options->exclude_spans[i] = sb_span_string(options->exclude.items[i]);
    options->passes.exclude = options->exclude_spans;
    options->passes.exclude_count = options->exclude.count;
    options->timed = options->timeout != 0;
    options->save_timeout = options->timed ? options->timeout : SAVE_TIMEOUT;
    options->timeout = options->timed ? options->timeout : STEP_TIMEOUT;
    if (options->platforms.count)
        options->platform = options->platforms.items[options->platforms.count - 1];
    if (options->platforms.count && options->all_platforms)
        return sb_error_set(error, SB_ERROR_USAGE, "--platform or --all-platforms, not both");
    return check_outputs(options, error);
}

int options_parse(struct options *options, const option_rows *table, bool rest, int argc,
                  char **argv, struct sb_error *error) {
    bool ended = false;
    for (int i = 0; i < argc; i++) {
        bool used = false;
        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = true;
            continue;
        }
        if (ended || argv[i][0] != '-' || argv[i][1] == '\0') {
            *sb_vec_push(ended && rest ? &options->rest : &options->arguments) =
                sb_memory_copy_string(argv[i]);
            continue;
        }
        if (take_option(options, table, argv[i], i + 1 < argc ? argv[i + 1] : NULL, &used, error) <
            0)
            return -1;
        i += used;
    }
    return finish(options, error);
}

void options_release(struct options *options, const option_rows *table) {
    free(options->exclude_spans);
    release_list(&options->arguments);
    release_list(&options->rest);
    for (; *table; table++)
        for (const struct option *option = *table; option->name; option++)
            if (option->kind == KIND_LIST || option->kind == KIND_COMMAS)
                release_list((string_list *)((char *)options + option->offset));
}

void options_describe(const option_rows *table, struct sb_buf *text) {
    for (; *table; table++)
        for (const struct option *option = *table; option->name; option++) {
            char left[64];
            bool optional = option->kind == KIND_OPTIONAL;
            snprintf(left, sizeof left, "%c%c %s--%s%s%s%s", option->letter ? '-' : ' ',
                     option->letter ? option->letter : ' ', option->letter ? "" : " ", option->name,
                     optional        ? "[="
                     : option->value ? " "
                                     : "",
                     option->value ? option->value : "", optional ? "]" : "");
            sb_buf_appendf(text, "  %-32s %s\n", left, option->help);
        }
}
