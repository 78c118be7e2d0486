#include "inputs/subject.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "host/layout.h"
#include "host/process.h"
#include "host/tag_key.h"
#include "host/temporary.h"
#include "io/output.h"

enum { READ_SIZE = 256 << 10 };

const char *subject_default_platform(void) {
    static const struct {
        const char *machine, *platform;
    } machines[] = {{"x86_64", "linux/amd64"},    {"aarch64", "linux/arm64"},
                    {"armv7l", "linux/arm/v7"},   {"riscv64", "linux/riscv64"},
                    {"ppc64le", "linux/ppc64le"}, {"s390x", "linux/s390x"},
                    {"i686", "linux/386"}};
    struct utsname name;
    if (uname(&name) == 0)
        for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
            if (strcmp(machines[i].machine, name.machine) == 0)
                return machines[i].platform;
    return "linux/amd64";
}

/* A pipe can be read once; the library wants to come back. */
static int spool(int from, int *to, struct sb_error *error) {
    unsigned char *buffer;
    *to = temporary_file(NULL, error);
    if (*to < 0)
        return -1;
    struct sb_output_file output;
    sb_output_to_file(&output, *to);
    buffer = sb_memory_new(READ_SIZE, 1);
    int status = 0;
    for (;;) {
        ssize_t got = read(from, buffer, READ_SIZE);
        if (got < 0 && errno == EINTR && !process_signal())
            continue;
        if (got < 0)
            status = sb_error_set_errno(error, errno, "cannot read");
        if (got > 0)
            status = sb_output_append(&output.base, sb_span_of(buffer, (size_t)got), error);
        if (got <= 0 || status < 0)
            break;
    }
    free(buffer);
    if (sb_output_flush_file(&output, error) < 0 || status < 0) {
        close(*to);
        return -1;
    }
    return 0;
}

/* Takes fd. What is no regular file goes to the spool. */
static int take_file(struct subject *subject, int fd, struct sb_error *error) {
    struct stat status;
    if (fstat(fd, &status) < 0) {
        close(fd);
        return sb_error_set_errno(error, errno, "cannot look at it");
    }
    if (!S_ISREG(status.st_mode)) {
        int copy;
        int done = spool(fd, &copy, error);
        close(fd);
        if (done < 0)
            return -1;
        fd = copy;
        if (fstat(fd, &status) < 0) {
            close(fd);
            return sb_error_set_errno(error, errno, "cannot look at the spool");
        }
    }
    if (status.st_size == 0) {
        close(fd);
        return sb_error_set(error, SB_ERROR_MALFORMED, "it is empty");
    }
    subject->source = sb_source_file(fd, (uint64_t)status.st_size);
    subject->core.bytes = sb_range_whole(subject->source);
    return 0;
}

static int take_folder(struct subject *subject, int fd, const char *path) {
    subject->folder = fd;
    subject->folder_path = sb_memory_copy_string(path);
    layout_add_links(path, &subject->links);
    return 0;
}

static int open_path(struct subject *subject, const char *path, struct sb_error *error) {
    struct stat status;
    if (strcmp(path, "-") == 0)
        return take_file(subject, dup(STDIN_FILENO), error);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) < 0) {
        int number = errno;
        if (fd >= 0)
            close(fd);
        const char *slash = strrchr(path, '/'), *colon = strrchr(path, ':');
        bool named = colon && colon[1] && (!slash || colon > slash);
        if (number == ENOENT && (named || (!slash && !strchr(path, '.'))))
            return sb_error_set(error, SB_ERROR_SYSTEM,
                                "no such file; if it is an image of a local engine, say "
                                "docker-daemon:%s or containers-storage:%s; of a registry, "
                                "docker://%s",
                                path, path, path);
        return sb_error_set_errno(error, number, "cannot open it");
    }
    return S_ISDIR(status.st_mode) ? take_folder(subject, fd, path) : take_file(subject, fd, error);
}

