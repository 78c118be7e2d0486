#include "profile/outer.h"

#include "profile/gotar.h"
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

static const char *profile_name(const struct sb_outer *outer, const struct sb_archive *archive) {
    const struct sb_outer_entry *first = outer->list.items;
    bool folders = false;
    for (size_t i = 0; i < outer->list.count; i++)
        folders = folders || first[i].type == '5';
    if (!archive->has_docker)
        return first->mode >> 12                                 ? "containers-oci-archive-4"
               : sb_json_member(archive->oci_index, "mediaType") ? "containers-oci-archive-5.8"
                                                                 : "containers-oci-archive-5";
    if (!archive->has_oci && !folders)
        return "containers-docker-archive";
    if (!archive->has_oci)
        return first->uname.size ? "docker-20.10" : "docker-17.09";
    const struct sb_outer_entry *index = sb_outer_find(outer, "index.json");
    const struct sb_outer_entry *layout = sb_outer_find(outer, "oci-layout");
    if (layout && layout->mode == 0444)
        return "docker-26-containerd";
    const struct sb_outer_entry *blobs = sb_outer_find(outer, "blobs/sha256");
    return index && index->mtime ? "docker-26" : blobs && blobs->mtime ? "docker-28" : "docker-29";
}

const struct sb_profile *sb_outer_profile(const struct sb_outer *outer,
                                          const struct sb_archive *archive) {
    return sb_profile_lookup(sb_span_string(profile_name(outer, archive)));
}
