#include "recipe/context.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/glob.h"
#include "base/limits.h"
#include "image/path.h"

enum { LINKS_IN_A_ROW = 40, LINK_SIZE = 4096, MODE_BITS = 07777 };

static int read_ignore(struct sb_context *context, int directory, const char *name,
                       struct sb_error *error) {
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0)
        return errno == ENOENT ? 1 : sb_error_set_errno(error, errno, "%s: cannot open it", name);
    struct sb_buf text = SB_BUF_INIT;
    int done = fstat(fd, &status) < 0 ? sb_error_set_errno(error, errno, "%s", name) : 0;
    if (done == 0) {
        struct sb_source *source = sb_source_file(fd, (uint64_t)status.st_size);
        done = sb_range_read(sb_range_whole(source), SB_LIMIT_JSON_SIZE_STANDARD, &text, error);
        sb_source_close(source);
    } else {
        close(fd);
    }
    if (done == 0)
        sb_ignore_parse(&context->ignore, sb_buf_span(&text));
    sb_buf_release(&text);
    return done;
}

void sb_context_release(struct sb_context *context) {
    for (size_t i = 0; i < context->sources.count; i++)
        sb_source_close(context->sources.items[i]);
    sb_vec_release(&context->sources);
    sb_ignore_release(&context->ignore);
    sb_arena_release(&context->arena);
}

static const char *text_of(struct sb_context *context, struct sb_span path) {
    return path.size ? (const char *)sb_arena_copy(&context->arena, path).data : ".";
}

static int unreadable(struct sb_context *context, struct sb_span path, struct sb_error *error) {
    int number = errno;
    return sb_error_set_errno(error, number, "context: cannot read %s", text_of(context, path));
}

static int set_link(struct sb_context *context, struct sb_context_item *item,
                    struct sb_error *error) {
    char target[LINK_SIZE];
    ssize_t size =
        readlinkat(context->directory, text_of(context, item->path), target, sizeof target);
    if (size < 0 || size == sizeof target)
        return unreadable(context, item->path, error);
    item->link = sb_arena_copy(&context->arena, sb_span_of(target, (size_t)size));
    return 0;
}

