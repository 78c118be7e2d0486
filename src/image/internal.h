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

/* Each reads its part of the envelope and adds the images it names. */
int sb_docker_archive_read(struct sb_archive *archive, struct sb_error *error) SB_MUST_USE;
int sb_oci_layout_read(struct sb_archive *archive, struct sb_error *error) SB_MUST_USE;

/* Parses and checks a configuration for image. */
int sb_archive_set_config(struct sb_archive *archive, struct sb_image *image, struct sb_file *file,
                          struct sb_error *error) SB_MUST_USE;
/* "linux/arm/v7" of an object with os, architecture and variant; "?" for what is missing. The
 * caller frees it. */
char *sb_image_platform(const struct sb_json *object);
/* Checks that layers and diff_ids agree. */
int sb_image_check_layers(struct sb_image *image, const char *where, struct sb_findings *findings,
                          struct sb_error *error) SB_MUST_USE;

#endif
