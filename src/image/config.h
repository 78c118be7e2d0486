/* The members of an image configuration that Docker or OCI define (OCI image-spec config.md;
 * Docker's Image Specification v1.2): name and type of each. What is not in the table is unknown,
 * and unknown means meaningful. */
#ifndef SB_IMAGE_CONFIG_H
#define SB_IMAGE_CONFIG_H

#include "base/error.h"
#include "base/finding.h"
#include "json/value.h"

enum sb_member_type {
    SB_MEMBER_STRING,
    SB_MEMBER_BOOLEAN,
    SB_MEMBER_INTEGER,
    SB_MEMBER_STRINGS, /* a list of strings */
    SB_MEMBER_SET,     /* an object whose values are {} or null */
    SB_MEMBER_LABELS,  /* an object of strings */
    SB_MEMBER_OBJECT,  /* by a table of its own, or any object */
    SB_MEMBER_LIST,    /* of objects */
};

struct sb_member {
    const char *name;
    enum sb_member_type type;
    const struct sb_member *members; /* of an OBJECT or of each item of a LIST; ends in NULL name */
};

/* The top level, `config`, and its Healthcheck; each ends in a row with a NULL name. */
extern const struct sb_member sb_config_top[];
extern const struct sb_member sb_config_run[];
extern const struct sb_member sb_config_health[];

/* NULL where the name is unknown. */
const struct sb_member *sb_member_find(const struct sb_member *table, struct sb_span name);

/* Whether an item of the history made no layer (OCI image-spec, config.md, "history"). */
bool sb_config_is_empty_layer(const struct sb_json *item);

/* Checks every known member's type, and that no member is one that Go takes for another. null is
 * any type's zero. */
int sb_config_check(const struct sb_json *config, struct sb_findings *findings, const char *where,
                    struct sb_error *error) SB_MUST_USE;

#endif
