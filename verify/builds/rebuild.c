#include "builds/rebuild.h"

#include <nettle/base64.h>

#include "base/limits.h"
#include "host/encoder.h"
#include "host/text_file.h"

enum { GZIP_HEADER = 10, GZIP_TRAILER = 8 };

static struct sb_build *new_build(struct rebuild *rebuild) {
    struct sb_build *build = sb_memory_new(1, sizeof *build);
    *sb_vec_push(&rebuild->builds) = build;
    return build;
}

static void empty_build(struct sb_build *build) {
    sb_build_release(build);
    *build = (struct sb_build)SB_BUILD_INIT;
}

/* The Dockerfile as the builder of image takes it. */
static int plan_image(struct rebuild *rebuild, const struct sb_fact_image *image,
                      const struct options *options, const char *file, struct sb_build *build,
                      struct sb_error *error) {
    struct native *native = sb_memory_new(1, sizeof *native);
    struct options own = *options;
    struct sb_buf platform = SB_BUF_INIT;
    const char *files[] = {file};
    *native = (struct native)NATIVE_INIT;
    *sb_vec_push(&rebuild->natives) = native;
    own.files.items = files;
    own.files.count = file != NULL;
    sb_buf_appendf(&platform, "linux/%.*s", (int)image->architecture.size,
                   (const char *)image->architecture.data);
    native->platform = sb_buf_detach(&platform);
    int status = native_prepare(native, &own, error);
    if (status == 0)
        status = native_plan_as(native, &own, image->builder, image->docker_version, error);
    if (status == 0)
        status = sb_plan_build(&native->plan, image, build, error);
    return status;
}

/* Whether the Dockerfile makes the image; one that is no Dockerfile of it, or none, does not. */
static bool makes(struct rebuild *rebuild, const struct sb_facts *facts,
                  const struct sb_fact_image *image, const struct options *options,
                  const char *file, struct sb_build *build) {
    struct sb_digest digest, wanted;
    struct sb_error ignored;
    struct sb_span hex = sb_span_from(image->digest, 7);
    return image->digest.size == 71 && sb_digest_parse_hex(hex, &wanted) &&
           plan_image(rebuild, image, options, file, build, &ignored) == 0 &&
           sb_profile_config_digest(facts, image, build, &digest, &ignored) == 0 &&
           sb_digest_equal(&digest, &wanted);
}

/* Several images: the one whose configuration comes out; else in the order given. */
static int plan_several(struct rebuild *rebuild, const struct sb_facts *facts,
                        const struct options *options, struct sb_error *error) {
    size_t count = facts->images.count;
    if (options->files.count != count)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "the facts are of %zu images: say -f DOCKERFILE for each", count);
    for (size_t i = 0; i < count; i++) {
        const struct sb_fact_image *image = &facts->images.items[i];
        struct sb_build *build = new_build(rebuild);
        bool found = false;
        for (size_t k = 0; k < count && !found; k++) {
            found = makes(rebuild, facts, image, options, options->files.items[k], build);
            if (!found)
                empty_build(build);
        }
        if (!found &&
            plan_image(rebuild, image, options, options->files.items[i], build, error) < 0)
            return -1;
    }
    return 0;
}

int rebuild_from_source(struct rebuild *rebuild, const struct sb_facts *facts,
                        const struct options *options, struct sb_error *error) {
    if (facts->images.count > 1)
        return plan_several(rebuild, facts, options, error);
    return plan_image(rebuild, facts->images.items, options,
                      options->files.count ? options->files.items[0] : NULL, new_build(rebuild),
                      error);
}

/* The image that the facts at index were taken from. */
static const struct sb_image *image_of(const struct sb_facts *facts, struct sb_archive *archive,
                                       size_t index) {
    for (size_t i = 0; facts->images.count > 1 && i < archive->images.count; i++) {
        char digest[SB_DIGEST_TEXT];
        sb_digest_format(&archive->images.items[i]->config_digest, digest);
        if (sb_span_is(facts->images.items[index].digest, digest))
            return archive->images.items[i];
    }
    return archive->images.items[0];
}

