/* From gathering to reading: what a command still needs when its rights are given up. */
#ifndef VERIFY_CONFINE_H
#define VERIFY_CONFINE_H

#include "builds/native.h"
#include "host/reader.h"
#include "inputs/subject.h"

/* How often an archive is read where digests are made of its canonical form and rootfs, or it is
 * written again: near enough for a line of progress. */
enum { READINGS = 4 };

#define RIGHTS_INIT                                                                                \
    { 0 }

/* The results that options name, and --no-sandbox. */
void rights_of_options(struct reader_rights *rights, const struct options *options);
/* The folder of a subject that is one; and how much there is to read of it, times readings. */
void rights_of_subject(struct reader_rights *rights, const struct subject *subject,
                       unsigned readings);
/* The context of a Dockerfile that is read later: what --assemble says is done now, *later are the
 * options of the reader. Both live as long as it. */
int rights_of_context(struct reader_rights *rights, struct native *staged,
                      const struct options *options, const char *folder, struct options *later,
                      struct sb_error *error) SB_MUST_USE;
/* Goes on as the confined reader; the rights are released. */
int confine(struct reader_rights *rights, struct sb_error *error) SB_MUST_USE;

#endif
