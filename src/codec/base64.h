/* base64 text (RFC 4648) as people publish it: broken into lines or not, in the standard or the URL
 * alphabet (not both), with or without padding, indented, as a data: URI, in -----BEGIN/END-----
 * lines, or with HTML entities for + / and = where a page was copied. Anything else is refused,
 * with its offset. */
#ifndef SB_CODEC_BASE64_H
#define SB_CODEC_BASE64_H

#include "base/buf.h"
#include "base/finding.h"
#include "io/input.h"

/* Whether bytes that begin like this can be such text. */
bool sb_base64_recognise(struct sb_span beginning);
/* How many bytes there are before the first that no such text has. */
size_t sb_base64_length(struct sb_span text);
/* The decoded bytes of parent (taken). */
struct sb_input *sb_base64_open(struct sb_input *parent, struct sb_findings *findings,
                                const char *where);
/* Appends bytes as text of the standard alphabet, with padding, in lines of wrap characters (0: one
 * line); new_line: the last ends, too. */
void sb_base64_write(struct sb_buf *buf, struct sb_span bytes, uint64_t wrap, bool new_line);

#endif
