#include "image/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "codec/sha256.h"
#include "image/internal.h"
#include "image/path.h"
#include "tar/header.h"
#include "tar/reader.h"
#include "tar/writer.h"

enum { LINKS_IN_A_ROW = 40, TYPE_BITS = 0170000 };

static int compare_files(const void *a, const void *b) {
    const struct sb_file *x = a, *y = b;
    int order = sb_path_compare(x->name, y->name);
    return order ? order : (x->entry > y->entry) - (x->entry < y->entry);
}

static void sort_files(struct sb_store *store) {
    if (store->directory || store->facts.unsorted)
        sb_vec_sort(&store->files, compare_files);
}

static void count_facts(struct sb_store_facts *facts, const struct sb_tar_entry *entry,
                        struct sb_span clean) {
    struct sb_buf header = SB_BUF_INIT;
    sb_tar_write_header(&header, entry);
    facts->entries++;
    facts->timed += entry->timed;
    facts->named_owners += entry->uname.size || entry->gname.size;
    facts->type_bits += (entry->mode & TYPE_BITS) != 0;
    facts->foreign_headers += !sb_span_equal(sb_buf_span(&header), entry->raw);
    facts->unclean_names += entry->type != '5' && !sb_span_equal(clean, entry->name);
    sb_buf_release(&header);
}

static void report_name(struct sb_findings *findings, struct sb_span name, enum sb_path_kind kind) {
    struct sb_buf where = SB_BUF_INIT;
    sb_buf_append_visible(&where, name);
    sb_finding_add(findings, SB_FINDING_PATH_ESCAPES, sb_buf_string(&where),
                   kind == SB_PATH_ESCAPES ? "an entry of the archive leaves the root by .."
                                           : "an entry of the archive has .. in its name");
    sb_buf_release(&where);
}

static void add_tar_entry(struct sb_store *store, struct sb_range tar,
                          const struct sb_tar_entry *entry, uint64_t number,
                          struct sb_findings *findings) {
    struct sb_file *file = sb_vec_push(&store->files);
    enum sb_path_kind kind = sb_path_clean(entry->name, &store->arena, &file->name);
    if (entry->link.size)
        file->link = sb_arena_copy(&store->arena, entry->link);
    file->type = entry->type == 0 || entry->type == '7' ? '0' : entry->type;
    if (entry->type == 0 && sb_span_ends(entry->name, "/"))
        file->type = '5';
    file->data = (struct sb_range){tar.source, tar.offset + entry->data_offset, entry->stored};
    file->entry = number;
    file->sparse = entry->sparse;
    count_facts(&store->facts, entry, file->name);
    if (kind != SB_PATH_PLAIN)
        report_name(findings, entry->name, kind);
    if (store->files.count > 1)
        store->facts.unsorted +=
            sb_path_compare(store->files.items[store->files.count - 2].name, file->name) > 0;
}

int sb_store_read_tar(struct sb_store *store, struct sb_range tar, struct sb_findings *findings,
                      struct sb_error *error) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    if (sb_range_open(tar, &input, error) < 0)
        return -1;
    struct sb_tar_reader reader;
    struct sb_tar_entry entry;
    int status;
    sb_tar_reader_init(&reader, input, findings, "archive");
    reader.envelope = true;
    while ((status = sb_tar_reader_next(&reader, &entry, error)) == 0)
        add_tar_entry(store, tar, &entry, store->files.count + 1, findings);
    store->facts.end_size = reader.end_size;
    sb_tar_reader_release(&reader);
    sort_files(store);
    return status < 0 ? -1 : 0;
}

/* A link is followed (Bazel's blobs are links): a blob is held to its digest wherever it lies. What
 * is no regular file, or cannot be opened, is not here. */
static void add_directory_file(struct sb_store *store, int directory, const char *name,
                               const char *path) {
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (fd < 0)
        return;
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        return;
    }
    struct sb_file *file = sb_vec_push(&store->files);
    *sb_vec_push(&store->sources) = sb_source_file(fd, (uint64_t)status.st_size);
    file->name = sb_arena_copy(&store->arena, sb_span_string(path));
    file->type = '0';
    file->data = sb_range_whole(store->sources.items[store->sources.count - 1]);
    file->entry = store->files.count;
}

/* Of a layout folder what an image can be made of: files at the top, and blobs/ALGORITHM/. Whatever
 * else lies beside them is not opened. Folders are never entered through a link. */
static int add_directory(struct sb_store *store, int parent, const char *name, const char *path,
                         int depth, struct sb_error *error) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    if (!directory)
        return sb_error_set_errno(error, errno, "%s: cannot open the folder", *path ? path : name);
    struct dirent *item;
    int status = 0;
    while (status == 0 && (item = readdir(directory)) != NULL) {
        struct stat info;
        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0 ||
            fstatat(fd, item->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        const char *child =
            sb_arena_printf(&store->arena, "%s%s%s", path, *path ? "/" : "", item->d_name);
        bool folder = S_ISDIR(info.st_mode);
        if (folder && (depth == 0 ? strcmp(item->d_name, "blobs") == 0 : depth == 1))
            status = add_directory(store, fd, item->d_name, child, depth + 1, error);
        else if (!folder && depth != 1 &&
                 (S_ISREG(info.st_mode) || (S_ISLNK(info.st_mode) && depth)))
            add_directory_file(store, fd, item->d_name, child);
    }
    closedir(directory);
    return status;
}

