/* The classes of smallest archives: what engines ask of each, and what a search found to be short.
 * docs/smallest.md explains them. */
#ifndef SB_SMALLEST_CLASS_H
#define SB_SMALLEST_CLASS_H

#include "smallest/deflate.h"
#include "smallest/zstd.h"

enum sb_smallest_wrapping {
    SB_WRAPPING_STOCK,   /* what `gzip -9n` writes; the library has the tar alone */
    SB_WRAPPING_GZIP,    /* one member */
    SB_WRAPPING_MEMBERS, /* two, of which the first holds eight bytes */
    SB_WRAPPING_ZSTD
};

/* How the program is laid out; each one waits, or exits with a code. */
enum sb_program_kind {
    SB_PROGRAM_PLAIN,      /* ELF64, header, program header and code one after the other */
    SB_PROGRAM_OVERLAPPED, /* ELF64 in 80 bytes: the program header inside of the header */
    SB_PROGRAM_TINY        /* ELF32 in 45 bytes: no more than Linux looks at */
};

/* One entry of a tar. */
struct sb_smallest_entry {
    const char *name;
    const char *link; /* a hard link's target; NULL: a file */
    const char *text; /* its content, % being the layer's digest; NULL: the layer, or in it the
                         program */
    unsigned char size_at,
        size_zeros; /* of the size's digits: offset in the field, leading zeros */
};

/* Bytes that may be anything, or a field that may have other values. */
struct sb_smallest_fill {
    unsigned short at, times; /* offset in the tar */
    unsigned char size;       /* of bytes */
    const char *bytes;
};

/* POSIX headers (ustar) and the plain program, where nothing is left out. */
struct sb_smallest_strict {
    bool posix;
    bool devices; /* device numbers are written */
    unsigned char
        spaces;    /* bits of mode, uid, gid, size, mtime: that field ends in a space, not in NUL */
    bool old_type; /* the type flag of a file is NUL, not '0' */
    unsigned char end, layer_end; /* zero blocks, two at least */
    unsigned short mode, program_mode;
    uint64_t mtime, program_mtime; /* seconds since 1970 */
    uint64_t base, align;          /* of the program's segment */
    unsigned char flags;
    bool physical;     /* p_paddr is the base, too */
    bool sections;     /* e_shentsize is said although there are none */
    unsigned char abi; /* EI_OSABI */
};

enum { SB_SMALLEST_ENTRIES = 3, SB_SMALLEST_FILLS = 64 };

struct sb_smallest_class {
    const char *name;
    const char *engines;         /* that load and run it, in words */
    const char *image, *command; /* as `docker run` takes them */
    enum sb_smallest_wrapping wrapping;
    enum sb_program_kind program;
    struct sb_smallest_entry entries[SB_SMALLEST_ENTRIES]; /* in order */
    struct sb_smallest_entry file;                         /* of the layer */
    struct sb_smallest_strict strict;
    struct sb_smallest_fill fills[SB_SMALLEST_FILLS];
    size_t dynamic; /* as sb_deflate_find takes it, of the last member; SIZE_MAX: all */
    struct sb_deflate_code code;
    struct sb_zstd_hint zstd;
};

/* All of them; ends in NULL. */
const struct sb_smallest_class *const *sb_smallest_classes(void);
/* NULL: there is none of that name. */
const struct sb_smallest_class *sb_smallest_class_find(const char *name);

#endif
