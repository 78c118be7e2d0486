/* The instructions that change the configuration and no file (Dockerfile reference). What a builder
 * says of each in the history is moby's builder/dockerfile/dispatchers.go, BuildKit's
 * dockerfile2llb/convert.go, Buildah's imagebuildah/stage_executor.go. */
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "recipe/internal.h"

static void set_variable(sb_variables *variables, struct sb_span name, struct sb_span value) {
    for (size_t i = 0; i < variables->count; i++)
        if (sb_span_equal(variables->items[i].name, name)) {
            variables->items[i].value = value;
            return;
        }
    *sb_vec_push(variables) = (struct sb_variable){name, value};
}

static void add_once(sb_words *words, struct sb_span word) {
    for (size_t i = 0; i < words->count; i++)
        if (sb_span_equal(words->items[i], word))
            return;
    *sb_vec_push(words) = word;
}

/* NAME=VALUE …, or the old form NAME VALUE with the rest of the line as the value. All words see
 * the variables as they were before the instruction. */
static int parse_pairs(struct sb_plan *plan, struct sb_span text, sb_variables *pairs,
                       struct sb_error *error) {
    sb_words words = {0};
    struct sb_variable pair;
    int status = 0;
    sb_words_split(text, plan->dockerfile.escape, &words);
    if (!memchr(words.items[0].data, '=', words.items[0].size)) {
        struct sb_span rest = sb_words_trim(sb_span_from(text, words.items[0].size));
        if (rest.size == 0)
            status = sb_error_set(error, SB_ERROR_USAGE, "it needs a name and a value");
        else if (sb_plan_expand(plan, words.items[0], &pair.name, error) < 0 ||
                 sb_plan_expand(plan, rest, &pair.value, error) < 0)
            status = -1;
        else
            *sb_vec_push(pairs) = pair;
        sb_vec_release(&words);
        return status;
    }
    for (size_t i = 0; i < words.count && status == 0; i++) {
        const unsigned char *equals = memchr(words.items[i].data, '=', words.items[i].size);
        size_t size = equals ? (size_t)(equals - words.items[i].data) : 0;
        if (size == 0)
            status = sb_error_set(error, SB_ERROR_USAGE, "'%.*s' is not NAME=VALUE",
                                  SB_SPAN(words.items[i]));
        else if (sb_plan_expand(plan, sb_span_of(words.items[i].data, size), &pair.name, error) <
                     0 ||
                 sb_plan_expand(plan, sb_span_from(words.items[i], size + 1), &pair.value, error) <
                     0)
            status = -1;
        else
            *sb_vec_push(pairs) = pair;
    }
    sb_vec_release(&words);
    return status;
}

static int execute_pairs(struct sb_plan *plan, const struct sb_instruction *instruction,
                         const char *name, sb_variables *target, struct sb_error *error) {
    sb_variables pairs = {0};
    struct sb_buf said = SB_BUF_INIT;
    int status = parse_pairs(plan, instruction->arguments, &pairs, error);
    for (size_t i = 0; i < pairs.count && status == 0; i++) {
        set_variable(target, pairs.items[i].name, pairs.items[i].value);
        sb_buf_append_byte(&said, ' ');
        sb_buf_append_span(&said, pairs.items[i].name);
        sb_buf_append_byte(&said, '=');
        sb_buf_append_span(&said, pairs.items[i].value);
    }
    sb_plan_say(plan, "%s%s", name, sb_buf_string(&said));
    sb_buf_release(&said);
    sb_vec_release(&pairs);
    return status;
}

int sb_plan_env(struct sb_plan *plan, const struct sb_instruction *instruction,
                struct sb_error *error) {
    return execute_pairs(plan, instruction, "ENV", &plan->environment, error);
}

int sb_plan_label(struct sb_plan *plan, const struct sb_instruction *instruction,
                  struct sb_error *error) {
    return execute_pairs(plan, instruction, "LABEL", &plan->labels, error);
}