int rebuild_from_archive(struct rebuild *rebuild, const struct sb_facts *facts,
                         struct sb_archive *archive, struct sb_error *error) {
    for (size_t i = 0; i < facts->images.count; i++)
        if (sb_build_from_archive(new_build(rebuild), archive, image_of(facts, archive, i),
                                  &facts->images.items[i], error) < 0)
            return -1;
    return 0;
}

void rebuild_release(struct rebuild *rebuild) {
    for (size_t i = 0; i < rebuild->natives.count; i++) {
        native_release(rebuild->natives.items[i]);
        free(rebuild->natives.items[i]);
    }
    for (size_t i = 0; i < rebuild->builds.count; i++) {
        sb_build_release(rebuild->builds.items[i]);
        free(rebuild->builds.items[i]);
    }
    sb_vec_release(&rebuild->natives);
    sb_vec_release(&rebuild->builds);
}

int rebuild_write(const struct rebuild *rebuild, const struct sb_facts *facts,
                  struct sb_marked *tar, struct sb_error *error) {
    return sb_profile_write(facts, (const struct sb_build *const *)rebuild->builds.items,
                            &host_encoder, tar, error);
}

/* Where the bytes that came out part from those received. made marks the tar's bytes, or is NULL.
 */
static int say_where(const char *what, const char *profile, struct sb_span wanted,
                     struct sb_span bytes, const struct sb_marked *made, struct sb_error *error) {
    size_t at = 0;
    while (at < wanted.size && at < bytes.size && wanted.data[at] == bytes.data[at])
        at++;
    const struct sb_mark *mark = made ? sb_marked_at(made, at) : NULL;
    return sb_error_set(error, SB_ERROR_MALFORMED,
                        "the profile %s does not give this archive again: byte %zu of its %s is "
                        "another%s%s%s%s%s",
                        profile, at, what, mark ? " (" : "", mark ? mark->entry : "",
                        mark ? ", " : "", mark ? mark->field : "", mark ? ")" : "");
}

/* The wrappings, as far as they have an encoder; the outermost bytes are those received. */
static int check_wrapped(const struct sb_facts *facts, struct sb_span tar, struct sb_range received,
                         struct sb_error *error) {
    struct sb_buf wanted = SB_BUF_INIT, bytes = SB_BUF_INIT;
    if (!sb_facts_encoders_known(facts))
        return 0;
    int status = rebuild_wrap(facts, tar, false, &bytes, error);
    if (status == 0)
        status = sb_range_read(received, SB_LIMIT_HELD, &wanted, error);
    if (status == 0 && !sb_span_equal(sb_buf_span(&wanted), sb_buf_span(&bytes)))
        status = say_where("wrapping", facts->profile->name, sb_buf_span(&wanted),
                           sb_buf_span(&bytes), NULL, error);
    sb_buf_release(&wanted);
    sb_buf_release(&bytes);
    return status;
}

static int check_parsed(const struct sb_facts *facts, struct sb_archive *archive,
                        struct sb_range received, struct sb_error *error) {
    struct rebuild rebuild = REBUILD_INIT;
    struct sb_marked made = SB_MARKED_INIT;
    struct sb_buf tar = SB_BUF_INIT;
    int status = rebuild_from_archive(&rebuild, facts, archive, error);
    if (status == 0)
        status = rebuild_write(&rebuild, facts, &made, error);
    if (status == 0)
        status = sb_range_read(archive->peeled.bytes, SB_LIMIT_HELD, &tar, error);
    if (status == 0 && !sb_span_equal(sb_buf_span(&tar), sb_buf_span(&made.bytes)))
        status = say_where("tar", facts->profile->name, sb_buf_span(&tar), sb_buf_span(&made.bytes),
                           &made, error);
    if (status == 0)
        status = check_wrapped(facts, sb_buf_span(&tar), received, error);
    sb_buf_release(&tar);
    sb_marked_release(&made);
    rebuild_release(&rebuild);
    return status;
}

int rebuild_check(struct sb_span text, struct sb_archive *archive, struct sb_range received,
                  struct sb_error *error) {
    struct sb_facts facts = SB_FACTS_INIT;
    int status = sb_facts_parse(&facts, text, error);
    if (status == 0)
        status = check_parsed(&facts, archive, received, error);
    sb_facts_release(&facts);
    return status;
}