int sb_store_read_directory(struct sb_store *store, int directory, struct sb_error *error) {
    store->directory = true;
    if (add_directory(store, directory, ".", "", 0, error) < 0)
        return -1;
    sort_files(store);
    return 0;
}

void sb_store_release(struct sb_store *store) {
    for (size_t i = 0; i < store->sources.count; i++)
        sb_source_close(store->sources.items[i]);
    sb_vec_release(&store->sources);
    sb_vec_release(&store->files);
    sb_arena_release(&store->arena);
}

/* Index of the first file whose name is not below name. */
static size_t lower_bound(const struct sb_store *store, struct sb_span name) {
    size_t low = 0, high = store->files.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sb_path_compare(store->files.items[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct sb_file *sb_store_find(const struct sb_store *store, struct sb_span name) {
    struct sb_file *found = NULL;
    for (size_t i = lower_bound(store, name);
         i < store->files.count && sb_span_equal(store->files.items[i].name, name); i++)
        found = &store->files.items[i];
    return found;
}

size_t sb_store_count(const struct sb_store *store, struct sb_span name) {
    size_t count = 0;
    for (size_t i = lower_bound(store, name);
         i < store->files.count && sb_span_equal(store->files.items[i].name, name); i++)
        count += store->files.items[i].type != '5';
    return count;
}

int sb_store_resolve(struct sb_store *store, struct sb_file *file, struct sb_file **target,
                     struct sb_error *error) {
    struct sb_span first = file->name;
    for (int step = 0; step < LINKS_IN_A_ROW; step++) {
        if (file->sparse)
            return sb_error_set(error, SB_ERROR_AMBIGUOUS,
                                "%.*s: a sparse entry of the archive, which Docker expands and "
                                "others take as it stands; write the archive without --sparse",
                                SB_SPAN(first));
        if (file->type == '0') {
            *target = file;
            return 0;
        }
        if (file->type != '1' && file->type != '2')
            return sb_error_set(error, SB_ERROR_MALFORMED, "%.*s: not a file", SB_SPAN(first));
        struct sb_buf path = SB_BUF_INIT;
        if (file->type == '2' && !sb_span_starts(file->link, "/")) {
            sb_buf_append_span(&path, sb_path_parent(file->name));
            sb_buf_append_byte(&path, '/');
        }
        sb_buf_append_span(&path, file->link);
        struct sb_span clean;
        enum sb_path_kind kind = sb_path_clean(sb_buf_span(&path), &store->arena, &clean);
        bool absolute = file->type == '2' && sb_span_starts(file->link, "/");
        sb_buf_release(&path);
        struct sb_file *next = sb_store_find(store, clean);
        if (kind == SB_PATH_ESCAPES || absolute || !next)
            return sb_error_set(
                error, SB_ERROR_MALFORMED, "%.*s: a link to '%.*s', which is not in the archive",
                SB_SPAN(first), (int)(file->link.size < 200 ? file->link.size : 200),
                (const char *)file->link.data);
        file = next;
    }
    return sb_error_set(error, SB_ERROR_MALFORMED, "%.*s: links in a circle", SB_SPAN(first));
}

bool sb_store_are_twins(const struct sb_store *store, struct sb_span name) {
    struct sb_digest first, digest;
    bool any = false;
    for (size_t i = lower_bound(store, name);
         i < store->files.count && sb_span_equal(store->files.items[i].name, name); i++) {
        const struct sb_file *file = &store->files.items[i];
        if (file->type != '0' || file->sparse ||
            !sb_archive_hash_file(file, any ? &digest : &first) ||
            (any && !sb_digest_equal(&first, &digest)))
            return false;
        any = true;
    }
    return any;
}

bool sb_archive_hash_file(const struct sb_file *file, struct sb_digest *digest) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    struct sb_input_digest reading;
    struct sb_error ignored;
    if (sb_range_open(file->data, &input, &ignored) < 0)
        return false;
    sb_input_digest_init(&reading, input);
    return sb_input_digest_finish(&reading, digest, &ignored) == 0;
}

bool sb_archive_is_tar(const struct sb_file *file) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    struct sb_error ignored;
    unsigned char block[SB_TAR_BLOCK];
    size_t got;
    if (sb_range_open(file->data, &input, &ignored) < 0 ||
        sb_input_read(input, block, sizeof block, &got, &ignored) < 0)
        return false;
    enum sb_codec codec = sb_codec_recognise(sb_span_of(block, got));
    return sb_codec_compresses(codec) || (got == sizeof block && sb_tar_checksum_matches(block));
}
