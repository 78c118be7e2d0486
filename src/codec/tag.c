#include "codec/tag.h"

void sb_tagger_init(struct sb_tagger *tagger, const struct sb_tag_key *key) {
    umac96_set_key(&tagger->context, key->bytes);
}

int sb_tagger_read(struct sb_tagger *tagger, struct sb_input *input, struct sb_tag *tag,
                   struct sb_error *error) {
    /* One nonce for all, so that equal contents get equal tags; nobody sees them. */
    static const unsigned char nonce[16];
    umac96_set_nonce(&tagger->context, sizeof nonce, nonce);
    for (;;) {
        struct sb_span bytes;
        int status = sb_input_peek(input, &bytes, error);
        if (status < 0)
            return -1;
        if (status > 0)
            break;
        umac96_update(&tagger->context, bytes.size, bytes.data);
        sb_input_consume(input, bytes.size);
    }
    umac96_digest(&tagger->context, sizeof tag->bytes, tag->bytes);
    return 0;
}
