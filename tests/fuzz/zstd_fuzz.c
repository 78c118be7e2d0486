#include "codec/zstd.h"
#include "fuzz.h"
#include "stream.h"

STREAM_TARGET(sb_zstd_open)
