#include "engines/build.h"

#include <inttypes.h>

#include "base/limits.h"

const char sb_build_default_path[] =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

void sb_build_release(struct sb_build *source) {
    for (size_t i = 0; i < source->steps.count; i++)
        sb_vec_release(&source->steps.items[i].entries);
    sb_vec_release(&source->steps);
    sb_arena_release(&source->arena);
}

struct sb_digest sb_build_tarsum(const struct sb_build_sum *entry) {
    struct sb_sha256 hash;
    struct sb_buf text = SB_BUF_INIT;
    sb_buf_append_string(&text, "name");
    sb_buf_append_span(&text, entry->name);
    sb_buf_appendf(&text, "mode%" PRIu32 "uid%" PRIu32 "gid%" PRIu32 "size%zutypeflag%clinkname",
                   entry->mode, entry->uid, entry->gid, entry->content.size, entry->type);
    sb_buf_append_span(&text, entry->link);
    sb_buf_append_string(&text, "unamegnamedevmajor0devminor0");
    sb_sha256_init(&hash);
    sb_sha256_update(&hash, sb_buf_span(&text));
    sb_sha256_update(&hash, entry->content);
    sb_buf_release(&text);
    return sb_sha256_final(&hash);
}

/* From an archive */

static bool take_prefix(struct sb_span *text, const char *prefix) {
    if (!sb_span_starts(*text, prefix))
        return false;
    *text = sb_span_from(*text, strlen(prefix));
    return true;
}

/* Where "#(nop) " stands in what the classic builder and Buildah say. */
static struct sb_span after_comment(struct sb_span text) {
    static const char mark[] = "#(nop) ";
    for (size_t i = 0; i + sizeof mark - 1 <= text.size; i++)
        if (memcmp(text.data + i, mark, sizeof mark - 1) == 0)
            return sb_span_from(text, i + sizeof mark - 1);
    return text;
}

/* Cuts "ADD file:HASH in /t " at the hash. */
static void cut_hash(struct sb_build_step *step, struct sb_span text) {
    static const char *const kinds[] = {"file:", "dir:", "multi:"};
    step->before = text;
    for (size_t i = 4; i < text.size; i++)
        for (size_t k = 0; k < 3; k++) {
            struct sb_span rest = sb_span_from(text, i);
            size_t size = strlen(kinds[k]) + 64;
            if (!sb_span_starts(rest, kinds[k]) || rest.size < size)
                continue;
            step->before = sb_span_of(text.data, i);
            step->hash = sb_span_of(rest.data, size);
            step->after = sb_span_from(rest, size);
            return;
        }
}

static void read_said(struct sb_build_step *step, const struct sb_builder *builder,
                      struct sb_span said) {
    struct sb_span text = said;
    if (builder->kind != SB_BUILDER_BUILDKIT)
        text = after_comment(said);
    step->one_word = !take_prefix(&text, " ");
    step->add_or_copy = sb_span_starts(text, "ADD ") || sb_span_starts(text, "COPY ");
    step->may_layer = true;
    if (step->add_or_copy && builder->kind != SB_BUILDER_BUILDKIT)
        cut_hash(step, text);
    else
        step->before = text;
}

static int read_content(struct sb_build *source, struct sb_layer *layer,
                        const struct sb_entry *entry, const struct sb_spool *spool,
                        struct sb_span *content, struct sb_error *error) {
    struct sb_buf bytes = SB_BUF_INIT;
    struct sb_output_buf output;
    if (entry->size > SB_LIMIT_HELD)
        return sb_error_set(error, SB_ERROR_LIMIT, "a file of more than %u bytes", SB_LIMIT_HELD);
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    if (sb_layer_open_content(layer, entry, spool, &input, error) < 0)
        return -1;
    sb_output_to_buf(&output, &bytes);
    int status = sb_output_copy(&output.base, input, error);
    *content = sb_arena_copy(&source->arena, sb_buf_span(&bytes));
    sb_buf_release(&bytes);
    return status;
}

static int read_entries(struct sb_build *source, struct sb_build_step *step,
                        struct sb_archive *archive, struct sb_layer *layer,
                        struct sb_error *error) {
    for (size_t i = 0; i < layer->entries.count; i++) {
        const struct sb_entry *entry = &layer->entries.items[layer->by_order[i]];
        struct sb_build_entry *own = sb_vec_push(&step->entries);
        own->path = entry->path;
        own->link = entry->extra->link;
        own->type = entry->type;
        own->uid = entry->uid;
        own->gid = entry->gid;
        if (entry->type == '0' &&
            read_content(source, layer, entry, archive->spool, &own->content, error) < 0)
            return -1;
    }
    const struct sb_build_entry *only = step->entries.items;
    if (step->entries.count == 1 && only->type == '0' &&
        !memchr(only->path.data, '/', only->path.size))
        step->file = step->target = only->path;
    return 0;
}

