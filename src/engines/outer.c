#include "engines/outer.h"

#include "engines/gotar.h"
#include "tar/reader.h"

/* Whether Go's writer makes this header of what it says. */
static bool is_go_header(const struct sb_tar_entry *entry) {
    struct sb_marked made = SB_MARKED_INIT;
    struct sb_gotar_entry own = {.name = entry->name,
                                 .link = entry->link,
                                 .type = entry->type,
                                 .mode = entry->mode,
                                 .mtime = entry->mtime,
                                 .uname = entry->uname,
                                 .gname = entry->gname};
    bool same = entry->uid == 0 && entry->gid == 0 &&
                sb_gotar_header(&made, &own, entry->size, NULL) == 0 &&
                sb_span_equal(sb_buf_span(&made.bytes), entry->raw);
    sb_marked_release(&made);
    return same;
}

int sb_outer_read(struct sb_outer *outer, struct sb_archive *archive, struct sb_error *error) {
    struct sb_tar_reader reader;
    struct sb_tar_entry entry;
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    if (sb_range_open(archive->peeled.bytes, &input, error) < 0)
        return -1;
    sb_tar_reader_init(&reader, input, NULL, "archive");
    int status;
    while ((status = sb_tar_reader_next(&reader, &entry, error)) == 0) {
        struct sb_outer_entry *own = sb_vec_push(&outer->list);
        struct sb_span name = entry.name;
        while (name.size && name.data[name.size - 1] == '/')
            name.size--;
        own->name = sb_arena_copy(&outer->arena, name);
        own->link = sb_arena_copy(&outer->arena, entry.link);
        own->uname = sb_arena_copy(&outer->arena, entry.uname);
        own->gname = sb_arena_copy(&outer->arena, entry.gname);
        own->type = entry.type;
        own->mode = entry.mode;
        own->mtime = entry.mtime;
        own->size = entry.size;
        own->plain = is_go_header(&entry);
    }
    outer->end_size = reader.end_size;
    sb_tar_reader_release(&reader);
    return status < 0 ? -1 : 0;
}

void sb_outer_release(struct sb_outer *outer) {
    sb_vec_release(&outer->list);
    sb_arena_release(&outer->arena);
}

const struct sb_outer_entry *sb_outer_find(const struct sb_outer *outer, const char *name) {
    for (size_t i = 0; i < outer->list.count; i++)
        if (sb_span_is(outer->list.items[i].name, name))
            return &outer->list.items[i];
    return NULL;
}
