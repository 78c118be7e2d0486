/* ADD and COPY, as Docker's builders execute them: parents that are missing are made, 0755, with
 * the owner of --chown; the diff of a layer has every folder on the way to what changed. */
#include <stdio.h>

#include "base/limits.h"
#include "base/number.h"
#include "codec/peel.h"
#include "image/path.h"
#include "recipe/copy.h"
#include "recipe/mode.h"
#include "tar/header.h"

/* A path of a stage is another source than the same path of the context. */
static struct sb_span source_of(struct sb_copy *copy, struct sb_span path) {
    return copy->from.size ? sb_span_string(sb_arena_printf(&copy->plan->arena, "%s: %.*s",
                                                            copy->files->name, SB_SPAN(path)))
                           : path;
}

static struct sb_range content_of(struct sb_copy *copy, const struct sb_context_item *item) {
    struct sb_buf text = SB_BUF_INIT;
    if (!item->document)
        return sb_context_content(copy->files, item);
    sb_buf_append_span(&text, *item->document);
    struct sb_source *source = sb_source_memory(&text);
    *sb_vec_push(&copy->plan->context.sources) = source;
    return sb_range_whole(source);
}

static int put_item(struct sb_copy *copy, const struct sb_context_item *item, struct sb_span path,
                    bool named, struct sb_error *error) {
    struct sb_plan_entry entry = {.path = path,
                                  .type = item->type,
                                  .mode = item->mode,
                                  .uid = copy->chown.size ? copy->uid : item->uid,
                                  .gid = copy->chown.size ? copy->gid : item->gid,
                                  .link = item->link};
    entry.source = source_of(copy, item->path);
    entry.from = copy->sources;
    bool plain = copy->plan->builder->plain_chmod;
    if (copy->has_mode && item->type != '2')
        entry.mode = copy->mode & (plain ? 0777 : 07777);
    if (copy->symbolic.size && item->type != '2' && !plain)
        (void)sb_mode_apply(copy->symbolic, item->mode, item->type == '5', &entry.mode);
    /* The classic builder and Buildah lose what would run with other rights. */
    if (!copy->plan->builder->keeps_set_id && item->type != '5')
        entry.mode &= ~06000u;
    if (item->type == '0') {
        entry.content = content_of(copy, item);
        entry.size = item->size;
        entry.device = item->device;
        entry.inode = named ? 0 : item->inode;
        entry.group = item->group;
    }
    return sb_copy_put(copy, entry, error);
}

/* A new target of a folder is 0755, whatever mode the folder has; BuildKit gives it the permissions
 * of --chmod, until Docker 28 unless that sets more than permissions. */
static int put_target(struct sb_copy *copy, const struct sb_context_item *source,
                      struct sb_span target, struct sb_error *error) {
    struct sb_plan_entry folder = {.path = target,
                                   .type = '5',
                                   .mode = 0755,
                                   .uid = copy->uid,
                                   .gid = copy->gid,
                                   .source = source_of(copy, source->path)};
    bool special = copy->has_mode && (copy->mode & 07000) != 0;
    if (copy->has_mode && !copy->plan->builder->plain_chmod &&
        (!special || copy->plan->builder->special_folders))
        folder.mode = copy->mode & 0777;
    return sb_copy_put(copy, folder, error);
}

/* What a folder holds goes into target; an old target stays as it is. */
static int copy_folder(struct sb_copy *copy, const struct sb_context_item *source,
                       struct sb_span target, struct sb_error *error) {
    struct sb_plan_source *own = sb_vec_push(&sb_plan_step(copy->plan)->sources);
    own->item = *source;
    own->of_stage = copy->from.size > 0;
    own->target = target;
    int status = sb_copy_put_parents(copy, target, error);
    if (status == 0 && target.size)
        status = sb_plan_entry_at(copy->plan, target) ? sb_copy_put_folder(copy, target, error)
                                                      : put_target(copy, source, target, error);
    if (status == 0)
        status = sb_context_list(copy->files, source->path, &own->below, error);
    size_t skip = source->path.size ? source->path.size + 1 : 0;
    for (size_t i = 0; i < own->below.count && status == 0; i++) {
        struct sb_span inside = sb_span_from(own->below.items[i].path, skip);
        if (!sb_ignore_matches(&copy->exclude, inside))
            status = put_item(copy, &own->below.items[i], sb_copy_below(copy, target, inside),
                              false, error);
    }
    return status;
}

