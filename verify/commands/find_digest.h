/* inspect --find: whose digest is this? */
#ifndef VERIFY_FIND_DIGEST_H
#define VERIFY_FIND_DIGEST_H

#include "inputs/subject.h"

/* Reports everything that has the digest ("sha256:HEX"); EXIT_DIFFERENT where nothing has it. */
int find_digest(struct subject *subject, const char *text_of_digest, const struct options *options,
                struct sb_error *error) SB_MUST_USE;

#endif
