/* The files an image is read from, by name: the entries of an archive, or a folder. */
#ifndef SB_IMAGE_STORE_H
#define SB_IMAGE_STORE_H

#include "base/finding.h"
#include "io/source.h"

struct sb_file {
    struct sb_span name; /* cleaned */
    struct sb_span link; /* of a symbolic or hard link, as it stands */
    unsigned char type;  /* typeflag: '0', '1', '2', '5', … */
    struct sb_range data;
    uint64_t entry; /* number of the header in the archive, from 1 */
    bool sparse;    /* PAX sparse: data is what is stored */
    bool used;      /* part of an image, or of the envelope that is kept */
};

/* What the archive's own tar has that no image says: counted for the passes. */
struct sb_store_facts {
    size_t entries, timed, named_owners, type_bits, foreign_headers, unclean_names, unsorted;
    uint64_t end_size;
};

struct sb_store {
    SB_VEC(struct sb_file) files; /* sorted by name; of equal names in the archive's order */
    SB_VEC(struct sb_source *) sources;
    struct sb_arena arena;
    struct sb_store_facts facts;
    bool directory;
};

#define SB_STORE_INIT                                                                              \
    { 0 }

/* Reads the headers of a tar; data is not touched. */
int sb_store_read_tar(struct sb_store *store, struct sb_range tar, struct sb_findings *findings,
                      struct sb_error *error) SB_MUST_USE;
/* Opens every file of an OCI layout folder (descriptor borrowed) below blobs/ and at its top. */
int sb_store_read_directory(struct sb_store *store, int directory,
                            struct sb_error *error) SB_MUST_USE;
void sb_store_release(struct sb_store *store);

/* The file of that cleaned name, the last where there are several, as Docker takes it; NULL. */
struct sb_file *sb_store_find(const struct sb_store *store, struct sb_span name);
/* How many files (folders aside) have that cleaned name. */
size_t sb_store_count(const struct sb_store *store, struct sb_span name);
/* Whether all of that name are files with the same bytes. */
bool sb_store_are_twins(const struct sb_store *store, struct sb_span name);
/* Follows links inside the store; an error where one leads out, in circles or nowhere. */
int sb_store_resolve(struct sb_store *store, struct sb_file *file, struct sb_file **target,
                     struct sb_error *error) SB_MUST_USE;

#endif
