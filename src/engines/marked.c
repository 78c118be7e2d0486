#include "engines/marked.h"

const char *sb_heading_name(enum sb_heading heading) {
    static const char *const names[] = {"source", "derived", "profile", "fact", "unexplained"};
    return names[heading];
}

static const char *keep(struct sb_marked *marked, const char *text) {
    return (const char *)sb_arena_copy(&marked->arena, sb_span_string(text ? text : "")).data;
}

void sb_marked_append(struct sb_marked *marked, enum sb_heading heading, const char *field,
                      struct sb_span bytes) {
    if (bytes.size == 0)
        return;
    struct sb_mark *mark = sb_vec_push(&marked->marks);
    mark->offset = marked->bytes.size;
    mark->size = bytes.size;
    mark->heading = heading;
    mark->entry = keep(marked, marked->entry);
    mark->field = keep(marked, field);
    sb_buf_append_span(&marked->bytes, bytes);
}

void sb_marked_text(struct sb_marked *marked, enum sb_heading heading, const char *field,
                    const char *text) {
    sb_marked_append(marked, heading, field, sb_span_string(text));
}

void sb_marked_join(struct sb_marked *marked, const struct sb_marked *other, const char *prefix) {
    const char *entry = marked->entry;
    for (size_t i = 0; i < other->marks.count; i++) {
        const struct sb_mark *mark = &other->marks.items[i];
        marked->entry = sb_arena_printf(&marked->arena, "%s%s", prefix, mark->entry);
        sb_marked_append(marked, mark->heading, mark->field,
                         sb_span_of(other->bytes.data + mark->offset, mark->size));
    }
    marked->entry = entry;
}

const struct sb_mark *sb_mark_find(const struct sb_mark *marks, size_t count, size_t offset) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct sb_mark *mark = &marks[middle];
        if (offset < mark->offset)
            high = middle;
        else if (offset >= mark->offset + mark->size)
            low = middle + 1;
        else
            return mark;
    }
    return NULL;
}

const struct sb_mark *sb_marked_at(const struct sb_marked *marked, size_t offset) {
    return sb_mark_find(marked->marks.items, marked->marks.count, offset);
}

void sb_marked_release(struct sb_marked *marked) {
    sb_buf_release(&marked->bytes);
    sb_vec_release(&marked->marks);
    sb_arena_release(&marked->arena);
}
