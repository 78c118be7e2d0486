/* A JSON document, member by member. Strings may be any bytes: what is not UTF-8 or a control
 * character becomes \xHH and a backslash two (docs/json.md). */
#ifndef VERIFY_REPORT_JSON_H
#define VERIFY_REPORT_JSON_H

#include <stdint.h>

#include "base/buf.h"
#include "codec/sha256.h"

struct json {
    struct sb_buf text;
    unsigned depth;
    bool comma;
};

#define JSON_INIT                                                                                  \
    { 0 }

void json_release(struct json *json);
/* name is NULL inside lists and for the document itself. */
void json_open(struct json *json, const char *name, char bracket);
void json_close(struct json *json, char bracket);
void json_bytes(struct json *json, const char *name, struct sb_span value);
/* NULL is null. */
void json_string(struct json *json, const char *name, const char *value);
void json_number(struct json *json, const char *name, uint64_t value);
/* Negative: null. */
void json_offset(struct json *json, const char *name, int64_t value);
void json_bool(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);
/* "sha256:…"; NULL is null. */
void json_digest(struct json *json, const char *name, const struct sb_digest *value);
/* One digest, a list of them, or null where count is 0 and it is no list. */
void json_digests(struct json *json, const char *name, const struct sb_digest *values, size_t count,
                  bool list);

#endif
