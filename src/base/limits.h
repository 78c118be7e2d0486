/* Every limit on input, with its reason. A limit is an error of its own kind (SB_ERROR_LIMIT), so
 * that nobody takes "too big for me" for "malformed". Bytes where nothing else is said. */
#ifndef SB_BASE_LIMITS_H
#define SB_BASE_LIMITS_H

#include <stdint.h>

/* Those that a caller may move, for images that are larger than any that was seen, or a machine
 * that is smaller. They travel with the findings (base/finding.h). */
enum sb_limit {
    SB_LIMIT_ENTRIES,     /* header blocks of one archive or layer, some 200 bytes of memory each */
    SB_LIMIT_UNPACKED,    /* bytes that one compressed stream may give */
    SB_LIMIT_JSON_SIZE,   /* bytes of one JSON document */
    SB_LIMIT_JSON_VALUES, /* values of one JSON document, some 400 bytes of memory each */
    SB_LIMIT_AUDIT_SIZE,  /* bytes of an archive that is audited or told facts of: held some seven
                             times */
    SB_LIMITS
};
/* The largest images known have some 600,000 files in all layers. */
#define SB_LIMIT_ENTRIES_STANDARD 2000000u
/* Sixteen times a 1 TiB disk is no image; a bomb ends here. */
#define SB_LIMIT_UNPACKED_STANDARD (UINT64_C(16) << 40)
/* containerd and Docker stop at 4 MiB and 8 MiB. */
#define SB_LIMIT_JSON_SIZE_STANDARD (8u << 20)
/* A configuration of 127 layers has some 2000. */
#define SB_LIMIT_JSON_VALUES_STANDARD 50000u
/* Published blobs have a thousand bytes. */
#define SB_LIMIT_AUDIT_SIZE_STANDARD (8u << 20)

/* base64 of gzip of zstd …: real files have two or three; a quine has no end. */
#define SB_LIMIT_ENVELOPES 8
/* An archive, blob or file that is made again is held whole. */
#define SB_LIMIT_HELD (64u << 20)
/* How much of a decoded stream is kept in memory before it goes to the spool. */
#define SB_LIMIT_KEPT (2u << 20)
/* gzip data from that size on is decoded by the faster library, which is less strict. */
#define SB_LIMIT_STRICT_GZIP (1u << 20)
/* One read of a file: above it nothing gets faster. */
#define SB_LIMIT_READ (256u << 10)
/* The first one after a jump: a header and a small file behind it. */
#define SB_LIMIT_READ_AFTER_JUMP (8u << 10)
/* Nesting of JSON: Go's decoder gives up at 10000; no writer goes beyond ten. */
#define SB_LIMIT_JSON_DEPTH 1000
/* PAX header or GNU long name of one entry: Go's archive/tar stops at 1 MiB. */
#define SB_LIMIT_TAR_EXTENSION (1u << 20)
/* Zeros behind the end mark that need no word: GNU tar's largest usual blocking is 64 KiB. */
#define SB_LIMIT_END_ZEROS (64u << 10)
/* Regions of one sparse file. */
#define SB_LIMIT_SPARSE_REGIONS 1000000u
/* Indexes inside indexes: the OCI layout, the image, its platforms. */
#define SB_LIMIT_INDEX_DEPTH 8
/* Manifests of one index tree: more platforms than there are. */
#define SB_LIMIT_MANIFESTS 4096u
/* Items of manifest.json: images of one archive. */
#define SB_LIMIT_IMAGES 1000u
/* Layers of one image: engines stop at 127. */
#define SB_LIMIT_LAYERS 4096u
/* Bytes of a path that is built: Linux takes 4095, with the folder that it is staged in. */
#define SB_LIMIT_PATH 4000
/* Names of all images of one archive, where they are facts. */
#define SB_LIMIT_NAMES 4096u
/* Two files that differ are held whole, and what is left of them, to prove a cause; larger ones
 * have none. */
#define SB_LIMIT_STRIPPED (32u << 20)
/* A text whose tokens are looked at: logs may be endless. */
#define SB_LIMIT_STRIPPED_TEXT (4u << 20)
/* And so much of all files of one comparison. */
#define SB_LIMIT_STRIPPED_ALL (UINT64_C(2) << 30)
/* Findings kept; the rest is counted. */
#define SB_LIMIT_FINDINGS 10000u

#endif
