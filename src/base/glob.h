/* Patterns of paths, as .dockerignore and --exclude have them. */
#ifndef SB_BASE_GLOB_H
#define SB_BASE_GLOB_H

#include "base/span.h"

/* Go's filepath.Match (* ? [a-z] [^a] \x; none matches a slash) with ** for any number of folders.
 */
bool sb_glob_matches(struct sb_span pattern, struct sb_span path);

#endif