static int copy_all(struct sb_copy *copy, const sb_context_items *sources, struct sb_span target,
                    bool folder, struct sb_error *error) {
    for (size_t i = 0; i < sources->count; i++) {
        const struct sb_context_item *source = &sources->items[i];
        copy->sources++;
        if (source->type == '5') {
            if (copy_folder(copy, source, target, error) < 0)
                return -1;
            continue;
        }
        struct sb_span path = folder ? sb_copy_below(copy, target, source->name) : target;
        if (sb_ignore_matches(&copy->exclude, source->name))
            continue;
        struct sb_plan_source *own = sb_vec_push(&sb_plan_step(copy->plan)->sources);
        own->item = *source;
        own->of_stage = copy->from.size > 0;
        own->target = path;
        int unpacked =
            copy->add && !source->document ? sb_copy_unpack(copy, source, target, error) : 1;
        if (unpacked < 0)
            return -1;
        if (unpacked == 0)
            continue;
        if (sb_copy_put_parents(copy, path, error) < 0 ||
            put_item(copy, source, path, true, error) < 0)
            return -1;
    }
    return 0;
}

static int compare_entries(const void *a, const void *b) {
    const struct sb_plan_entry *x = a, *y = b;
    int order = sb_path_compare(x->path, y->path);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

/* The first name of a file carries it, the others link to it. */
static void link_names(struct sb_plan_layer *layer) {
    for (size_t i = 0; i < layer->entries.count; i++) {
        struct sb_plan_entry *entry = &layer->entries.items[i];
        for (size_t k = i + 1; entry->inode && entry->type == '0' && k < layer->entries.count;
             k++) {
            struct sb_plan_entry *other = &layer->entries.items[k];
            if (other->inode != entry->inode || other->device != entry->device ||
                other->from != entry->from || other->group != entry->group)
                continue;
            other->type = '1';
            other->link = entry->path;
            other->size = 0;
        }
    }
}

static void finish_layer(struct sb_plan_layer *layer) {
    struct sb_plan_entry *items = layer->entries.items;
    size_t kept = 0;
    sb_vec_sort(&layer->entries, compare_entries);
    for (size_t i = 0; i < layer->entries.count; i++) {
        if (kept && sb_span_equal(items[kept - 1].path, items[i].path))
            kept--;
        items[kept++] = items[i];
    }
    layer->entries.count = kept;
    link_names(layer);
}

static int parse_owner(struct sb_copy *copy, struct sb_span value, struct sb_error *error) {
    return sb_plan_owner(copy->plan, value, &copy->uid, &copy->gid, error) < 0
               ? sb_error_wrap(error, "--chown=%.*s", SB_SPAN(value))
               : 0;
}

static int parse_mode(struct sb_copy *copy, struct sb_span value, struct sb_error *error) {
    uint32_t ignored;
    copy->mode = 0;
    if (value.size && sb_mode_apply(value, 0, false, &ignored)) {
        copy->symbolic = value;
        return 0;
    }
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] < '0' || value.data[i] > '7' || value.size > 4)
            return sb_error_set(error, SB_ERROR_USAGE, "--chmod=%.*s: must be an octal mode",
                                SB_SPAN(value));
        copy->mode = copy->mode * 8 + (value.data[i] - '0');
    }
    copy->has_mode = true;
    return 0;
}

