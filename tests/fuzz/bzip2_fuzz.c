#include "codec/bzip2.h"
#include "fuzz.h"
#include "stream.h"

STREAM_TARGET(sb_bzip2_open)
