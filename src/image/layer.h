/* A layer: a tar that may be compressed, read once into an index of its entries. Contents stay
 * where they are; an entry is a header's facts, an offset and a digest. */
#ifndef SB_IMAGE_LAYER_H
#define SB_IMAGE_LAYER_H

#include "codec/peel.h"
#include "codec/sha256.h"
#include "image/reading.h"
#include "tar/entry.h"

/* What few entries have; the others share sb_entry_plain. */
struct sb_entry_extra {
    struct sb_span link; /* target: of a symbolic link as it stands, of a hard link cleaned */
    uint32_t devmajor, devminor;
    uint32_t xattr_count;
    const struct sb_tar_xattr *xattrs; /* sorted; without those that say nothing of the image */
    const struct sb_xattr_sets *sets;  /* with them; NULL where it has none */
    bool sparse;
    const struct sb_tar_region *regions;
    size_t region_count;
    uint64_t data_offset, stored; /* of a sparse file, in the layer's tar */
};
extern const struct sb_entry_extra sb_entry_plain;

/* Attributes with SELinux's label, with what overlayfs leaves behind, and with both: by the sum of
 * the flags. */
enum { SB_WITH_SELINUX = 1, SB_WITH_OVERLAY = 2, SB_XATTR_SETS = 4 };
struct sb_xattr_sets {
    const struct sb_tar_xattr *list[SB_XATTR_SETS];
    size_t count[SB_XATTR_SETS];
};

struct sb_owner_names {
    struct sb_span uname, gname;
};

/* There are as many in memory as images have files: kept small. */
struct sb_entry {
    struct sb_span path; /* cleaned; "" is the root itself */
    const struct sb_entry_extra *extra;
    uint64_t size;
    uint64_t header_offset; /* of the last header block, in the layer's tar */
    union {                 /* of a file's content, as the layer's contents says */
        struct sb_digest digest;
        struct sb_tag tag;
    } content;
    uint32_t order;  /* position in the layer, from 0 */
    uint32_t target; /* hard link: order of the entry that it links to at last */
    uint32_t uid, gid;
    uint16_t mode;      /* permissions, set-id and sticky bits */
    unsigned char type; /* '0' file, '1' hard link, '2' … '6' */
    bool whiteout : 1;  /* an empty file that hides path's name without .wh. below */
    bool opaque : 1;    /* hides all that is below in its folder */
    /* what a canonical layer drops, for those who want it kept */
    uint32_t full_mode;   /* with type bits */
    uint32_t nanoseconds; /* of mtime */
    int64_t mtime;
    const struct sb_owner_names *names;
};

enum { SB_REPLACED = UINT32_MAX };

/* What the headers had that no canonical layer has, as counts. */
struct sb_layer_facts {
    size_t timed, named_owners, type_bits, foreign_headers, unclean_paths, selinux, whiteouts;
    size_t overlay; /* attributes that overlayfs left */
    bool fflags;
    size_t unsorted;   /* entries that do not follow the one before them */
    uint64_t end_size; /* bytes of the end mark and the zeros behind it */
};

struct sb_layer {
    struct sb_range blob;     /* as stored */
    struct sb_digest digest;  /* of the stored bytes */
    struct sb_digest diff_id; /* of the tar */
    uint64_t tar_size;
    enum sb_codec codec;
    enum sb_contents contents;
    bool believed;                   /* the digests are what the archive claims */
    bool unread;                     /* and there are no entries yet */
    bool absent;                     /* nor will there be: the archive does not have the blob */
    char *name;                      /* for messages: "layer blobs/sha256/…" */
    SB_VEC(struct sb_entry) entries; /* sorted by path */
    uint32_t *by_order; /* order → position in entries, SB_REPLACED for one that was replaced */
    size_t read;        /* entries of the tar, replaced ones included */
    size_t hard_links;  /* entries that are links; all names of a file have its mode and owner */
    struct sb_layer_facts facts;
    struct sb_arena arena;
    struct sb_source *tar; /* the decoded tar, once somebody needed all of it or many contents */
    uint64_t decoded;      /* bytes that were decoded for single contents before */
};

/* Reads and indexes the whole blob. */
int sb_layer_read(struct sb_layer *layer, struct sb_range blob, const char *name,
                  const struct sb_reading *reading, struct sb_error *error) SB_MUST_USE;
/* The same later: sets what the blob begins as, and leaves the rest for sb_layer_read_now. */
int sb_layer_register(struct sb_layer *layer, struct sb_range blob, const char *name,
                      struct sb_error *error) SB_MUST_USE;
/* A layer whose blob is elsewhere, as its media type allows (OCI image-spec layer.md,
 * "Non-Distributable Layers"): known by its digest alone. */
void sb_layer_make_absent(struct sb_layer *layer, const struct sb_digest *digest, const char *name);
/* Reads and indexes a registered layer, and believes its digests. Does nothing where it was read,
 * or is absent. */
int sb_layer_read_now(struct sb_layer *layer, const struct sb_reading *reading,
                      struct sb_error *error) SB_MUST_USE;
/* Checks digests that were believed. It touches nothing that others write: it may run beside them.
 */
int sb_layer_verify(const struct sb_layer *layer, struct sb_error *error) SB_MUST_USE;
void sb_layer_release(struct sb_layer *layer);

/* Position in entries of the first whose path is not before path; their count where there is none.
 */
size_t sb_layer_position(const struct sb_layer *layer, struct sb_span path);
/* The entry of a cleaned path, or NULL. */
const struct sb_entry *sb_layer_find(const struct sb_layer *layer, struct sb_span path);
/* The entry that has the data of a file with several names; the entry itself where it has one. */
const struct sb_entry *sb_layer_file_of(const struct sb_layer *layer, const struct sb_entry *entry);
/* Bytes of data behind its header, in the layer's tar, padding aside. */
uint64_t sb_entry_stored(const struct sb_entry *entry);
/* Whether two files are known to have one content. False where it is another, or where the layers
 * were read in different ways or without a look at contents. */
bool sb_layer_same_content(const struct sb_layer *layer, const struct sb_entry *entry,
                           const struct sb_layer *other_layer, const struct sb_entry *other);
/* The layer's tar; decoded into memory or the spool at the first call, where it is compressed. */
int sb_layer_tar(struct sb_layer *layer, const struct sb_spool *spool, struct sb_range *tar,
                 struct sb_error *error) SB_MUST_USE;
/* The content of a file. A compressed layer is decoded up to it; once that would cost more than
 * decoding all of it, into memory or the spool. */
int sb_layer_open_content(struct sb_layer *layer, const struct sb_entry *entry,
                          const struct sb_spool *spool, struct sb_input **input,
                          struct sb_error *error) SB_MUST_USE;

#endif
