#include "compare/encodings.h"

#include "base/limits.h"

/* "gzip by gnu-gzip at level 9", "zstd", "plain". */
static int describe(struct sb_layer *layer, const struct sb_spool *spool, uint64_t largest,
                    const struct sb_encoder *encoder, struct sb_buf *text, struct sb_error *error) {
    struct sb_fact_encoder found = {0};
    struct sb_buf stored = SB_BUF_INIT, plain = SB_BUF_INIT;
    struct sb_range tar;
    if (layer->codec == SB_CODEC_NONE) {
        sb_buf_append_string(text, "not compressed");
        return 0;
    }
    sb_buf_append_string(text, sb_codec_name(layer->codec));
    if (layer->codec == SB_CODEC_XZ || layer->codec == SB_CODEC_BZIP2)
        return 0;
    if (layer->tar_size > largest || layer->blob.size > largest) {
        sb_buf_append_string(text, " (too large to look for its encoder; -v does)");
        return 0;
    }
    int status = sb_layer_tar(layer, spool, &tar, error);
    if (status == 0)
        status = sb_range_read(tar, SB_LIMIT_HELD, &plain, error);
    if (status == 0)
        status = sb_range_read(layer->blob, SB_LIMIT_HELD, &stored, error);
    if (status == 0)
        status = sb_facts_find_encoder(&found, encoder, encoder->layer_names, sb_buf_span(&stored),
                                       sb_buf_span(&plain), false, NULL, error);
    if (status == 0)
        sb_buf_appendf(text, " by %.*s at level %u", SB_SPAN(found.name), found.level);
    else if (status > 0)
        sb_buf_append_string(text, " by none of the encoders that are installed");
    sb_buf_release(&stored);
    sb_buf_release(&plain);
    return status < 0 ? -1 : 0;
}

static int note(size_t number, struct sb_layer *a, struct sb_layer *b, const struct sb_spool *spool,
                uint64_t largest, const struct sb_encoder *encoder, struct sb_comparison *result,
                struct sb_error *error) {
    struct sb_buf x = SB_BUF_INIT, y = SB_BUF_INIT;
    int status = describe(a, spool, largest, encoder, &x, error);
    if (status == 0)
        status = describe(b, spool, largest, encoder, &y, error);
    if (status == 0)
        sb_comparison_note(result, "layer %zu is one tar in two forms: A: %s; B: %s", number,
                           sb_buf_string(&x), sb_buf_string(&y));
    sb_buf_release(&x);
    sb_buf_release(&y);
    return status;
}

int sb_compare_encodings(const struct sb_subject *a, const struct sb_subject *b, uint64_t largest,
                         const struct sb_encoder *encoder, struct sb_comparison *result,
                         struct sb_error *error) {
    size_t count = a->image->layers.count;
    if (b->image->layers.count != count)
        return 0;
    for (size_t i = 0; i < count; i++) {
        struct sb_layer *x = a->image->layers.items[i], *y = b->image->layers.items[i];
        if (!sb_digest_equal(&x->diff_id, &y->diff_id) || sb_digest_equal(&x->digest, &y->digest))
            continue;
        if (note(i + 1, x, y, a->archive->spool, largest, encoder, result, error) < 0)
            return -1;
    }
    return 0;
}
