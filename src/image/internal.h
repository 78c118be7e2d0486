/* What the files of this folder share. */
#ifndef SB_IMAGE_INTERNAL_H
#define SB_IMAGE_INTERNAL_H

#include "base/finding.h"
#include "image/archive.h"

/* Indexes the entries of a layer's tar. */
int sb_layer_read_entries(struct sb_layer *layer, struct sb_input *tar,
                          const struct sb_reading *reading, struct sb_error *error) SB_MUST_USE;
/* Sorts a layer's entries and finds what contradicts what. */
int sb_layer_check(struct sb_layer *layer, struct sb_findings *findings,
                   struct sb_error *error) SB_MUST_USE;
/* "layer 1: /bin/t", for messages; in the layer's arena. */
const char *sb_layer_place(struct sb_layer *layer, const struct sb_entry *entry);

/* Each reads its part of the envelope and adds the images it names. */
int sb_docker_archive_read(struct sb_archive *archive, struct sb_error *error) SB_MUST_USE;
int sb_oci_layout_read(struct sb_archive *archive, struct sb_error *error) SB_MUST_USE;

/* One image for all those that are one: of one manifest, or of one platform and configuration. */
void sb_images_merge(struct sb_archive *archive);
/* Reports documents, names and links that contradict each other, and what nothing refers to. */
void sb_images_check(struct sb_archive *archive);
void sb_image_free(struct sb_image *image);

/* Reports a name that several entries of the archive have: kind, or where they are the same bytes
 * no more than that. Does nothing where one has it. */
void sb_archive_report_twice(struct sb_archive *archive, struct sb_span name,
                             enum sb_finding_kind kind, const char *what);
/* Whether a file's first bytes are those of a tar, plain or compressed. */
bool sb_archive_is_tar(const struct sb_file *file);
/* false where it cannot be read. */
bool sb_archive_hash_file(const struct sb_file *file, struct sb_digest *digest);
/* Whether two names of a system or of an architecture are one to containerd. */
bool sb_platform_same(struct sb_span a, struct sb_span b);
/* Parses and checks a configuration for image. */
int sb_archive_set_config(struct sb_archive *archive, struct sb_image *image, struct sb_file *file,
                          struct sb_error *error) SB_MUST_USE;
/* "linux/arm/v7" of an object with os, architecture and variant, as containerd normalises them
 * (github.com/containerd/platforms), and ":10.0.1" behind it where os.version is said; "?" for what
 * is missing. The caller frees it. */
char *sb_image_platform(const struct sb_json *object);
/* Checks that layers and diff_ids agree. */
int sb_image_check_layers(struct sb_image *image, const char *where, struct sb_findings *findings,
                          struct sb_error *error) SB_MUST_USE;

#endif
