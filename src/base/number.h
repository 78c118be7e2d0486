/* Strict numbers: digits and nothing else; no sign, no blanks, no locale, no overflow. */
#ifndef SB_BASE_NUMBER_H
#define SB_BASE_NUMBER_H

#include <stdint.h>

#include "base/span.h"

/* True where the whole span is a decimal number up to highest. */
bool sb_number_decimal(struct sb_span text, uint64_t highest, uint64_t *value);
/* The same with a minus sign or without, within 64 bits; as JSON writes integers. */
bool sb_number_signed(struct sb_span text, int64_t *value);
/* A size for people: digits and an optional k, M, G (powers of 1000) or KiB, MiB, GiB. */
bool sb_number_size(const char *text, uint64_t *bytes);

#endif
