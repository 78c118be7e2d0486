/* Facts found in an archive: read where they stand, or tried until a digest fits. */
#include <string.h>

#include "account/facts.h"
#include "account/profile.h"
#include "base/limits.h"
#include "codec/gzip.h"
#include "image/path.h"
#include "tar/header.h"

enum { GZIP_TRAILER = 8, OWNERS_TRIED = 3000, SMALL_CONTENT = 1 << 16, CONTENT_MAX = 64 << 20 };

static int none(struct sb_error *error, const char *what) {
    return sb_error_set(error, SB_ERROR_MALFORMED,
                        "its profile is none that is known (docker-17.09, docker-20.10 of the "
                        "classic builder): %s",
                        what);
}

/* The hash in "… ADD file:HASH in /t ". */
static struct sb_span add_hash_of(struct sb_span created_by) {
    static const char before[] = " file:";
    for (size_t i = 0; i + sizeof before - 1 + 64 <= created_by.size; i++)
        if (memcmp(created_by.data + i, before, sizeof before - 1) == 0)
            return sb_span_of(created_by.data + i + sizeof before - 1, 64);
    return sb_span_of(NULL, 0);
}

struct owner_search {
    struct sb_span source, content;
    struct sb_digest wanted;
    struct sb_fact_step *step;
};

static bool try_owner(const struct owner_search *search, uint32_t uid, uint32_t gid) {
    struct sb_digest hash =
        sb_profile_add_hash(search->source, search->step->mode, uid, gid, search->content);
    if (!sb_digest_equal(&hash, &search->wanted))
        return false;
    search->step->uid = uid;
    search->step->gid = gid;
    return true;
}

/* 17.09 sent the owner of the file; no byte but the hash tells it, so it is tried. */
static bool find_owner(const struct owner_search *search) {
    static const uint32_t usual[][2] = {{0, 0},     {1000, 1000}, {501, 20}, {1000, 100},
                                        {500, 500}, {1001, 1001}, {1000, 0}, {0, 1000}};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (try_owner(search, usual[i][0], usual[i][1]))
            return true;
    for (uint32_t id = 0; search->content.size <= SMALL_CONTENT && id < OWNERS_TRIED; id++)
        if (try_owner(search, id, id) || try_owner(search, id, 100))
            return true;
    return false;
}

static int find_step(struct sb_facts *facts, struct sb_archive *archive, struct sb_layer *layer,
                     const struct sb_json *history, struct sb_error *error) {
    if (layer->entries.count != 1 || layer->entries.items[0].type != '0' ||
        memchr(layer->entries.items[0].path.data, '/', layer->entries.items[0].path.size))
        return none(error, "a layer is not one file in the root folder");
    const struct sb_entry *entry = &layer->entries.items[0];
    struct sb_fact_step *step = sb_vec_push(&facts->steps);
    struct sb_buf content = SB_BUF_INIT;
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    if (entry->size > CONTENT_MAX)
        return sb_error_set(error, SB_ERROR_LIMIT, "a file of more than %d bytes", CONTENT_MAX);
    if (sb_layer_open_content(layer, entry, archive->spool, &input, error) < 0)
        return -1;
    struct sb_output_buf output;
    sb_output_to_buf(&output, &content);
    int status = sb_output_copy(&output.base, input, error);
    step->created = sb_json_string(history, "created");
    step->mode = entry->mode;
    step->mtime = entry->mtime;
    struct owner_search search = {entry->path, sb_buf_span(&content), {{0}}, step};
    struct sb_span hash = add_hash_of(sb_json_string(history, "created_by"));
    if (status == 0 && (!hash.data || !sb_digest_parse_hex(hash, &search.wanted)))
        status = none(error, "history does not say ADD file: or COPY file:");
    /* Where no owner fits, the source has another name or the hash is not of this file: 0:0 leaves
     * the hash unexplained. */
    if (status == 0)
        find_owner(&search);
    sb_buf_release(&content);
    return status;
}

