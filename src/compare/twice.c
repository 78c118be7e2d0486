#include "compare/twice.h"

#include <stdio.h>
#include <stdlib.h>

#include "image/config.h"
#include "image/path.h"

static const char by_umask[] = "mode by the umask";
static const char by_umask_and_time[] = "mode by the umask, mtime";

/* The history's line of the layer at index, which counts those that made one. */
static const char *instruction_of(struct sb_twice *twice, const struct sb_image *image,
                                  size_t index) {
    const struct sb_json *history = sb_json_member(image->config, "history");
    for (const struct sb_json *item = history ? history->first : NULL; item; item = item->next) {
        if (sb_config_is_empty_layer(item))
            continue;
        if (index-- == 0)
            return sb_arena_visible(&twice->arena, sb_json_string(item, "created_by"));
    }
    return "an instruction that the history does not name";
}

static void add_file(struct sb_twice *twice, struct sb_span path, const char *what) {
    *sb_vec_push(&twice->files) =
        (struct sb_twice_file){path.size ? sb_arena_visible(&twice->arena, path) : "", what};
}

static void compare_entry(struct sb_twice *twice, const struct sb_layer *first,
                          const struct sb_entry *a, const struct sb_layer *second,
                          const struct sb_entry *b) {
    struct sb_buf what = SB_BUF_INIT;
    const struct sb_entry_extra *x = a->extra, *y = b->extra;
    const struct {
        const char *name;
        bool differs;
    } fields[] = {
        {"type", a->type != b->type},
        {"content",
         a->type == '0' && b->type == '0' && !sb_layer_same_content(first, a, second, b)},
        {"link", !sb_span_equal(x->link, y->link)},
        {twice->umask_modes && sb_twice_is_umask(a->mode, b->mode) ? by_umask : "mode",
         a->mode != b->mode},
        {"owner", a->uid != b->uid || a->gid != b->gid},
        {"device", x->devmajor != y->devmajor || x->devminor != y->devminor},
        {"xattr", !sb_tar_xattrs_equal(x->xattrs, x->xattr_count, y->xattrs, y->xattr_count)},
        {"mtime", a->mtime != b->mtime},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].differs)
            sb_buf_appendf(&what, "%s%s", what.size ? ", " : "", fields[i].name);
    if (what.size)
        add_file(twice, a->path,
                 (const char *)sb_arena_copy(&twice->arena, sb_buf_span(&what)).data);
    sb_buf_release(&what);
}

/* Adds the files that differ. */
static void compare_layers(struct sb_twice *twice, const struct sb_layer *a,
                           const struct sb_layer *b) {
    size_t before = twice->files.count, i = 0, k = 0;
    while (i < a->entries.count || k < b->entries.count) {
        int order = i == a->entries.count ? 1
                    : k == b->entries.count
                        ? -1
                        : sb_path_compare(a->entries.items[i].path, b->entries.items[k].path);
        if (order == 0)
            compare_entry(twice, a, &a->entries.items[i++], b, &b->entries.items[k++]);
        else if (order < 0)
            add_file(twice, a->entries.items[i++].path, "only in the first");
        else
            add_file(twice, b->entries.items[k++].path, "only in the second");
    }
    if (twice->files.count == before)
        add_file(twice, sb_span_of(NULL, 0), "only the form of the tar");
}

/* Whether the files from that one on differ in more than times and what the umask gives. */
static bool is_significant(const struct sb_twice *twice, size_t from) {
    static const char *const light[] = {"mtime", by_umask, by_umask_and_time};
    for (size_t i = from; i < twice->files.count; i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof light / sizeof *light; k++)
            known = known || strcmp(twice->files.items[i].what, light[k]) == 0;
        if (!known)
            return true;
    }
    return false;
}

/* Forgets the files before that one. */
static void keep_from(struct sb_twice *twice, size_t from) {
    twice->files.count -= from;
    if (from)
        memmove(twice->files.items, twice->files.items + from,
                twice->files.count * sizeof *twice->files.items);
}

bool sb_twice_is_umask(uint64_t first, uint64_t second) {
    uint64_t added = SB_TWICE_UMASK_USUAL & ~(uint64_t)SB_TWICE_UMASK;
    return second != first && (second & ~added) == first;
}

static bool is_umask_difference(const struct sb_difference *difference) {
    return strcmp(difference->kind, "mode") == 0 && difference->a && difference->b &&
           sb_twice_is_umask(strtoull(difference->a, NULL, 8), strtoull(difference->b, NULL, 8));
}

size_t sb_twice_forgive_umask(struct sb_comparison *result) {
    size_t kept = 0, count = result->differences.count;
    for (size_t i = 0; i < count; i++)
        if (!is_umask_difference(&result->differences.items[i]))
            result->differences.items[kept++] = result->differences.items[i];
    result->differences.count = kept;
    if (count && kept == 0 && result->verdict == SB_VERDICT_DIFFERENT)
        result->verdict = SB_VERDICT_REPRODUCED;
    return count - kept;
}

int sb_twice_compare(struct sb_twice *twice, const char *builder, struct sb_subject *first,
                     struct sb_subject *second, bool umask, const struct sb_pass_options *options,
                     struct sb_error *error) {
    struct sb_comparison result = SB_COMPARISON_INIT;
    const struct sb_image *a = first->image, *b = second->image;
    size_t common = a->layers.count < b->layers.count ? a->layers.count : b->layers.count;
    twice->builder = (const char *)sb_arena_copy(&twice->arena, sb_span_string(builder)).data;
    int status = sb_compare(first, second, options, &result, error);
    if (umask)
        twice->umask_modes = sb_twice_forgive_umask(&result);
    twice->verdict = result.verdict;
    sb_comparison_release(&result);
    if (status < 0)
        return -1;
    bool more = a->layers.count != b->layers.count;
    /* A layer that differs in times alone is named only where no other does. */
    for (size_t at = 0; at < common && !is_significant(twice, 0); at++) {
        if (sb_digest_equal(&a->layers.items[at]->diff_id, &b->layers.items[at]->diff_id))
            continue;
        size_t before = twice->files.count;
        compare_layers(twice, a->layers.items[at], b->layers.items[at]);
        if (twice->layer && !is_significant(twice, before)) {
            twice->files.count = before;
        } else {
            keep_from(twice, before);
            twice->earlier = twice->layer;
            twice->layer = at + 1;
            twice->instruction = instruction_of(twice, a, at);
        }
    }
    if (more && !twice->layer) {
        twice->layer = common + 1;
        twice->instruction = instruction_of(twice, a->layers.count > common ? a : b, common);
        add_file(twice, sb_span_of(NULL, 0), "one build has a layer more");
    }
    twice->config_differs =
        !sb_digest_equal(&first->canon.config_digest, &second->canon.config_digest);
    return 0;
}

void sb_twice_release(struct sb_twice *twice) {
    sb_vec_release(&twice->files);
    sb_arena_release(&twice->arena);
}
