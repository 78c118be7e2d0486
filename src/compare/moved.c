#include "compare/moved.h"

#include "compare/cause.h"
#include "compare/content.h"
#include "packages/packages.h"

/* What is known of one package on both sides. */
struct change {
    const struct sb_package *a, *b; /* NULL: not there */
    struct sb_cause cause;
    size_t differences;
};

struct work {
    struct sb_comparison *result;
    struct sb_subject *sides[2];
    struct sb_packages packages[2];
    SB_VEC(struct change *) changes;
};

static const char *version_of(const struct sb_package *package) {
    return package ? package->version : NULL;
}

static bool is_change(const struct sb_package *a, const struct sb_package *b) {
    return !a || !b || strcmp(a->version, b->version) != 0;
}

/* The change of a package; one for all its differences. */
static struct change *change_of(struct work *work, const struct sb_package *a,
                                const struct sb_package *b) {
    struct sb_arena *arena = &work->result->arena;
    for (size_t i = 0; i < work->changes.count; i++)
        if (work->changes.items[i]->a == a && work->changes.items[i]->b == b)
            return work->changes.items[i];
    const struct sb_package *either = a ? a : b;
    struct change *change = sb_arena_new(arena, sizeof *change);
    *change = (struct change){.a = a, .b = b};
    change->cause = (struct sb_cause){
        .name = "package-moved",
        .class = SB_CAUSE_PACKAGE,
        .kind = "*",
        .cause =
            sb_arena_printf(arena, "%s package %s: %s in A, %s in B", either->manager, either->name,
                            a ? a->version : "not there", b ? b->version : "not there"),
        .cure = "fix the version, take a snapshot as mirror, or FROM by digest"};
    *sb_vec_push(&work->changes) = change;
    return change;
}

/* The other side's package of that name, where the path itself has no owner there. */
static const struct sb_package *counterpart(const struct sb_packages *packages,
                                            const struct sb_package *package) {
    return package ? sb_packages_find(packages, package->manager, package->name, package->place)
                   : NULL;
}

static bool is_same_package(const struct sb_package *a, const struct sb_package *b) {
    return strcmp(a->manager, b->manager) == 0 && strcmp(a->name, b->name) == 0 &&
           strcmp(a->place, b->place) == 0;
}

static bool is_set_id(const struct sb_entry *entry) {
    return entry && entry->mode & 06000;
}

/* What a package's new version brings: another content, other files, other links. Who may do what
 * with them, settings and homes it does not, whatever its database claims; and a file that both
 * sides have belongs to no package that one side alone has. */
static bool can_follow(const struct sb_difference *difference, const struct sb_package *a,
                       const struct sb_package *b) {
    static const char *const kinds[] = {"content", "entry", "link", "type", "mtime"};
    static const char *const places[] = {"etc/", "root/", "home/"};
    struct sb_span path = sb_difference_path(difference);
    const struct sb_entry *x = difference->entry_a, *y = difference->entry_b;
    bool known = false, link = (!x || x->type == '2') && (!y || y->type == '2');
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        known = known || strcmp(kinds[i], difference->kind) == 0;
    for (size_t i = 0; i < sizeof places / sizeof *places && !link; i++)
        known = known && !sb_span_starts(path, places[i]);
    bool one_sided = strcmp(difference->kind, "entry") == 0;
    bool raised = one_sided && (is_set_id(x) || is_set_id(y));
    return known && !raised && (one_sided || (a && b));
}

static void apply_to_file(struct work *work, struct sb_difference *difference) {
    struct sb_span path = sb_difference_path(difference);
    const struct sb_package *a =
        path.size ? sb_packages_owner_in(&work->packages[0], &work->sides[0]->rootfs, path) : NULL;
    const struct sb_package *b =
        path.size ? sb_packages_owner_in(&work->packages[1], &work->sides[1]->rootfs, path) : NULL;
    if (!a && !b)
        return;
    const struct sb_package *either = a ? a : b;
    if (a && b && !is_same_package(a, b)) {
        difference->package =
            sb_arena_printf(&work->result->arena, "%s %s %s in A, %s %s %s in B", a->manager,
                            a->name, a->version, b->manager, b->name, b->version);
        return;
    }
    a = a ? a : counterpart(&work->packages[0], b);
    b = b ? b : counterpart(&work->packages[1], a);
    difference->package =
        sb_arena_printf(&work->result->arena, "%s %s %s", either->manager, either->name,
                        is_change(a, b) ? "in another version" : either->version);
    difference->package_moved = is_change(a, b);
    if (difference->package_moved && can_follow(difference, a, b)) {
        struct change *change = change_of(work, a, b);
        difference->cause = &change->cause;
        change->differences++;
    }
}

