/* What a build recorded that its source does not determine: docs/facts.md. */
#ifndef SB_ACCOUNT_FACTS_H
#define SB_ACCOUNT_FACTS_H

#include "image/archive.h"

/* A byte-exact description of how one engine version writes. */
struct sb_profile {
    const char *name;
    bool os_member;   /* configurations have `os` */
    bool owner_names; /* headers name the owner, as the engine's host calls it */
};
extern const struct sb_profile sb_profiles[];
/* NULL where none is called that. */
const struct sb_profile *sb_profile_lookup(struct sb_span name);

/* Of one ADD or COPY: when it ran, and how the builder found its file. */
struct sb_fact_step {
    struct sb_span created; /* RFC 3339, as Go writes it */
    uint32_t mode;          /* permissions */
    int64_t mtime;          /* seconds since 1970 */
    uint32_t uid, gid;      /* in the context; only the ADD hash tells */
};

/* One wrapping of the archive, outermost first. */
struct sb_fact_encoding {
    enum sb_codec codec;
    struct sb_span encoder; /* of gzip: "gnu-gzip"; empty: none re-creates the stream */
    unsigned level;
    struct sb_span name; /* FNAME; data NULL: none */
    uint32_t mtime;
    unsigned extra_flags, os;
    uint64_t wrap; /* of base64: characters a line, 0: one line */
    bool newline;  /* of base64: at the end */
};

struct sb_facts {
    struct sb_arena arena;
    const struct sb_profile *profile;
    struct sb_span docker_version, architecture;
    struct sb_span owner; /* of headers, where the profile has owner names */
    SB_VEC(struct sb_fact_step) steps;
    SB_VEC(struct sb_span) names; /* familiar, in the order of RepoTags */
    SB_VEC(struct sb_fact_encoding) encodings;
};

#define SB_FACTS_INIT                                                                              \
    { 0 }

/* An encoder that is run: gives the gzip stream that name makes of input at level. Supplied by the
 * program. 1: there is none of that name here. */
struct sb_encoder {
    int (*encode)(void *context, struct sb_span name, unsigned level, struct sb_span input,
                  struct sb_buf *output, struct sb_error *error);
    void *context;
    const char *const *names; /* those to try, ends in NULL */
};

/* Finds the facts of an archive of one of the profiles. Malformed where it is of none. */
int sb_facts_find(struct sb_facts *facts, struct sb_archive *archive, struct sb_range bytes,
                  const struct sb_encoder *encoder, struct sb_error *error) SB_MUST_USE;
/* Looks for the owners again, now that the source says what its files are called. */
struct sb_profile_step;
void sb_facts_find_owners(struct sb_facts *facts, struct sb_archive *archive,
                          const struct sb_profile_step *steps, size_t count);
int sb_facts_parse(struct sb_facts *facts, struct sb_span text, struct sb_error *error) SB_MUST_USE;
/* As a JSON document, one member a line. */
void sb_facts_write(const struct sb_facts *facts, struct sb_buf *buf);
void sb_facts_release(struct sb_facts *facts);

#endif
