#include "rebuild.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/limits.h"
#include "host/encoder.h"
#include "host/temporary.h"

enum { CONTENT_MAX = 64 << 20, GZIP_HEADER = 10, GZIP_TRAILER = 8 };

static int read_content(struct steps *steps, struct sb_input *input, struct sb_span *content,
                        struct sb_error *error) {
    struct sb_buf bytes = SB_BUF_INIT;
    struct sb_output_buf output;
    sb_output_to_buf(&output, &bytes);
    int status = sb_output_copy(&output.base, input, error);
    *content = sb_arena_copy(&steps->arena, sb_buf_span(&bytes));
    sb_buf_release(&bytes);
    return status;
}

/* Only the default configuration is in the profiles. */
static bool has_configuration(const struct sb_plan *plan) {
    return plan->command.count || plan->entrypoint.count || plan->ports.count ||
           plan->volumes.count || plan->labels.count || plan->environment.count != 1 ||
           plan->user.size || plan->folder.size || plan->stop_signal.size || plan->author.size;
}

int steps_from_plan(struct steps *steps, const struct sb_plan *plan, struct sb_error *error) {
    if (has_configuration(plan))
        return sb_error_set(error, SB_ERROR_USAGE,
                            "the profiles know ADD and COPY alone; this Dockerfile says more");
    for (size_t i = 0; i < plan->layers.count; i++) {
        const struct sb_plan_layer *layer = &plan->layers.items[i];
        const struct sb_plan_entry *entry = layer->entries.items;
        if (layer->entries.count != 1 || entry->type != '0' ||
            memchr(entry->path.data, '/', entry->path.size) || entry->uid || entry->gid)
            return sb_error_set(error, SB_ERROR_USAGE,
                                "line %u: the profiles know ADD and COPY of one file into the "
                                "root folder alone",
                                layer->line);
        if (entry->size > CONTENT_MAX)
            return sb_error_set(error, SB_ERROR_LIMIT, "line %u: a file of more than %d bytes",
                                layer->line, CONTENT_MAX);
        struct sb_profile_step *step = sb_vec_push(&steps->list);
        SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
        step->add = layer->add;
        step->source = layer->source;
        while (sb_span_starts(step->source, "./") || sb_span_starts(step->source, "/"))
            step->source = sb_span_from(step->source, step->source.data[0] == '/' ? 1 : 2);
        step->target = entry->path;
        if (sb_range_open(entry->content, &input, error) < 0 ||
            read_content(steps, input, &step->content, error) < 0)
            return -1;
    }
    return 0;
}

int steps_from_archive(struct steps *steps, struct sb_archive *archive, struct sb_error *error) {
    const struct sb_image *image = archive->images.items[0];
    const struct sb_json *history = sb_json_member(image->config, "history");
    const struct sb_json *item = history->first;
    for (size_t i = 0; i < image->layers.count; i++, item = item->next) {
        struct sb_layer *layer = image->layers.items[i];
        const struct sb_entry *entry = &layer->entries.items[0];
        struct sb_profile_step *step = sb_vec_push(&steps->list);
        SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
        struct sb_span text = sb_json_string(item, "created_by");
        step->add = true;
        for (size_t k = 0; k + 5 < text.size; k++)
            if (memcmp(text.data + k, " COPY", 5) == 0)
                step->add = false;
        step->source = step->target = entry->path;
        if (sb_layer_open_content(layer, entry, archive->spool, &input, error) < 0 ||
            read_content(steps, input, &step->content, error) < 0)
            return -1;
    }
    return 0;
}

void steps_release(struct steps *steps) {
    sb_vec_release(&steps->list);
    sb_arena_release(&steps->arena);
}

int rebuild_read_facts(const char *path, struct sb_facts *facts, struct sb_error *error) {
    int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    struct sb_buf text = SB_BUF_INIT;
    if (fd < 0)
        return sb_error_set_errno(error, errno, "%s: cannot open it", path);
    int status = 0;
    for (;;) {
        unsigned char *end = sb_buf_reserve(&text, 65536);
        ssize_t got = read(fd, end, 65536);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            status = sb_error_set_errno(error, errno, "%s: cannot read it", path);
        if (got <= 0 || text.size > SB_LIMIT_JSON)
            break;
        text.size += (size_t)got;
    }
    close(fd);
    if (status == 0 && text.size > SB_LIMIT_JSON)
        status = sb_error_set(error, SB_ERROR_LIMIT, "%s: too large for facts", path);
    if (status == 0)
        status = sb_facts_parse(facts, sb_arena_copy(&facts->arena, sb_buf_span(&text)), error);
    sb_buf_release(&text);
    return status < 0 ? sb_error_wrap(error, "%s", path) : 0;
}

static void append_number(struct sb_buf *output, uint32_t value) {
    for (int i = 0; i < 4; i++, value >>= 8)
        sb_buf_append_byte(output, (unsigned char)value);
}

/* The encoder's deflate data in a member with the facts' header. */
static int wrap_gzip(const struct sb_fact_encoding *encoding, struct sb_span inside,
                     struct sb_buf *output, struct sb_error *error) {
    struct sb_buf made = SB_BUF_INIT;
    if (encoding->encoder.size == 0)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "facts: no encoder is named that re-creates the compressed data");
    int status =
        host_encoder.encode(NULL, encoding->encoder, encoding->level, inside, &made, error);
    if (status > 0)
        status = sb_error_set(error, SB_ERROR_SYSTEM, "the encoder %.*s is not installed",
                              (int)encoding->encoder.size, (const char *)encoding->encoder.data);
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
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint64_t column = 0;
    for (size_t at = 0; at < inside.size; at += 3) {
        size_t count = inside.size - at < 3 ? inside.size - at : 3;
        uint32_t bits = 0;
        for (size_t i = 0; i < 3; i++)
            bits = bits << 8 | (i < count ? inside.data[at + i] : 0);
        for (size_t i = 0; i < 4; i++) {
            if (encoding->wrap && column == encoding->wrap) {
                sb_buf_append_byte(output, '\n');
                column = 0;
            }
            sb_buf_append_byte(output,
                               i > count ? '=' : (unsigned char)digits[bits >> 6 * (3 - i) & 63]);
            column++;
        }
    }
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
