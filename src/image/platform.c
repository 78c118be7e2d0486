/* Platforms as containerd normalises them (github.com/containerd/platforms, database.go). */
#include "base/buf.h"
#include "image/internal.h"

static const struct {
    const char *name, *normal, *variant; /* variant: NULL: as it is said */
} architectures[] = {
    {"i386", "386", ""},        {"x86_64", "amd64", NULL}, {"x86-64", "amd64", NULL},
    {"aarch64", "arm64", NULL}, {"armhf", "arm", "v7"},    {"armel", "arm", "v6"},
};

static void lower(struct sb_span text, char *word, size_t size) {
    size_t used = 0;
    for (; used < text.size && used + 1 < size; used++) {
        unsigned char c = text.data[used];
        word[used] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    word[used] = '\0';
}

static const char *normal_os(char *os) {
    return strcmp(os, "macos") == 0 ? "darwin" : os;
}

/* Sets variant where the name of the architecture decides it. */
static const char *normal_architecture(char *architecture, const char **variant) {
    const char *normal = architecture;
    for (size_t i = 0; i < sizeof architectures / sizeof *architectures; i++)
        if (strcmp(architecture, architectures[i].name) == 0) {
            normal = architectures[i].normal;
            if (architectures[i].variant)
                *variant = architectures[i].variant;
        }
    bool arm64 = strcmp(normal, "arm64") == 0;
    if (arm64 && (strcmp(*variant, "8") == 0 || strcmp(*variant, "v8") == 0 ||
                  strcmp(*variant, "v8.0") == 0))
        *variant = "";
    if (strcmp(normal, "amd64") == 0 && strcmp(*variant, "v1") == 0)
        *variant = "";
    if (strcmp(normal, "arm") == 0 && (strcmp(*variant, "") == 0 || strcmp(*variant, "7") == 0))
        *variant = "v7";
    if (strcmp(normal, "arm") == 0 && strlen(*variant) == 1)
        *variant = strcmp(*variant, "5") == 0   ? "v5"
                   : strcmp(*variant, "6") == 0 ? "v6"
                   : strcmp(*variant, "8") == 0 ? "v8"
                                                : *variant;
    return normal;
}

bool sb_platform_same(struct sb_span a, struct sb_span b) {
    char x[64], y[64];
    const char *ignored = "";
    if (a.size >= sizeof x || b.size >= sizeof y)
        return sb_span_equal(a, b);
    lower(a, x, sizeof x);
    lower(b, y, sizeof y);
    return strcmp(normal_os(x), normal_os(y)) == 0 ||
           strcmp(normal_architecture(x, &ignored), normal_architecture(y, &ignored)) == 0;
}

char *sb_image_platform(const struct sb_json *object) {
    struct sb_buf text = SB_BUF_INIT;
    struct sb_span version = sb_json_string(object, "os.version");
    char os[64], architecture[64], said[64];
    lower(sb_json_string(object, "os"), os, sizeof os);
    lower(sb_json_string(object, "architecture"), architecture, sizeof architecture);
    lower(sb_json_string(object, "variant"), said, sizeof said);
    const char *variant = said, *normal = normal_architecture(architecture, &variant);
    sb_buf_append_visible(&text, sb_span_string(*os ? normal_os(os) : "linux"));
    sb_buf_append_byte(&text, '/');
    sb_buf_append_visible(&text, sb_span_string(*normal ? normal : "?"));
    if (*variant) {
        sb_buf_append_byte(&text, '/');
        sb_buf_append_visible(&text, sb_span_string(variant));
    }
    if (version.size) {
        sb_buf_append_byte(&text, ':');
        sb_buf_append_visible(&text, version);
    }
    return sb_buf_detach(&text);
}
