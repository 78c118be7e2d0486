/* The encoders that may have made a gzip stream, run as programs. */
#ifndef VERIFY_HOST_ENCODER_H
#define VERIFY_HOST_ENCODER_H

#include "profile/facts.h"

/* Those that are installed are tried; the others answer that they are not there. */
extern const struct sb_encoder host_encoder;

#endif