/* Databases of packages: all but the paragraphs of packages that moved are equal. */

static bool is_database(struct sb_span path) {
    static const char *const paths[] = {
        "var/lib/dpkg/status",          "var/lib/dpkg/available",
        "lib/apk/db/installed",         "usr/lib/apk/db/installed",
        "var/cache/debconf/config.dat", "var/cache/debconf/templates.dat"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (sb_span_is(path, paths[i]))
            return true;
    return false;
}

static bool has_moved(const struct work *work, const char *manager, struct sb_span name) {
    for (size_t i = 0; i < work->changes.count; i++) {
        const struct change *change = work->changes.items[i];
        const struct sb_package *either = change->a ? change->a : change->b;
        if (strcmp(either->manager, manager) == 0 && sb_span_is(name, either->name))
            return true;
    }
    return false;
}

/* Of debconf's databases: "openssh-server", "openssh-server/permit-root-login"; several are
 * nobody's.
 */
static struct sb_span owner_of(struct sb_span owners) {
    size_t size = 0;
    while (size < owners.size && owners.data[size] != '/')
        size++;
    return memchr(owners.data, ',', owners.size) ? sb_span_string("")
                                                 : sb_span_of(owners.data, size);
}

/* One paragraph off the beginning; name: of its package. */
static struct sb_span take_paragraph(struct sb_span *text, struct sb_span *name) {
    struct sb_span rest = *text;
    *name = sb_span_string("");
    while (rest.size) {
        const unsigned char *end = memchr(rest.data, '\n', rest.size);
        struct sb_span line = sb_span_of(rest.data, end ? (size_t)(end - rest.data) : rest.size);
        rest = sb_span_from(rest, line.size + 1);
        if (sb_span_starts(line, "Package: "))
            *name = sb_span_from(line, strlen("Package: "));
        else if (sb_span_starts(line, "P:"))
            *name = sb_span_from(line, strlen("P:"));
        else if (sb_span_starts(line, "Owners: "))
            *name = owner_of(sb_span_from(line, strlen("Owners: ")));
        if (line.size == 0)
            break;
    }
    struct sb_span paragraph = sb_span_of(text->data, text->size - rest.size);
    *text = rest;
    return paragraph;
}

static void append_unmoved(const struct work *work, const char *manager, struct sb_span text,
                           struct sb_buf *rest) {
    while (text.size) {
        struct sb_span name, paragraph = take_paragraph(&text, &name);
        if (!has_moved(work, manager, name))
            sb_buf_append_span(rest, paragraph);
    }
}

static int apply_to_database(struct work *work, struct sb_difference *difference,
                             const struct sb_spool *spool, struct sb_error *error) {
    static const struct sb_cause follows = {
        .name = "package-database",
        .class = SB_CAUSE_PACKAGE,
        .kind = "content",
        .cause = "the database of packages differs in those that moved, and in nothing else",
        .cure = "what helps against the packages that moved helps here"};
    struct sb_buf a = SB_BUF_INIT, b = SB_BUF_INIT, rest_a = SB_BUF_INIT, rest_b = SB_BUF_INIT;
    int status = sb_difference_read(&difference->file_a, spool, &a, error);
    if (status == 0)
        status = sb_difference_read(&difference->file_b, spool, &b, error);
    if (status == 0) {
        struct sb_span path = sb_difference_path(difference);
        const char *manager = sb_span_ends(path, "apk/db/installed") ? "apk" : "dpkg";
        append_unmoved(work, manager, sb_buf_span(&a), &rest_a);
        append_unmoved(work, manager, sb_buf_span(&b), &rest_b);
        if (sb_span_equal(sb_buf_span(&rest_a), sb_buf_span(&rest_b)))
            difference->otherwise = &follows;
    }
    sb_buf_release(&a);
    sb_buf_release(&b);
    sb_buf_release(&rest_a);
    sb_buf_release(&rest_b);
    return status;
}

/* Also packages of which no file differs: one that has none, or whose files were removed. */
static void find_changes(struct work *work) {
    for (size_t i = 0; i < work->packages[0].list.count; i++) {
        const struct sb_package *a = &work->packages[0].list.items[i];
        const struct sb_package *b = counterpart(&work->packages[1], a);
        if (is_change(a, b))
            change_of(work, a, b);
    }
    for (size_t i = 0; i < work->packages[1].list.count; i++) {
        const struct sb_package *b = &work->packages[1].list.items[i];
        if (!counterpart(&work->packages[0], b))
            change_of(work, NULL, b);
    }
}

static const char *copy(struct work *work, const char *text) {
    return text ? sb_arena_printf(&work->result->arena, "%s", text) : NULL;
}

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Packages of one source and one pair of versions are a line. */
static void add_moved(struct work *work, const struct change *change) {
    const struct sb_package *either = change->a ? change->a : change->b;
    const char *name = either->source ? either->source : either->name;
    for (size_t i = 0; i < work->result->moved.count; i++) {
        struct sb_moved *moved = &work->result->moved.items[i];
        if (strcmp(moved->manager, either->manager) == 0 && strcmp(moved->name, name) == 0 &&
            same_text(moved->a, version_of(change->a)) &&
            same_text(moved->b, version_of(change->b))) {
            moved->packages++;
            moved->differences += change->differences;
            return;
        }
    }
    *sb_vec_push(&work->result->moved) = (struct sb_moved){.manager = either->manager,
                                                           .name = copy(work, name),
                                                           .a = copy(work, version_of(change->a)),
                                                           .b = copy(work, version_of(change->b)),
                                                           .packages = 1,
                                                           .differences = change->differences};
}

static int compare_moved(const void *a, const void *b) {
    const struct sb_moved *x = a, *y = b;
    if (x->differences != y->differences)
        return x->differences < y->differences ? 1 : -1;
    int order = strcmp(x->name, y->name);
    return order ? order : strcmp(x->manager, y->manager);
}

static void note_unread(struct work *work) {
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < work->packages[side].unread.count; i++)
            sb_comparison_note(work->result,
                               "%c: /%s is there, a database of packages that is not read: "
                               "what its packages have is told file by file",
                               'A' + side, work->packages[side].unread.items[i]);
}

