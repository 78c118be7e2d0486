/* Causes that only several differences, or a mode alone, prove. */
#include "base/hex.h"
#include "base/number.h"
#include "compare/cause.h"

/* modes */

/* Umasks that are in use; one that takes nothing away is in none. */
static const unsigned masks[] = {022, 002, 027, 077, 007, 026};
enum { MASKS = sizeof masks / sizeof *masks, LEAST_MODES = 2 };

/* Files are made with 0666, folders and programs with 0777, less the umask. */
static bool is_of_umasks(unsigned a, unsigned b, unsigned x, unsigned y) {
    return ((0666 & ~x) == a && (0666 & ~y) == b) || ((0777 & ~x) == a && (0777 & ~y) == b);
}

/* Where a mode is what protects a file no umask excuses it. */
static bool is_candidate(const struct sb_difference *difference) {
    struct sb_span path = sb_difference_path(difference);
    return !difference->cause && strcmp(difference->kind, "mode") == 0 && difference->a &&
           difference->b && !sb_span_starts(path, "etc/") && !sb_span_starts(path, "root/") &&
           !memmem(path.data, path.size, ".ssh/", strlen(".ssh/"));
}

static size_t count_modes(struct sb_comparison *result, unsigned x, unsigned y,
                          const struct sb_cause *cause) {
    size_t count = 0;
    for (size_t i = 0; i < result->differences.count; i++) {
        struct sb_difference *difference = &result->differences.items[i];
        if (!is_candidate(difference) ||
            !is_of_umasks((unsigned)strtoul(difference->a, NULL, 8),
                          (unsigned)strtoul(difference->b, NULL, 8), x, y))
            continue;
        count++;
        if (cause)
            difference->cause = cause;
    }
    return count;
}

/* The one pair of umasks that explains most. */
static void apply_to_modes(struct sb_comparison *result) {
    size_t best = 0;
    unsigned x = 0, y = 0;
    for (size_t i = 0; i < MASKS; i++)
        for (size_t k = 0; k < MASKS; k++) {
            size_t count = i == k ? 0 : count_modes(result, masks[i], masks[k], NULL);
            if (count > best) {
                best = count;
                x = masks[i];
                y = masks[k];
            }
        }
    if (best < LEAST_MODES)
        return;
    struct sb_cause *cause = sb_arena_new(&result->arena, sizeof *cause);
    *cause = (struct sb_cause){
        .name = "umask",
        .kind = "mode",
        .cause = sb_arena_printf(&result->arena, "looks like umask %03o against %03o", x, y),
        .cure = "set the umask of whoever checks out or builds, or COPY --chmod"};
    count_modes(result, x, y, cause);
}

/* owners */

enum { LEAST_SHIFT = 10000 };

static bool is_owner(const struct sb_difference *difference, int64_t *shift) {
    int64_t a, b;
    if ((strcmp(difference->kind, "uid") != 0 && strcmp(difference->kind, "gid") != 0) ||
        !difference->a || !difference->b || !sb_number_signed(sb_span_string(difference->a), &a) ||
        !sb_number_signed(sb_span_string(difference->b), &b))
        return false;
    *shift = b - a;
    return true;
}

/* Every entry of a layer has another owner and another group. */
static bool is_shifted_whole(const struct sb_comparison *result, const struct sb_layer_row *row,
                             int64_t shift) {
    size_t uids = 0, gids = 0;
    for (size_t i = 0; i < result->differences.count; i++) {
        const struct sb_difference *difference = &result->differences.items[i];
        int64_t own;
        if (difference->number_a != row->a || difference->number_b != row->b ||
            !is_owner(difference, &own))
            continue;
        if (own != shift)
            return false;
        *(*difference->kind == 'u' ? &uids : &gids) += 1;
    }
    return uids == gids && uids == row->entries_a && uids == row->entries_b;
}

/* Every owner and group of a layer differs by one number, as that of a user namespace. */
static void apply_to_owners(struct sb_comparison *result) {
    static const struct sb_cause shifted = {
        .name = "uid-map",
        .kind = "uid",
        .cause = "all owners of the layer are shifted by one number, as a user namespace does it",
        .cure = "build without a user namespace, or with the same one on both sides"};
    for (size_t k = 0; k < result->layers.count; k++) {
        const struct sb_layer_row *row = &result->layers.items[k];
        int64_t shift = 0;
        bool whole = false, asked = false;
        for (size_t i = 0; i < result->differences.count && row->a && row->b; i++) {
            struct sb_difference *difference = &result->differences.items[i];
            if (difference->number_a != row->a || difference->number_b != row->b ||
                !is_owner(difference, &shift))
                continue;
            if (!asked)
                whole = llabs(shift) >= LEAST_SHIFT && is_shifted_whole(result, row, shift);
            asked = true;
            if (whole)
                difference->cause = &shifted;
        }
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

static bool is_hex(struct sb_span text, size_t least) {
    for (size_t i = 0; i < text.size; i++)
        if (sb_hex_digit(text.data[i]) < 0)
            return false;
    return text.size >= least;
}

/* An object by its name, or a pack of them: plain files that are there or not, and hold what their
 * names say. Hooks, the configuration and objects/info do not: git runs or follows what they say.
 */
static bool is_object(const struct sb_difference *difference, struct sb_span path) {
    static const char folder[] = "objects/";
    const struct sb_entry *a = difference->entry_a, *b = difference->entry_b;
    if (!sb_span_starts(path, folder) || (a && (a->type != '0' || a->mode & 0111)) ||
        (b && (b->type != '0' || b->mode & 0111)))
        return strcmp(difference->kind, "entry") == 0 && sb_span_starts(path, folder) &&
               is_hex(sb_span_from(path, strlen(folder)), 2) && path.size == strlen(folder) + 2;
    path = sb_span_from(path, strlen(folder));
    if (path.size > 3 && path.data[2] == '/')
        return is_hex(sb_span_of(path.data, 2), 2) && is_hex(sb_span_from(path, 3), 38);
    return sb_span_starts(path, "pack/pack-") &&
           (sb_span_ends(path, ".pack") || sb_span_ends(path, ".idx") ||
            sb_span_ends(path, ".rev"));
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
        bool object = inside && is_object(difference, sb_span_from(path, folder.size));
        if (!object && !difference->cause)
            return false;
    }
    return true;
}

static void apply_to_git_folders(struct sb_comparison *result) {
    static const struct sb_cause objects = {
        .name = "git-objects",
        .kind = "entry",
        .cause = "a commit's name follows from its time, and what it is stored as",
        .cure = ".git in .dockerignore, or fix GIT_AUTHOR_DATE and GIT_COMMITTER_DATE"};
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
            difference->cause = &objects;
            difference->looks_like = NULL;
        }
    }
}

void sb_causes_apply_to_groups(struct sb_comparison *result) {
    apply_to_modes(result);
    apply_to_owners(result);
    apply_to_git_folders(result);
}
