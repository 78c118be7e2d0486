#include "base/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

enum { BLOCK_SIZE = 16 << 10 };

struct sb_arena_block {
    struct sb_arena_block *next;
    size_t used;
    size_t capacity;
    max_align_t data[];
};

void *sb_arena_new(struct sb_arena *arena, size_t size) {
    if (size > SIZE_MAX / 2)
        SB_BUG("arena request overflows");
    size_t step = sizeof(void *);
    size = (size + step - 1) / step * step;
    struct sb_arena_block *block = arena->blocks;
    if (!block || block->capacity - block->used < size) {
        size_t capacity = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        block = sb_memory_resize(NULL, 1, sizeof *block + capacity);
        block->capacity = capacity;
        block->used = 0;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *memory = (char *)block->data + block->used;
    block->used += size;
    return memset(memory, 0, size);
}

struct sb_span sb_arena_copy(struct sb_arena *arena, struct sb_span span) {
    unsigned char *copy = sb_arena_new(arena, span.size + 1);
    if (span.size)
        memcpy(copy, span.data, span.size);
    return sb_span_of(copy, span.size);
}

char *sb_arena_printf(struct sb_arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0)
        SB_BUG("a format that vsnprintf refuses");
    char *text = sb_arena_new(arena, (size_t)size + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)size + 1, format, arguments);
    va_end(arguments);
    return text;
}

void sb_arena_reset(struct sb_arena *arena) {
    struct sb_arena_block *kept = arena->blocks;
    if (!kept)
        return;
    arena->blocks = kept->next;
    sb_arena_release(arena);
    kept->next = NULL;
    if (kept->capacity > BLOCK_SIZE) {
        free(kept);
        return;
    }
    kept->used = 0;
    arena->blocks = kept;
}

void sb_arena_release(struct sb_arena *arena) {
    while (arena->blocks) {
        struct sb_arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
}

const char *sb_arena_visible(struct sb_arena *arena, struct sb_span bytes) {
    struct sb_buf buf = SB_BUF_INIT;
    sb_buf_append_visible(&buf, bytes);
    struct sb_span copy = sb_arena_copy(arena, sb_buf_span(&buf));
    sb_buf_release(&buf);
    return (const char *)copy.data;
}
