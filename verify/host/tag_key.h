/* The key of this run under which contents are told apart (codec/tag.h). */
#ifndef VERIFY_HOST_TAG_KEY_H
#define VERIFY_HOST_TAG_KEY_H

#include "codec/tag.h"

/* From the kernel at the first call, which no thread but the first may make; never shown. */
const struct sb_tag_key *tag_key(void);

#endif
