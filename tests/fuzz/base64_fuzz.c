#include "codec/base64.h"
#include "fuzz.h"
#include "stream.h"

STREAM_TARGET(sb_base64_open)
