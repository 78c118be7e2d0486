#include "host/gnutar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "host/process.h"
#include "host/temporary.h"
#include "io/output.h"

/* One tar to be made from a staging folder. */
struct staging {
    char *folder;        /* temporary; has "tree", "names" and the result "out.tar" */
    struct sb_buf names; /* NUL after each */
    uint32_t uid, gid;   /* of all entries, where one_owner */
    bool one_owner;
};

static void path_of(const struct staging *staging, const char *inside, struct sb_buf *path) {
    path->size = 0;
    sb_buf_appendf(path, "%s/%s", staging->folder, inside);
}

static int make_folder(const struct staging *staging, const char *inside, struct sb_error *error) {
    struct sb_buf path = SB_BUF_INIT;
    path_of(staging, inside, &path);
    int status = mkdir(sb_buf_string(&path), 0700) < 0 && errno != EEXIST
                     ? sb_error_set_errno(error, errno, "%s: cannot make it", sb_buf_string(&path))
                     : 0;
    sb_buf_release(&path);
    return status;
}

static int write_file(const char *path, struct sb_input *input, struct sb_error *error) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return sb_error_set_errno(error, errno, "%s: cannot write it", path);
    struct sb_output_file output;
    struct sb_error flush_error;
    sb_output_to_file(&output, fd);
    int status = sb_output_copy(&output.base, input, error);
    if (sb_output_flush_file(&output, &flush_error) < 0 && status == 0) {
        *error = flush_error;
        status = -1;
    }
    close(fd);
    return status;
}

static int write_bytes(const char *path, struct sb_span bytes, struct sb_error *error) {
    struct sb_input *input = sb_input_memory(bytes);
    int status = write_file(path, input, error);
    sb_input_close(input);
    return status;
}

/* Parents of an entry that are in the plan come before it, others only for the staging. */
static int make_parents(const struct staging *staging, struct sb_span path,
                        struct sb_error *error) {
    char inside[SB_LIMIT_PATH + 16];
    size_t size = path.size;
    while (size && path.data[size - 1] != '/')
        size--;
    if (size <= 1)
        return 0;
    /* Mostly it is there: entries come after their folders. */
    struct stat info;
    struct sb_buf whole = SB_BUF_INIT;
    snprintf(inside, sizeof inside, "tree/%.*s", (int)size, (const char *)path.data);
    path_of(staging, inside, &whole);
    bool there = lstat(sb_buf_string(&whole), &info) == 0;
    sb_buf_release(&whole);
    for (size_t i = 0; i < size && !there; i++) {
        if (path.data[i] != '/')
            continue;
        snprintf(inside, sizeof inside, "tree/%.*s", (int)i, (const char *)path.data);
        if (make_folder(staging, inside, error) < 0)
            return -1;
    }
    return 0;
}

static int create(const struct staging *staging, const struct sb_plan_entry *entry,
                  const char *path, struct sb_error *error) {
    struct sb_buf link = SB_BUF_INIT;
    int status = 0;
    if (entry->type == '5') {
        status = mkdir(path, 0700) < 0 && errno != EEXIST ? -1 : 0;
    } else if (entry->type == '6') {
        status = mkfifo(path, 0600);
    } else if (entry->type == '2') {
        sb_buf_append_span(&link, entry->link);
        status = symlink(sb_buf_string(&link), path);
    } else if (entry->type == '1') {
        sb_buf_appendf(&link, "%s/tree/%.*s", staging->folder, SB_SPAN(entry->link));
        status = linkat(AT_FDCWD, sb_buf_string(&link), AT_FDCWD, path, 0);
    }
    if (status < 0)
        sb_error_set_errno(error, errno, "%s: cannot make it", path);
    sb_buf_release(&link);
    if (status < 0 || entry->type != '0')
        return status;
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    return sb_range_open(entry->content, &input, error) < 0 ? -1 : write_file(path, input, error);
}

static int stage_entry(struct staging *staging, const struct sb_plan_entry *entry,
                       struct sb_error *error) {
    struct sb_buf path = SB_BUF_INIT;
    sb_buf_appendf(&path, "%s/tree/%.*s", staging->folder, SB_SPAN(entry->path));
    int status = make_parents(staging, entry->path, error);
    if (status == 0)
        status = create(staging, entry, sb_buf_string(&path), error);
    if (status == 0 && !staging->one_owner &&
        lchown(sb_buf_string(&path), entry->uid, entry->gid) < 0)
        status =
            sb_error_set_errno(error, errno,
                               "its files have several owners, which GNU tar can be shown only as "
                               "root or under fakeroot");
    sb_buf_append_span(&staging->names, entry->path);
    sb_buf_append_byte(&staging->names, 0);
    sb_buf_release(&path);
    return status;
}

/* Modes last, and from the end: a folder without w would not take its files. */
static int set_modes(const struct staging *staging, const struct sb_plan_layer *layer,
                     struct sb_error *error) {
    struct sb_buf path = SB_BUF_INIT;
    int status = 0;
    for (size_t i = layer->entries.count; i-- > 0 && status == 0;) {
        const struct sb_plan_entry *entry = &layer->entries.items[i];
        if (entry->type == '2' || entry->type == '1')
            continue;
        path.size = 0;
        sb_buf_appendf(&path, "%s/tree/%.*s", staging->folder, SB_SPAN(entry->path));
        if (chmod(sb_buf_string(&path), entry->mode) < 0)
            status =
                sb_error_set_errno(error, errno, "%s: cannot set its mode", sb_buf_string(&path));
    }
    sb_buf_release(&path);
    return status;
}