/* A JSON list is the command; any other text is for the shell. */
static void set_command(struct sb_plan *plan, struct sb_span text, sb_words *command) {
    command->count = 0;
    if (sb_words_json(text, &plan->arena, command) == 0)
        return;
    /* Buildah does not ask SHELL. */
    bool own = plan->shell.count && !plan->builder->no_shell;
    for (size_t i = 0; own && i < plan->shell.count; i++)
        *sb_vec_push(command) = plan->shell.items[i];
    if (!own) {
        *sb_vec_push(command) = sb_span_string("/bin/sh");
        *sb_vec_push(command) = sb_span_string("-c");
    }
    *sb_vec_push(command) = text;
}

static void say_list(struct sb_plan *plan, const char *name, const sb_words *words, bool quoted) {
    struct sb_buf said = SB_BUF_INIT;
    if (quoted)
        sb_go_quote_list(&said, words);
    else
        sb_go_list(&said, words);
    sb_plan_say(plan, "%s %s", name, sb_buf_string(&said));
    sb_buf_release(&said);
}

int sb_plan_cmd(struct sb_plan *plan, const struct sb_instruction *instruction,
                struct sb_error *error) {
    (void)error;
    set_command(plan, instruction->arguments, &plan->command);
    plan->command_said = plan->command_own = true;
    say_list(plan, "CMD", &plan->command, true);
    return 0;
}

int sb_plan_entrypoint(struct sb_plan *plan, const struct sb_instruction *instruction,
                       struct sb_error *error) {
    (void)error;
    set_command(plan, instruction->arguments, &plan->entrypoint);
    /* What the stage below runs is no argument of another program. */
    if (!plan->command_own)
        plan->command.count = 0;
    say_list(plan, "ENTRYPOINT", &plan->entrypoint, true);
    return 0;
}

int sb_plan_shell(struct sb_plan *plan, const struct sb_instruction *instruction,
                  struct sb_error *error) {
    plan->shell.count = 0;
    if (sb_words_json(instruction->arguments, &plan->arena, &plan->shell) > 0 || !plan->shell.count)
        return sb_error_set(error, SB_ERROR_USAGE, "it needs a JSON list of words");
    say_list(plan, "SHELL", &plan->shell, false);
    return 0;
}

int sb_plan_onbuild(struct sb_plan *plan, const struct sb_instruction *instruction,
                    struct sb_error *error) {
    static const char *const forbidden[] = {"ONBUILD", "FROM", "MAINTAINER"};
    struct sb_span text = instruction->arguments;
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        size_t size = strlen(forbidden[i]), same = 0;
        while (same < size && same < text.size && (text.data[same] & 0xdf) == forbidden[i][same])
            same++;
        if (same == size && (text.size == size || text.data[size] == ' '))
            return sb_error_set(error, SB_ERROR_USAGE, "%s cannot be a trigger", forbidden[i]);
    }
    *sb_vec_push(&plan->on_build) = text;
    sb_plan_say(plan, "ONBUILD %.*s", SB_SPAN(text));
    return 0;
}

static int execute_text(struct sb_plan *plan, const struct sb_instruction *instruction,
                        struct sb_span *target, struct sb_error *error) {
    if (sb_plan_expand(plan, instruction->arguments, target, error) < 0)
        return -1;
    sb_plan_say(plan, "%.*s %.*s", SB_SPAN(instruction->name), (int)target->size,
                (const char *)target->data);
    return 0;
}

int sb_plan_user(struct sb_plan *plan, const struct sb_instruction *instruction,
                 struct sb_error *error) {
    return execute_text(plan, instruction, &plan->user, error);
}

/* A number, or a name of signal(7) with SIG or without (moby/sys/signal). */
static bool is_signal(struct sb_span text) {
    static const char *const names[] = {
        "ABRT", "ALRM",   "BUS",  "CHLD",   "CLD",   "CONT", "FPE",  "HUP",   "ILL",
        "INT",  "IO",     "IOT",  "KILL",   "PIPE",  "POLL", "PROF", "PWR",   "QUIT",
        "SEGV", "STKFLT", "STOP", "SYS",    "TERM",  "TRAP", "TSTP", "TTIN",  "TTOU",
        "URG",  "USR1",   "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX"};
    uint64_t number;
    if (sb_number_decimal(text, 64, &number))
        return number > 0;
    if (sb_span_starts(text, "SIG"))
        text = sb_span_from(text, 3);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (sb_span_is(text, names[i]))
            return true;
    bool low = sb_span_starts(text, "RTMIN+"), high = sb_span_starts(text, "RTMAX-");
    return (low || high) && sb_number_decimal(sb_span_from(text, 6), low ? 15 : 14, &number) &&
           number > 0;
}