/* What a program writes to its standard output is the archive. */
static int open_output_of(struct subject *subject, const char *const *argv,
                          struct sb_error *error) {
    int fd = temporary_file(NULL, error);
    if (fd < 0)
        return -1;
    struct process process = PROCESS_INIT;
    struct process_result result = PROCESS_RESULT_INIT;
    process.argv = argv;
    process.output = fd;
    process.timeout = subject->timeout;
    process.largest_file = temporary_room();
    process.doing = argv[0];
    int status = process_check(&process, &result, error);
    process_result_release(&result);
    if (status < 0) {
        close(fd);
        return -1;
    }
    return take_file(subject, fd, error);
}

/* A registry is read by skopeo into a folder, every platform of it. */
static int open_registry(struct subject *subject, const char *name, struct sb_error *error) {
    if (temporary_folder(&subject->temporary, error) < 0)
        return -1;
    const char *folder = subject->temporary;
    struct sb_buf target = SB_BUF_INIT;
    struct process process = PROCESS_INIT;
    struct process_result result = PROCESS_RESULT_INIT;
    sb_buf_appendf(&target, "oci:%s", folder);
    const char *argv[] = {
        "skopeo", "copy", "--quiet", "--all", "--preserve-digests", name, sb_buf_string(&target),
        NULL};
    process.argv = argv;
    process.timeout = subject->timeout;
    process.largest_file = temporary_room();
    process.doing = argv[0];
    int status = process_check(&process, &result, error);
    if (status == 0) {
        int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        status = fd < 0 ? sb_error_set_errno(error, errno, "%s: cannot open it", folder)
                        : take_folder(subject, fd, folder);
    }
    process_result_release(&result);
    sb_buf_release(&target);
    return status;
}

static const char *after(const char *text, const char *prefix) {
    size_t size = strlen(prefix);
    return strncmp(text, prefix, size) == 0 ? text + size : NULL;
}

/* FILE[:NAME], where FILE is what exists. */
static int open_file_and_name(struct subject *subject, const char *text, struct sb_error *error) {
    char *path = sb_memory_copy_string(text);
    char *colon = strchr(path, ':');
    if (colon && access(path, F_OK) != 0) {
        *colon = '\0';
        subject->wanted = sb_memory_copy_string(colon + 1);
    }
    int status = open_path(subject, path, error);
    free(path);
    return status;
}

static int open_named(struct subject *subject, const char *name, struct sb_error *error) {
    const char *rest;
    if ((rest = after(name, "docker-archive:")) || (rest = after(name, "oci-archive:")) ||
        (rest = after(name, "oci:")))
        return open_file_and_name(subject, rest, error);
    if ((rest = after(name, "docker-daemon:"))) {
        const char *argv[] = {"docker", "save", rest, NULL};
        return open_output_of(subject, argv, error);
    }
    if ((rest = after(name, "containers-storage:"))) {
        const char *argv[] = {"podman", "save", "--quiet", rest, NULL};
        return open_output_of(subject, argv, error);
    }
    if (after(name, "docker://"))
        return open_registry(subject, name, error);
    return open_path(subject, name, error);
}

static void begin(struct subject *subject, const char *name, const struct options *options) {
    subject->name = sb_memory_copy_string(name);
    subject->core.name = subject->name;
    subject->core.archive = &subject->archive;
    subject->timeout = (unsigned)options->save_timeout;
    memcpy(subject->findings.limits, options->limits, sizeof options->limits);
    subject->reading = (struct sb_reading){
        .findings = &subject->findings, .spool = &temporary_spool, .key = tag_key()};
}

static const char *shown(const struct subject *subject) {
    return strcmp(subject->name, "-") == 0 ? "standard input" : subject->name;
}

int subject_open_file(struct subject *subject, const char *name, int fd,
                      const struct options *options, struct sb_error *error) {
    begin(subject, name, options);
    return take_file(subject, dup(fd), error) < 0 ? sb_error_wrap(error, "%s", name) : 0;
}

int subject_open(struct subject *subject, const char *name, const struct options *options,
                 struct sb_error *error) {
    begin(subject, name, options);
    return open_named(subject, name, error) < 0 ? sb_error_wrap(error, "%s", shown(subject)) : 0;
}

