/* An image archive, opened: what it is wrapped in, its files, its images. Every digest that the
 * archive claims was checked by reading before anything is believed. */
#ifndef SB_IMAGE_ARCHIVE_H
#define SB_IMAGE_ARCHIVE_H

#include "codec/peel.h"
#include "codec/sha256.h"
#include "image/layer.h"
#include "image/reading.h"
#include "image/store.h"
#include "json/value.h"

/* One blob of the image with the name of what refers to it, for normalize and for reports. */
struct sb_blob {
    struct sb_file *file;
    struct sb_digest digest;
};

struct sb_image {
    SB_VEC(struct sb_span) names;      /* full references, sorted, each once */
    SB_VEC(struct sb_span) bare_names; /* ref.name annotations that are no reference */
    struct sb_json *config;
    struct sb_span config_bytes;
    struct sb_digest config_digest;
    struct sb_file *config_file;
    bool in_docker;                   /* named by manifest.json */
    bool in_oci;                      /* named by index.json, through a manifest */
    struct sb_digest manifest_digest; /* of the OCI or Docker manifest, if in_oci */
    struct sb_json *manifest;
    struct sb_digest top_digest; /* what index.json names: the manifest, or an index above it */
    bool top_is_index;
    size_t attestations; /* manifests set aside beside this one, attestations and others */
    bool artifact;       /* they are written as OCI's artifacts, with artifactType */
    size_t annotations;  /* of manifest and descriptors, names aside */
    size_t docker_media_types;
    SB_VEC(struct sb_layer *) layers;
    char *platform; /* "linux/amd64", "linux/arm/v7"; "?" for what is missing */
    SB_VEC(struct sb_digest) diff_ids;
};

/* A manifest that was set aside and that some engine could run. */
struct sb_impostor {
    const char *where;
    struct sb_span name;  /* a full reference, or empty */
    const char *platform; /* NULL: none is said */
};

struct sb_archive {
    const struct sb_reading *reading; /* borrowed */
    struct sb_findings *findings;     /* of reading, as is spool */
    const struct sb_spool *spool;
    struct sb_arena arena;
    struct sb_peeled peeled;
    struct sb_store store;
    bool has_docker, has_oci; /* manifest.json, index.json with oci-layout */
    bool is_directory;
    bool partly;                     /* only what the name that was asked for leads to was opened */
    struct sb_json *docker_manifest; /* manifest.json, index.json: parsed */
    struct sb_json *oci_index;
    SB_VEC(struct sb_image *) images;
    SB_VEC(struct sb_layer *) layers;      /* each stored blob once */
    SB_VEC(struct sb_file *) layer_files;  /* of layers, in their order */
    SB_VEC(struct sb_blob) blobs;          /* whatever index.json reaches, each once */
    SB_VEC(const char *) absent_platforms; /* named by an index, and not whole here */
    SB_VEC(struct sb_impostor) impostors;
};

#define SB_ARCHIVE_INIT                                                                            \
    { 0 }

/* Opens the archive in bytes (whose source must live as long). */
int sb_archive_open(struct sb_archive *archive, struct sb_range bytes,
                    const struct sb_reading *reading, struct sb_error *error) SB_MUST_USE;
/* Opens an OCI layout folder; the descriptor is borrowed and not needed afterwards. */
int sb_archive_open_directory(struct sb_archive *archive, int directory,
                              const struct sb_reading *reading, struct sb_error *error) SB_MUST_USE;
void sb_archive_release(struct sb_archive *archive);

/* "docker-archive", "oci-archive", "docker-archive+oci-archive" or "oci". */
const char *sb_archive_format(const struct sb_archive *archive);

/* The file at a path as manifest.json names it (a string), links followed. what is for messages. */
int sb_archive_find(struct sb_archive *archive, const struct sb_json *path, const char *what,
                    struct sb_file **file, struct sb_error *error) SB_MUST_USE;
/* The parsed JSON of a file, and its digest (may be NULL). Values live as long as the archive. */
int sb_archive_read_json(struct sb_archive *archive, struct sb_file *file, struct sb_json **value,
                         struct sb_digest *digest, struct sb_error *error) SB_MUST_USE;
/* The layer stored in file: read at its first use or, where claims are trusted and there is one for
 * the stored bytes (claimed, NULL: none) or they are those of the tar, registered. */
int sb_archive_layer(struct sb_archive *archive, struct sb_file *file,
                     const struct sb_digest *claimed, struct sb_layer **layer,
                     struct sb_error *error) SB_MUST_USE;
/* A layer whose blob, called path, is not here, as its type allows. */
struct sb_layer *sb_archive_absent_layer(struct sb_archive *archive, const char *path,
                                         const struct sb_digest *digest);
/* Checks the digests of layers that were believed. It may run beside whoever reads the archive. */
int sb_archive_verify_layers(const struct sb_archive *archive, struct sb_error *error) SB_MUST_USE;
/* Finds what an image's layers contradict each other in, where all of them were read. */
void sb_image_check_stack(const struct sb_image *image, struct sb_findings *findings);
/* Reads those layers of the image that are registered only. */
int sb_archive_read_layers(struct sb_archive *archive, struct sb_image *image,
                           enum sb_contents contents, struct sb_error *error) SB_MUST_USE;

/* What to take of several images: a name (familiar or full) or @N, and platforms. NULL: any. */
struct sb_choice {
    const char *name;
    const char *platform;
    const char *default_platform; /* taken where there are several and none was asked for */
};
/* How many of its layers the archive does not have (image/layer.h). */
size_t sb_image_absent_layers(const struct sb_image *image);
/* "linux/arm" is every variant of it. */
bool sb_image_is_for(const struct sb_image *image, const char *platform);
/* Whether an image has that name, or is @N. */
bool sb_archive_has_name(struct sb_archive *archive, const char *name);
/* The error that says that none has it, and which there are. */
int sb_archive_refuse_name(const struct sb_archive *archive, const char *name,
                           struct sb_error *error);
/* The one image that the choice leaves. None is an error; several are the finding images-several
 * and, because no reading can be chosen, an error. */
int sb_archive_choose(struct sb_archive *archive, const struct sb_choice *choice,
                      struct sb_image **image, struct sb_error *error) SB_MUST_USE;

#endif
