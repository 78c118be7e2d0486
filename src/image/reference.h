/* Names of images, as Docker writes them: familiar (t:latest) and full
 * (docker.io/library/t:latest). */
#ifndef SB_IMAGE_REFERENCE_H
#define SB_IMAGE_REFERENCE_H

#include "base/arena.h"

/* The full reference of a familiar one: host and library/ put in where missing, :latest without tag
 * or digest. Empty (data NULL) where name is no reference. */
struct sb_span sb_reference_full(struct sb_arena *arena, struct sb_span name);
/* The familiar form of a full reference. */
struct sb_span sb_reference_familiar(struct sb_span full);
/* The tag of a full reference, "" where it has a digest. */
struct sb_span sb_reference_tag(struct sb_span full);

#endif
