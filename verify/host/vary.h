/* Other surroundings for the second of two builds, by reprotest's names (reprotest(1), --vary).
 * They reach what RUN runs where the engine is ours: its OCI runtime is called through
 * tools/engines/runtime.sh, which changes what a container is given. Of another engine only the
 * build command is ours. */
#ifndef VERIFY_HOST_VARY_H
#define VERIFY_HOST_VARY_H

#include "base/error.h"
#include "options/lines.h"

/* Puts the stand-in for runc and crun into FOLDER/bin, whose path is returned; NULL where it is not
 * installed. The caller frees it. */
char *vary_install(const char *folder);
/* From here on the stand-in in bin changes what containers get. */
int vary_begin(const char *bin, struct sb_error *error) SB_MUST_USE;
/* Up to here; what it did change is added, each once. */
void vary_end(const char *bin, line_list *varied);
/* What an ordinary command passes on to all that it starts, as programs in front of it that end in
 * NULL; prefix leads to where it runs (NULL: here). Names are added. */
typedef const char *vary_words[8];
void vary_command(const char *const *prefix, vary_words words, char cpu[16], line_list *varied);
/* Adds a name that is not there yet. */
void vary_add(line_list *varied, const char *name);
/* The names that are not in varied, in one line with commas; the caller frees it. */
char *vary_rest(const line_list *varied);

#endif
