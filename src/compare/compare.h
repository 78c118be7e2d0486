/* Two images compared: identity, verdict, differences, and what was normalised on the way. */
#ifndef SB_COMPARE_COMPARE_H
#define SB_COMPARE_COMPARE_H

#include "canon/image.h"
#include "canon/rootfs.h"

enum sb_verdict {
    SB_VERDICT_DIFFERENT,
    SB_VERDICT_EQUIVALENT, /* equal root filesystem and run configuration, layers cut differently */
    SB_VERDICT_REPRODUCED, /* equal canonical digests */
    SB_VERDICT_IDENTICAL   /* the same bytes as given */
};

const char *sb_verdict_name(enum sb_verdict verdict);

/* Which digests a subject gets beside those that its archive states; each costs a second reading.
 */
enum sb_digests {
    SB_DIGESTS_ALL,       /* of archive, canonical form and rootfs */
    SB_DIGESTS_CANONICAL, /* of the canonical form */
    SB_DIGESTS_NONE
};

/* One side: what was opened and which image of it. The caller sets the first five. */
struct sb_subject {
    const char *name;
    struct sb_range bytes; /* as given; source NULL for a folder */
    struct sb_archive *archive;
    struct sb_image *image;
    enum sb_digests digests;
    struct sb_canon canon;
    struct sb_rootfs rootfs;
    struct sb_digest archive_digest; /* where bytes has a source */
    struct sb_digest rootfs_digest;
};

/* The digest of an archive as given. */
int sb_subject_hash(struct sb_range bytes, struct sb_digest *digest,
                    struct sb_error *error) SB_MUST_USE;
/* Canonical image and rootfs of a subject and their digests. Where there are to be none, layers may
 * be unread; then there is no rootfs yet. */
int sb_subject_prepare(struct sb_subject *subject, const struct sb_pass_options *options,
                       struct sb_error *error) SB_MUST_USE;
/* Reads the layers that were left unread, and makes the rootfs. */
int sb_subject_read_rest(struct sb_subject *subject, struct sb_error *error) SB_MUST_USE;
void sb_subject_release(struct sb_subject *subject);

enum sb_identity {
    SB_IDENTITY_ARCHIVE,
    SB_IDENTITY_INDEX,
    SB_IDENTITY_MANIFEST,
    SB_IDENTITY_CONFIG,
    SB_IDENTITY_LAYERS,
    SB_IDENTITY_DIFF_IDS,
    SB_IDENTITY_CANONICAL,
    SB_IDENTITY_ROOTFS,
    SB_IDENTITIES
};

const char *sb_identity_name(enum sb_identity what);
/* Whether values of that kind are lists. */
bool sb_identity_is_list(enum sb_identity what);
/* The digests of one kind, in arena; *count is 0 where the subject has none. */
const struct sb_digest *sb_identity_of(const struct sb_subject *subject, enum sb_identity what,
                                       struct sb_arena *arena, size_t *count);

struct sb_identity_row {
    enum sb_identity what;
    const struct sb_digest *a, *b; /* none where it was compared without */
    size_t a_count, b_count;
    bool compared; /* at least one side has it */
    bool equal;    /* false where one side has none */
};

enum { SB_NO_OFFSET = -1 };

/* A file that has other contents, or is on one side alone: its data in a layer. */
struct sb_difference_file {
    struct sb_layer *layer;
    const struct sb_entry *entry; /* NULL: no file, or not there */
    struct sb_span path;
    const char *header; /* of an entry that is compared as a whole: all but its data; NULL */
};

struct sb_cause;
struct sb_difference {
    const char *path;  /* of one in a file: in where, behind its slash; NULL */
    const char *where; /* "layer 1: /bin/t", "config.Cmd[0]" */
    const char *kind;  /* content, mode, uid, gid, type, link, device, xattr, entry, config, … */
    const char *a, *b; /* NULL: not there */
    int64_t offset_a, offset_b; /* in the layer's tar */
    struct sb_difference_file file_a, file_b;
    const struct sb_layer *layer_a, *layer_b; /* that have the entry; NULL */
    size_t number_a, number_b; /* of these layers in their images, from 1; 0: of none */
    const struct sb_entry *entry_a, *entry_b; /* in them, links followed; NULL */
    const char *reason;                       /* why it is allowed (compare/baseline.h); NULL */
    const struct sb_cause *cause;     /* what is known to cause it (compare/cause.h); NULL */
    const struct sb_cause *otherwise; /* the cause where no row of the table holds; NULL */
    const char *looks_like;           /* a cause's name, with what speaks against it; NULL */
    const char *package;              /* that has the file, with its version; NULL */
    bool package_moved; /* it has another version on the other side, which does not explain this */
    const char *inside; /* of a content: what it is (compare/content.h); NULL */
    const char *text;   /* and the lines that differ, where they were asked for; NULL */
    const char *pin_a, *pin_b; /* the whole values (compare/pin.h); NULL: not there, or not asked */
};
/* The path, without the first slash, of a difference in a file; else empty. */
struct sb_span sb_difference_path(const struct sb_difference *difference);

