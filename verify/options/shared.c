/* The options that several commands have. */
#include "options/option.h"

#define END                                                                                        \
    { .name = NULL }

static const char *const colors[] = {"auto", "always", "never", NULL};
static const char *const requirements[] = {"equivalent",    "reproduced", "same-config",
                                           "same-manifest", "identical",  NULL};

const char *const option_forms[] = {"canonical", "docker-archive", NULL};

const struct option options_common[] = {
#define SB_DOCUMENT(NAME, option, help)                                                            \
    {0, #option, "FILE", help, KIND_OPTIONAL, AT(documents[DOCUMENT_##NAME])},
#include "options/documents.def"
#undef SB_DOCUMENT
    {0, "color", "WHEN", "auto (default), always or never", KIND_CHOICE, AT(color),
     .choices = colors},
    {0, "image", "NAME", "choose among several images; for build and verify the name of the image",
     KIND_STRING, AT(image)},
    {0, "no-sandbox", NULL, "read with all rights, where a system has no seccomp", KIND_FLAG,
     AT(no_sandbox)},
    {'q', "quiet", NULL, "only the verdict, by exit status", KIND_FLAG, AT(quiet)},
    {'v', "verbose", NULL, "say more", KIND_FLAG, AT(verbose)},
    {'h', "help", NULL, "this help", KIND_FLAG, AT(help)},
    END,
};

const struct option options_reading[] = {
    {0, "limit", "NAME=SIZE,...",
     "move a limit of the readers: entries, unpacked, json-size, json-values,\n"
     "                                   audit-size",
     KIND_LIMITS, AT(limits)},
    END,
};

const struct option options_waiting[] = {
    {0, "timeout", "SECONDS", "for an engine or registry to give an image (default 3600)",
     KIND_NUMBER, AT(timeout)},
    END,
};

const struct option options_platform[] = {
    {0, "platform", "OS/ARCH", "choose among several platforms", KIND_COMMAS, AT(platforms),
     .once = true},
    END,
};

const struct option options_platforms[] = {
    {0, "platform", "OS/ARCH,...", "choose among several platforms", KIND_COMMAS, AT(platforms)},
    END,
};

const struct option options_comparing[] = {
    {0, "require", "WHAT",
     "identical, same-manifest, same-config, reproduced (default) or equivalent", KIND_CHOICE,
     AT(require), .choices = requirements},
    {0, "ignore", "PASS,...", "switch passes on", KIND_PASSES, AT(passes.on)},
    {0, "keep", "PASS,...", "switch passes off", KIND_PASSES, AT(passes.off)},
    {0, "allow", "KIND,...", "go on in spite of these ambiguous findings", KIND_FINDINGS,
     AT(allowed)},
    {0, "exclude", "GLOB", "leave out files that match; always counted and listed", KIND_LIST,
     AT(exclude)},
    {0, "baseline", "FILE", "allow the differences that FILE lists, each with its reason",
     KIND_STRING, AT(baseline)},
    {0, "write-baseline", "FILE", "write such a FILE, of all differences of this run", KIND_STRING,
     AT(write_baseline)},
    {0, "max-differences", "N", "show N differences (default 50; 0: all)", KIND_NUMBER,
     AT(max_differences)},
    END,
};

const struct option options_making[] = {
    {'f', "file", "FILE", "the Dockerfile (default DIR/Dockerfile)", KIND_LIST, AT(files)},
    {0, "target", "STAGE", "build this stage, by name or number, and not the last", KIND_STRING,
     AT(target)},
    {0, "build-arg", "NAME=VALUE", "an argument of the build", KIND_LIST, AT(build_args)},
    {0, "assemble", "NAME=SOURCE", "context file NAME is made from assembler SOURCE", KIND_LIST,
     AT(assemble)},
    END,
};
