#include "packages/packages.h"

#include "image/path.h"
#include "packages/manager.h"

static sb_packages_visit *const managers[] = {sb_packages_visit_dpkg, sb_packages_visit_apk,
                                              sb_packages_visit_python, sb_packages_visit_npm,
                                              sb_packages_visit_gem};

/* Databases of managers that are not read: a difference in one cannot be told by package. */
static const char *const unread[] = {
    "var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/rpmdb.sqlite", "var/lib/rpm/Packages",
    "var/lib/rpm/Packages.db",  "usr/lib/sysimage/rpm/Packages.db",  "var/lib/pacman/local"};

static int compare_paths(const void *a, const void *b) {
    const struct sb_package_file *x = a, *y = b;
    int order = sb_span_compare(x->path, y->path);
    return order ? order : (x->package > y->package) - (x->package < y->package);
}

/* Sorts the list; files and folders follow. */
static int compare_packages(const void *a, const void *b) {
    const struct sb_package *x = *(const struct sb_package *const *)a;
    const struct sb_package *y = *(const struct sb_package *const *)b;
    int order = strcmp(x->manager, y->manager);
    order = order ? order : strcmp(x->name, y->name);
    order = order ? order : strcmp(x->place, y->place);
    return order ? order : (x > y) - (x < y);
}

static void sort(struct sb_packages *packages) {
    size_t count = packages->list.count;
    if (count == 0)
        return;
    struct sb_package *sorted = sb_memory_new(count, sizeof *sorted);
    SB_VEC(const struct sb_package *) order = {0};
    size_t *place = sb_memory_new(count, sizeof *place);
    for (size_t i = 0; i < count; i++)
        *sb_vec_push(&order) = &packages->list.items[i];
    sb_vec_sort(&order, compare_packages);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = *order.items[i];
        place[order.items[i] - packages->list.items] = i;
    }
    memcpy(packages->list.items, sorted, count * sizeof *sorted);
    for (size_t i = 0; i < packages->files.count; i++)
        packages->files.items[i].package = place[packages->files.items[i].package];
    for (size_t i = 0; i < packages->folders.count; i++)
        packages->folders.items[i].package = place[packages->folders.items[i].package];
    sb_vec_sort(&packages->files, compare_paths);
    sb_vec_sort(&packages->folders, compare_paths);
    sb_vec_release(&order);
    free(place);
    free(sorted);
}

int sb_packages_read(struct sb_packages *packages, const struct sb_rootfs *rootfs,
                     const struct sb_spool *spool, struct sb_error *error) {
    const struct sb_packages_reading reading = {packages, rootfs, spool, error};
    for (size_t i = 0; i < rootfs->nodes.count; i++)
        for (size_t k = 0; k < sizeof managers / sizeof *managers; k++)
            if (managers[k](&reading, rootfs->nodes.items[i].entry->path) < 0)
                return -1;
    for (size_t i = 0; i < sizeof unread / sizeof *unread; i++)
        if (sb_rootfs_find(rootfs, sb_span_string(unread[i])))
            *sb_vec_push(&packages->unread) = unread[i];
    sort(packages);
    return 0;
}

void sb_packages_release(struct sb_packages *packages) {
    sb_vec_release(&packages->list);
    sb_vec_release(&packages->files);
    sb_vec_release(&packages->folders);
    sb_vec_release(&packages->unread);
    sb_arena_release(&packages->arena);
}

