#include "base/vec.h"

#include <string.h>

void *sb_vec_grow(void *items, size_t count, size_t *capacity, size_t size) {
    if (count == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 8;
        items = sb_memory_resize(items, *capacity, size);
    }
    memset((char *)items + count * size, 0, size);
    return items;
}
