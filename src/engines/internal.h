/* What the files of this folder share: an archive while it is being written. */
#ifndef SB_ENGINES_INTERNAL_H
#define SB_ENGINES_INTERNAL_H

#include "engines/fingerprint.h"
#include "engines/gotar.h"
#include "engines/marked_json.h"
#include "engines/outer.h"
#include "engines/profile.h"

/* A layer of an image, made from source and facts. */
struct sb_profile_layer {
    size_t step;
    struct sb_marked tar;
    struct sb_digest diff_id, chain_id;
    struct sb_buf blob; /* compressed, where the saver keeps it so */
    struct sb_digest blob_digest;
};

struct sb_profile_image {
    const struct sb_fact_image *facts;
    const struct sb_build *source;
    struct sb_profile_layer *layers;
    size_t layer_count;
    struct sb_marked config;
    struct sb_digest config_digest;
    struct sb_span parent;  /* config.Image: the image before the last step; empty */
    struct sb_span created; /* of the image */
    int64_t created_seconds;
};

struct sb_profile_writing {
    const struct sb_facts *facts;
    const struct sb_encoder *encoder;
    struct sb_arena arena;
    struct sb_profile_image *images;
    size_t image_count;
    struct sb_error *error;
};

/* One file of the archive. */
struct sb_profile_file {
    struct sb_span name; /* a folder's without its slash */
    unsigned char type;
    uint32_t mode;
    int64_t mtime;
    enum sb_heading time_heading;
    struct sb_span link;
    struct sb_marked content;
    bool layer; /* content is the tar of a layer */
};

struct sb_profile_files {
    SB_VEC(struct sb_profile_file *) list;
    struct sb_arena arena;
};

/* A new file at the end, with an empty content and time 0 of the profile. */
struct sb_profile_file *sb_profile_add(struct sb_profile_files *files, const char *name,
                                       unsigned char type, uint32_t mode);
/* The file of that name, or NULL. */
struct sb_profile_file *sb_profile_find(struct sb_profile_files *files, const char *name);
/* In the order of a walk of folders. */
void sb_profile_sort(struct sb_profile_files *files);
/* Writes all of them and the end. */
int sb_profile_write_files(struct sb_profile_writing *writing, struct sb_profile_files *files,
                           struct sb_marked *archive);
void sb_profile_release_files(struct sb_profile_files *files);

/* Layers and configuration of one image. */
int sb_profile_make_image(struct sb_profile_writing *writing, struct sb_profile_image *image);
void sb_profile_release_image(struct sb_profile_image *image);

/* The configuration after step, as the builder orders it. parent: of config.Image. */
struct sb_json *sb_profile_config(struct sb_arena *arena, const struct sb_profile_image *image,
                                  size_t step, struct sb_span parent);
/* Docker's container.Config with all members, of a run configuration (NULL: all zero). */
struct sb_json *sb_profile_docker_config(struct sb_arena *arena, const struct sb_json *run,
                                         struct sb_span hostname, struct sb_span parent,
                                         enum sb_heading parent_heading, struct sb_json *command,
                                         enum sb_zeros zeros);
/* The same of the last step, as the container that made it has it. */
struct sb_json *sb_profile_container_config(struct sb_arena *arena,
                                            const struct sb_profile_image *image, size_t step,
                                            struct sb_span parent);
/* A copy of a member, to be put into another object; NULL where it is not there. */
struct sb_json *sb_profile_take(struct sb_arena *arena, const struct sb_json *object,
                                const char *name);

/* Moby's V1 images, one a layer: ids (64 digits) and JSON. */
struct sb_profile_v1 {
    char id[65];
    struct sb_marked json;
};
void sb_profile_make_v1(struct sb_profile_writing *writing, const struct sb_profile_image *image,
                        struct sb_profile_v1 *v1);
void sb_profile_release_v1(struct sb_profile_v1 *v1, size_t count);

/* Of savers: how their entries are called. */
size_t sb_saver_hex_digits(const char *text);
/* "blobs/sha256/…", "oci-layout" and the folders above. */
bool sb_saver_names_blobs(const char *name, unsigned char type);
/* One more piece of evidence: format takes text. */
void sb_fingerprint_say(struct sb_fingerprint *fingerprint, const char *format, const char *text);

/* What several of them write. */
struct sb_json *sb_profile_digest(struct sb_arena *arena, const struct sb_digest *digest);
/* {"mediaType":…,"digest":…,"size":…} */
struct sb_json *sb_profile_descriptor(struct sb_arena *arena, const char *media_type,
                                      const struct sb_digest *digest, uint64_t size);
struct sb_json *sb_profile_number(struct sb_arena *arena, uint64_t number, enum sb_heading heading);
/* A blob under its digest; NULL where it is there already, and stays as it is. */
struct sb_profile_file *sb_profile_add_blob(struct sb_profile_files *files,
                                            const struct sb_marked *content, uint32_t mode,
                                            struct sb_digest *digest);
/* The blob of a compressed layer. */
void sb_profile_add_compressed(struct sb_profile_files *files, const struct sb_profile_layer *layer,
                               uint32_t mode);
/* "blobs/sha256/…", as text and as a value. */
const char *sb_profile_blob_name(struct sb_arena *arena, const struct sb_digest *digest);
struct sb_json *sb_profile_blob_path(struct sb_arena *arena, const struct sb_digest *digest);
/* What index.json has of an image: a descriptor a name, with containerd's annotations. */
void sb_profile_add_descriptors(struct sb_arena *arena, struct sb_json *list,
                                const struct sb_fact_image *image, const char *media_type,
                                const struct sb_digest *digest, uint64_t size);
struct sb_json *sb_profile_tags(struct sb_arena *arena, const struct sb_fact_image *image);
/* {"repo":{"tag":"id"}}, both maps sorted; adds the names of one image. */
void sb_profile_add_repositories(struct sb_arena *arena, struct sb_json *all,
                                 const struct sb_fact_image *image, struct sb_span id);
void sb_profile_write_repositories(struct sb_marked *out, struct sb_json *all, bool new_line);
const char *sb_profile_hex(struct sb_arena *arena, const struct sb_digest *digest);
struct sb_digest sb_profile_digest_of(const struct sb_marked *marked);
/* The tag of a name: what is behind its last colon. */
struct sb_span sb_profile_tag(struct sb_span name);

#define SB_MEDIA_OCI "application/vnd.oci.image."

#endif
