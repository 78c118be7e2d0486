/* What the savers share: how they call their entries, and how they say what shows them. */
#include "engines/internal.h"

void sb_fingerprint_say(struct sb_fingerprint *fingerprint, const char *format, const char *text) {
    *sb_vec_push(&fingerprint->evidence) = sb_arena_printf(&fingerprint->arena, format, text);
}

size_t sb_saver_hex_digits(const char *text) {
    return strspn(text, "0123456789abcdef");
}

bool sb_saver_names_blobs(const char *name, unsigned char type) {
    if (strcmp(name, "blobs") == 0 || strcmp(name, "blobs/sha256") == 0)
        return type == '5';
    bool blob = strncmp(name, "blobs/sha256/", 13) == 0 && sb_saver_hex_digits(name + 13) == 64 &&
                strlen(name) == 77;
    return type == '0' && (blob || strcmp(name, "oci-layout") == 0);
}
