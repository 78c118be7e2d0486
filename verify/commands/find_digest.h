/* inspect --find: whose digest is this? */
#ifndef VERIFY_FIND_DIGEST_H
#define VERIFY_FIND_DIGEST_H

#include "inputs/subject.h"

/* Reports everything that has the digest; EXIT_DIFFERENT where nothing has it. */
int find_digest(struct subject *subject, const struct options *options,
                struct sb_error *error) SB_MUST_USE;

#endif
