/* What installers of languages leave beside the files: Python's NAME-VERSION.dist-info/RECORD (PEP
 * 376), npm's node_modules/NAME/package.json, Ruby's specifications/NAME-VERSION.gemspec. */
#include "packages/manager.h"
#include "json/value.h"

/* "name-1.2" with the last dash whose next is a digit. */
static bool split(struct sb_span text, struct sb_span *name, struct sb_span *version) {
    for (size_t i = text.size; i-- > 1;)
        if (text.data[i - 1] == '-' && text.data[i] >= '0' && text.data[i] <= '9') {
            *name = sb_span_of(text.data, i - 1);
            *version = sb_span_from(text, i);
            return name->size > 0;
        }
    return false;
}

int sb_packages_visit_python(const struct sb_packages_reading *reading, struct sb_span path) {
    static const char record[] = ".dist-info/RECORD";
    if (!sb_span_ends(path, record))
        return 0;
    struct sb_span title, name, version;
    struct sb_span folder =
        sb_packages_folder(sb_span_of(path.data, path.size - strlen(record)), &title);
    if (!split(title, &name, &version))
        return 0;
    struct sb_buf text = SB_BUF_INIT;
    int result = sb_packages_read_file(reading, path, &text);
    struct sb_span rest = sb_buf_span(&text);
    size_t package = sb_packages_add(reading, "pip", name, version, sb_span_string(""));
    sb_packages_place(reading, package, folder);
    while (result == 0 && rest.size) {
        struct sb_span line = sb_packages_take_line(&rest);
        const unsigned char *comma = memchr(line.data, ',', line.size);
        struct sb_span file =
            sb_span_of(line.data, comma ? (size_t)(comma - line.data) : line.size);
        if (file.size && !sb_span_starts(file, "/") && !sb_span_starts(file, "../"))
            sb_packages_add_file(reading, package, folder, file);
    }
    sb_buf_release(&text);
    return result;
}

/* …/node_modules/NAME/package.json, where NAME may be @scope/name. */
static bool is_npm_package(struct sb_span path, struct sb_span *folder, struct sb_span *name) {
    static const char file[] = "/package.json", parent[] = "node_modules/";
    if (!sb_span_ends(path, file))
        return false;
    *folder = sb_span_of(path.data, path.size - strlen(file));
    struct sb_span above = sb_packages_folder(*folder, name);
    if (above.size > 1 && !sb_span_ends(above, parent)) {
        struct sb_span scope;
        above = sb_packages_folder(sb_span_of(above.data, above.size - 1), &scope);
        if (scope.size == 0 || *scope.data != '@')
            return false;
        *name = sb_span_of(scope.data, (size_t)(folder->data + folder->size - scope.data));
    }
    return sb_span_ends(above, parent) && name->size > 0;
}

int sb_packages_visit_npm(const struct sb_packages_reading *reading, struct sb_span path) {
    struct sb_span folder, name;
    if (!is_npm_package(path, &folder, &name))
        return 0;
    struct sb_buf text = SB_BUF_INIT;
    struct sb_arena arena = SB_ARENA_INIT;
    struct sb_error ignored = SB_ERROR_INIT;
    struct sb_json *json = NULL;
    int result = sb_packages_read_file(reading, path, &text);
    if (result == 0 && text.size &&
        sb_json_parse(sb_buf_span(&text), &arena, NULL, "", &json, &ignored) == 0) {
        struct sb_span version = sb_json_string(json, "version");
        if (version.size) {
            size_t package = sb_packages_add(reading, "npm", name, version, sb_span_string(""));
            sb_packages_place(reading, package, folder);
            sb_packages_add_folder(reading, package, folder);
        }
    }
    sb_arena_release(&arena);
    sb_buf_release(&text);
    return result;
}

int sb_packages_visit_gem(const struct sb_packages_reading *reading, struct sb_span path) {
    static const char ending[] = ".gemspec", parent[] = "specifications/";
    struct sb_span title, name, version, folder = sb_packages_folder(path, &title);
    if (!sb_span_ends(title, ending) || !sb_span_ends(folder, parent) ||
        !split(sb_span_of(title.data, title.size - strlen(ending)), &name, &version))
        return 0;
    struct sb_buf gems = SB_BUF_INIT;
    sb_buf_append(&gems, folder.data, folder.size - strlen(parent));
    sb_buf_append_string(&gems, "gems/");
    sb_buf_append(&gems, title.data, title.size - strlen(ending));
    size_t package = sb_packages_add(reading, "gem", name, version, sb_span_string(""));
    sb_packages_place(reading, package, folder);
    sb_packages_add_folder(reading, package, sb_buf_span(&gems));
    sb_packages_add_file(reading, package, sb_span_string(""), path);
    sb_buf_release(&gems);
    return 0;
}
