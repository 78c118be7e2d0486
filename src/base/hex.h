/* Lower-case hexadecimal digits. */
#ifndef SB_BASE_HEX_H
#define SB_BASE_HEX_H

#include "base/span.h"

/* text has room for 2 * size + 1 characters; a NUL ends it. */
void sb_hex_encode(const unsigned char *data, size_t size, char *text);
/* Whether all is 0-9a-f; upper case is not. */
bool sb_hex_is_lower(struct sb_span text);
/* Value of one digit in either case, or -1. */
int sb_hex_digit(unsigned char digit);

#endif
