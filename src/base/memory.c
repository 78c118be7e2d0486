#include "base/memory.h"

#include <stdint.h>
#include <string.h>

/* abort() alone says nothing, and the library prints nothing: the place is left in a variable that
 * a debugger or a core file shows. */
_Noreturn void sb_memory_bug(const char *file, int line, const char *what) {
    const char *volatile kept_file = file;
    const char *volatile kept_what = what;
    volatile int kept_line = line;
    (void)kept_file;
    (void)kept_what;
    (void)kept_line;
    abort();
}

void *sb_memory_new(size_t count, size_t size) {
    void *memory = calloc(count ? count : 1, size ? size : 1);
    if (!memory)
        SB_BUG("out of memory");
    return memory;
}

void *sb_memory_resize(void *old, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size)
        SB_BUG("allocation size overflows");
    size_t bytes = count * size;
    void *memory = realloc(old, bytes != 0 ? bytes : 1);
    if (!memory)
        SB_BUG("out of memory");
    return memory;
}

char *sb_memory_copy(const void *data, size_t size) {
    char *copy = sb_memory_new(size + 1, 1);
    if (size)
        memcpy(copy, data, size);
    return copy;
}

char *sb_memory_copy_string(const char *string) {
    return sb_memory_copy(string, strlen(string));
}