void sb_facts_find_owners(struct sb_facts *facts, struct sb_archive *archive,
                          const struct sb_profile_step *steps, size_t count) {
    const struct sb_json *history = sb_json_member(archive->images.items[0]->config, "history");
    const struct sb_json *item = history ? history->first : NULL;
    for (size_t i = 0; i < count && i < facts->steps.count && item; i++, item = item->next) {
        struct owner_search search = {
            steps[i].source, steps[i].content, {{0}}, &facts->steps.items[i]};
        struct sb_span hash = add_hash_of(sb_json_string(item, "created_by"));
        if (hash.data && sb_digest_parse_hex(hash, &search.wanted))
            find_owner(&search);
    }
}

static int find_steps(struct sb_facts *facts, struct sb_archive *archive,
                      const struct sb_image *image, struct sb_error *error) {
    const struct sb_json *history = sb_json_member(image->config, "history");
    const struct sb_json *item = history ? history->first : NULL;
    if (!history || history->count != image->layers.count || image->layers.count == 0)
        return none(error, "history does not fit the layers");
    for (size_t i = 0; i < image->layers.count; i++, item = item->next)
        if (find_step(facts, archive, image->layers.items[i], item, error) < 0)
            return -1;
    return 0;
}

static void find_names(struct sb_facts *facts, const struct sb_archive *archive) {
    const struct sb_json *tags = sb_json_member(archive->docker_manifest->first, "RepoTags");
    for (const struct sb_json *tag = tags ? tags->first : NULL; tag; tag = tag->next)
        *sb_vec_push(&facts->names) = tag->text;
}

/* Encodings */

/* Where the deflate data of a member begins. */
static size_t body_of(struct sb_span gzip) {
    size_t at = 10;
    if (gzip.size < 18)
        return gzip.size;
    if (gzip.data[3] & 4)
        at += 2u + gzip.data[10] + 256u * gzip.data[11];
    for (int flag = 8; flag <= 16; flag *= 2)
        if (gzip.data[3] & flag) {
            while (at < gzip.size && gzip.data[at])
                at++;
            at++;
        }
    return at + (gzip.data[3] & 2 ? 2 : 0);
}

static struct sb_span deflate_of(struct sb_span gzip) {
    size_t from = body_of(gzip);
    return from + GZIP_TRAILER > gzip.size
               ? sb_span_of(NULL, 0)
               : sb_span_of(gzip.data + from, gzip.size - from - GZIP_TRAILER);
}

/* XFL 2 says the slowest level, 4 the fastest; then the others. */
static int try_levels(struct sb_fact_encoding *encoding, const struct sb_encoder *encoder,
                      const char *name, struct sb_span wanted, struct sb_span inside,
                      struct sb_error *error) {
    unsigned first = encoding->extra_flags == 2 ? 9 : encoding->extra_flags == 4 ? 1 : 6;
    for (unsigned i = 0; i < 10; i++) {
        unsigned level = i == 0 ? first : i;
        struct sb_buf made = SB_BUF_INIT;
        if (i > 0 && level == first)
            continue;
        int status =
            encoder->encode(encoder->context, sb_span_string(name), level, inside, &made, error);
        bool equal = status == 0 && sb_span_equal(deflate_of(sb_buf_span(&made)), wanted);
        sb_buf_release(&made);
        if (status)
            return status;
        if (equal) {
            encoding->encoder = sb_span_string(name);
            encoding->level = level;
            return 0;
        }
    }
    return 1;
}

static int find_gzip(struct sb_facts *facts, const struct sb_envelope *envelope,
                     struct sb_span wrapped, struct sb_span inside,
                     const struct sb_encoder *encoder, struct sb_error *error) {
    struct sb_fact_encoding *encoding = sb_vec_push(&facts->encodings);
    encoding->codec = SB_CODEC_GZIP;
    encoding->mtime = envelope->header.mtime;
    encoding->extra_flags = envelope->header.extra_flags;
    encoding->os = envelope->header.os;
    if (envelope->header.flags & 8)
        encoding->name = sb_arena_copy(&facts->arena, sb_span_string(envelope->header.name));
    struct sb_span wanted = deflate_of(wrapped);
    for (const char *const *name = encoder->names; *name; name++) {
        int status = try_levels(encoding, encoder, *name, wanted, inside, error);
        if (status < 0)
            return -1;
        if (status == 0)
            return 0;
    }
    return 0;
}

