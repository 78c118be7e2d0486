/* The JSON documents of an image as engines decode them: Go structs, one table each. What a table
 * does not name is unknown, and unknown means meaningful.
 *
 * Sources: OCI image-spec 1.1 (image-layout.md, image-index.md, manifest.md, descriptor.md,
 * config.md), Docker's Image Specification v1.2, moby image.Image and container.Config,
 * tarexport's manifestItem. */
#ifndef SB_IMAGE_STRUCTS_H
#define SB_IMAGE_STRUCTS_H

#include "base/error.h"
#include "base/finding.h"
#include "json/value.h"

enum sb_member_type {
    SB_MEMBER_STRING,
    SB_MEMBER_BOOLEAN,
    SB_MEMBER_INTEGER, /* int64 */
    SB_MEMBER_TIME,    /* RFC 3339 */
    SB_MEMBER_BYTES,   /* base64 */
    SB_MEMBER_STRINGS, /* a list of strings */
    SB_MEMBER_SET,     /* an object whose values are {} or null */
    SB_MEMBER_MAP,     /* an object of strings */
    SB_MEMBER_OBJECT,  /* of a table of its own */
    SB_MEMBER_LIST,    /* of such objects */
    SB_MEMBER_OBJECTS, /* an object of such objects */
};

struct sb_member {
    const char *name;
    enum sb_member_type type;
    const struct sb_member *members; /* of OBJECT, LIST and OBJECTS; ends in a NULL name */
    bool some;                       /* only some engines decode it */
};

/* Each ends in a row with a NULL name. */
extern const struct sb_member sb_struct_layout[];     /* oci-layout */
extern const struct sb_member sb_struct_index[];      /* index.json, and indexes below it */
extern const struct sb_member sb_struct_descriptor[]; /* in an index or manifest */
extern const struct sb_member sb_struct_platform[];   /* of a descriptor */
extern const struct sb_member sb_struct_manifest[];
extern const struct sb_member sb_struct_docker_item[]; /* of manifest.json */
extern const struct sb_member sb_struct_config[];      /* the top level of a configuration, */
extern const struct sb_member sb_struct_run[];         /* its config, */
extern const struct sb_member sb_struct_health[];      /* and the Healthcheck there */

/* NULL where the name is unknown. */
const struct sb_member *sb_member_find(const struct sb_member *table, struct sb_span name);

/* Reads value as the struct that table describes, and all below it, as Go does:
 * - a member whose name matches only when letters are folded is read, and gets its right name (the
 *   finding json-key-folded); two that match one name are ambiguous (json-key-case), and so are two
 *   unknown ones that fold to one;
 * - a known member of another type is malformed, or where only some engines decode it ambiguous
 *   (json-type). null is any type's zero, but inside a list or map of strings ambiguous.
 * where is the document, for messages. */
int sb_struct_read(struct sb_json *value, const struct sb_member *table,
                   struct sb_findings *findings, const char *where,
                   struct sb_error *error) SB_MUST_USE;

#endif
