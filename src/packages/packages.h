/* The packages of a root file system, by the databases that package managers keep in it: dpkg, apk,
 * Python's and Ruby's installers, npm. Databases are read with what they say, and not verified. A
 * manager is a row of a table and a file (packages/manager.h). */
#ifndef SB_PACKAGES_PACKAGES_H
#define SB_PACKAGES_PACKAGES_H

#include "canon/rootfs.h"

struct sb_package {
    const char *manager; /* "dpkg", "apk", "pip", "npm", "gem" */
    const char *name, *version;
    const char *source; /* the source package, where it has another name; NULL */
    const char *place;  /* where it is installed, of those that may be there twice; "" */
};

struct sb_package_file {
    struct sb_span path; /* without the first slash */
    size_t package;
};

struct sb_packages {
    struct sb_arena arena;
    SB_VEC(struct sb_package) list;         /* sorted by manager, name and place */
    SB_VEC(struct sb_package_file) files;   /* sorted by path */
    SB_VEC(struct sb_package_file) folders; /* all below each belongs to it; sorted by path */
    SB_VEC(const char *) unread; /* databases that are there, and of a form that is not read */
};

/* All packages of a root file system, whose contents are read through spool. */
int sb_packages_read(struct sb_packages *packages, const struct sb_rootfs *rootfs,
                     const struct sb_spool *spool, struct sb_error *error) SB_MUST_USE;
void sb_packages_release(struct sb_packages *packages);
/* The package that has the file, or made it of one it has (byte code, its own database's files);
 * NULL. */
const struct sb_package *sb_packages_owner(const struct sb_packages *packages, struct sb_span path);
/* The same; a symbolic link that no package has is of the package that has what it leads to. */
const struct sb_package *sb_packages_owner_in(const struct sb_packages *packages,
                                              const struct sb_rootfs *rootfs, struct sb_span path);
/* The package of that manager, name and place; NULL. */
const struct sb_package *sb_packages_find(const struct sb_packages *packages, const char *manager,
                                          const char *name, const char *place);

#endif