/* The package of a path in files or folders, which are sorted; NULL. */
static const struct sb_package *owner_among(const struct sb_packages *packages,
                                            const struct sb_package_file *files, size_t count,
                                            struct sb_span path) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sb_span_compare(files[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && sb_span_equal(files[low].path, path)
               ? &packages->list.items[files[low].package]
               : NULL;
}

static const struct sb_package *file_owner(const struct sb_packages *packages,
                                           struct sb_span path) {
    return owner_among(packages, packages->files.items, packages->files.count, path);
}

/* D/__pycache__/N.cpython-311.pyc is made of D/N.py. */
static const struct sb_package *byte_code_owner(const struct sb_packages *packages,
                                                struct sb_span path) {
    static const char cache[] = "__pycache__/";
    struct sb_span name, folder = sb_packages_folder(path, &name);
    const unsigned char *dot = memchr(name.data, '.', name.size);
    if (!sb_span_ends(path, ".pyc") || !sb_span_ends(folder, cache) || !dot)
        return NULL;
    struct sb_buf source = SB_BUF_INIT;
    sb_buf_append(&source, folder.data, folder.size - strlen(cache));
    sb_buf_append(&source, name.data, (size_t)(dot - name.data));
    sb_buf_append_string(&source, ".py");
    const struct sb_package *owner = file_owner(packages, sb_buf_span(&source));
    sb_buf_release(&source);
    return owner;
}

/* var/lib/dpkg/info/NAME.list, NAME:arch.md5sums, … */
static const struct sb_package *database_owner(const struct sb_packages *packages,
                                               struct sb_span path) {
    static const char info[] = "var/lib/dpkg/info/";
    char name[256];
    if (!sb_span_starts(path, info))
        return NULL;
    struct sb_span file = sb_span_from(path, strlen(info));
    size_t size = file.size;
    while (size && file.data[size - 1] != '.')
        size--;
    const unsigned char *colon = memchr(file.data, ':', size);
    size = colon ? (size_t)(colon - file.data) : size ? size - 1 : 0;
    if (size == 0 || size >= sizeof name)
        return NULL;
    memcpy(name, file.data, size);
    name[size] = 0;
    return sb_packages_find(packages, "dpkg", name, "");
}

/* The folder that lies deepest. */
static const struct sb_package *folder_owner(const struct sb_packages *packages,
                                             struct sb_span path) {
    const struct sb_package *owner = NULL;
    for (size_t size = path.size; size > 0 && !owner; size--)
        if (path.data[size - 1] == '/')
            owner = owner_among(packages, packages->folders.items, packages->folders.count,
                                sb_span_of(path.data, size - 1));
    return owner;
}

const struct sb_package *sb_packages_owner(const struct sb_packages *packages,
                                           struct sb_span path) {
    const struct sb_package *owner = file_owner(packages, path);
    owner = owner ? owner : byte_code_owner(packages, path);
    owner = owner ? owner : database_owner(packages, path);
    return owner ? owner : folder_owner(packages, path);
}

/* Where a symbolic link leads, in arena; empty at the root. */
static struct sb_span follow(struct sb_arena *arena, struct sb_span path, struct sb_span link) {
    struct sb_buf joined = SB_BUF_INIT;
    struct sb_span clean = {0};
    if (!sb_span_starts(link, "/")) {
        sb_buf_append_span(&joined, sb_path_parent(path));
        sb_buf_append_byte(&joined, '/');
    }
    sb_buf_append_span(&joined, link);
    sb_path_clean(sb_arena_copy(arena, sb_buf_span(&joined)), arena, &clean);
    sb_buf_release(&joined);
    return clean;
}

const struct sb_package *sb_packages_owner_in(const struct sb_packages *packages,
                                              const struct sb_rootfs *rootfs, struct sb_span path) {
    enum { MOST_LINKS = 8 };
    struct sb_arena arena = SB_ARENA_INIT;
    const struct sb_package *owner = sb_packages_owner(packages, path);
    for (int links = 0; !owner && links < MOST_LINKS; links++) {
        const struct sb_rootfs_node *node = sb_rootfs_find(rootfs, path);
        if (!node || node->entry->type != '2')
            break;
        path = follow(&arena, path, node->entry->extra->link);
        owner = sb_packages_owner(packages, path);
    }
    sb_arena_release(&arena);
    return owner;
}

static int compare_key(const struct sb_package *package, const char *manager, const char *name,
                       const char *place) {
    int order = strcmp(package->manager, manager);
    order = order ? order : strcmp(package->name, name);
    return order ? order : strcmp(package->place, place);
}

const struct sb_package *sb_packages_find(const struct sb_packages *packages, const char *manager,
                                          const char *name, const char *place) {
    size_t low = 0, high = packages->list.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_key(&packages->list.items[middle], manager, name, place) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < packages->list.count &&
                 compare_key(&packages->list.items[low], manager, name, place) == 0;
    return found ? &packages->list.items[low] : NULL;
}