static void find_base64(struct sb_facts *facts, struct sb_span text) {
    struct sb_fact_encoding *encoding = sb_vec_push(&facts->encodings);
    const unsigned char *line = memchr(text.data, '\n', text.size);
    encoding->codec = SB_CODEC_BASE64;
    encoding->newline = text.size && text.data[text.size - 1] == '\n';
    if (line && (size_t)(line - text.data) + 1 < text.size)
        encoding->wrap = (uint64_t)(line - text.data);
}

static int find_encodings(struct sb_facts *facts, struct sb_archive *archive, struct sb_range bytes,
                          const struct sb_encoder *encoder, struct sb_error *error) {
    struct sb_range outside = bytes;
    for (size_t i = 0; i < archive->peeled.envelopes.count; i++) {
        const struct sb_envelope *envelope = &archive->peeled.envelopes.items[i];
        struct sb_range inside = sb_range_whole(archive->peeled.owned.items[i]);
        struct sb_buf wrapped = SB_BUF_INIT, plain = SB_BUF_INIT;
        int status = sb_range_read(outside, CONTENT_MAX, &wrapped, error);
        if (status == 0)
            status = sb_range_read(inside, CONTENT_MAX, &plain, error);
        if (status == 0 && envelope->codec == SB_CODEC_GZIP)
            status = find_gzip(facts, envelope, sb_buf_span(&wrapped), sb_buf_span(&plain), encoder,
                               error);
        else if (status == 0 && envelope->codec == SB_CODEC_BASE64)
            find_base64(facts, sb_buf_span(&wrapped));
        else if (status == 0)
            status = none(error, "it is compressed with zstd");
        sb_buf_release(&wrapped);
        sb_buf_release(&plain);
        if (status < 0)
            return -1;
        outside = inside;
    }
    return 0;
}

/* The names in the headers of the archive, which 20.10 takes from its host. */
static int find_owner_name(struct sb_facts *facts, struct sb_archive *archive,
                           struct sb_error *error) {
    unsigned char block[SB_TAR_BLOCK];
    size_t got;
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    if (sb_range_open(archive->peeled.bytes, &input, error) < 0 ||
        sb_input_read(input, block, sizeof block, &got, error) < 0)
        return -1;
    if (got == sizeof block)
        facts->owner = sb_arena_copy(&facts->arena, sb_tar_field_text(block, SB_TAR_UNAME));
    return 0;
}

int sb_facts_find(struct sb_facts *facts, struct sb_archive *archive, struct sb_range bytes,
                  const struct sb_encoder *encoder, struct sb_error *error) {
    if (archive->images.count != 1 || !archive->has_docker || archive->has_oci ||
        archive->is_directory)
        return none(error, "it is no docker-archive of one image");
    const struct sb_image *image = archive->images.items[0];
    const struct sb_json *container = sb_json_member(image->config, "container_config");
    facts->docker_version = sb_json_string(image->config, "docker_version");
    facts->architecture = sb_json_string(image->config, "architecture");
    if (!facts->docker_version.size || !facts->architecture.size || !container)
        return none(error, "the configuration has no docker_version and container_config");
    facts->profile = sb_profile_lookup(
        sb_span_string(sb_json_member(image->config, "os") ? "docker-20.10" : "docker-17.09"));
    if (find_owner_name(facts, archive, error) < 0 || find_steps(facts, archive, image, error) < 0)
        return -1;
    find_names(facts, archive);
    return find_encodings(facts, archive, bytes, encoder, error);
}
