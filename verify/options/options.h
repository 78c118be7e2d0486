/* What options say, for all rooms of the program. A command has values of its own beside its rows
 * (commands/command.h). */
#ifndef VERIFY_OPTIONS_H
#define VERIFY_OPTIONS_H

#include "base/error.h"
#include "base/vec.h"
#include "canon/pass.h"
#include "compare/compare.h"

typedef SB_VEC(const char *) string_list;

/* Documents that a report can be written as. */
enum document {
#define SB_DOCUMENT(name, option, help) DOCUMENT_##name,
#include "options/documents.def"
#undef SB_DOCUMENT
    DOCUMENTS
};

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
    string_list arguments; /* what is no option */
    string_list rest;      /* behind --, where a command hands that on */
    bool help, quiet, verbose, no_sandbox, trust_digests;
    const char *documents[DOCUMENTS]; /* where each goes; "-": standard output; NULL: nowhere */
    enum requirement require;
    enum color color;
    enum sb_canon_form form;
    string_list exclude;
    struct sb_span *exclude_spans; /* of exclude */
    struct sb_pass_options passes;
    bool allowed[SB_FINDING_KINDS];
    uint64_t limits[SB_LIMITS];   /* 0: the standard */
    const char *image, *platform; /* platform: the last of platforms; NULL */
    string_list platforms;
    bool all_platforms;
    const char *facts, *source, *script; /* "-": standard input or output */
    uint64_t max_size, max_save_size;    /* bytes; UINT64_MAX: no limit */
    uint64_t max_differences;            /* 0: all */
    uint64_t timeout;                    /* seconds of a step of an engine */
    uint64_t save_timeout;               /* seconds for an engine or registry to give an image */
    bool timed;                          /* --timeout was said */
    const char *output;
    bool gzip, canonical, twice;
    string_list engines, assemble, against, build_args, files;
    const char *target, *like, *build_command, *output_dir;
    const char *baseline, *write_baseline;
    const char *report_dir;
};

#define OPTIONS_INIT                                                                               \
    {                                                                                              \
        .require = REQUIRE_REPRODUCED, .max_size = UINT64_MAX, .max_save_size = UINT64_MAX,        \
        .max_differences = 50                                                                      \
    }

#endif
