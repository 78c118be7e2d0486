/* The commands. To add one: write commands/NAME.c with a function of this type, put a row into the
 * table of main.c, a bit into options/options.h, and a section into the man page. */
#ifndef VERIFY_COMMAND_H
#define VERIFY_COMMAND_H

#include "options/options.h"

/* Exit statuses, as diff and cmp have them. */
enum { EXIT_SAME = 0, EXIT_DIFFERENT = 1, EXIT_TROUBLE = 2 };

/* EXIT_SAME or EXIT_DIFFERENT, or -1 with error, which becomes EXIT_TROUBLE. */
typedef int command_function(struct options *options, struct sb_error *error);

command_function cmd_audit;
command_function cmd_build;
command_function cmd_diff;
command_function cmd_inspect;
command_function cmd_normalize;
command_function cmd_verify;

#endif
