#include "codec/gzip.h"
#include "fuzz.h"
#include "stream.h"

STREAM_TARGET(sb_gzip_open)
