/* What a build recorded that its source does not determine: docs/facts.md. */
#ifndef SB_ENGINES_FACTS_H
#define SB_ENGINES_FACTS_H

#include "engines/saver.h"
#include "image/archive.h"

/* Of one file, folder or link in a layer. */
struct sb_fact_entry {
    uint32_t mode; /* permissions */
    int64_t mtime; /* seconds since 1970 */
};

/* How a stream was compressed: an encoder that is run, and its level. */
struct sb_fact_encoder {
    struct sb_span name; /* "gnu-gzip", "go1.24-gzip"; empty: none re-creates the stream */
    unsigned level;
};

/* Of one instruction: when it ran, and what it found. */
struct sb_fact_step {
    struct sb_span created; /* RFC 3339, as Go writes it */
    bool layer;             /* it made a layer */
    struct sb_fact_entry *entries;
    size_t entry_count;
    bool owned;                     /* uid and gid are said */
    uint32_t uid, gid;              /* of the file in the context; only the ADD hash tells */
    struct sb_span sum;             /* Buildah: what it says it added, "file:HASH" */
    struct sb_span parent;          /* Buildah 1.28: the image before the step, 12 digits */
    struct sb_fact_encoder encoder; /* of a compressed layer */
    int64_t link_mtime;             /* legacy save: of the layer of which there was an equal */
    bool linked;
};

struct sb_fact_image {
    const struct sb_builder *builder;
    struct sb_span digest; /* of the configuration; only to tell several images apart */
    struct sb_span docker_version, architecture, variant;
    struct sb_span created;   /* where it is not the last step's */
    struct sb_span container; /* random: of the last step */
    struct sb_span hostname;  /* random, where it does not begin container */
    struct sb_span parent;    /* id of the image before the last step, where it is not derived */
    SB_VEC(struct sb_fact_step) steps;
    SB_VEC(struct sb_span) names; /* familiar, in the order of RepoTags */
    bool names_null;              /* RepoTags is null, not [] */
    struct sb_span reference;     /* OCI: org.opencontainers.image.ref.name */
    struct sb_json *annotations;  /* OCI: of the manifest; NULL: none */
    struct sb_json *attestation;  /* BuildKit: the provenance, random ids and times in it */
    bool bare;                    /* BuildKit: no index and no attestation around the manifest */
    bool plain_modes;             /* classic: the client sent modes without the file's type */
};

/* One wrapping of the archive, outermost first. */
struct sb_fact_encoding {
    enum sb_codec codec;
    struct sb_fact_encoder encoder;
    struct sb_span name; /* FNAME; data NULL: none */
    uint32_t mtime;
    unsigned extra_flags, os;
    uint64_t wrap; /* of base64: characters a line, 0: one line */
    bool newline;  /* of base64: at the end */
};

/* What the engine's host calls a user or group. */
struct sb_fact_owner {
    bool group;
    uint32_t id;
    struct sb_span name;
};

struct sb_facts {
    struct sb_arena arena;
    const struct sb_profile *profile;
    SB_VEC(struct sb_fact_owner) owners; /* where headers name owners */
    SB_VEC(struct sb_fact_image) images; /* in the order of manifest.json */
    SB_VEC(struct sb_span)
    index_order;           /* containerd: config digests, where index.json has another
                              order than manifest.json */
    int64_t saved;         /* time of the save, where the engine writes it */
    SB_VEC(int64_t) times; /* OCI archives: of each entry, where they differ */
    SB_VEC(struct sb_fact_encoding) encodings;
};

#define SB_FACTS_INIT                                                                              \
    { 0 }

/* An encoder that is run: gives the stream that name makes of input at level. Supplied by the
 * program. 1: there is none of that name here. */
struct sb_encoder {
    int (*encode)(void *context, struct sb_span name, unsigned level, struct sb_span input,
                  struct sb_buf *output, struct sb_error *error);
    void *context;
    const char *const *names;       /* those to try for an archive, ends in NULL */
    const char *const *layer_names; /* those to try for a layer */
};

/* Finds the facts of an archive of one of the profiles. Malformed where it is of none. */
int sb_facts_find(struct sb_facts *facts, struct sb_archive *archive, struct sb_range bytes,
                  const struct sb_encoder *encoder, struct sb_error *error) SB_MUST_USE;
/* The wrappings of the archive; part of sb_facts_find. */
int sb_facts_find_encodings(struct sb_facts *facts, struct sb_archive *archive,
                            struct sb_range bytes, const struct sb_encoder *encoder,
                            struct sb_error *error) SB_MUST_USE;
/* The encoder that makes wanted of inside: 1 where none of names does; then missing (may be NULL)
 * lists those that are not here. skip_header: only the deflate data has to be the same. */
int sb_facts_find_encoder(struct sb_fact_encoder *found, const struct sb_encoder *encoder,
                          const char *const *names, struct sb_span wanted, struct sb_span inside,
                          bool skip_header, struct sb_buf *missing,
                          struct sb_error *error) SB_MUST_USE;
/* The owner in the context of a file added by a 17.09, tried against the hash in the history:
 * wanted is its text, source the name in the context. */
bool sb_facts_find_owner(struct sb_fact_step *step, const struct sb_builder *builder,
                         struct sb_span wanted, struct sb_span source, struct sb_span content);

/* Whether every fact has the form that it can have; part of both of the above and of parsing. */
int sb_facts_check(const struct sb_facts *facts, struct sb_error *error) SB_MUST_USE;
/* What facts say that a source should say: findings. */
void sb_facts_report(const struct sb_facts *facts, struct sb_findings *findings);
/* Whether that many names more (NULL: none) are within SB_LIMIT_NAMES. */
bool sb_facts_have_room(const struct sb_facts *facts, const struct sb_json *names);
/* What the host calls a user or group; empty where that is no fact. */
struct sb_span sb_facts_owner_name(const struct sb_facts *facts, bool group, uint32_t id);
/* Whether every gzip wrapping names its encoder. */
bool sb_facts_encoders_known(const struct sb_facts *facts);

int sb_facts_parse(struct sb_facts *facts, struct sb_span text, struct sb_error *error) SB_MUST_USE;
/* As a JSON document, one member a line. */
void sb_facts_write(const struct sb_facts *facts, struct sb_buf *buf);
void sb_facts_release(struct sb_facts *facts);

#endif
