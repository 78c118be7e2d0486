/* Allocation that cannot fail (it aborts), and cleanup by attribute. Sizes come from the program or
 * from input already held against base/limits.h, so an allocation that fails is no answer to input.
 */
#ifndef SB_BASE_MEMORY_H
#define SB_BASE_MEMORY_H

#include <stddef.h>
#include <stdlib.h>

#define SB_CLEANUP(function) __attribute__((cleanup(function)))
#define SB_MUST_USE __attribute__((warn_unused_result))
#define SB_FORMAT(text, first) __attribute__((format(printf, text, first)))

/* Aborts with the place: for mistakes of the programmer, never for those of a user or an input. */
#define SB_BUG(what) sb_memory_bug(__FILE__, __LINE__, what)
_Noreturn void sb_memory_bug(const char *file, int line, const char *what);

/* Zeroed memory for count items of size bytes; free with free(). Aborts on overflow or exhaustion.
 */
void *sb_memory_new(size_t count, size_t size);
/* Grows what came from sb_memory_new; new bytes are not zeroed. */
void *sb_memory_resize(void *old, size_t count, size_t size);
/* A copy of size bytes with a NUL behind it. */
char *sb_memory_copy(const void *data, size_t size);
char *sb_memory_copy_string(const char *string);

/* SB_CLEANUP(sb_memory_free_at) char *name = …; */
static inline void sb_memory_free_at(void *pointer_to_pointer) {
    free(*(void **)pointer_to_pointer);
}

#endif
