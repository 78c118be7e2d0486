/* dpkg: /var/lib/dpkg/status (deb822 paragraphs), or a file a package in status.d as distroless
 * images have it; /var/lib/dpkg/info/NAME.list, or status.d/NAME.md5sums. */
#include "packages/manager.h"

static const char name_of_manager[] = "dpkg";

/* "name (version)" → name. */
static struct sb_span up_to_space(struct sb_span text) {
    const unsigned char *space = memchr(text.data, ' ', text.size);
    return sb_span_of(text.data, space ? (size_t)(space - text.data) : text.size);
}

static void read_paragraphs(const struct sb_packages_reading *reading, struct sb_span text) {
    while (text.size) {
        struct sb_span name = {0}, version = {0}, source = sb_span_string(""), line;
        bool installed = true;
        while (text.size && (line = sb_packages_take_line(&text)).size) {
            struct sb_span status;
            sb_packages_take_value(line, "Package:", &name);
            sb_packages_take_value(line, "Version:", &version);
            if (sb_packages_take_value(line, "Source:", &source))
                source = up_to_space(source);
            if (sb_packages_take_value(line, "Status:", &status))
                installed = sb_span_ends(status, " installed");
        }
        if (name.size && version.size && installed)
            sb_packages_set(reading, sb_packages_number(reading, name_of_manager, name), version,
                            source);
    }
}

/* Before the merge of /usr packages had files in /bin, /lib, /lib64 and /sbin, and many still say
 * so. */
static bool is_merged(struct sb_span path) {
    return sb_span_starts(path, "bin/") || sb_span_starts(path, "sbin/") ||
           sb_span_starts(path, "lib/") || sb_span_starts(path, "lib32/") ||
           sb_span_starts(path, "lib64/");
}

static void add_path(const struct sb_packages_reading *reading, size_t package,
                     struct sb_span path) {
    const struct sb_rootfs_node *node = sb_rootfs_find(reading->rootfs, path);
    /* A folder is that of all who have files in it. */
    if (node && node->entry->type == '5')
        return;
    sb_packages_add_file(reading, package, sb_span_string(""), path);
    if (is_merged(path))
        sb_packages_add_file(reading, package, sb_span_string("usr"), path);
}

/* "/usr/bin/x" a line; of checksums "32 digits, two blanks, usr/bin/x". */
static void read_list(const struct sb_packages_reading *reading, struct sb_span package,
                      struct sb_span text, size_t before) {
    size_t number = sb_packages_number(reading, name_of_manager, package);
    while (text.size) {
        struct sb_span path = sb_span_from(sb_packages_take_line(&text), before);
        if (path.size && *path.data == '/')
            path = sb_span_from(path, 1);
        if (path.size)
            add_path(reading, number, path);
    }
}

/* NAME:arch → NAME. */
static struct sb_span without_architecture(struct sb_span name) {
    const unsigned char *colon = memchr(name.data, ':', name.size);
    return sb_span_of(name.data, colon ? (size_t)(colon - name.data) : name.size);
}

int sb_packages_visit_dpkg(const struct sb_packages_reading *reading, struct sb_span path) {
    static const char list[] = ".list", sums[] = ".md5sums";
    struct sb_span name, folder = sb_packages_folder(path, &name);
    bool status = sb_span_is(path, "var/lib/dpkg/status");
    bool of_one = sb_span_is(folder, "var/lib/dpkg/status.d/");
    bool of_info = sb_span_is(folder, "var/lib/dpkg/info/") && sb_span_ends(name, list);
    if (!status && !of_one && !of_info)
        return 0;
    struct sb_buf text = SB_BUF_INIT;
    int result = sb_packages_read_file(reading, path, &text);
    if (result == 0 && of_one && sb_span_ends(name, sums))
        read_list(reading, sb_span_of(name.data, name.size - strlen(sums)), sb_buf_span(&text), 34);
    else if (result == 0 && of_info)
        read_list(reading, without_architecture(sb_span_of(name.data, name.size - strlen(list))),
                  sb_buf_span(&text), 0);
    else if (result == 0)
        read_paragraphs(reading, sb_buf_span(&text));
    sb_buf_release(&text);
    return result;
}
