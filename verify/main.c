/* samebytes: proves that a container image is, byte for byte, what its source says it is. */
#include <stdio.h>

#include "commands/command.h"
#include "host/process.h"
#include "host/request.h"
#include "host/sandbox.h"

#ifndef SAMEBYTES_VERSION
#define SAMEBYTES_VERSION "unknown"
#endif

static const struct command *const commands[] = {
    &command_verify, &command_build,   &command_diff, &command_normalize,
    &command_audit,  &command_inspect, &command_ls,   &command_cat};

enum { COMMANDS = sizeof commands / sizeof *commands };

static int print_usage(void) {
    printf("usage: samebytes COMMAND [OPTION...] [ARGUMENT...]\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    printf("\nAn image is docker-archive:FILE, oci-archive:FILE, oci:DIR[:TAG], "
           "docker-daemon:NAME,\ncontainers-storage:NAME, docker://HOST/NAME, or a FILE, "
           "or - (standard input).\n\"samebytes COMMAND --help\" lists a command's "
           "options.\n");
    return fflush(stdout) == 0 ? 0 : EXIT_TROUBLE;
}

static int print_help(const struct command *command) {
    struct sb_buf text = SB_BUF_INIT;
    sb_buf_appendf(&text, "usage: samebytes %s [OPTION...] %s\n\n%s\n\n", command->name,
                   command->usage, command->summary);
    options_describe(command->options, &text);
    fputs(sb_buf_string(&text), stdout);
    sb_buf_release(&text);
    return fflush(stdout) == 0 ? 0 : EXIT_TROUBLE;
}

/* One line, whatever bytes a file name put into it. */
static void print_error(const char *command, const struct sb_error *error) {
    request_report();
    struct sb_buf text = SB_BUF_INIT;
    if (error->kind == SB_ERROR_AMBIGUOUS && !strstr(error->message, "ambiguous"))
        sb_buf_append_string(&text, "ambiguous: ");
    for (const char *c = error->message; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            sb_buf_appendf(&text, "\\x%02x", (unsigned char)*c);
        else
            sb_buf_append_byte(&text, (unsigned char)*c);
    fprintf(stderr, "samebytes%s%s: %s\n", *command ? " " : "", command, sb_buf_string(&text));
    sb_buf_release(&text);
}

static int check_arguments(const struct command *command, const struct options *options,
                           struct sb_error *error) {
    size_t count = options->arguments.count;
    if (count >= command->least && count <= command->most)
        return 0;
    return sb_error_set(error, SB_ERROR_USAGE, "%s takes %s: samebytes %s %s", command->name,
                        command->arguments, command->name, command->usage);
}

static int run(const struct command *command, int argc, char **argv) {
    size_t size = command->values_size ? command->values_size : sizeof(struct options);
    struct options *options = sb_memory_new(1, size);
    struct sb_error error = SB_ERROR_INIT;
    *options = (struct options)OPTIONS_INIT;
    if (command->begin)
        command->begin(options);
    int status = options_parse(options, command->options, command->rest, argc, argv, &error);
    if (status == 0 && options->help)
        status = print_help(command);
    else if (status == 0 && check_arguments(command, options, &error) == 0)
        status = command->run(options, &error);
    else
        status = -1;
    if (status < 0) {
        print_error(command->name, &error);
        status = EXIT_TROUBLE;
    }
    options_release(options, command->options);
    free(options);
    return status;
}

static int print_version(bool verbose) {
    struct sb_buf sandbox = SB_BUF_INIT;
    printf("samebytes %s\n", SAMEBYTES_VERSION);
    if (verbose) {
        sandbox_describe(&sandbox);
        printf("sandbox: %s\n", sb_buf_string(&sandbox));
    }
    sb_buf_release(&sandbox);
    return fflush(stdout) == 0 ? 0 : EXIT_TROUBLE;
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";
    process_catch_signals();
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return run(commands[i], argc - 2, argv + 2);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return print_usage();
    if (strcmp(name, "--version") == 0)
        return print_version(argc > 2 &&
                             (strcmp(argv[2], "-v") == 0 || strcmp(argv[2], "--verbose") == 0));
    struct sb_error error = SB_ERROR_INIT;
    sb_error_set(&error, SB_ERROR_USAGE, "%s%s; samebytes --help lists the commands",
                 *name ? "no command is called " : "which command?", name);
    print_error("", &error);
    return EXIT_TROUBLE;
}
