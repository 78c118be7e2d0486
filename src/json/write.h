/* Writing JSON. */
#ifndef SB_JSON_WRITE_H
#define SB_JSON_WRITE_H

#include "base/buf.h"
#include "json/value.h"

/* RFC 8785 (JCS): members sorted by UTF-16 code units, shortest escapes, no white space; but
 * numbers keep their literal, because as doubles 2^53 and 2^53+1 would be one. */
void sb_json_write_canonical(struct sb_buf *buf, const struct sb_json *value);
/* As Go's encoding/json writes a struct: members in their order, < > & and U+2028/9 escaped. */
void sb_json_write_go(struct sb_buf *buf, const struct sb_json *value);
void sb_json_write_go_string(struct sb_buf *buf, struct sb_span text);
/* A string with its quotes. text is UTF-8. */
void sb_json_write_string(struct sb_buf *buf, struct sb_span text);
/* Order of names by UTF-16 code units (RFC 8785 §3.2.3). */
int sb_json_compare_names(struct sb_span a, struct sb_span b);

#endif
