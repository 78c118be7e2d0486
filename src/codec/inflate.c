#include "codec/inflate.h"

struct sb_inflater *sb_inflater_new(bool large) {
    struct sb_inflater *inflater = large ? sb_inflater_isal() : NULL;
    return inflater ? inflater : sb_inflater_zlib();
}

void sb_inflater_reset(struct sb_inflater *inflater) {
    inflater->crc = 0;
    inflater->rest_size = 0;
    inflater->slack_bits = inflater->slack = 0;
    inflater->ops->reset(inflater);
}

enum sb_inflate_status sb_inflater_step(struct sb_inflater *inflater, struct sb_span *input,
                                        unsigned char **output, size_t *room) {
    return inflater->ops->step(inflater, input, output, room);
}

void sb_inflater_close(struct sb_inflater *inflater) {
    inflater->ops->close(inflater);
}
