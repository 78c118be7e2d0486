/* The native build: a Dockerfile made into the canonical archive twice, by the library's writer and
 * by GNU tar, and both compared byte for byte. */
#ifndef VERIFY_NATIVE_H
#define VERIFY_NATIVE_H

#include "options/options.h"
#include "recipe/plan.h"

struct native {
    char *folder;     /* of the context: DIR, or a copy with what was assembled */
    char *copy;       /* that copy, temporary; NULL */
    char *dockerfile; /* path of the Dockerfile */
    char *platform;   /* "linux/amd64"; NULL: --platform, else this machine's */
    char **build_arguments;
    int directory; /* descriptor of the context */
    struct sb_plan plan;
    struct sb_canon canon;
    int archive;    /* the canonical archive, a tar: descriptor of a temporary file */
    int compressed; /* the same under gzip -9n; -1 where that was not wanted */
    uint64_t archive_size, compressed_size; /* compressed_size: 0 where it was not wanted */
    uint64_t compact_size; /* of the compact form under gzip -9n; 0 where it was not wanted */
    char *tar_version, *gzip_version;
};

#define NATIVE_INIT                                                                                \
    { .directory = -1, .archive = -1, .compressed = -1, .plan = SB_PLAN_INIT }

/* Makes ready the context: assembles what --assemble says, and finds the Dockerfile. */
int native_prepare(struct native *native, const struct options *options,
                   struct sb_error *error) SB_MUST_USE;
/* Executes the Dockerfile of a prepared context. */
int native_plan(struct native *native, const struct options *options,
                struct sb_error *error) SB_MUST_USE;
/* The same as a builder takes it; version is Buildah's. */
int native_plan_as(struct native *native, const struct options *options,
                   const struct sb_builder *builder, struct sb_span version,
                   struct sb_error *error) SB_MUST_USE;
/* Builds. An error of kind USAGE where the Dockerfile needs an engine. */
int native_build(struct native *native, const struct options *options,
                 struct sb_error *error) SB_MUST_USE;
void native_release(struct native *native);

/* Whether something of that size is compressed: where an option asks for it, or it costs nothing
 * that anybody waits for. `gzip -9n` takes a minute for a gigabyte. */
bool native_compresses(const struct options *options, uint64_t size);

/* Where two files part: 0 and the offset, 1 where they are equal. */
int native_compare_files(int a, int b, uint64_t *offset, struct sb_error *error) SB_MUST_USE;

/* The largest files of the canonical archive, for a budget that does not hold. */
void native_describe_size(const struct native *native, struct sb_buf *text);

#endif
