/* What ls and cat share: an image opened to be looked into, and a path in it. */
#ifndef VERIFY_LOOK_H
#define VERIFY_LOOK_H

#include "inputs/subject.h"

struct looking {
    struct subject subject;
    char *image;         /* as it was named, without the path */
    struct sb_span path; /* as asked, and once it was found cleaned; empty: the root */
    struct sb_arena arena;
};

#define LOOKING_INIT                                                                               \
    { .subject = SUBJECT_INIT }

/* Opens what the arguments name: IMAGE, IMAGE:/PATH or IMAGE PATH; goes on as the confined reader
 * and makes the root file system of the chosen image. */
int look_open(struct looking *looking, const struct options *options,
              struct sb_error *error) SB_MUST_USE;
/* What stands at the path, symbolic links in it and at its end followed inside of the image; an
 * error that says what is missing. The root itself is NULL. */
int look_find(struct looking *looking, const struct sb_rootfs_node **node,
              struct sb_error *error) SB_MUST_USE;
/* The number of the layer that has the entry, from 1; 0 for a folder that no layer has. */
size_t look_layer(const struct looking *looking, const struct sb_rootfs_node *node);
void look_release(struct looking *looking);

#endif
