#include "image/path.h"

enum sb_path_kind sb_path_clean(struct sb_span path, struct sb_arena *arena,
                                struct sb_span *clean) {
    unsigned char *out = sb_arena_new(arena, path.size + 1);
    size_t size = 0;
    enum sb_path_kind kind = SB_PATH_PLAIN;
    for (size_t at = 0; at < path.size;) {
        size_t end = at;
        while (end < path.size && path.data[end] != '/')
            end++;
        struct sb_span part = sb_span_of(path.data + at, end - at);
        at = end + 1;
        if (part.size == 0 || sb_span_is(part, "."))
            continue;
        if (sb_span_is(part, "..")) {
            if (size == 0)
                kind = SB_PATH_ESCAPES;
            else if (kind == SB_PATH_PLAIN)
                kind = SB_PATH_DOTS;
            while (size > 0 && out[--size] != '/')
                ;
            continue;
        }
        if (size)
            out[size++] = '/';
        memcpy(out + size, part.data, part.size);
        size += part.size;
    }
    *clean = sb_span_of(out, size);
    return kind;
}

int sb_path_compare(struct sb_span a, struct sb_span b) {
    size_t common = a.size < b.size ? a.size : b.size;
    for (size_t i = 0; i < common; i++)
        if (a.data[i] != b.data[i]) {
            int x = a.data[i] == '/' ? 0 : a.data[i], y = b.data[i] == '/' ? 0 : b.data[i];
            return x - y;
        }
    return (a.size > b.size) - (a.size < b.size);
}

bool sb_path_is_below(struct sb_span path, struct sb_span folder) {
    if (folder.size == 0)
        return path.size > 0;
    return path.size > folder.size + 1 && path.data[folder.size] == '/' &&
           memcmp(path.data, folder.data, folder.size) == 0;
}

struct sb_span sb_path_base(struct sb_span path) {
    size_t at = path.size;
    while (at > 0 && path.data[at - 1] != '/')
        at--;
    return sb_span_from(path, at);
}

struct sb_span sb_path_parent(struct sb_span path) {
    size_t at = path.size;
    while (at > 0 && path.data[at - 1] != '/')
        at--;
    return sb_span_of(path.data, at ? at - 1 : 0);
}
