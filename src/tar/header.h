/* A tar header block (POSIX.1-1988 ustar, as GNU and PAX use it): its fields as a table that the
 * reader, the writer, the diff and the ledger share, and its numbers. */
#ifndef SB_TAR_HEADER_H
#define SB_TAR_HEADER_H

#include <stdint.h>

#include "base/span.h"

enum { SB_TAR_BLOCK = 512 };

enum sb_tar_field_kind { SB_TAR_TEXT, SB_TAR_NUMBER, SB_TAR_CHECKSUM, SB_TAR_UNUSED };

enum sb_tar_field {
    SB_TAR_NAME,
    SB_TAR_MODE,
    SB_TAR_UID,
    SB_TAR_GID,
    SB_TAR_SIZE,
    SB_TAR_MTIME,
    SB_TAR_CHKSUM,
    SB_TAR_TYPEFLAG,
    SB_TAR_LINKNAME,
    SB_TAR_MAGIC,
    SB_TAR_VERSION,
    SB_TAR_UNAME,
    SB_TAR_GNAME,
    SB_TAR_DEVMAJOR,
    SB_TAR_DEVMINOR,
    SB_TAR_PREFIX,
    SB_TAR_PAD,
    SB_TAR_FIELDS
};

struct sb_tar_field_info {
    const char *name;
    size_t offset, size;
    enum sb_tar_field_kind kind;
};

extern const struct sb_tar_field_info sb_tar_fields[SB_TAR_FIELDS];

/* The field's bytes in a block. */
struct sb_span sb_tar_field_bytes(const unsigned char *block, enum sb_tar_field field);
/* The field up to its first NUL. */
struct sb_span sb_tar_field_text(const unsigned char *block, enum sb_tar_field field);

enum sb_tar_magic { SB_TAR_V7, SB_TAR_USTAR, SB_TAR_GNU };
enum sb_tar_magic sb_tar_header_magic(const unsigned char *block);

/* How a number field reads. ODD: digits, and then more that some readers take and others not. */
enum sb_tar_number { SB_TAR_NUMBER_OK, SB_TAR_NUMBER_BLANK, SB_TAR_NUMBER_ODD, SB_TAR_NUMBER_BAD };
enum sb_tar_number sb_tar_number_parse(struct sb_span field, uint64_t *value);
/* The same of a time, which may be before 1970; BAD beyond 64 bits, which Go refuses. */
enum sb_tar_number sb_tar_time_parse(struct sb_span field, int64_t *seconds);

/* Whether the checksum field holds the unsigned sum, or the signed one of historic tars. */
bool sb_tar_checksum_matches(const unsigned char *block);
bool sb_tar_block_is_zero(const unsigned char *block);

#endif
