/* Causes that only several differences, or a mode alone, prove. */
#include "base/number.h"
#include "compare/cause.h"

/* modes */

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
    if (!find_umasks((unsigned)strtoul(difference->a, NULL, 8),
                     (unsigned)strtoul(difference->b, NULL, 8), &x, &y))
        return NULL;
    struct sb_cause *cause = sb_arena_new(arena, sizeof *cause);
    *cause = (struct sb_cause){
        .name = "umask",
        .kind = "mode",
        .cause = sb_arena_printf(arena, "looks like umask %03o against %03o", x, y),
        .cure = "set the umask of whoever checks out or builds, or COPY --chmod"};
    return cause;
}

static void apply_to_modes(struct sb_comparison *result) {
    for (size_t i = 0; i < result->differences.count; i++) {
        struct sb_difference *difference = &result->differences.items[i];
        if (!difference->cause && strcmp(difference->kind, "mode") == 0 && difference->a &&
            difference->b)
            difference->cause = umask_of(difference, &result->arena);
    }
}

/* owners */

enum { LEAST_SHIFT = 10000 };

/* Every owner and group that differs does so by one number, as that of a user namespace. */
static void apply_to_owners(struct sb_comparison *result) {
    static const struct sb_cause shifted = {
        .name = "uid-map",
        .kind = "uid",
        .cause = "all owners are shifted by one number, as a user namespace shifts them",
        .cure = "build without a user namespace, or with the same one on both sides"};
    int64_t shift = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < result->differences.count; i++) {
            struct sb_difference *difference = &result->differences.items[i];
            int64_t a, b;
            bool owner =
                strcmp(difference->kind, "uid") == 0 || strcmp(difference->kind, "gid") == 0;
            if (!owner || !difference->a || !difference->b ||
                !sb_number_signed(sb_span_string(difference->a), &a) ||
                !sb_number_signed(sb_span_string(difference->b), &b))
                continue;
            if (pass)
                difference->cause = &shifted;
            else if ((shift && b - a != shift) || llabs(b - a) < LEAST_SHIFT)
                return;
            shift = b - a;
        }
}

/* git's folders */

/* Where the path of a folder .git ends, behind its slash; 0 where the path is in none. */
static size_t git_folder(struct sb_span path) {
    static const char name[] = ".git/";
    for (size_t i = 0; i + sizeof name - 1 <= path.size; i++)
        if ((i == 0 || path.data[i - 1] == '/') && sb_span_starts(sb_span_from(path, i), name))
            return i + sizeof name - 1;
    return 0;
}

/* What follows from the work tree and the time of the commit. Hooks and the configuration do not:
 * git runs what they say. */
static bool follows_in_git(struct sb_span path) {
    static const char *const parts[] = {"objects/", "refs/", "logs/"};
    static const char *const files[] = {"index",      "packed-refs",    "ORIG_HEAD",
                                        "FETCH_HEAD", "COMMIT_EDITMSG", "shallow"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (sb_span_starts(path, parts[i]))
            return true;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (sb_span_is(path, files[i]))
            return true;
    return false;
}

/* Whether all that differs in a work tree has a cause, and of its folder .git only what follows. */
static bool git_follows(const struct sb_comparison *result, struct sb_span folder) {
    struct sb_span tree = sb_span_of(folder.data, folder.size - strlen(".git/"));
    for (size_t i = 0; i < result->differences.count; i++) {
        const struct sb_difference *difference = &result->differences.items[i];
        struct sb_span path = sb_difference_path(difference);
        if (path.size < tree.size || (tree.size && memcmp(path.data, tree.data, tree.size) != 0))
            continue;
        bool inside = path.size >= folder.size && memcmp(path.data, folder.data, folder.size) == 0;
        if (inside ? !follows_in_git(sb_span_from(path, folder.size)) : !difference->cause)
            return false;
    }
    return true;
}

static const struct sb_cause *cause_named(const char *name) {
    for (size_t i = 0; i < sb_cause_count; i++)
        if (strcmp(sb_causes[i].name, name) == 0)
            return &sb_causes[i];
    return NULL;
}

static void apply_to_git_folders(struct sb_comparison *result) {
    struct sb_span known = {0};
    bool follows = false;
    for (size_t i = 0; i < result->differences.count; i++) {
        struct sb_difference *difference = &result->differences.items[i];
        struct sb_span path = sb_difference_path(difference);
        size_t size = git_folder(path);
        if (size == 0)
            continue;
        if (!sb_span_equal(known, sb_span_of(path.data, size))) {
            known = sb_span_of(path.data, size);
            follows = git_follows(result, known);
        }
        if (follows && !difference->cause) {
            difference->cause = cause_named("git-folder");
            difference->looks_like = NULL;
        }
    }
}

void sb_causes_apply_to_groups(struct sb_comparison *result) {
    apply_to_modes(result);
    apply_to_owners(result);
    apply_to_git_folders(result);
}