int subject_read(struct subject *subject, enum sb_contents contents, struct sb_error *error) {
    subject->reading.contents = contents;
    subject->reading.wanted = subject->wanted && *subject->wanted != '@' ? subject->wanted : NULL;
    int status = subject->source ? sb_archive_open(&subject->archive, subject->core.bytes,
                                                   &subject->reading, error)
                                 : sb_archive_open_directory(&subject->archive, subject->folder,
                                                             &subject->reading, error);
    return status < 0 ? sb_error_wrap(error, "%s", shown(subject)) : 0;
}

int subject_check_name(struct subject *subject, const struct options *options,
                       struct sb_error *error) {
    if (!options->image || !*options->image || subject->wanted ||
        sb_archive_has_name(&subject->archive, options->image))
        return 0;
    (void)sb_archive_refuse_name(&subject->archive, options->image, error);
    return sb_error_wrap(error, "%s", subject->name);
}

int subject_choose(struct subject *subject, const struct options *options, const char *platform,
                   struct sb_error *error) {
    struct sb_choice choice = {subject->wanted ? subject->wanted : options->image, platform,
                               subject_default_platform()};
    /* A lone image is taken whatever it is called. */
    if (subject->archive.images.count == 1 && !subject->wanted)
        choice.name = NULL;
    if (sb_archive_choose(&subject->archive, &choice, &subject->core.image, error) < 0)
        return sb_error_wrap(error, "%s", subject->name);
    return 0;
}

int subject_refuse_ambiguous(const struct subject *subject, const struct options *options,
                             bool layers, struct sb_error *error) {
    bool named[SB_FINDING_KINDS] = {false};
    struct sb_buf spaced = SB_BUF_INIT, tight = SB_BUF_INIT;
    const struct sb_finding *first = NULL;
    for (size_t i = 0; i < subject->findings.list.count; i++) {
        const struct sb_finding *finding = &subject->findings.list.items[i];
        if (!finding->ambiguous || (finding->in_layer && !layers) ||
            options->allowed[finding->kind] || named[finding->kind])
            continue;
        const char *kind = sb_finding_name(finding->kind);
        sb_buf_appendf(&spaced, "%s%s", first ? ", " : "", kind);
        sb_buf_appendf(&tight, "%s%s", first ? "," : "", kind);
        named[finding->kind] = true;
        if (!first)
            first = finding;
    }
    if (first)
        sb_error_set(error, SB_ERROR_AMBIGUOUS, "%s: ambiguous (%s): %s: %s; --allow %s goes on",
                     subject->name, sb_buf_string(&spaced), first->where, first->what,
                     sb_buf_string(&tight));
    sb_buf_release(&spaced);
    sb_buf_release(&tight);
    return first ? -1 : 0;
}

int subject_hold(const struct subject *subject, struct sb_error *error) {
    uint64_t highest = sb_limit_of(&subject->findings, SB_LIMIT_AUDIT_SIZE);
    uint64_t inside = subject->archive.peeled.bytes.source ? subject->archive.peeled.bytes.size : 0;
    uint64_t size = subject->core.bytes.size > inside ? subject->core.bytes.size : inside;
    if (size > highest)
        return sb_error_set(error, SB_ERROR_LIMIT,
                            "%s: %" PRIu64 " bytes, of which only %" PRIu64
                            " would be held in memory; --limit audit-size=SIZE allows more",
                            subject->name, size, highest);
    return 0;
}

int subject_prepare(struct subject *subject, const struct options *options,
                    struct sb_error *error) {
    if (sb_subject_prepare(&subject->core, &options->passes, error) < 0)
        return sb_error_wrap(error, "%s", subject->name);
    return 0;
}

void subject_forget(struct subject *subject) {
    sb_subject_release(&subject->core);
    subject->core.canon = (struct sb_canon)SB_CANON_INIT;
    subject->core.rootfs = (struct sb_rootfs)SB_ROOTFS_INIT;
}

void subject_release(struct subject *subject) {
    sb_subject_release(&subject->core);
    sb_archive_release(&subject->archive);
    sb_source_close(subject->source);
    sb_findings_release(&subject->findings);
    if (subject->folder_path)
        close(subject->folder);
    temporary_remove(subject->temporary);
    free(subject->temporary);
    free(subject->folder_path);
    lines_release(&subject->links);
    free(subject->wanted);
    free(subject->name);
}
