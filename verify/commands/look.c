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
    while (path && *path == '/')
        path++;
    looking->path = sb_span_string(path ? path : "");
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

/* One part off the beginning of a path. */
static struct sb_span take_part(struct sb_span *path) {
    while (path->size && *path->data == '/')
        *path = sb_span_from(*path, 1);
    size_t size = 0;
    while (size < path->size && path->data[size] != '/')
        size++;
    struct sb_span part = sb_span_of(path->data, size);
    *path = sb_span_from(*path, size);
    return part;
}

/* Puts where a link leads in front of what is left of the path; a link that begins with a slash
 * begins at the root. */
static void follow(struct looking *looking, struct sb_span link, struct sb_span *at,
                   struct sb_span *left) {
    struct sb_buf joined = SB_BUF_INIT;
    sb_buf_append_span(&joined, link);
    if (left->size)
        sb_buf_append_byte(&joined, '/');
    sb_buf_append_span(&joined, *left);
    if (sb_span_starts(link, "/"))
        *at = sb_span_of(at->data, 0);
    *left = sb_arena_copy(&looking->arena, sb_buf_span(&joined));
    sb_buf_release(&joined);
}

/* Part by part, as a kernel does it whose root the image is: ".." of what a link leads to is that
 * folder's own. */
static int resolve(struct looking *looking, struct sb_span asked, struct sb_error *error) {
    enum { MOST_LINKS = 40 }; /* as Linux */
    const struct sb_rootfs *rootfs = &looking->subject.core.rootfs;
    struct sb_span at = sb_span_string(""), left = asked;
    int links = 0;
    for (struct sb_span part; (part = take_part(&left)).size > 0;) {
        if (sb_span_is(part, "."))
            continue;
        if (sb_span_is(part, "..")) {
            at = sb_path_parent(at);
            continue;
        }
        struct sb_span next = sb_span_string(sb_arena_printf(
            &looking->arena, "%.*s%s%.*s", SB_SPAN(at), at.size ? "/" : "", SB_SPAN(part)));
        const struct sb_rootfs_node *node = sb_rootfs_find(rootfs, next);
        if (node && node->entry->type == '2') {
            if (++links > MOST_LINKS)
                return sb_error_set(error, SB_ERROR_USAGE, "%s: /%.*s: more than %d symbolic links",
                                    looking->image, SB_SPAN(asked), MOST_LINKS);
            follow(looking, node->entry->extra->link, &at, &left);
            continue;
        }
        if (node && node->entry->type != '5' && left.size)
            return sb_error_set(error, SB_ERROR_USAGE, "%s: /%.*s is no folder", looking->image,
                                SB_SPAN(next));
        at = next;
    }
    looking->path = at;
    return 0;
}

int look_find(struct looking *looking, const struct sb_rootfs_node **node, struct sb_error *error) {
    struct sb_span asked = looking->path;
    if (resolve(looking, asked, error) < 0)
        return -1;
    *node = sb_rootfs_find(&looking->subject.core.rootfs, looking->path);
    if (*node || looking->path.size == 0)
        return 0;
    return sb_error_set(error, SB_ERROR_USAGE, "%s: /%.*s is not in the image", looking->image,
                        SB_SPAN(asked));
}

void look_release(struct looking *looking) {
    subject_release(&looking->subject);
    sb_arena_release(&looking->arena);
    free(looking->image);
}
