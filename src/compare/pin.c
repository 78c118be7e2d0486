#include "compare/pin.h"

static int hash_content(const struct sb_difference_file *file, const struct sb_spool *spool,
                        struct sb_digest *digest, struct sb_error *error) {
    struct sb_input_digest reading;
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    if (sb_layer_open_content(file->layer, file->entry, spool, &input, error) < 0)
        return -1;
    sb_input_digest_init(&reading, input);
    return sb_input_digest_finish(&reading, digest, error);
}

/* One side. */
static int pin(struct sb_comparison *result, const struct sb_difference_file *file,
               const char *value, const char **pin, const struct sb_spool *spool,
               struct sb_error *error) {
    struct sb_digest digest;
    *pin = file->header ? file->header : value;
    if (!file->entry)
        return 0;
    if (hash_content(file, spool, &digest, error) < 0)
        return -1;
    char text[SB_DIGEST_TEXT];
    sb_digest_format(&digest, text);
    *pin = sb_arena_printf(&result->arena, "%s%s%s", file->header ? file->header : "",
                           file->header ? ", " : "", text);
    return 0;
}

int sb_comparison_pin(struct sb_comparison *result, const struct sb_spool *spool,
                      struct sb_error *error) {
    for (size_t i = 0; i < result->differences.count; i++) {
        struct sb_difference *item = &result->differences.items[i];
        if (pin(result, &item->file_a, item->a, &item->pin_a, spool, error) < 0 ||
            pin(result, &item->file_b, item->b, &item->pin_b, spool, error) < 0)
            return -1;
    }
    return 0;
}
