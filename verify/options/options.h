/* The command line: options as data, from which parsing, --help and the checks of the man page are
 * made. Names are never abbreviated. */
#ifndef VERIFY_OPTIONS_H
#define VERIFY_OPTIONS_H

#include "base/error.h"
#include "base/vec.h"
#include "canon/pass.h"
#include "compare/compare.h"

typedef SB_VEC(const char *) string_list;

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What must be equal for exit status 0. */
enum requirement {
    REQUIRE_EQUIVALENT,
    REQUIRE_REPRODUCED,
    REQUIRE_SAME_CONFIG,
    REQUIRE_SAME_MANIFEST,
    REQUIRE_IDENTICAL
};

struct options {
    string_list arguments; /* what is no option, before -- */
    string_list rest;      /* behind -- */
    bool help, version, quiet, verbose, no_sandbox, trust_digests, text;
    const char *json, *html, *markdown; /* "-": standard output */
    const char *require_name, *color_name, *format_name;
    enum requirement require;
    enum color color;
    enum sb_canon_form form;
    string_list ignore, keep, allow, exclude, limit;
    struct sb_span *exclude_spans; /* of exclude */
    struct sb_pass_options passes;
    bool allowed[SB_FINDING_KINDS];
    uint64_t limits[SB_LIMITS];   /* 0: the standard */
    const char *image, *platform; /* platform: the last of platforms; NULL */
    string_list platforms;
    bool all_platforms;
    const char *facts, *source, *script; /* "-": standard input or output */
    const char *max_size_text, *max_save_size_text, *max_differences_text, *timeout_text;
    uint64_t max_size, max_save_size, max_differences, timeout; /* UINT64_MAX: no limit */
    const char *output;
    bool gzip, canonical, twice, check;
    string_list engines, assemble, against, build_args, files;
    const char *target, *build_command, *output_dir;
    const char *baseline, *write_baseline;
    const char *find, *report_dir;
    const char *smallest, *exit_text; /* smallest: "-" without a class */
};

enum command_bit {
    FOR_VERIFY = 1,
    FOR_BUILD = 2,
    FOR_DIFF = 4,
    FOR_NORMALIZE = 8,
    FOR_AUDIT = 16,
    FOR_INSPECT = 32,
    FOR_ALL = 63
};

/* Parses argv behind the command's name. A mistake is an error of kind USAGE. */
int options_parse(struct options *options, enum command_bit command, int argc, char **argv,
                  struct sb_error *error) SB_MUST_USE;
void options_release(struct options *options);
/* The options of one command, as --help prints them. */
void options_describe(enum command_bit command, struct sb_buf *text);

#endif
