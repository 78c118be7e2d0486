/* Paths inside archives and layers. */
#ifndef SB_IMAGE_PATH_H
#define SB_IMAGE_PATH_H

#include "base/arena.h"

enum sb_path_kind {
    SB_PATH_PLAIN,
    SB_PATH_DOTS,   /* has .. in it but stays below the root */
    SB_PATH_ESCAPES /* .. leads above the root, where engines stay at the root */
};

/* The path without leading and double slashes, "." and ".."; empty for the root itself. */
enum sb_path_kind sb_path_clean(struct sb_span path, struct sb_arena *arena, struct sb_span *clean);
/* Order of cleaned paths: component by component, by bytes, parents first. */
int sb_path_compare(struct sb_span a, struct sb_span b);
/* Whether path lies below folder (both cleaned); everything lies below the root "". */
bool sb_path_is_below(struct sb_span path, struct sb_span folder);
struct sb_span sb_path_base(struct sb_span path);
/* "" where path has no slash. */
struct sb_span sb_path_parent(struct sb_span path);

#endif
