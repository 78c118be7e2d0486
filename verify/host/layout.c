#include "host/layout.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/limits.h"

static char *join(const char *folder, const char *name) {
    struct sb_buf path = SB_BUF_INIT;
    sb_buf_appendf(&path, "%s/%s", folder, name);
    return sb_buf_detach(&path);
}

static void add_link(const char *path, line_list *links) {
    struct stat own, target;
    if (links->count < SB_LIMIT_MANIFESTS && lstat(path, &own) == 0 && S_ISLNK(own.st_mode) &&
        stat(path, &target) == 0 && S_ISREG(target.st_mode))
        lines_add(links, "%s", path);
}

/* Folders are never entered through a link. */
static void walk(const char *folder, int depth, line_list *links) {
    struct stat status;
    if (lstat(folder, &status) < 0 || !S_ISDIR(status.st_mode))
        return;
    DIR *directory = opendir(folder);
    for (struct dirent *item; directory && (item = readdir(directory)) != NULL;) {
        if (item->d_name[0] == '.')
            continue;
        char *path = join(folder, item->d_name);
        if (depth == 0)
            walk(path, 1, links);
        else
            add_link(path, links);
        free(path);
    }
    if (directory)
        closedir(directory);
}

void layout_add_links(const char *folder, line_list *links) {
    char *blobs = join(folder, "blobs");
    walk(blobs, 0, links);
    free(blobs);
}