/* What a pass took away from both sides and that is not the same on them. */
struct sb_nuisance {
    uint64_t differ, pairs; /* so many of so many pairs (entries, members, layers) */
    const char *where;      /* the first; NULL where none differs */
    const char *a, *b;      /* its values; NULL: not there */
};

/* Two layers that belong together, or one that stands alone: numbers from 1, 0: none. */
struct sb_layer_row {
    size_t a, b;
    const char *state; /* same, compression, times, form, differ, gone, moved, only A, only B */
    const char *instruction; /* that made it, as the history has it; NULL: it does not say */
    size_t entries_a, entries_b;
    size_t differ; /* differences in it */
    uint64_t times,
        form; /* entries that differ in times; in something else that passes take away */
    uint64_t size_a, size_b;       /* bytes of the tars; 0: none, or not read */
    const char *first;             /* where the first unequal byte lies; NULL: none, or not read */
    const char *first_a, *first_b; /* its value, or that of its field; NULL: none */
    int64_t first_offset;          /* in both tars */
};

/* A digest that differs, and why. */
struct sb_trail_row {
    enum sb_identity what;
    SB_VEC(const char *) reasons; /* "config", "layers 2-5", "created … | …" */
};

/* A package of which the two sides have other versions, or one has none. */
struct sb_moved {
    const char *manager, *name; /* the source package's name, where several came of one */
    const char *a, *b;          /* versions; NULL: not there */
    size_t packages;            /* how many of that source */
    size_t differences;         /* in their files */
};

struct sb_comparison {
    struct sb_arena arena;
    enum sb_verdict verdict;
    struct sb_identity_row identity[SB_IDENTITIES];
    uint64_t counts_a[SB_PASSES], counts_b[SB_PASSES];
    SB_VEC(struct sb_difference) differences;
    size_t allowed;  /* of them */
    size_t excluded; /* paths that patterns took away, of the side with more */
    struct sb_nuisance nuisances[SB_PASSES]; /* compare/nuisance.h */
    SB_VEC(struct sb_layer_row) layers;      /* compare/align.h */
    SB_VEC(struct sb_trail_row) trail;       /* compare/trail.h */
    const char *outer; /* the first thing that differs in the archives' own headers; NULL */
    SB_VEC(struct sb_moved) moved; /* most differences first (compare/moved.h) */
    SB_VEC(const char *) notes;
};

#define SB_COMPARISON_INIT                                                                         \
    { 0 }

/* Whether two archives are the same bytes, before anything in them is read. The answer goes to
 * result, for sb_compare. */
int sb_compare_archives(const struct sb_subject *a, const struct sb_subject *b,
                        struct sb_comparison *result, struct sb_error *error) SB_MUST_USE;
/* Whether both are one image of the same bytes: where no digests are to be made, its layers need
 * not be read. */
bool sb_subjects_are_one(const struct sb_subject *a, const struct sb_subject *b,
                         const struct sb_comparison *result);
/* Both subjects are prepared, with the same options. Where one has not all
 * digests, archive, canonical form and rootfs are compared as they are; the verdict is the same.
 * Layers that were not read must be in both, at one position; they are read where the rest asks for
 * it. */
int sb_compare(struct sb_subject *a, struct sb_subject *b, const struct sb_pass_options *options,
               struct sb_comparison *result, struct sb_error *error) SB_MUST_USE;
/* The comparison of a platform that one side alone has. */
void sb_compare_missing(struct sb_comparison *result, const char *platform, bool in_a);
/* Sets text of contents that are texts: both are read again. */
int sb_comparison_add_lines(struct sb_comparison *result, const struct sb_spool *spool,
                            struct sb_error *error) SB_MUST_USE;
void sb_comparison_release(struct sb_comparison *result);

/* For the files of this folder. */
struct sb_difference *sb_comparison_add(struct sb_comparison *result, const char *kind,
                                        const char *where, const char *a, const char *b);
void sb_comparison_note(struct sb_comparison *result, const char *format, ...) SB_FORMAT(2, 3);

#endif
