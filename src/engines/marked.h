/* Bytes that know where they come from: every byte has a heading and says what it is. */
#ifndef SB_ENGINES_MARKED_H
#define SB_ENGINES_MARKED_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"

enum sb_heading {
    SB_HEADING_SOURCE,  /* what the Dockerfile and its context say */
    SB_HEADING_DERIVED, /* digests, sizes, checksums, codes */
    SB_HEADING_PROFILE, /* what that engine always writes */
    SB_HEADING_FACT,    /* what the build recorded and nothing determines */
    SB_HEADING_UNEXPLAINED,
    SB_HEADINGS
};

/* "source", "derived", … */
const char *sb_heading_name(enum sb_heading heading);

struct sb_mark {
    size_t offset, size;
    enum sb_heading heading;
    const char *entry, *field; /* "manifest.json", "RepoTags"; live in the arena */
};

struct sb_marked {
    struct sb_buf bytes;
    SB_VEC(struct sb_mark) marks; /* in order, without gaps */
    struct sb_arena arena;
    const char *entry; /* of what is appended next */
};

#define SB_MARKED_INIT                                                                             \
    { 0 }

void sb_marked_append(struct sb_marked *marked, enum sb_heading heading, const char *field,
                      struct sb_span bytes);
void sb_marked_text(struct sb_marked *marked, enum sb_heading heading, const char *field,
                    const char *text);
/* Another one's bytes and marks; an entry's name gets prefix in front. */
void sb_marked_join(struct sb_marked *marked, const struct sb_marked *other, const char *prefix);
/* The one of marks (in order, without gaps) that has the byte at offset; NULL. */
const struct sb_mark *sb_mark_find(const struct sb_mark *marks, size_t count, size_t offset);
/* The mark of the byte at offset. */
const struct sb_mark *sb_marked_at(const struct sb_marked *marked, size_t offset);
void sb_marked_release(struct sb_marked *marked);

#endif
