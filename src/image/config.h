/* What the history of an image configuration says (OCI image-spec config.md). */
#ifndef SB_IMAGE_CONFIG_H
#define SB_IMAGE_CONFIG_H

#include "json/value.h"

/* Whether an item of the history made no layer. */
bool sb_config_is_empty_layer(const struct sb_json *item);

#endif
