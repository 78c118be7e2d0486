/* The result of a comparison as a value: what is added to it, and how its words are spelled. */
#include <stdarg.h>
#include <stdio.h>

#include "compare/compare.h"

const char *sb_verdict_name(enum sb_verdict verdict) {
    static const char *const names[] = {"different", "equivalent", "reproduced", "identical"};
    return names[verdict];
}

const char *sb_identity_name(enum sb_identity what) {
    static const char *const names[] = {"archive", "index",    "manifest",  "config",
                                        "layers",  "diff_ids", "canonical", "rootfs"};
    return names[what];
}

bool sb_identity_is_list(enum sb_identity what) {
    return what == SB_IDENTITY_LAYERS || what == SB_IDENTITY_DIFF_IDS;
}

struct sb_span sb_difference_path(const struct sb_difference *difference) {
    return difference->path ? sb_span_string(difference->path) : sb_span_of(NULL, 0);
}

struct sb_difference *sb_comparison_add(struct sb_comparison *result, const char *kind,
                                        const char *where, const char *a, const char *b) {
    struct sb_difference *difference = sb_vec_push(&result->differences);
    *difference = (struct sb_difference){.where = where,
                                         .kind = kind,
                                         .a = a,
                                         .b = b,
                                         .offset_a = SB_NO_OFFSET,
                                         .offset_b = SB_NO_OFFSET};
    return difference;
}

void sb_comparison_note(struct sb_comparison *result, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    *sb_vec_push(&result->notes) = sb_arena_printf(&result->arena, "%s", text);
}

void sb_compare_missing(struct sb_comparison *result, const char *platform, bool in_a) {
    for (int what = 0; what < SB_IDENTITIES; what++)
        result->identity[what].what = (enum sb_identity)what;
    const char *where = sb_arena_printf(&result->arena, "platform %s", platform);
    sb_comparison_add(result, "platform", where, in_a ? "an image" : NULL,
                      in_a ? NULL : "an image");
    result->verdict = SB_VERDICT_DIFFERENT;
}

void sb_comparison_release(struct sb_comparison *result) {
    sb_vec_release(&result->differences);
    for (size_t i = 0; i < result->trail.count; i++)
        sb_vec_release(&result->trail.items[i].reasons);
    sb_vec_release(&result->trail);
    sb_vec_release(&result->layers);
    sb_vec_release(&result->moved);
    sb_vec_release(&result->notes);
    sb_arena_release(&result->arena);
}
