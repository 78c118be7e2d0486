#include "compare/cause.h"

#include "base/glob.h"

#define ANY UINT64_MAX
const struct sb_cause sb_causes[] = {
#define SB_CAUSE(name, pattern, kind, from, to, cause, cure)                                       \
    {name, pattern, kind, from, to, cause, cure},
#include "compare/causes.def"
#undef SB_CAUSE
};
#undef ANY
const size_t sb_cause_count = sizeof sb_causes / sizeof *sb_causes;

/* {a,b} in a pattern is one of them; what is left is a pattern of base/glob.h. */
static bool matches(struct sb_span pattern, struct sb_span path) {
    const unsigned char *open = memchr(pattern.data, '{', pattern.size);
    const unsigned char *close = open ? memchr(pattern.data, '}', pattern.size) : NULL;
    if (!close)
        return sb_glob_matches(pattern, path);
    size_t before = (size_t)(open - pattern.data);
    struct sb_span rest = sb_span_from(pattern, (size_t)(close - pattern.data) + 1);
    bool found = false;
    for (const unsigned char *at = open + 1; at <= close && !found;) {
        const unsigned char *end = at;
        while (*end != ',' && end < close)
            end++;
        struct sb_buf one = SB_BUF_INIT;
        sb_buf_append(&one, pattern.data, before);
        sb_buf_append(&one, at, (size_t)(end - at));
        sb_buf_append_span(&one, rest);
        found = matches(sb_buf_span(&one), path);
        sb_buf_release(&one);
        at = end + 1;
    }
    return found;
}

/* Files are made with 0666, folders and programs with 0777, less the umask. */
static bool find_umasks(unsigned a, unsigned b, unsigned *x, unsigned *y) {
    static const unsigned masks[] = {022, 002, 027, 077, 007, 0, 026};
    for (size_t base = 0; base < 2; base++)
        for (size_t i = 0; i < sizeof masks / sizeof *masks; i++)
            for (size_t k = 0; k < sizeof masks / sizeof *masks; k++) {
                unsigned full = base ? 0777 : 0666;
                *x = masks[i];
                *y = masks[k];
                if ((full & ~*x) == a && (full & ~*y) == b)
                    return true;
            }
    return false;
}

static const struct sb_cause *umask_of(const struct sb_difference *difference,
                                       struct sb_arena *arena) {
    unsigned x, y;
    if (!difference->a || !difference->b ||
        !find_umasks((unsigned)strtoul(difference->a, NULL, 8),
                     (unsigned)strtoul(difference->b, NULL, 8), &x, &y))
        return NULL;
    struct sb_cause *cause = sb_arena_new(arena, sizeof *cause);
    cause->name = "umask";
    cause->kind = "mode";
    cause->cause = sb_arena_printf(arena, "looks like umask %03o against %03o", x, y);
    cause->cure = "set the umask of whoever checks out or builds, or COPY --chmod";
    return cause;
}

const struct sb_cause *sb_cause_of(const struct sb_difference *difference, struct sb_arena *arena) {
    struct sb_span path = sb_difference_path(difference);
    for (size_t i = 0; i < sb_cause_count && path.size; i++) {
        const struct sb_cause *cause = &sb_causes[i];
        bool kind = strcmp(cause->kind, "*") == 0 || strcmp(cause->kind, difference->kind) == 0;
        bool content = strcmp(difference->kind, "content") == 0;
        bool in_range = cause->to == UINT64_MAX || (content && difference->first >= cause->from &&
                                                    difference->first <= cause->to);
        if (kind && in_range && matches(sb_span_string(cause->pattern), path))
            return cause;
    }
    return strcmp(difference->kind, "mode") == 0 ? umask_of(difference, arena) : NULL;
}

void sb_causes_apply(struct sb_comparison *result) {
    for (size_t i = 0; i < result->differences.count; i++)
        result->differences.items[i].cause =
            sb_cause_of(&result->differences.items[i], &result->arena);
}
