/* What a descriptor names (OCI image-spec descriptor.md), and the blob behind it. */
#ifndef SB_IMAGE_DESCRIPTOR_H
#define SB_IMAGE_DESCRIPTOR_H

#include "image/archive.h"

enum sb_blob_kind {
    SB_BLOB_INDEX,
    SB_BLOB_MANIFEST,
    SB_BLOB_CONFIG,
    SB_BLOB_LAYER,
    SB_BLOB_UNKNOWN
};

struct sb_descriptor {
    const struct sb_json *json;
    struct sb_digest digest;
    uint64_t size;
    enum sb_blob_kind kind;
    enum sb_codec codec; /* of a layer, by its media type */
    bool docker;         /* the media type is Docker's */
    char path[16 + 64];  /* blobs/sha256/… */
};

/* By its media type. */
enum sb_blob_kind sb_descriptor_kind(const struct sb_json *descriptor);
/* where is for messages; findings of archive (which may be empty, for a quiet look). */
int sb_descriptor_parse(struct sb_descriptor *descriptor, struct sb_archive *archive,
                        const struct sb_json *json, const char *where,
                        struct sb_error *error) SB_MUST_USE;
/* The file of the blob, links followed and its size checked; NULL in *file where it is not here. */
int sb_descriptor_find(const struct sb_descriptor *descriptor, struct sb_archive *archive,
                       const char *where, struct sb_file **file,
                       struct sb_error *error) SB_MUST_USE;
int sb_descriptor_check(const struct sb_descriptor *descriptor, const struct sb_digest *digest,
                        struct sb_error *error) SB_MUST_USE;
/* Whether its type allows that the blob is elsewhere: foreign, nondistributable. */
bool sb_descriptor_may_be_absent(const struct sb_json *json);
/* Whether the blob of a descriptor is here; what is no descriptor is left to those who read it. */
bool sb_descriptor_is_here(const struct sb_archive *archive, const struct sb_json *json);
/* Whether it is not, but under another name: containerd finds files by their digest. */
bool sb_descriptor_is_misplaced(const struct sb_archive *archive, const struct sb_json *json);
/* "linux/amd64" as the descriptor says it; NULL where it says none. Lives as long as archive. */
const char *sb_descriptor_platform(const struct sb_descriptor *descriptor,
                                   struct sb_archive *archive);
/* The blob is part of what normalize keeps. */
void sb_archive_keep_blob(struct sb_archive *archive, struct sb_file *file,
                          const struct sb_digest *digest);

#endif