/* Flags that engines have and the native build has not. */
static bool is_engines(struct sb_span flag, bool add) {
    static const char *const flags[] = {"--checksum=", "--keep-git-dir", "--unpack"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (add && sb_span_starts(flag, flags[i]))
            return true;
    return !add && sb_span_starts(flag, "--parents");
}

/* 1 where it is none of these. */
static int parse_flag(struct sb_copy *copy, struct sb_span flag, struct sb_error *error) {
    if (sb_span_starts(flag, "--chown=")) {
        copy->chown = flag;
        return parse_owner(copy, sb_span_from(flag, 8), error);
    }
    const struct sb_builder *builder = copy->plan->builder;
    if (sb_span_starts(flag, "--chmod=") && builder->no_chmod)
        return sb_error_set(error, SB_ERROR_USAGE, "--chmod: %s does not know it", builder->name);
    if (sb_span_starts(flag, "--chmod=")) {
        copy->chmod = flag;
        return parse_mode(copy, sb_span_from(flag, 8), error);
    }
    if (sb_span_starts(flag, "--exclude=") && builder->ignores_exclude)
        return 0;
    if (sb_span_starts(flag, "--exclude=") && builder->excludes) {
        sb_ignore_parse(&copy->exclude, sb_span_from(flag, 10));
        return 0;
    }
    /* A layer that stands alone has the bytes of one that does not. */
    if (sb_span_is(flag, "--link") || sb_span_is(flag, "--link=true") ||
        sb_span_is(flag, "--link=false"))
        return 0;
    if (!sb_span_starts(flag, "--from=") || copy->add)
        return 1;
    copy->from = sb_span_from(flag, 7);
    copy->files = sb_plan_files(copy->plan, copy->from, error);
    return copy->files ? 0 : -1;
}

static int parse_flags(struct sb_copy *copy, struct sb_span *rest, struct sb_error *error) {
    while (sb_span_starts(*rest, "--")) {
        struct sb_span flag = sb_words_take(rest), value;
        if (sb_plan_expand(copy->plan, flag, &value, error) < 0)
            return -1;
        int status = parse_flag(copy, value, error);
        if (status > 0 && !is_engines(value, copy->add))
            return sb_error_set(error, SB_ERROR_USAGE, "%.*s: no such flag", SB_SPAN(flag));
        if (status > 0)
            return sb_error_set(error, SB_ERROR_UNBUILT, "%.*s is not built natively",
                                SB_SPAN(flag));
        if (status < 0)
            return -1;
    }
    return 0;
}

/* The here-document that the word at index begins; NULL: none. */
static const struct sb_heredoc *find_document(const struct sb_copy *copy, size_t index) {
    for (size_t i = 0; i < copy->instruction->documents.count; i++)
        if (sb_span_equal(copy->instruction->documents.items[i].word, copy->raw->items[index]))
            return &copy->instruction->documents.items[i];
    return NULL;
}

static int expand_all(const struct sb_copy *copy, sb_words *words, struct sb_error *error) {
    struct sb_plan *plan = copy->plan;
    for (size_t i = 0; i < words->count; i++)
        if (!find_document(copy, i) &&
            sb_plan_expand(plan, words->items[i], &words->items[i], error) < 0)
            return -1;
    return 0;
}

static int add_document(const struct sb_copy *copy, const struct sb_heredoc *document,
                        sb_context_items *sources, struct sb_error *error) {
    struct sb_plan *plan = copy->plan;
    struct sb_span *content = sb_arena_new(&plan->arena, sizeof *content);
    *content = document->content;
    if (!plan->builder->documents)
        return sb_error_set(error, SB_ERROR_USAGE, "the builder %s knows no here-documents",
                            plan->builder->name);
    if (document->expands && sb_plan_expand_text(plan, *content, content, error) < 0)
        return -1;
    *sb_vec_push(sources) = (struct sb_context_item){.path = document->name,
                                                     .name = document->name,
                                                     .type = '0',
                                                     .mode = 0644,
                                                     .size = content->size,
                                                     .document = content};
    return 0;
}

static bool has_wildcard(struct sb_span word) {
    for (size_t i = 0; i < word.size; i++)
        if (strchr("*?[", word.data[i]))
            return true;
    return false;
}

/* The root stops what would lead out of the context; the classic builder says so. */
static int check_source(const struct sb_copy *copy, struct sb_span word, struct sb_error *error) {
    int depth = 0;
    if (!copy->plan->builder->refuses_dots)
        return 0;
    while (word.size) {
        size_t size = 0;
        while (size < word.size && word.data[size] != '/')
            size++;
        struct sb_span part = sb_span_of(word.data, size);
        word = sb_span_from(word, part.size + 1);
        if (part.size && !sb_span_is(part, "."))
            depth += sb_span_is(part, "..") ? -1 : 1;
        if (depth < 0)
            return sb_error_set(error, SB_ERROR_USAGE, "a source leads out of the context");
    }
    return 0;
}

static int find_sources(const struct sb_copy *copy, const sb_words *words,
                        sb_context_items *sources, struct sb_error *error) {
    for (size_t i = 0; i + 1 < words->count; i++) {
        struct sb_span word = words->items[i];
        const struct sb_heredoc *document = find_document(copy, i);
        if (document) {
            if (add_document(copy, document, sources, error) < 0)
                return -1;
            continue;
        }
        if (copy->add && (sb_span_starts(word, "http://") || sb_span_starts(word, "https://") ||
                          sb_span_starts(word, "git@")))
            return sb_error_set(error, SB_ERROR_UNBUILT, "ADD of a URL is not built natively");
        if (check_source(copy, word, error) < 0)
            return -1;
        bool nothing =
            copy->plan->builder->strict_wildcards && sb_span_ends(word, "/") && has_wildcard(word);
        if (!nothing && sb_context_find(copy->files, word, sources, error) < 0)
            return -1;
    }
    if (sources->count)
        return 0;
    return sb_error_set(
        error, SB_ERROR_SYSTEM, "no source is in %s%s", copy->files->name,
        copy->files->ignore.patterns.count ? ", or .dockerignore leaves all of them out" : "");
}

/* "ADD " HASH " in /t " by the classic builder and Buildah, "ADD t /t # buildkit" by BuildKit. */
static void say(struct sb_copy *copy, const sb_words *words, struct sb_span raw_target) {
    struct sb_plan *plan = copy->plan;
    struct sb_plan_step *step = sb_plan_step(plan);
    struct sb_buf before = SB_BUF_INIT, after = SB_BUF_INIT;
    struct sb_span target = words->items[words->count - 1];
    const struct sb_builder *builder = plan->builder;
    sb_buf_append_string(&before, copy->add ? "ADD" : "COPY");
    if (copy->chown.size && builder->says_chown)
        sb_buf_appendf(&before, " %.*s", SB_SPAN(copy->chown));
    if (copy->chmod.size && builder->says_chmod)
        sb_buf_appendf(&before, " %.*s", SB_SPAN(copy->chmod));
    if (builder->repeats_words) {
        for (size_t i = 0; i < words->count; i++)
            sb_buf_appendf(&before, " %.*s", SB_SPAN(words->items[i]));
        sb_buf_append_string(&before, " # buildkit");
    } else {
        sb_buf_append_string(&before, copy->chown.size && builder->tight_chown ? "" : " ");
        if (builder->repeats_source)
            target = raw_target;
        sb_buf_appendf(&after, " in %.*s%s", SB_SPAN(target),
                       builder->wide_target ? "      " : " ");
    }
    step->add_or_copy = step->may_layer = true;
    step->before = sb_arena_copy(&plan->arena, sb_buf_span(&before));
    step->after = sb_arena_copy(&plan->arena, sb_buf_span(&after));
    sb_buf_release(&before);
    sb_buf_release(&after);
}

static int execute(struct sb_copy *copy, const sb_words *words, struct sb_error *error) {
    struct sb_plan *plan = copy->plan;
    sb_context_items sources = {0};
    if (words->count < 2)
        return sb_error_set(error, SB_ERROR_USAGE, "it needs a source and a target");
    if (find_sources(copy, words, &sources, error) < 0) {
        sb_vec_release(&sources);
        return -1;
    }
    copy->layer->add = copy->add;
    copy->layer->source = sb_arena_copy(&plan->arena, words->items[0]);
    struct sb_span said = words->items[words->count - 1];
    struct sb_span target = sb_plan_path(plan, said);
    copy->layer->target = target;
    const struct sb_plan_entry *there = sb_plan_entry_at(plan, target);
    bool folder = sb_span_ends(said, "/") || sb_span_ends(said, "/.") || sb_span_is(said, ".") ||
                  target.size == 0 || sources.count > 1 || (there && there->type == '5');
    int status = copy_all(copy, &sources, target, folder, error);
    sb_vec_release(&sources);
    return status;
}

static struct sb_plan_layer *new_layer(struct sb_plan *plan, unsigned line) {
    struct sb_plan_layer *layer = sb_vec_push(&plan->layers);
    layer->line = line;
    return layer;
}

int sb_plan_copy(struct sb_plan *plan, const struct sb_instruction *instruction, bool add,
                 struct sb_error *error) {
    struct sb_copy copy = {.plan = plan,
                           .add = add,
                           .instruction = instruction,
                           .layer = new_layer(plan, instruction->line),
                           .files = &plan->context};
    struct sb_span rest = instruction->arguments;
    sb_words words = {0};
    int status = parse_flags(&copy, &rest, error);
    if (status == 0 && sb_words_json(rest, &plan->arena, &words) > 0)
        sb_words_fields(rest, &words);
    sb_words raw = {0};
    for (size_t i = 0; i < words.count; i++)
        *sb_vec_push(&raw) = words.items[i];
    copy.raw = &raw;
    struct sb_span raw_target = words.count ? words.items[words.count - 1] : rest;
    if (status == 0)
        status = expand_all(&copy, &words, error);
    if (status == 0)
        status = execute(&copy, &words, error);
    if (status == 0)
        say(&copy, &words, raw_target);
    sb_vec_release(&words);
    sb_vec_release(&raw);
    sb_ignore_release(&copy.exclude);
    finish_layer(copy.layer);
    return status;
}

/* BuildKit makes WORKDIR's folders for the user that runs in them. */
static int own_by_user(struct sb_copy *copy, struct sb_error *error) {
    struct sb_span user = copy->plan->user;
    if (user.size == 0)
        return 0;
    return sb_plan_owner(copy->plan, user, &copy->uid, &copy->gid, error) < 0
               ? sb_error_wrap(error, "USER %.*s", SB_SPAN(user))
               : 0;
}

int sb_plan_make_folder(struct sb_plan *plan, struct sb_span path, unsigned line,
                        struct sb_error *error) {
    const struct sb_plan_entry *there = sb_plan_entry_at(plan, path);
    if (path.size == 0 || (there && there->type == '5'))
        return 0;
    struct sb_copy copy = {.plan = plan, .layer = new_layer(plan, line), .files = &plan->context};
    if (plan->builder->workdir_of_user && own_by_user(&copy, error) < 0)
        return -1;
    int status = sb_copy_put_parents(&copy, path, error);
    if (status == 0)
        status = sb_copy_put_folder(&copy, path, error);
    finish_layer(copy.layer);
    return status;
}