int sb_plan_stopsignal(struct sb_plan *plan, const struct sb_instruction *instruction,
                       struct sb_error *error) {
    if (execute_text(plan, instruction, &plan->stop_signal, error) < 0)
        return -1;
    struct sb_span upper = sb_arena_copy(&plan->arena, plan->stop_signal);
    for (size_t i = 0; i < upper.size; i++)
        if (upper.data[i] >= 'a' && upper.data[i] <= 'z')
            ((unsigned char *)(uintptr_t)upper.data)[i] &= 0xdf;
    if (is_signal(upper))
        return 0;
    return sb_error_set(error, SB_ERROR_USAGE, "'%.*s' is not a signal", SB_SPAN(upper));
}

int sb_plan_maintainer(struct sb_plan *plan, const struct sb_instruction *instruction,
                       struct sb_error *error) {
    (void)error;
    plan->author = instruction->arguments;
    sb_plan_say(plan, "MAINTAINER %.*s", SB_SPAN(plan->author));
    return 0;
}

static struct sb_span lower_case(struct sb_plan *plan, struct sb_span text) {
    char *copy = sb_arena_printf(&plan->arena, "%.*s", SB_SPAN(text));
    for (char *c = copy; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
    return sb_span_string(copy);
}

/* PORT, PORT/PROTOCOL, or FROM-TO of either; what stands before a colon is the host's. */
static int add_ports(struct sb_plan *plan, struct sb_span word, sb_words *ports,
                     struct sb_error *error) {
    for (size_t i = word.size; i-- > 0;)
        if (word.data[i] == ':') {
            word = sb_span_from(word, i + 1);
            break;
        }
    const unsigned char *slash = memchr(word.data, '/', word.size);
    struct sb_span range = slash ? sb_span_of(word.data, (size_t)(slash - word.data)) : word;
    struct sb_span protocol =
        slash ? lower_case(plan, sb_span_from(word, range.size + 1)) : sb_span_string("tcp");
    const unsigned char *dash = memchr(range.data, '-', range.size);
    size_t size = dash ? (size_t)(dash - range.data) : range.size;
    uint64_t first, last;
    bool known =
        sb_span_is(protocol, "tcp") || sb_span_is(protocol, "udp") || sb_span_is(protocol, "sctp");
    if (!sb_number_decimal(sb_span_of(range.data, size), 65535, &first) ||
        !sb_number_decimal(dash ? sb_span_from(range, size + 1) : range, 65535, &last) ||
        last < first || !known)
        return sb_error_set(error, SB_ERROR_USAGE, "'%.*s' is not a port", SB_SPAN(word));
    if (plan->builder->port_ranges) {
        *sb_vec_push(ports) = sb_span_string(
            sb_arena_printf(&plan->arena, "%.*s/%.*s", SB_SPAN(range), SB_SPAN(protocol)));
        return 0;
    }
    for (uint64_t port = first; port <= last; port++)
        *sb_vec_push(ports) = (sb_span_string(sb_arena_printf(
            &plan->arena, "%llu/%.*s", (unsigned long long)port, SB_SPAN(protocol))));
    return 0;
}

static int compare_places(const void *a, const void *b) {
    const struct sb_span *const *x = a, *const *y = b;
    int order = sb_span_compare(**x, **y);
    return order ? order : (*x > *y) - (*x < *y);
}

/* Keeps the first of equal words, in their order. */
static void drop_repeated(sb_words *words) {
    struct sb_span **sorted = sb_memory_new(words->count + 1, sizeof *sorted);
    size_t kept = 0;
    for (size_t i = 0; i < words->count; i++)
        sorted[i] = &words->items[i];
    qsort(sorted, words->count, sizeof *sorted, compare_places);
    for (size_t i = words->count; i-- > 1;)
        if (sb_span_equal(*sorted[i - 1], *sorted[i]))
            *sorted[i] = sb_span_of(NULL, 0);
    free(sorted);
    for (size_t i = 0; i < words->count; i++)
        if (words->items[i].data)
            words->items[kept++] = words->items[i];
    words->count = kept;
}

/* The classic builder repeats the words, sorted; BuildKit prints what they stand for. */
static void say_ports(struct sb_plan *plan, const sb_words *words, const sb_words *ports) {
    struct sb_buf said = SB_BUF_INIT;
    bool map = plan->builder->ports_in_map;
    const sb_words *list = plan->builder->ports ? ports : words;
    for (size_t i = 0; i < list->count; i++)
        sb_buf_appendf(&said, "%s%.*s%s", i ? " " : "", SB_SPAN(list->items[i]), map ? ":{}" : "");
    if (list == words)
        sb_plan_say(plan, "EXPOSE %s", sb_buf_string(&said));
    else
        sb_plan_say(plan, "EXPOSE %s[%s]", map ? "map" : "", sb_buf_string(&said));
    sb_buf_release(&said);
}

int sb_plan_expose(struct sb_plan *plan, const struct sb_instruction *instruction,
                   struct sb_error *error) {
    sb_words raw = {0}, words = {0}, ports = {0};
    int status = 0;
    sb_words_split(instruction->arguments, plan->dockerfile.escape, &raw);
    sb_vec_sort(&raw, sb_span_compare_items);
    for (size_t i = 0; i < raw.count && status == 0; i++) {
        struct sb_span word;
        status = sb_plan_expand(plan, raw.items[i], &word, error);
        /* The one instruction whose variables can hold several words. */
        if (status == 0)
            sb_words_split(word, plan->dockerfile.escape, &words);
    }
    for (size_t i = 0; i < words.count && status == 0; i++)
        status = add_ports(plan, words.items[i], &ports, error);
    drop_repeated(&ports);
    for (size_t i = 0; i < ports.count; i++)
        *sb_vec_push(&plan->ports) = ports.items[i];
    drop_repeated(&plan->ports);
    if (plan->builder->ports_sorted)
        sb_vec_sort(&ports, sb_span_compare_items);
    say_ports(plan, &words, &ports);
    sb_vec_release(&raw);
    sb_vec_release(&words);
    sb_vec_release(&ports);
    return status;
}

int sb_plan_volume(struct sb_plan *plan, const struct sb_instruction *instruction,
                   struct sb_error *error) {
    sb_words raw = {0}, words = {0};
    int status = 0;
    if (sb_words_json(instruction->arguments, &plan->arena, &raw) > 0)
        sb_words_split(instruction->arguments, plan->dockerfile.escape, &raw);
    for (size_t i = 0; i < raw.count && status == 0; i++) {
        struct sb_span word;
        status = sb_plan_expand(plan, raw.items[i], &word, error);
        if (status == 0)
            *sb_vec_push(&words) = word;
        if (status == 0)
            add_once(&plan->volumes, word);
    }
    say_list(plan, "VOLUME", &words, false);
    sb_vec_release(&raw);
    sb_vec_release(&words);
    return status;
}

/* ARG */

static bool from_command_line(const struct sb_plan *plan, struct sb_span name,
                              struct sb_span *value) {
    for (const char *const *item = plan->build_arguments; item && *item; item++)
        if (strncmp(*item, (const char *)name.data, name.size) == 0 && (*item)[name.size] == '=') {
            *value = sb_span_string(*item + name.size + 1);
            return true;
        }
    return false;
}

/* BuildKit's arguments of the platform; the target is the machine that builds. */
static bool from_platform(struct sb_plan *plan, struct sb_span name, struct sb_span *value) {
    static const char *const sides[] = {"TARGET", "BUILD"};
    if (!plan->builder->platform_arguments)
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (!sb_span_starts(name, sides[i]))
            continue;
        struct sb_span what = sb_span_from(name, strlen(sides[i]));
        const char *slash = strchr(plan->platform, '/');
        struct sb_span architecture = sb_span_string(slash ? slash + 1 : plan->platform);
        const unsigned char *second = memchr(architecture.data, '/', architecture.size);
        size_t size = second ? (size_t)(second - architecture.data) : architecture.size;
        if (sb_span_is(what, "PLATFORM"))
            *value = sb_span_string(plan->platform);
        else if (sb_span_is(what, "OS"))
            *value = sb_span_string("linux");
        else if (sb_span_is(what, "ARCH"))
            *value = sb_span_of(architecture.data, size);
        else if (sb_span_is(what, "VARIANT"))
            *value = sb_span_from(architecture, size + 1);
        else
            return false;
        return true;
    }
    return false;
}

