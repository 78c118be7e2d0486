/* --report-dir: both versions of each file that differs, DIR/a/layer-1/etc/x and
 * DIR/b/layer-1/etc/x, for tools that look into files. */
#ifndef VERIFY_REPORT_FOLDER_H
#define VERIFY_REPORT_FOLDER_H

#include "compare/compare.h"
#include "options/options.h"

/* Makes the folder; an error where it is there and not empty. */
int report_folder_make(const struct options *options, struct sb_error *error) SB_MUST_USE;
/* platform (NULL: there is one) becomes a folder above a and b: linux-arm64. A file that cannot be
 * written (its name is too long, say) becomes a note of the result. */
void report_folder_fill(const struct options *options, const char *platform,
                        struct sb_comparison *result, const struct sb_spool *spool);

#endif
