#include "commands/look.h"

#include "builds/confine.h"
#include "image/path.h"

/* Where ":/" separates an image from a path in it; NULL. Behind a transport's name alone it begins
 * the path of a file, as in docker-archive:/tmp/t.tar. */
static const char *find_path(const char *argument) {
    static const char *const transports[] = {"docker-archive", "oci-archive",       "oci", "docker",
                                             "docker-daemon",  "containers-storage"};
    const char *found = NULL;
    for (const char *at = strstr(argument, ":/"); at; at = strstr(at + 1, ":/"))
        found = at;
    for (size_t i = 0; found && i < sizeof transports / sizeof *transports; i++)
        if (strlen(transports[i]) == (size_t)(found - argument) &&
            memcmp(transports[i], argument, strlen(transports[i])) == 0)
            return NULL;
    return found;
}

static void take_arguments(struct looking *looking, const struct options *options) {
    const char *argument = options->arguments.items[0], *path = NULL;
    const char *separator = options->arguments.count > 1 ? NULL : find_path(argument);
    if (options->arguments.count > 1)
        path = options->arguments.items[1];
    else if (separator)
        path = separator + 1;
    looking->image =
        separator ? strndup(argument, (size_t)(separator - argument)) : strdup(argument);
    if (!looking->image)
        SB_BUG("out of memory");
    sb_path_clean(sb_span_string(path ? path : ""), &looking->arena, &looking->path);
}

int look_open(struct looking *looking, const struct options *options, struct sb_error *error) {
    struct subject *subject = &looking->subject;
    struct reader_rights rights = RIGHTS_INIT;
    take_arguments(looking, options);
    if (subject_open(subject, looking->image, options, error) < 0)
        return -1;
    rights_of_options(&rights, options);
    rights_of_subject(&rights, subject, 1);
    if (confine(&rights, error) < 0 || subject_read(subject, SB_CONTENTS_UNKNOWN, error) < 0 ||
        subject_check_name(subject, options, error) < 0 ||
        subject_choose(subject, options, options->platform, error) < 0)
        return -1;
    subject->core.digests = SB_DIGESTS_NONE;
    return subject_prepare(subject, options, error);
}

size_t look_layer(const struct looking *looking, const struct sb_rootfs_node *node) {
    const struct sb_image *image = looking->subject.core.image;
    for (size_t i = 0; i < image->layers.count; i++)
        if (image->layers.items[i] == node->layer)
            return i + 1;
    return 0;
}

/* The first part of a path that is a symbolic link, with what is behind it put in front of where it
 * leads; false where there is none. */
static bool follow_one(struct looking *looking, struct sb_span *path) {
    const struct sb_rootfs *rootfs = &looking->subject.core.rootfs;
    for (size_t size = 1; size <= path->size; size++) {
        if (size < path->size && path->data[size] != '/')
            continue;
        struct sb_span part = sb_span_of(path->data, size);
        const struct sb_rootfs_node *node = sb_rootfs_find(rootfs, part);
        if (!node || node->entry->type != '2')
            continue;
        struct sb_span link = node->entry->extra->link;
        struct sb_buf joined = SB_BUF_INIT;
        if (!sb_span_starts(link, "/"))
            sb_buf_append_span(&joined, sb_path_parent(part));
        sb_buf_append_byte(&joined, '/');
        sb_buf_append_span(&joined, link);
        sb_buf_append_span(&joined, sb_span_from(*path, size));
        sb_path_clean(sb_arena_copy(&looking->arena, sb_buf_span(&joined)), &looking->arena, path);
        sb_buf_release(&joined);
        return true;
    }
    return false;
}

int look_find(struct looking *looking, const struct sb_rootfs_node **node, struct sb_error *error) {
    enum { MOST_LINKS = 40 }; /* as Linux */
    struct sb_span asked = looking->path;
    int links = 0;
    while (links <= MOST_LINKS && follow_one(looking, &looking->path))
        links++;
    if (links > MOST_LINKS)
        return sb_error_set(error, SB_ERROR_USAGE, "%s: /%.*s: more than %d symbolic links",
                            looking->image, SB_SPAN(asked), MOST_LINKS);
    *node = sb_rootfs_find(&looking->subject.core.rootfs, looking->path);
    if (*node || looking->path.size == 0)
        return 0;
    return sb_error_set(error, SB_ERROR_USAGE, "%s: /%.*s is not in the image%s", looking->image,
                        SB_SPAN(asked), links ? ", where its symbolic links lead" : "");
}

void look_release(struct looking *looking) {
    subject_release(&looking->subject);
    sb_arena_release(&looking->arena);
    free(looking->image);
}
