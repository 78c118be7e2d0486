/* The ledger: every byte of an archive under exactly one heading. */
#ifndef SB_AUDIT_LEDGER_H
#define SB_AUDIT_LEDGER_H

#include "base/error.h"
#include "codec/deflate_trace.h"
#include "engines/marked.h"

struct sb_ledger_cost {
    const char *entry, *field;
    enum sb_heading heading;
    uint64_t bits; /* of the blob */
};

struct sb_ledger {
    struct sb_arena arena;
    struct sb_marked tar;                  /* the archive's tar, marked */
    SB_VEC(struct sb_mark) runs;           /* of the whole blob, in order, without gaps */
    SB_VEC(struct sb_ledger_cost *) costs; /* most first */
    void *by_key;                          /* a tree of them (tsearch) */
    uint64_t sums[SB_HEADINGS];
};

#define SB_LEDGER_INIT                                                                             \
    { 0 }

/* blob: the archive as published, after base64. tar: what is inside of it (the same bytes where it
 * is not compressed). rebuilt: what source and facts give. encoder_known: an encoder re-creates the
 * deflate data; where none does all of it is unexplained. */
int sb_ledger_make(struct sb_ledger *ledger, struct sb_span blob, struct sb_span tar,
                   const struct sb_marked *rebuilt, bool encoder_known,
                   struct sb_error *error) SB_MUST_USE;
/* Goes through compressed data step by step, as sb_deflate_trace does; bits and bytes that come out
 * count from its beginning. */
typedef int sb_ledger_trace(void *context, struct sb_span blob,
                            void (*visit)(void *visitor, const struct sb_deflate_step *step),
                            void *visitor, struct sb_error *error);
/* The same where ledger->tar is marked already, and the encoder known: gzip members, or a blob that
 * trace goes through, which is called name (NULL, NULL: gzip). */
int sb_ledger_account(struct sb_ledger *ledger, struct sb_span blob, const char *name,
                      sb_ledger_trace *trace, void *context, struct sb_error *error) SB_MUST_USE;
/* The run of the byte at offset; NULL behind the end. */
const struct sb_mark *sb_ledger_at(const struct sb_ledger *ledger, size_t offset);
void sb_ledger_release(struct sb_ledger *ledger);

/* The tar, byte by byte against what was rebuilt: entries are matched by name, then by order; what
 * has no counterpart is unexplained. */
int sb_ledger_mark_tar(struct sb_marked *marked, struct sb_span tar,
                       const struct sb_marked *rebuilt, struct sb_error *error) SB_MUST_USE;

/* The same of a canonical archive, or what source or image give as one. */
int sb_ledger_mark_canonical(struct sb_marked *marked, struct sb_span tar,
                             struct sb_error *error) SB_MUST_USE;

#endif
