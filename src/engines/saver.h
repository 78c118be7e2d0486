/* What writes image archives: one file and one row a saver, as libarchive has its formats. A saver
 * knows its entries by name, mode and time, writes its archives from source and facts, and finds
 * facts in them. A profile is one generation of a saver. Measured on real archives; which release
 * writes what is in docs/facts.md. */
#ifndef SB_ENGINES_SAVER_H
#define SB_ENGINES_SAVER_H

#include "engines/builder.h"
#include "engines/habit.h"
#include "image/archive.h"

struct sb_facts;
struct sb_fact_image;
struct sb_fingerprint;
struct sb_outer;
struct sb_profile_files;
struct sb_profile_writing;

/* One generation of a saver. */
struct sb_profile {
    const char *name; /* in facts: "docker-20.10" */
    const struct sb_saver *saver;
    const char *builder; /* of facts that name none; NULL: they must */
    bool type_bits;      /* in the archive's own headers */
    bool owner_names;    /* there, too */
    bool os_member;      /* V1 images have `os` */
    bool index_time;     /* index.json has the time of the save */
    bool folder_time;    /* blobs/sha256/ has it */
    bool no_umask;       /* layers are of mode 0666 */
    bool short_config;   /* V1 images leave out an OnBuild that is empty */
    bool spaced;         /* {"imageLayoutVersion": "1.0.0"} with a space */
    bool typed;          /* index.json says its media type */
};

struct sb_saver {
    const char *engine;                /* as reports name it: "docker" */
    const struct sb_profile *profiles; /* ends in a name of NULL */
    const char *const *documents;      /* JSON documents beside blobs; ends in NULL */
    const char *const
        *members; /* of an item of manifest.json, in order; ends in NULL; NULL: there is none */
    const char *spare_member;      /* which may stand among them; NULL */
    uint32_t file_mode, json_mode; /* of entries, without type bits */
    uint32_t folder_mode, link_mode;
    bool new_line;         /* behind manifest.json and repositories */
    bool timeless;         /* every entry has time 0 */
    bool stamps_creation;  /* entries have the time of an image's creation, or of the save */
    bool stamps_writing;   /* entries have the time of writing */
    bool unordered;        /* entries are not in the order of a walk */
    bool other_tar;        /* headers are of another writer than Go\'s, and are not looked at */
    bool adds_v1;          /* V1 descriptions that nothing refers to, one a layer */
    bool compresses;       /* layers */
    bool containerd_store; /* images come from containerd's store: layers are its diffs */
    bool lists_no_names;   /* an image without a name has an empty list, and no null */

    /* Whether it gives an entry that name, beside documents. */
    bool (*gives_name)(const char *name, unsigned char type);
    /* Whether that entry has always time 0, where others have none; NULL: none has. */
    bool (*is_timeless)(const struct sb_profile *profile, const char *name);
    /* The profile whose form the archive has, at a look; NULL: none of this saver's. Whether it is
     * of that profile is another question, which engines/fingerprint.h answers. */
    const struct sb_profile *(*recognise)(const struct sb_outer *outer,
                                          const struct sb_archive *archive);
    /* Adds the range of versions and what shows it. */
    void (*tell)(struct sb_fingerprint *fingerprint, const struct sb_outer *outer);
    /* The files of the archive, in order. NULL: its archives are recognised, and not made again. */
    int (*write)(struct sb_profile_writing *writing, struct sb_profile_files *files);
    /* Facts of an image, and of the save; NULL: none beside those that all have. */
    void (*find_image)(struct sb_facts *facts, struct sb_archive *archive,
                       struct sb_fact_image *own, const struct sb_image *image);
    void (*find_save)(struct sb_facts *facts, const struct sb_outer *outer);
    const struct sb_habit *habits;
};

extern const struct sb_saver sb_saver_docker_legacy, sb_saver_docker, sb_saver_containerd,
    sb_saver_containerd_oci, sb_saver_docker_archive, sb_saver_oci_archive,
    sb_saver_go_containerregistry, sb_saver_jib, sb_saver_samebytes;
/* All of them, in the order in which they are asked; ends in NULL. */
extern const struct sb_saver *const sb_savers[];
/* What all of them have in common. */
extern const struct sb_habit sb_saver_habits[];

/* NULL where none is called that. */
const struct sb_profile *sb_profile_lookup(struct sb_span name);
/* The profile whose form an archive has, at a look; NULL: none. */
const struct sb_profile *sb_saver_recognise(const struct sb_outer *outer,
                                            const struct sb_archive *archive);

#endif