static bool find_variable(const sb_variables *variables, struct sb_span name,
                          struct sb_span *value) {
    for (size_t i = 0; i < variables->count; i++)
        if (sb_span_equal(variables->items[i].name, name)) {
            *value = variables->items[i].value;
            return true;
        }
    return false;
}

/* Buildah says the names of all arguments that have a value, sorted. */
static void say_argument_names(struct sb_plan *plan) {
    struct sb_buf said = SB_BUF_INIT;
    sb_variables sorted = {0};
    for (size_t i = 0; i < plan->arguments.count; i++)
        *sb_vec_push(&sorted) = plan->arguments.items[i];
    sb_variables_sort(&sorted);
    for (size_t i = 0; i < sorted.count; i++)
        sb_buf_appendf(&said, "%s%.*s", i ? " " : "", SB_SPAN(sorted.items[i].name));
    sb_plan_say(plan, "ARG %s", sb_buf_string(&said));
    sb_vec_release(&sorted);
    sb_buf_release(&said);
}

static int add_argument(struct sb_plan *plan, struct sb_span word, struct sb_buf *said,
                        struct sb_error *error) {
    const unsigned char *equals = memchr(word.data, '=', word.size);
    struct sb_span name = equals ? sb_span_of(word.data, (size_t)(equals - word.data)) : word;
    struct sb_span value = {0}, given = {0};
    bool before_from = plan->steps.count == 0, has = equals != NULL;
    /* The classic builder and old BuildKits repeat what is written, later ones say the value. */
    bool valued = plan->builder->argument_values;
    if (name.size == 0)
        return sb_error_set(error, SB_ERROR_USAGE, "an argument has no name");
    if (equals && sb_plan_expand(plan, sb_span_from(word, name.size + 1), &value, error) < 0)
        return -1;
    bool stated = has;
    if (from_command_line(plan, name, &given)) {
        value = given;
        has = true;
        stated = stated || valued;
    } else if (!has) {
        has = find_variable(&plan->global_arguments, name, &value) ||
              from_platform(plan, name, &value);
        stated = has && valued;
    }
    sb_buf_appendf(said, "%s%.*s", said->size ? " " : "", SB_SPAN(name));
    struct sb_span shown = value;
    if (given.data && !valued && equals &&
        sb_plan_expand(plan, sb_span_from(word, name.size + 1), &shown, error) < 0)
        return -1;
    if (stated)
        sb_buf_appendf(said, "=%.*s", SB_SPAN(shown));
    if (has)
        set_variable(before_from ? &plan->global_arguments : &plan->arguments, name, value);
    return 0;
}

int sb_plan_arg(struct sb_plan *plan, const struct sb_instruction *instruction,
                struct sb_error *error) {
    sb_words words = {0};
    struct sb_buf said = SB_BUF_INIT;
    int status = 0;
    sb_words_split(instruction->arguments, plan->dockerfile.escape, &words);
    for (size_t i = 0; i < words.count && status == 0; i++)
        status = add_argument(plan, words.items[i], &said, error);
    if (plan->steps.count && plan->builder->argument_names)
        say_argument_names(plan);
    else if (plan->steps.count)
        sb_plan_say(plan, "ARG %s", sb_buf_string(&said));
    sb_buf_release(&said);
    sb_vec_release(&words);
    return status;
}
