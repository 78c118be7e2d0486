/* Options as data, from which parsing, --help and the checks of the man page are made. Names are
 * never abbreviated. */
#ifndef VERIFY_OPTION_H
#define VERIFY_OPTION_H

#include <stddef.h>

#include "options/options.h"

enum option_kind {
    KIND_FLAG,     /* bool */
    KIND_STRING,   /* const char * */
    KIND_OPTIONAL, /* const char *: "-" where no =VALUE follows */
    KIND_LIST,     /* string_list, may be repeated */
    KIND_COMMAS,   /* string_list of what commas separate */
    KIND_NUMBER,   /* uint64_t: decimal */
    KIND_SIZE,     /* uint64_t: bytes, as 1000, 2k or 1MiB */
    KIND_CHOICE,   /* an enum: the position among choices */
    KIND_PASSES,   /* bool of each pass */
    KIND_FINDINGS, /* bool of each kind of finding */
    KIND_LIMITS    /* uint64_t of each limit */
};

struct option {
    char letter; /* 0: none */
    const char *name, *value, *help;
    enum option_kind kind;
    size_t offset;              /* of its value, in the values of the command */
    uint64_t highest;           /* of a number; 0: any */
    const char *const *choices; /* ends in NULL */
    bool once;                  /* a list that has one value here */
};

/* Rows that belong together; a name of NULL ends them. */
typedef const struct option *option_rows;

/* Where a row puts its value. */
#define AT(member) .offset = offsetof(struct options, member)
#define OWN(values, member) .offset = offsetof(struct values, member)

/* What every command has; what those have that open images; that compare; that build. */
extern const struct option options_common[], options_reading[], options_comparing[],
    options_making[];
/* --platform, where a command takes one and where it takes several; --timeout of opening an image.
 */
extern const struct option options_platform[], options_platforms[], options_waiting[];

/* Of --format. */
extern const char *const option_forms[];

/* A command's options: its own first. It ends in NULL. */
typedef option_rows option_table[8];

/* Parses argv behind the command's name into values, which begin with a struct options of
 * OPTIONS_INIT. What is no option is an argument, and so is what stands behind "--", unless rest is
 * set: then that goes to options.rest. A mistake is an error of kind USAGE. */
int options_parse(struct options *options, const option_rows *table, bool rest, int argc,
                  char **argv, struct sb_error *error) SB_MUST_USE;
void options_release(struct options *options, const option_rows *table);
/* The options of one command, as --help prints them. */
void options_describe(const option_rows *table, struct sb_buf *text);

#endif
