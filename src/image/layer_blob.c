/* The stored bytes of a layer: read, believed, checked, decoded. */
#include "image/internal.h"
#include "tar/header.h"
#include "tar/reader.h"

static int recognise(struct sb_layer *layer, struct sb_input *raw, struct sb_error *error) {
    struct sb_span bytes = sb_span_of("", 0);
    if (sb_input_peek(raw, &bytes, error) < 0)
        return -1;
    if (bytes.size > SB_TAR_BLOCK)
        bytes.size = SB_TAR_BLOCK;
    layer->codec = sb_codec_recognise(bytes);
    if (layer->codec == SB_CODEC_BASE64)
        layer->codec = SB_CODEC_NONE;
    return 0;
}

/* What no media type is for. */
static void check_codec(const struct sb_layer *layer, const struct sb_reading *reading) {
    if (layer->codec != SB_CODEC_XZ && layer->codec != SB_CODEC_BZIP2)
        return;
    sb_finding_add(reading->findings, SB_FINDING_LAYER_COMPRESSION, layer->name,
                   "%s: containerd's store refuses it, Docker needs %s; Podman takes it",
                   sb_codec_name(layer->codec),
                   layer->codec == SB_CODEC_XZ ? "graph drivers and the program xz"
                                               : "graph drivers");
}

/* stored bytes → digest → decoder → diff_id → tar reader, in one pass. */
static int read_blob(struct sb_layer *layer, struct sb_input *raw, const struct sb_reading *how,
                     struct sb_error *error) {
    struct sb_input_digest stored, decoded;
    sb_input_digest_init(&stored, raw);
    if (layer->codec == SB_CODEC_NONE) {
        if (sb_layer_read_entries(layer, &stored.base, how, error) < 0 ||
            sb_input_digest_finish(&stored, &layer->digest, error) < 0)
            return -1;
        layer->diff_id = layer->digest;
        layer->tar_size = stored.base.position;
        return 0;
    }
    SB_CLEANUP(sb_input_close_at)
    struct sb_input *decoder =
        sb_codec_open(layer->codec, &stored.base, layer->blob.size, how->findings, layer->name);
    sb_input_digest_init(&decoded, decoder);
    if (sb_layer_read_entries(layer, &decoded.base, how, error) < 0 ||
        sb_input_digest_finish(&decoded, &layer->diff_id, error) < 0 ||
        sb_input_digest_finish(&stored, &layer->digest, error) < 0)
        return -1;
    layer->tar_size = decoded.base.position;
    return 0;
}

/* The same without digests. Takes raw. */
static int read_believed(struct sb_layer *layer, struct sb_input *raw, const struct sb_reading *how,
                         struct sb_error *error) {
    SB_CLEANUP(sb_input_close_at)
    struct sb_input *tar =
        sb_codec_open(layer->codec, raw, layer->blob.size, how->findings, layer->name);
    if (sb_layer_read_entries(layer, tar, how, error) < 0 ||
        sb_input_skip(tar, UINT64_MAX, NULL, error) < 0)
        return -1;
    layer->tar_size = tar->position;
    return 0;
}

static int name_layer(const struct sb_layer *layer, struct sb_error *error) {
    return strstr(error->message, layer->name) ? -1 : sb_error_wrap(error, "%s", layer->name);
}

static void begin(struct sb_layer *layer, struct sb_range blob, const char *name) {
    *layer = (struct sb_layer){.blob = blob, .name = sb_memory_copy_string(name)};
}

/* What is found from here on is inside a layer. */
static void enter(const struct sb_reading *reading, bool layer) {
    if (reading->findings)
        reading->findings->in_layer = layer;
}

/* status is that of the entries' reading; the rest is seen once all are there. */
static int leave(struct sb_layer *layer, const struct sb_reading *reading, int status,
                 struct sb_error *error) {
    check_codec(layer, reading);
    status =
        status < 0 ? name_layer(layer, error) : sb_layer_check(layer, reading->findings, error);
    enter(reading, false);
    return status;
}

int sb_layer_read(struct sb_layer *layer, struct sb_range blob, const char *name,
                  const struct sb_reading *reading, struct sb_error *error) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *raw = NULL;
    begin(layer, blob, name);
    layer->contents = reading->contents;
    enter(reading, true);
    int status = sb_range_open(blob, &raw, error);
    if (status == 0)
        status = recognise(layer, raw, error);
    if (status == 0)
        status = read_blob(layer, raw, reading, error);
    return leave(layer, reading, status, error);
}

int sb_layer_register(struct sb_layer *layer, struct sb_range blob, const char *name,
                      struct sb_error *error) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *raw = NULL;
    begin(layer, blob, name);
    layer->unread = layer->believed = true;
    if (sb_range_open(blob, &raw, error) < 0 || recognise(layer, raw, error) < 0)
        return name_layer(layer, error);
    return 0;
}

void sb_layer_make_absent(struct sb_layer *layer, const struct sb_digest *digest,
                          const char *name) {
    begin(layer, (struct sb_range){0}, name);
    layer->digest = *digest;
    layer->unread = layer->believed = layer->absent = true;
}

