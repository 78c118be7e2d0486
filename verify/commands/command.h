/* The commands. To add one: write commands/NAME.c with its options, its function and its row, put
 * the row into the table of main.c, and a section into the man page. */
#ifndef VERIFY_COMMAND_H
#define VERIFY_COMMAND_H

#include "options/option.h"

/* Exit statuses, as diff and cmp have them. */
enum { EXIT_SAME = 0, EXIT_DIFFERENT = 1, EXIT_TROUBLE = 2 };

/* EXIT_SAME or EXIT_DIFFERENT, or -1 with error, which becomes EXIT_TROUBLE. */
typedef int command_function(struct options *options, struct sb_error *error);

struct command {
    const char *name, *usage, *summary;
    void (*begin)(
        struct options *options); /* sets what its own values are without options; NULL: zero */
    command_function *run;
    option_table options;
    size_t values_size; /* bytes of its values, which begin with a struct options; 0: that alone */
    size_t least, most; /* arguments */
    const char *arguments; /* in words, for who gives another number of them */
    bool rest;             /* what stands behind -- is handed on */
};

extern const struct command command_audit, command_build, command_cat, command_diff,
    command_inspect, command_ls, command_normalize, command_verify;

#endif
