/* Images as people name them, opened: docker-archive:FILE[:NAME], oci-archive:FILE[:NAME],
 * oci:DIR[:TAG], docker-daemon:NAME, containers-storage:NAME, docker://HOST/NAME, a bare FILE, - */
#ifndef VERIFY_SUBJECT_H
#define VERIFY_SUBJECT_H

#include "compare/compare.h"
#include "options/lines.h"
#include "options/options.h"

struct subject {
    char *name; /* as given */
    struct sb_findings findings;
    struct sb_reading reading;
    struct sb_archive archive;
    struct sb_source *source; /* NULL: a folder */
    int folder;               /* its descriptor, where folder_path is set */
    char *folder_path;
    line_list links;  /* blobs in it that are links (host/layout.h) */
    char *temporary;  /* a folder of ours that holds it; NULL */
    unsigned timeout; /* seconds for an engine or registry to give it */
    char *wanted;     /* the image inside, from the name; NULL */
    struct sb_subject core;
};

#define SUBJECT_INIT                                                                               \
    { 0 }

/* Opens what name says: runs the engine or skopeo where that is needed, and reads nothing of what
 * comes. */
int subject_open(struct subject *subject, const char *name, const struct options *options,
                 struct sb_error *error) SB_MUST_USE;
/* The same for an archive in a file that is open; the descriptor stays the caller's. */
int subject_open_file(struct subject *subject, const char *name, int fd,
                      const struct options *options, struct sb_error *error) SB_MUST_USE;
/* Reads all of it; contents says how the contents of files are told apart afterwards. Where
 * reading.trusting is set, layers are only registered. */
int subject_read(struct subject *subject, enum sb_contents contents,
                 struct sb_error *error) SB_MUST_USE;
/* An error where the image that --image names is not there. */
int subject_check_name(struct subject *subject, const struct options *options,
                       struct sb_error *error) SB_MUST_USE;
/* Chooses the image that the name or the options ask for, for the platform (NULL: any, and this
 * machine's where there are several). */
int subject_choose(struct subject *subject, const struct options *options, const char *platform,
                   struct sb_error *error) SB_MUST_USE;
/* An error where an ambiguous finding is not allowed. */
int subject_refuse_ambiguous(const struct subject *subject, const struct options *options,
                             bool layers, struct sb_error *error) SB_MUST_USE;
/* An error where it is larger than what is held whole in memory. */
int subject_hold(const struct subject *subject, struct sb_error *error) SB_MUST_USE;
/* Canonical image and digests of the chosen one. */
int subject_prepare(struct subject *subject, const struct options *options,
                    struct sb_error *error) SB_MUST_USE;
/* What subject_prepare made, so that another image can be prepared. */
void subject_forget(struct subject *subject);
void subject_release(struct subject *subject);

/* This machine's platform, as images name it: "linux/amd64". */
const char *subject_default_platform(void);

#endif
