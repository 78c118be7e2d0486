/* Typed growable arrays. Declare with SB_VEC(type), grow with sb_vec_push, free with
 * sb_vec_release; items are plain memory at .items[0 … .count-1]. */
#ifndef SB_BASE_VEC_H
#define SB_BASE_VEC_H

#include "base/memory.h"

#define SB_VEC(type)                                                                               \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count;                                                                              \
        size_t capacity;                                                                           \
    }

/* A pointer to a new zeroed last item. */
#define sb_vec_push(vec)                                                                           \
    ((vec)->items =                                                                                \
         sb_vec_grow((vec)->items, (vec)->count, &(vec)->capacity, sizeof *(vec)->items),          \
     (vec)->count++, &(vec)->items[(vec)->count - 1])

#define sb_vec_release(vec)                                                                        \
    (free((vec)->items), (vec)->items = NULL, (vec)->count = 0, (vec)->capacity = 0)

#define sb_vec_sort(vec, compare)                                                                  \
    ((vec)->count ? qsort((vec)->items, (vec)->count, sizeof *(vec)->items, (compare)) : (void)0)

void *sb_vec_grow(void *items, size_t count, size_t *capacity, size_t size);

#endif