static int apply(struct work *work, const struct sb_spool *spool, struct sb_error *error) {
    struct sb_comparison *result = work->result;
    find_changes(work);
    for (size_t i = 0; i < result->differences.count; i++)
        apply_to_file(work, &result->differences.items[i]);
    for (size_t i = 0; i < result->differences.count && work->changes.count; i++) {
        struct sb_difference *difference = &result->differences.items[i];
        if (!difference->cause && strcmp(difference->kind, "content") == 0 &&
            is_database(sb_difference_path(difference)) &&
            apply_to_database(work, difference, spool, error) < 0)
            return -1;
    }
    for (size_t i = 0; i < work->changes.count; i++)
        add_moved(work, work->changes.items[i]);
    sb_vec_sort(&result->moved, compare_moved);
    note_unread(work);
    return 0;
}

static bool any_file_differs(const struct sb_comparison *result) {
    for (size_t i = 0; i < result->differences.count; i++)
        if (sb_difference_path(&result->differences.items[i]).size)
            return true;
    return false;
}

int sb_moved_apply(struct sb_subject *a, struct sb_subject *b, struct sb_comparison *result,
                   struct sb_error *error) {
    struct work work = {.result = result, .sides = {a, b}};
    int status = 0;
    if (!any_file_differs(result) || sb_image_absent_layers(a->image) ||
        sb_image_absent_layers(b->image))
        return 0;
    for (int side = 0; side < 2 && status == 0; side++) {
        struct sb_subject *subject = work.sides[side];
        status = sb_subject_read_rest(subject, error);
        if (status == 0)
            status = sb_packages_read(&work.packages[side], &subject->rootfs,
                                      subject->archive->spool, error);
    }
    if (status == 0)
        status = apply(&work, a->archive->spool, error);
    for (int side = 0; side < 2; side++)
        sb_packages_release(&work.packages[side]);
    sb_vec_release(&work.changes);
    return status;
}