int rebuild_read_facts(const char *path, int fd, struct sb_facts *facts, struct sb_error *error) {
    struct sb_buf text = SB_BUF_INIT;
    int status = text_file_read(path, fd, &text, error);
    if (status == 0 &&
        sb_facts_parse(facts, sb_arena_copy(&facts->arena, sb_buf_span(&text)), error) < 0)
        status = sb_error_wrap(error, "%s", path);
    sb_buf_release(&text);
    return status;
}

static void append_number(struct sb_buf *output, uint32_t value) {
    for (int i = 0; i < 4; i++, value >>= 8)
        sb_buf_append_byte(output, (unsigned char)value);
}

/* The encoder's deflate data in a member with the facts' header. */
static int wrap_gzip(const struct sb_fact_encoding *encoding, struct sb_span inside,
                     struct sb_buf *output, struct sb_error *error) {
    struct sb_buf made = SB_BUF_INIT;
    if (encoding->encoder.name.size == 0)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "facts: they name no encoder that writes the same compressed data");
    int status = host_encoder.encode(NULL, encoding->encoder.name, encoding->encoder.level, inside,
                                     &made, error);
    if (status > 0)
        status = sb_error_set(error, SB_ERROR_SYSTEM, "the encoder %.*s is not installed",
                              (int)encoding->encoder.name.size,
                              (const char *)encoding->encoder.name.data);
    if (status == 0 && made.size < GZIP_HEADER + GZIP_TRAILER)
        status = sb_error_set(error, SB_ERROR_SYSTEM, "the encoder wrote no gzip member");
    if (status == 0) {
        const unsigned char head[] = {0x1f, 0x8b, 8, encoding->name.data ? 8 : 0};
        sb_buf_append(output, head, sizeof head);
        append_number(output, encoding->mtime);
        sb_buf_append_byte(output, (unsigned char)encoding->extra_flags);
        sb_buf_append_byte(output, (unsigned char)encoding->os);
        if (encoding->name.data) {
            sb_buf_append_span(output, encoding->name);
            sb_buf_append_byte(output, 0);
        }
        size_t skip = made.data[3] & 8 ? strlen((char *)made.data + GZIP_HEADER) + 1 : 0;
        sb_buf_append_span(output, sb_span_from(sb_buf_span(&made), GZIP_HEADER + skip));
    }
    sb_buf_release(&made);
    return status;
}

static void wrap_base64(const struct sb_fact_encoding *encoding, struct sb_span inside,
                        struct sb_buf *output) {
    size_t size = BASE64_ENCODE_RAW_LENGTH(inside.size);
    char *text = sb_memory_new(size + 1, 1);
    base64_encode_raw(text, inside.size, inside.data);
    for (size_t at = 0, line; at < size; at += line) {
        line = encoding->wrap && encoding->wrap < size - at ? (size_t)encoding->wrap : size - at;
        if (at)
            sb_buf_append_byte(output, '\n');
        sb_buf_append(output, text + at, line);
    }
    free(text);
    if (encoding->newline)
        sb_buf_append_byte(output, '\n');
}

int rebuild_wrap(const struct sb_facts *facts, struct sb_span tar, bool without_base64,
                 struct sb_buf *output, struct sb_error *error) {
    struct sb_buf inside = SB_BUF_INIT;
    int status = 0;
    sb_buf_append_span(&inside, tar);
    for (size_t i = facts->encodings.count; i-- > 0 && status == 0;) {
        const struct sb_fact_encoding *encoding = &facts->encodings.items[i];
        struct sb_buf outside = SB_BUF_INIT;
        if (encoding->codec == SB_CODEC_GZIP)
            status = wrap_gzip(encoding, sb_buf_span(&inside), &outside, error);
        else if (without_base64)
            continue;
        else
            wrap_base64(encoding, sb_buf_span(&inside), &outside);
        sb_buf_release(&inside);
        inside = outside;
    }
    sb_buf_append_span(output, sb_buf_span(&inside));
    sb_buf_release(&inside);
    return status;
}
