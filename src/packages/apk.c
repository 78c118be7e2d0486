/* apk: lib/apk/db/installed, paragraphs of lines "X:value": P a package, V its version, o its
 * source, F a folder, R a file in the folder before (apk-tools' apk_database.c). */
#include "packages/manager.h"

int sb_packages_visit_apk(const struct sb_packages_reading *reading, struct sb_span path) {
    if (!sb_span_is(path, "lib/apk/db/installed") && !sb_span_is(path, "usr/lib/apk/db/installed"))
        return 0;
    struct sb_buf text = SB_BUF_INIT;
    int result = sb_packages_read_file(reading, path, &text);
    struct sb_span rest = sb_buf_span(&text);
    struct sb_span name = sb_span_string(""), version = name, source = name, folder = name, file;
    size_t package = SIZE_MAX;
    while (result == 0 && rest.size) {
        struct sb_span line = sb_packages_take_line(&rest);
        sb_packages_take_value(line, "P:", &name);
        sb_packages_take_value(line, "V:", &version);
        sb_packages_take_value(line, "o:", &source);
        bool files = sb_packages_take_value(line, "F:", &folder);
        if ((files || line.size == 0) && package == SIZE_MAX && name.size)
            package = sb_packages_add(reading, "apk", name, version, source);
        if (package != SIZE_MAX && sb_packages_take_value(line, "R:", &file))
            sb_packages_add_file(reading, package, folder, file);
        if (line.size == 0) {
            name = version = source = folder = sb_span_string("");
            package = SIZE_MAX;
        }
    }
    sb_buf_release(&text);
    return result;
}
