#include "image/config.h"

bool sb_config_is_empty_layer(const struct sb_json *item) {
    const struct sb_json *empty = sb_json_member(item, "empty_layer");
    return empty && empty->type == SB_JSON_TRUE;
}
