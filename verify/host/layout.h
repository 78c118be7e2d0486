/* A layout folder whose blobs are links to files elsewhere, as Bazel makes it. */
#ifndef VERIFY_HOST_LAYOUT_H
#define VERIFY_HOST_LAYOUT_H

#include "options/lines.h"

/* Adds the paths of the links below FOLDER/blobs/ALGORITHM that lead to regular files: a confined
 * reader is to be allowed these files, one by one, and what is read is held to its digest. */
void layout_add_links(const char *folder, line_list *links);

#endif
