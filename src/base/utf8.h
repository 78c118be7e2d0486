/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef SB_BASE_UTF8_H
#define SB_BASE_UTF8_H

#include <stdint.h>

#include "base/span.h"

/* Bytes (1 to 4) of the code point that the span begins with, 0 where that is not UTF-8 or empty.
 */
size_t sb_utf8_decode(struct sb_span span, uint32_t *code);
/* What a terminal acts on instead of showing it: C0, DEL, C1, and the marks that turn the direction
 * of writing. */
bool sb_utf8_is_control(uint32_t code);
bool sb_utf8_valid(struct sb_span span);

#endif
