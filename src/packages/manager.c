#include "packages/manager.h"

#include "image/archive.h"

int sb_packages_read_file(const struct sb_packages_reading *reading, struct sb_span path,
                          struct sb_buf *buf) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    const struct sb_rootfs_node *node = sb_rootfs_find(reading->rootfs, path);
    struct sb_output_buf output;
    if (!node || node->entry->type != '0' || !node->layer || node->layer->absent ||
        node->entry->size > SB_LIMIT_STRIPPED)
        return 0;
    sb_output_to_buf(&output, buf);
    return sb_layer_open_content(node->layer, node->entry, reading->spool, &input, reading->error) <
                   0
               ? -1
               : sb_output_copy(&output.base, input, reading->error);
}

void sb_packages_place(const struct sb_packages_reading *reading, size_t package,
                       struct sb_span folder) {
    struct sb_packages *packages = reading->packages;
    packages->list.items[package].place = sb_arena_visible(&packages->arena, folder);
}

void sb_packages_set(const struct sb_packages_reading *reading, size_t package,
                     struct sb_span version, struct sb_span source) {
    struct sb_arena *arena = &reading->packages->arena;
    struct sb_package *one = &reading->packages->list.items[package];
    one->version = sb_arena_visible(arena, version);
    one->source = source.size ? sb_arena_visible(arena, source) : NULL;
}

size_t sb_packages_add(const struct sb_packages_reading *reading, const char *manager,
                       struct sb_span name, struct sb_span version, struct sb_span source) {
    struct sb_packages *packages = reading->packages;
    struct sb_package *package = sb_vec_push(&packages->list);
    package->manager = manager;
    package->place = "";
    package->name = sb_arena_visible(&packages->arena, name);
    sb_packages_set(reading, packages->list.count - 1, version, source);
    return packages->list.count - 1;
}

size_t sb_packages_number(const struct sb_packages_reading *reading, const char *manager,
                          struct sb_span name) {
    const struct sb_packages *packages = reading->packages;
    for (size_t i = packages->list.count; i-- > 0;)
        if (strcmp(packages->list.items[i].manager, manager) == 0 &&
            sb_span_is(name, packages->list.items[i].name))
            return i;
    return sb_packages_add(reading, manager, name, sb_span_string(""), sb_span_string(""));
}

void sb_packages_add_file(const struct sb_packages_reading *reading, size_t package,
                          struct sb_span folder, struct sb_span name) {
    struct sb_buf path = SB_BUF_INIT;
    sb_buf_append_span(&path, folder);
    if (folder.size && name.size && folder.data[folder.size - 1] != '/')
        sb_buf_append_byte(&path, '/');
    sb_buf_append_span(&path, name);
    struct sb_package_file *file = sb_vec_push(&reading->packages->files);
    file->path = sb_arena_copy(&reading->packages->arena, sb_buf_span(&path));
    file->package = package;
    sb_buf_release(&path);
}

void sb_packages_add_folder(const struct sb_packages_reading *reading, size_t package,
                            struct sb_span folder) {
    struct sb_package_file *file = sb_vec_push(&reading->packages->folders);
    file->path = sb_arena_copy(&reading->packages->arena, folder);
    file->package = package;
}

struct sb_span sb_packages_take_line(struct sb_span *text) {
    const unsigned char *end = memchr(text->data, '\n', text->size);
    struct sb_span line = sb_span_of(text->data, end ? (size_t)(end - text->data) : text->size);
    *text = sb_span_from(*text, line.size + (end != NULL));
    return line;
}

bool sb_packages_take_value(struct sb_span line, const char *key, struct sb_span *value) {
    if (!sb_span_starts(line, key))
        return false;
    *value = sb_span_from(line, strlen(key));
    while (value->size && *value->data == ' ')
        *value = sb_span_from(*value, 1);
    return true;
}

struct sb_span sb_packages_folder(struct sb_span path, struct sb_span *name) {
    size_t size = path.size;
    while (size && path.data[size - 1] != '/')
        size--;
    *name = sb_span_from(path, size);
    return sb_span_of(path.data, size);
}
