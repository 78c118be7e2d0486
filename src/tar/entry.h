/* One entry of a tar: what its headers say, after PAX records and GNU long names were applied, and
 * before any path is cleaned. */
#ifndef SB_TAR_ENTRY_H
#define SB_TAR_ENTRY_H

#include <stdint.h>

#include "base/span.h"

/* A part of a sparse file that has data; what lies between is zero. */
struct sb_tar_region {
    uint64_t offset, size; /* bytes in the file */
};

/* An extended attribute, or another PAX record that is kept as it stands. */
struct sb_tar_xattr {
    struct sb_span name, value; /* name without "SCHILY.xattr."; of a record its whole key */
    bool record;
};

/* By the whole key that it has in a PAX header. */
int sb_tar_xattr_compare(const struct sb_tar_xattr *a, const struct sb_tar_xattr *b);

/* Both sorted. */
static inline bool sb_tar_xattrs_equal(const struct sb_tar_xattr *a, size_t a_count,
                                       const struct sb_tar_xattr *b, size_t b_count) {
    bool equal = a_count == b_count;
    for (size_t i = 0; equal && i < a_count; i++)
        equal = a[i].record == b[i].record && sb_span_equal(a[i].name, b[i].name) &&
                sb_span_equal(a[i].value, b[i].value);
    return equal;
}

struct sb_tar_entry {
    struct sb_span name, link;
    unsigned char type; /* the typeflag as it stands: '0' … '7', 0, … */
    uint32_t mode;      /* the whole mode field, type bits included */
    uint64_t uid, gid;
    uint64_t size;   /* bytes of the file */
    uint64_t stored; /* bytes of data in the archive; less than size in a sparse file */
    uint32_t devmajor, devminor;
    int64_t mtime;        /* seconds since 1970; of a fraction the floor */
    uint32_t nanoseconds; /* of mtime, behind the seconds */
    bool timed;           /* any time that is not 0, atime and ctime included */
    struct sb_span uname, gname;
    const struct sb_tar_xattr *xattrs;
    size_t xattr_count;
    const struct sb_tar_region *regions;
    size_t region_count;
    bool sparse;
    uint64_t offset;        /* of the first header block that belongs to the entry */
    uint64_t header_offset; /* of its own header, behind extended ones */
    uint64_t data_offset;
    struct sb_span raw; /* all header blocks; lives until the next entry */
};

#endif