static int run_tar(const struct staging *staging, const char *mode, struct sb_error *error) {
    char owner[32], group[32];
    struct sb_buf names = SB_BUF_INIT, out = SB_BUF_INIT, tree = SB_BUF_INIT;
    path_of(staging, "names", &names);
    path_of(staging, "out.tar", &out);
    path_of(staging, "tree", &tree);
    snprintf(owner, sizeof owner, "--owner=:%u", staging->uid);
    snprintf(group, sizeof group, "--group=:%u", staging->gid);
    const char *argv[20];
    size_t count = 0;
    argv[count++] = "tar";
    argv[count++] = "--create";
    argv[count++] = "--format=gnu";
    argv[count++] = "--blocking-factor=1";
    argv[count++] = "--mtime=@0";
    argv[count++] = "--numeric-owner";
    if (staging->one_owner) {
        argv[count++] = owner;
        argv[count++] = group;
    }
    if (mode)
        argv[count++] = mode;
    argv[count++] = "--no-recursion";
    argv[count++] = "--null";
    argv[count++] = "--verbatim-files-from";
    argv[count++] = "--directory";
    argv[count++] = sb_buf_string(&tree);
    argv[count++] = "--files-from";
    argv[count++] = sb_buf_string(&names);
    argv[count++] = "--file";
    argv[count++] = sb_buf_string(&out);
    argv[count] = NULL;
    struct process process = PROCESS_INIT;
    struct process_result result = PROCESS_RESULT_INIT;
    process.argv = argv;
    int status = write_bytes(sb_buf_string(&names), sb_buf_span(&staging->names), error);
    if (status == 0)
        status = process_check(&process, &result, error);
    process_result_release(&result);
    sb_buf_release(&names);
    sb_buf_release(&out);
    sb_buf_release(&tree);
    return status;
}

static int open_result(const struct staging *staging, int *fd, struct sb_error *error) {
    struct sb_buf path = SB_BUF_INIT;
    path_of(staging, "out.tar", &path);
    int status = temporary_take(sb_buf_string(&path), fd, error);
    sb_buf_release(&path);
    return status;
}

static int begin(struct staging *staging, struct sb_error *error) {
    *staging = (struct staging){.one_owner = true};
    return temporary_folder(&staging->folder, error) < 0 ? -1 : make_folder(staging, "tree", error);
}

static void end(struct staging *staging) {
    temporary_remove(staging->folder);
    free(staging->folder);
    sb_buf_release(&staging->names);
}

static int write_layer(const struct sb_plan_layer *layer, int *fd, struct sb_error *error) {
    struct staging staging;
    int status = begin(&staging, error);
    if (layer->entries.count) {
        staging.uid = layer->entries.items[0].uid;
        staging.gid = layer->entries.items[0].gid;
    }
    for (size_t i = 0; i < layer->entries.count; i++)
        staging.one_owner = staging.one_owner && layer->entries.items[i].uid == staging.uid &&
                            layer->entries.items[i].gid == staging.gid;
    for (size_t i = 0; i < layer->entries.count && status == 0; i++)
        status = stage_entry(&staging, &layer->entries.items[i], error);
    if (status == 0)
        status = set_modes(&staging, layer, error);
    if (status == 0)
        status = run_tar(&staging, NULL, error);
    if (status == 0)
        status = open_result(&staging, fd, error);
    end(&staging);
    return status < 0 ? sb_error_wrap(error, "GNU tar, layer of line %u", layer->line) : 0;
}

/* The plan's layer that became this canonical one: empty layers are left out of both. */
static const struct sb_plan_layer *layer_of(const struct sb_plan *plan,
                                            const struct sb_canon *canon,
                                            const struct sb_canon_layer *wanted) {
    size_t at = 0;
    for (size_t i = 0; i < plan->layers.count; i++) {
        if (plan->layers.items[i].entries.count == 0)
            continue;
        if (&canon->layers.items[at++] == wanted)
            return &plan->layers.items[i];
    }
    SB_BUG("a canonical layer that no plan has");
}

static int stage_file(struct staging *staging, const struct sb_plan *plan,
                      const struct sb_canon *canon, const struct sb_canon_file *file,
                      struct sb_error *error) {
    struct sb_buf path = SB_BUF_INIT;
    int status = make_parents(staging, sb_span_string(file->name), error);
    sb_buf_appendf(&path, "%s/tree/%s", staging->folder, file->name);
    if (status == 0 && file->layer) {
        int fd = -1;
        struct stat info;
        status = write_layer(layer_of(plan, canon, file->layer), &fd, error);
        if (status == 0) {
            struct sb_input *input =
                fstat(fd, &info) == 0 ? sb_input_file(fd, 0, (uint64_t)info.st_size) : NULL;
            status = input ? write_file(sb_buf_string(&path), input, error) : -1;
            sb_input_close(input);
            close(fd);
        }
    } else if (status == 0) {
        status = write_bytes(sb_buf_string(&path), file->bytes, error);
    }
    sb_buf_append_string(&staging->names, file->name);
    sb_buf_append_byte(&staging->names, 0);
    sb_buf_release(&path);
    return status;
}

int gnutar_write(const struct sb_plan *plan, const struct sb_canon *canon, enum sb_canon_form form,
                 int *fd, struct sb_error *error) {
    struct sb_canon_files files;
    struct staging staging;
    sb_canon_files_make(canon, form, &files);
    int status = begin(&staging, error);
    for (size_t i = 0; i < files.list.count && status == 0; i++)
        status = stage_file(&staging, plan, canon, &files.list.items[i], error);
    if (status == 0)
        status = run_tar(&staging, "--mode=0644", error);
    if (status == 0)
        status = open_result(&staging, fd, error);
    end(&staging);
    sb_canon_files_release(&files);
    return status;
}
