/* Prefix codes of shortest expected length (Huffman); where that is too deep, shallower ones. */
#ifndef SB_SMALLEST_PREFIX_CODE_H
#define SB_SMALLEST_PREFIX_CODE_H

#include <stdbool.h>

enum { SB_PREFIX_SYMBOLS = 288 };

/* Gives each of size symbols its length in bits, 0 where its count is 0; one symbol alone gets 1.
 * Lengths are at most longest: counts are levelled until they are. */
void sb_prefix_code_fit(const int *counts, int size, int longest, unsigned char *lengths);
/* Every bit string leads to a symbol, as decoders demand. */
bool sb_prefix_code_complete(const unsigned char *lengths, int size);

#endif