int sb_layer_read_now(struct sb_layer *layer, const struct sb_reading *reading,
                      struct sb_error *error) {
    struct sb_input *raw;
    if (!layer->unread || layer->absent)
        return 0;
    layer->unread = false;
    layer->contents = reading->contents;
    enter(reading, true);
    int status = sb_range_open(layer->blob, &raw, error);
    if (status == 0)
        status = read_believed(layer, raw, reading, error);
    return leave(layer, reading, status, error);
}

/* The digests of what is stored, with nothing else looked at. */
static int hash_blob(const struct sb_layer *layer, struct sb_digest *digest,
                     struct sb_digest *diff_id, struct sb_error *error) {
    struct sb_input_digest stored, decoded;
    SB_CLEANUP(sb_input_close_at) struct sb_input *raw = NULL;
    if (sb_range_open(layer->blob, &raw, error) < 0)
        return -1;
    sb_input_digest_init(&stored, raw);
    if (layer->codec == SB_CODEC_NONE) {
        int status = sb_input_digest_finish(&stored, digest, error);
        *diff_id = *digest;
        return status;
    }
    SB_CLEANUP(sb_input_close_at)
    struct sb_input *decoder =
        sb_codec_open(layer->codec, &stored.base, layer->blob.size, NULL, layer->name);
    sb_input_digest_init(&decoded, decoder);
    return sb_input_digest_finish(&decoded, diff_id, error) < 0
               ? -1
               : sb_input_digest_finish(&stored, digest, error);
}

static int check_claim(const struct sb_layer *layer, const char *what,
                       const struct sb_digest *claimed, const struct sb_digest *actual,
                       struct sb_error *error) {
    char texts[2][SB_DIGEST_TEXT];
    if (sb_digest_equal(claimed, actual))
        return 0;
    sb_digest_format(actual, texts[0]);
    sb_digest_format(claimed, texts[1]);
    return sb_error_set(error, SB_ERROR_MALFORMED, "%s: its %s is %s, the archive says %s",
                        layer->name, what, texts[0], texts[1]);
}

int sb_layer_verify(const struct sb_layer *layer, struct sb_error *error) {
    struct sb_digest digest, diff_id;
    if (!layer->believed || layer->absent)
        return 0;
    if (hash_blob(layer, &digest, &diff_id, error) < 0)
        return name_layer(layer, error);
    return check_claim(layer, "digest", &layer->digest, &digest, error) < 0
               ? -1
               : check_claim(layer, "diff_id", &layer->diff_id, &diff_id, error);
}

static int decode(struct sb_layer *layer, const struct sb_spool *spool, struct sb_error *error) {
    struct sb_input *raw;
    if (sb_range_open(layer->blob, &raw, error) < 0)
        return -1;
    SB_CLEANUP(sb_input_close_at)
    struct sb_input *decoder =
        sb_codec_open(layer->codec, raw, layer->blob.size, NULL, layer->name);
    return sb_source_gather(decoder, spool, &layer->tar, error);
}

int sb_layer_tar(struct sb_layer *layer, const struct sb_spool *spool, struct sb_range *tar,
                 struct sb_error *error) {
    *tar = layer->blob;
    if (layer->absent)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "%s: it is not in the archive (its type allows that), and is needed "
                            "here: pull it with its image, or compare manifests",
                            layer->name);
    if (layer->codec == SB_CODEC_NONE)
        return 0;
    if (!layer->tar && decode(layer, spool, error) < 0)
        return sb_error_wrap(error, "%s", layer->name);
    *tar = sb_range_whole(layer->tar);
    return 0;
}

/* The next bytes of what is stored, decoded as far as they are asked for. */
static int open_decoded(struct sb_layer *layer, uint64_t offset, uint64_t size,
                        struct sb_input **input, struct sb_error *error) {
    struct sb_input *raw;
    uint64_t skipped;
    if (sb_range_open(layer->blob, &raw, error) < 0)
        return -1;
    struct sb_input *decoder =
        sb_codec_open(layer->codec, raw, layer->blob.size, NULL, layer->name);
    layer->decoded += offset + size;
    if (sb_input_skip(decoder, offset, &skipped, error) < 0) {
        sb_input_close(decoder);
        return -1;
    }
    *input = sb_input_segment_taken(decoder, size);
    return 0;
}

static int open_stored(struct sb_layer *layer, uint64_t offset, uint64_t size,
                       const struct sb_spool *spool, struct sb_input **input,
                       struct sb_error *error) {
    struct sb_range tar;
    if (layer->codec != SB_CODEC_NONE && !layer->tar &&
        layer->decoded + offset + size <= layer->tar_size)
        return open_decoded(layer, offset, size, input, error);
    if (sb_layer_tar(layer, spool, &tar, error) < 0)
        return -1;
    return sb_range_open((struct sb_range){tar.source, tar.offset + offset, size}, input, error);
}

int sb_layer_open_content(struct sb_layer *layer, const struct sb_entry *entry,
                          const struct sb_spool *spool, struct sb_input **input,
                          struct sb_error *error) {
    const struct sb_entry_extra *extra = entry->extra;
    uint64_t offset = extra->sparse ? extra->data_offset : entry->header_offset + SB_TAR_BLOCK;
    uint64_t size = extra->sparse ? extra->stored : entry->size;
    if (open_stored(layer, offset, size, spool, input, error) < 0)
        return name_layer(layer, error);
    if (extra->sparse)
        *input = sb_tar_expand(*input, extra->regions, extra->region_count, entry->size);
    return 0;
}