/* Members of Docker's struct that are zero are none of the source's. */
static struct sb_json *run_of(struct sb_build *source, const struct sb_image *image) {
    const struct sb_json *config = sb_json_member(image->config, "config");
    struct sb_json *run = sb_json_new(&source->arena, SB_JSON_OBJECT);
    for (const struct sb_json *member = config ? config->first : NULL; member;
         member = member->next) {
        bool zero = member->type == SB_JSON_NULL || member->type == SB_JSON_FALSE ||
                    ((member->type == SB_JSON_STRING) && member->text.size == 0) ||
                    ((member->type == SB_JSON_ARRAY || member->type == SB_JSON_OBJECT) &&
                     member->count == 0);
        if (zero || sb_span_is(member->name, "Hostname") || sb_span_is(member->name, "Image"))
            continue;
        sb_json_append(run, sb_json_clone(&source->arena, member));
    }
    return run;
}

/* SHELL's words, which stand before the comment in the last container's command. */
static struct sb_json *shell_of(struct sb_build *source, struct sb_span said) {
    static const char mark[] = " #(nop) ";
    size_t end = 0;
    while (end + sizeof mark - 1 <= said.size &&
           memcmp(said.data + end, mark, sizeof mark - 1) != 0)
        end++;
    if (end + sizeof mark - 1 > said.size || sb_span_starts(said, "/bin/sh -c #(nop) "))
        return NULL;
    struct sb_json *words = sb_json_new(&source->arena, SB_JSON_ARRAY);
    for (size_t at = 0; at <= end;) {
        size_t from = at;
        while (at < end && said.data[at] != ' ')
            at++;
        sb_json_append(words,
                       sb_json_new_string(&source->arena, sb_span_of(said.data + from, at - from)));
        at++;
    }
    return words;
}

/* While nothing but ADD and COPY was said: the configuration is the default. */
static struct sb_json *default_run(struct sb_build *source) {
    struct sb_json *run = sb_json_new(&source->arena, SB_JSON_OBJECT);
    struct sb_json *list = sb_json_new(&source->arena, SB_JSON_ARRAY);
    sb_json_append(list, sb_json_new_string(&source->arena, sb_span_string(sb_build_default_path)));
    sb_json_add(run, "Env", list);
    return run;
}

int sb_build_from_archive(struct sb_build *source, struct sb_archive *archive,
                          const struct sb_image *image, const struct sb_fact_image *facts,
                          struct sb_error *error) {
    const struct sb_json *history = sb_json_member(image->config, "history");
    struct sb_json *run = run_of(source, image);
    struct sb_json *before = default_run(source);
    size_t layer = 0, at = 0;
    for (const struct sb_json *item = history ? history->first : NULL;
         item && at < facts->steps.count; item = item->next, at++) {
        struct sb_build_step *step = sb_vec_push(&source->steps);
        struct sb_span said = sb_json_string(item, "created_by");
        read_said(step, facts->builder, said);
        step->run = item->next && step->add_or_copy ? before : run;
        step->author = sb_json_string(
            facts->builder->kind == SB_BUILDER_BUILDKIT ? image->config : item, "author");
        if (facts->builder->kind == SB_BUILDER_CLASSIC)
            step->shell = shell_of(source, said);
        if (facts->steps.items[at].layer && layer < image->layers.count &&
            read_entries(source, step, archive, image->layers.items[layer++], error) < 0)
            return -1;
    }
    return 0;
}

struct sb_build *sb_builds_add(struct sb_builds *builds) {
    struct sb_build *build = sb_memory_new(1, sizeof *build);
    *sb_vec_push(&builds->list) = build;
    return build;
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

int sb_builds_from_archive(struct sb_builds *builds, const struct sb_facts *facts,
                           struct sb_archive *archive, struct sb_error *error) {
    for (size_t i = 0; i < facts->images.count; i++)
        if (sb_build_from_archive(sb_builds_add(builds), archive, image_of(facts, archive, i),
                                  &facts->images.items[i], error) < 0)
            return -1;
    return 0;
}

void sb_builds_release(struct sb_builds *builds) {
    for (size_t i = 0; i < builds->list.count; i++) {
        sb_build_release(builds->list.items[i]);
        free(builds->list.items[i]);
    }
    sb_vec_release(&builds->list);
}