/* 1 where nothing is there, or something that no image holds (a socket). */
static int look_in_folder(struct sb_context *context, struct sb_span path,
                          struct sb_context_item *item, struct sb_error *error) {
    struct stat status;
    if (fstatat(context->directory, text_of(context, path), &status, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT || errno == ENOTDIR ? 1 : unreadable(context, path, error);
    *item = (struct sb_context_item){.path = path, .mode = status.st_mode & MODE_BITS};
    if (S_ISREG(status.st_mode)) {
        item->type = '0';
        item->size = (uint64_t)status.st_size;
        if (status.st_nlink > 1) {
            item->device = status.st_dev;
            item->inode = status.st_ino;
        }
    } else if (S_ISDIR(status.st_mode)) {
        item->type = '5';
    } else if (S_ISLNK(status.st_mode)) {
        item->type = '2';
        item->mode = 0777;
        return set_link(context, item, error);
    } else if (S_ISSOCK(status.st_mode)) {
        return 1;
    } else {
        return sb_error_set(error, SB_ERROR_UNBUILT,
                            "context: %s is a device or fifo, which is not built natively",
                            text_of(context, path));
    }
    return 0;
}

static struct sb_span join(struct sb_context *context, struct sb_span folder, struct sb_span name) {
    return sb_span_string(sb_arena_printf(&context->arena, "%.*s%s%.*s", SB_SPAN(folder),
                                          folder.size ? "/" : "", SB_SPAN(name)));
}

/* Follows links in every component, the last included; all stay below the root. 1: nothing there.
 */
static int resolve(struct sb_context *context, struct sb_span path, struct sb_context_item *item,
                   struct sb_error *error) {
    struct sb_span rest, done = {0};
    int links = 0;
    sb_path_clean(path, &context->arena, &rest);
    *item = (struct sb_context_item){.type = '5'};
    if (rest.size == 0)
        return context->ops->look(context, done, item, error);
    while (rest.size) {
        const unsigned char *slash = memchr(rest.data, '/', rest.size);
        size_t size = slash ? (size_t)(slash - rest.data) : rest.size;
        struct sb_span next = join(context, done, sb_span_of(rest.data, size));
        int status = context->ops->look(context, next, item, error);
        if (status)
            return status;
        rest = sb_span_from(rest, size + 1);
        if (item->type != '2') {
            done = next;
            continue;
        }
        if (++links > LINKS_IN_A_ROW)
            return 1;
        struct sb_span target =
            sb_span_starts(item->link, "/") ? item->link : join(context, done, item->link);
        sb_path_clean(rest.size ? join(context, target, rest) : target, &context->arena, &rest);
        done = sb_span_of(NULL, 0);
        *item = (struct sb_context_item){.type = '5'};
        if (rest.size == 0)
            return context->ops->look(context, done, item, error);
    }
    return 0;
}

int sb_context_follow(struct sb_context *context, struct sb_span path, struct sb_context_item *item,
                      struct sb_error *error) {
    return resolve(context, path, item, error);
}

static int compare_items(const void *a, const void *b) {
    const struct sb_context_item *x = a, *y = b;
    return sb_path_compare(x->path, y->path);
}

/* Calls visit for everything in one folder. */
static int each_in_folder(struct sb_context *context, struct sb_span folder,
                          sb_context_visit *visit, void *visitor, struct sb_error *error) {
    int fd = openat(context->directory, text_of(context, folder),
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    if (!directory)
        return unreadable(context, folder, error);
    struct dirent *entry;
    int status = 0;
    while (status == 0 && (entry = readdir(directory)) != NULL) {
        struct sb_context_item item = {0};
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        struct sb_span path = join(context, folder, sb_span_string(entry->d_name));
        status = look_in_folder(context, path, &item, error);
        if (status == 0)
            status = visit(visitor, &item, error);
        else if (status > 0)
            status = 0;
    }
    closedir(directory);
    return status;
}

struct listing {
    struct sb_context *context;
    sb_context_items *items;
};

static int list_one(void *visitor, const struct sb_context_item *item, struct sb_error *error) {
    struct listing *listing = visitor;
    struct sb_context *context = listing->context;
    bool ignored = sb_ignore_matches(&context->ignore, item->path);
    size_t before = listing->items->count;
    if (ignored && !(item->type == '5' && context->ignore.has_negated))
        return 0;
    if (listing->items->count >= SB_LIMIT_ENTRIES_STANDARD)
        return sb_error_set(error, SB_ERROR_LIMIT, "%s: more than %u entries", context->name,
                            SB_LIMIT_ENTRIES_STANDARD);
    *sb_vec_push(listing->items) = *item;
    if (item->type == '5' && context->ops->each(context, item->path, list_one, listing, error) < 0)
        return -1;
    /* An ignored folder is there only for what ! brings back below it. */
    if (ignored && listing->items->count == before + 1)
        listing->items->count = before;
    return 0;
}

int sb_context_list(struct sb_context *context, struct sb_span folder, sb_context_items *items,
                    struct sb_error *error) {
    struct listing listing = {context, items};
    if (context->ops->each(context, folder, list_one, &listing, error) < 0)
        return -1;
    sb_vec_sort(items, compare_items);
    return 0;
}

struct search {
    struct sb_context *context;
    struct sb_span pattern;
    sb_context_items *items;
};

static int match_one(void *visitor, const struct sb_context_item *item, struct sb_error *error) {
    struct search *search = visitor;
    struct sb_context *context = search->context;
    if (sb_glob_matches(search->pattern, item->path)) {
        struct sb_context_item found = {0};
        if (sb_ignore_matches(&context->ignore, item->path))
            return 0;
        int status = resolve(context, item->path, &found, error);
        if (status > 0)
            status = sb_error_set(error, SB_ERROR_USAGE,
                                  "'%.*s' matches '%.*s', a link to nothing in %s",
                                  SB_SPAN(search->pattern), SB_SPAN(item->path), context->name);
        if (status < 0)
            return -1;
        found.name = sb_path_base(item->path);
        *sb_vec_push(search->items) = found;
        return 0;
    }
    return item->type == '5' ? context->ops->each(context, item->path, match_one, search, error)
                             : 0;
}

static bool has_wildcard(struct sb_span pattern) {
    for (size_t i = 0; i < pattern.size; i++)
        if (strchr("*?[\\", pattern.data[i]))
            return true;
    return false;
}

/* To Go's path.Match, which COPY asks, ** is *. */
static struct sb_span one_star(struct sb_context *context, struct sb_span pattern) {
    char *made = sb_arena_printf(&context->arena, "%.*s", SB_SPAN(pattern));
    size_t size = 0;
    for (size_t i = 0; i < pattern.size; i++) {
        bool escaped = made[i] == '\\' && i + 1 < pattern.size;
        if (made[i] == '*' && size && made[size - 1] == '*' && (size < 2 || made[size - 2] != '\\'))
            continue;
        made[size++] = made[i];
        if (escaped)
            made[size++] = made[++i];
    }
    return sb_span_of(made, size);
}

static bool is_visible(const struct sb_context *context, struct sb_span path) {
    return path.size == 0 || !sb_ignore_matches(&context->ignore, path);
}

int sb_context_find(struct sb_context *context, struct sb_span pattern, sb_context_items *items,
                    struct sb_error *error) {
    struct sb_span clean;
    struct sb_context_item item;
    sb_path_clean(pattern, &context->arena, &clean);
    size_t before = items->count;
    if (has_wildcard(clean)) {
        struct search search = {context, one_star(context, clean), items};
        if (context->ops->each(context, sb_span_of(NULL, 0), match_one, &search, error) < 0)
            return -1;
        sb_vec_sort(items, compare_items);
        /* One without a match is nothing, as long as there is another source. */
        return 0;
    } else {
        int status = resolve(context, clean, &item, error);
        if (status < 0)
            return -1;
        bool seen = status == 0 && (is_visible(context, clean) ||
                                    (item.type == '5' && context->ignore.has_negated));
        item.name = sb_path_base(clean);
        if (seen)
            *sb_vec_push(items) = item;
    }
    if (items->count > before)
        return 0;
    return sb_error_set(error, SB_ERROR_SYSTEM, "'%.*s' is not in %s%s", SB_SPAN(pattern),
                        context->name,
                        context->ignore.patterns.count ? ", or .dockerignore leaves it out" : "");
}

/* content */

struct content_source {
    struct sb_source base;
    int directory;
    const char *path;
};

static int content_open(struct sb_source *source, uint64_t offset, uint64_t size,
                        struct sb_input **input, struct sb_error *error) {
    struct content_source *content = (struct content_source *)source;
    int fd = openat(content->directory, content->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return sb_error_set_errno(error, errno, "context: cannot open %s", content->path);
    *input = sb_input_file_taken(fd, offset, size);
    return 0;
}

static void content_close(struct sb_source *source) {
    free(source);
}

static struct sb_range content_of_file(struct sb_context *context,
                                       const struct sb_context_item *item) {
    static const struct sb_source_ops ops = {content_open, content_close};
    struct content_source *content = sb_memory_new(1, sizeof *content);
    content->base.ops = &ops;
    content->base.size = item->size;
    content->directory = context->directory;
    content->path = text_of(context, item->path);
    *sb_vec_push(&context->sources) = &content->base;
    return sb_range_whole(&content->base);
}

struct sb_range sb_context_content(struct sb_context *context, const struct sb_context_item *item) {
    return context->ops->content(context, item);
}

int sb_context_open(struct sb_context *context, int directory, const char *dockerfile,
                    struct sb_error *error) {
    static const struct sb_context_ops ops = {look_in_folder, each_in_folder, content_of_file};
    context->ops = &ops;
    context->name = "the context";
    context->directory = directory;
    /* It stands beside its Dockerfile, wherever the context is. */
    const char *own = sb_arena_printf(&context->arena, "%s.dockerignore", dockerfile);
    int status = read_ignore(context, AT_FDCWD, own, error);
    if (status > 0)
        status = read_ignore(context, directory, ".dockerignore", error);
    return status < 0 ? -1 : 0;
}
