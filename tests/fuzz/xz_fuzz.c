#include "codec/xz.h"
#include "fuzz.h"
#include "stream.h"

STREAM_TARGET(sb_xz_open)
