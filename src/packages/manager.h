/* What the readers of databases share; for the files of this folder. */
#ifndef SB_PACKAGES_MANAGER_H
#define SB_PACKAGES_MANAGER_H

#include "packages/packages.h"

/* One reading of a root file system. */
struct sb_packages_reading {
    struct sb_packages *packages;
    const struct sb_rootfs *rootfs;
    const struct sb_spool *spool;
    struct sb_error *error;
};

/* A manager reads what is its own of each file of the root file system: path without the first
 * slash. */
typedef int sb_packages_visit(const struct sb_packages_reading *reading, struct sb_span path);

sb_packages_visit sb_packages_visit_dpkg;
sb_packages_visit sb_packages_visit_apk;
sb_packages_visit sb_packages_visit_python;
sb_packages_visit sb_packages_visit_npm;
sb_packages_visit sb_packages_visit_gem;

/* Appends a file's content; nothing where it is no file, or longer than SB_LIMIT_STRIPPED. */
int sb_packages_read_file(const struct sb_packages_reading *reading, struct sb_span path,
                          struct sb_buf *buf);
/* A new package; its number. Texts are copied. */
size_t sb_packages_add(const struct sb_packages_reading *reading, const char *manager,
                       struct sb_span name, struct sb_span version, struct sb_span source);
/* The number of a package that is there, or of a new one without a version. */
size_t sb_packages_number(const struct sb_packages_reading *reading, const char *manager,
                          struct sb_span name);
/* Where a package is installed, of a manager that may have it twice. */
void sb_packages_place(const struct sb_packages_reading *reading, size_t package,
                       struct sb_span folder);
/* Says more of a package that is there. */
void sb_packages_set(const struct sb_packages_reading *reading, size_t package,
                     struct sb_span version, struct sb_span source);
/* That it has the file folder/name, or all below the folder (name empty). Both are copied. */
void sb_packages_add_file(const struct sb_packages_reading *reading, size_t package,
                          struct sb_span folder, struct sb_span name);
void sb_packages_add_folder(const struct sb_packages_reading *reading, size_t package,
                            struct sb_span folder);

/* One line off the beginning, without its end. */
struct sb_span sb_packages_take_line(struct sb_span *text);
/* Where the line begins with key, what stands behind it. */
bool sb_packages_take_value(struct sb_span line, const char *key, struct sb_span *value);
/* The path up to its last slash, with it, and what is behind. */
struct sb_span sb_packages_folder(struct sb_span path, struct sb_span *name);

#endif
