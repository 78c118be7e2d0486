#include "image/reference.h"

static const char default_host[] = "docker.io/";
static const char default_folder[] = "docker.io/library/";

/* Host, path and tag share an alphabet; upper case is for hosts and tags alone. */
static bool is_word(struct sb_span text, bool upper) {
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = text.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !strchr("._-", c) &&
            !(upper && c >= 'A' && c <= 'Z'))
            return false;
        if (c == 0)
            return false;
    }
    return text.size > 0;
}

/* Where the tag's colon or the digest's @ stands in the last component; the size without either. */
static size_t name_size(struct sb_span name) {
    for (size_t i = 0; i < name.size; i++)
        if (name.data[i] == '@')
            return i;
    for (size_t i = name.size; i-- > 0 && name.data[i] != '/';)
        if (name.data[i] == ':')
            return i;
    return name.size;
}

static bool has_host(struct sb_span path) {
    const unsigned char *slash = memchr(path.data, '/', path.size);
    if (!slash)
        return false;
    struct sb_span first = sb_span_of(path.data, (size_t)(slash - path.data));
    return memchr(first.data, '.', first.size) || memchr(first.data, ':', first.size) ||
           sb_span_is(first, "localhost");
}

static bool valid_path(struct sb_span path, bool host) {
    bool first = true;
    while (path.size) {
        const unsigned char *slash = memchr(path.data, '/', path.size);
        size_t size = slash ? (size_t)(slash - path.data) : path.size;
        struct sb_span part = sb_span_of(path.data, size);
        bool port = host && first;
        for (size_t i = 0; i < part.size && port; i++)
            if (part.data[i] == ':')
                part.size = i;
        if (!is_word(part, port) || (slash && size + 1 == path.size))
            return false;
        path = sb_span_from(path, size + 1);
        first = false;
    }
    return !first;
}

struct sb_span sb_reference_full(struct sb_arena *arena, struct sb_span name) {
    const struct sb_span none = {0};
    size_t size = name_size(name);
    struct sb_span path = sb_span_of(name.data, size), rest = sb_span_from(name, size);
    bool host = has_host(path);
    if (!valid_path(path, host) || path.size > 255)
        return none;
    if (rest.size && rest.data[0] == ':' &&
        (!is_word(sb_span_from(rest, 1), true) || rest.size > 129))
        return none;
    /* As distribution/reference completes names: the hub has an old host, and a folder of its own
     * for names without one. */
    static const char old_host[] = "index.docker.io/";
    bool old = host && sb_span_starts(path, old_host);
    if (old || (host && sb_span_starts(path, default_host))) {
        path = sb_span_from(path, (old ? sizeof old_host : sizeof default_host) - 1);
        host = false;
    }
    const char *prefix = host                                ? ""
                         : memchr(path.data, '/', path.size) ? default_host
                                                             : default_folder;
    return sb_span_string(sb_arena_printf(arena, "%s%.*s%.*s%s", prefix, SB_SPAN(path),
                                          SB_SPAN(rest), rest.size ? "" : ":latest"));
}

struct sb_span sb_reference_familiar(struct sb_span full) {

    if (sb_span_starts(full, default_folder)) {
        struct sb_span rest = sb_span_from(full, sizeof default_folder - 1);
        if (!memchr(rest.data, '/', rest.size))
            return rest;
    }
    return sb_span_starts(full, default_host) ? sb_span_from(full, sizeof default_host - 1) : full;
}

struct sb_span sb_reference_tag(struct sb_span full) {
    size_t size = name_size(full);
    return size < full.size && full.data[size] == ':' ? sb_span_from(full, size + 1)
                                                      : sb_span_of("", 0);
}
