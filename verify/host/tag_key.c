#include "host/tag_key.h"

#include <stdbool.h>
#include <sys/random.h>

#include "base/memory.h"

const struct sb_tag_key *tag_key(void) {
    static struct sb_tag_key key;
    static bool made;
    if (!made && getrandom(key.bytes, sizeof key.bytes, 0) != (ssize_t)sizeof key.bytes)
        SB_BUG("getrandom");
    made = true;
    return &key;
}
