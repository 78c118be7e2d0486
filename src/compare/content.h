/* What two contents that differ are: their kind, and for texts the lines that differ. */
#ifndef SB_COMPARE_CONTENT_H
#define SB_COMPARE_CONTENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "compare/compare.h"

enum { SB_CONTENT_BEGINNING = 512, SB_CONTENT_TEXT_MAX = 1 << 20 };

/* "ELF executable", "zip archive", "text", … by the first bytes (up to SB_CONTENT_BEGINNING of
 * them); NULL for what is none of those known. */
const char *sb_content_kind(struct sb_span beginning);

/* Where two streams part, with the byte of each, or -1 where it has ended. */
struct sb_byte_pair {
    uint64_t offset;
    int a, b;
};
/* Reads both up to their first difference, or to the end of both (a and b are -1). */
int sb_find_first_difference(struct sb_input *a, struct sb_input *b, struct sb_byte_pair *pair,
                             struct sb_error *error) SB_MUST_USE;
/* Appends the content of one side of a difference; nothing where it has none. */
int sb_difference_read(const struct sb_difference_file *file, const struct sb_spool *spool,
                       struct sb_buf *buf, struct sb_error *error) SB_MUST_USE;

/* A unified diff of two texts (three lines around each change), every line made visible; names are
 * not in it. NULL in *text where one is no text, longer than SB_CONTENT_TEXT_MAX, or more lines
 * differ than are worth showing. */
const char *sb_content_lines(struct sb_arena *arena, struct sb_span a, struct sb_span b);

#endif
