/* The files of an archive while it is put together, and the JSON that several savers share. */
#include <stdio.h>

#include "engines/internal.h"
#include "image/path.h"

struct sb_profile_file *sb_profile_add(struct sb_profile_files *files, const char *name,
                                       unsigned char type, uint32_t mode) {
    struct sb_profile_file *file = sb_arena_new(&files->arena, sizeof *file);
    *sb_vec_push(&files->list) = file;
    file->name = sb_arena_copy(&files->arena, sb_span_string(name));
    file->type = type;
    file->mode = mode;
    file->time_heading = SB_HEADING_PROFILE;
    return file;
}

struct sb_profile_file *sb_profile_find(struct sb_profile_files *files, const char *name) {
    for (size_t i = 0; i < files->list.count; i++)
        if (sb_span_is(files->list.items[i]->name, name))
            return files->list.items[i];
    return NULL;
}

static int compare_files(const void *a, const void *b) {
    const struct sb_profile_file *const *x = a, *const *y = b;
    return sb_path_compare((*x)->name, (*y)->name);
}

void sb_profile_sort(struct sb_profile_files *files) {
    sb_vec_sort(&files->list, compare_files);
}

static int write_file(struct sb_profile_writing *writing, const struct sb_profile_file *file,
                      struct sb_marked *archive) {
    const char *name = (const char *)file->name.data;
    bool folder = file->type == '5';
    const struct sb_facts *facts = writing->facts;
    struct sb_gotar_entry entry = {
        .name = folder ? sb_span_string(sb_arena_printf(&writing->arena, "%s/", name)) : file->name,
        .link = file->link,
        .type = file->type,
        .mode = file->mode,
        .mtime = file->mtime,
        .name_heading = strpbrk(name, "/.") && strspn(name, "0123456789abcdef") >= 12
                            ? SB_HEADING_DERIVED
                            : SB_HEADING_PROFILE,
        .mode_heading = SB_HEADING_PROFILE,
        .time_heading = file->time_heading};
    if (strncmp(name, "blobs/sha256/", 13) == 0 || (folder && strlen(name) == 64))
        entry.name_heading = SB_HEADING_DERIVED;
    if (facts->profile->owner_names) {
        entry.uname = sb_facts_owner_name(facts, false, 0);
        entry.gname = sb_facts_owner_name(facts, true, 0);
    }
    if (facts->profile->type_bits)
        entry.mode |= sb_gotar_type_bits(file->type);
    archive->entry = (const char *)sb_arena_copy(&archive->arena, file->name).data;
    if (sb_gotar_header(archive, &entry, file->content.bytes.size, writing->error) < 0)
        return -1;
    struct sb_marked inner = file->content;
    for (size_t k = 0; !file->layer && k < inner.marks.count; k++)
        inner.marks.items[k].entry = name;
    sb_marked_join(archive, &inner, file->layer ? "layer.tar: " : "");
    sb_gotar_pad(archive);
    return 0;
}

int sb_profile_write_files(struct sb_profile_writing *writing, struct sb_profile_files *files,
                           struct sb_marked *archive) {
    for (size_t i = 0; i < files->list.count; i++)
        if (write_file(writing, files->list.items[i], archive) < 0)
            return -1;
    archive->entry = "end";
    sb_gotar_end(archive);
    return 0;
}

void sb_profile_release_files(struct sb_profile_files *files) {
    for (size_t i = 0; i < files->list.count; i++)
        sb_marked_release(&files->list.items[i]->content);
    sb_vec_release(&files->list);
    sb_arena_release(&files->arena);
}

struct sb_digest sb_profile_digest_of(const struct sb_marked *marked) {
    return sb_sha256_of(sb_buf_span(&marked->bytes));
}

const char *sb_profile_hex(struct sb_arena *arena, const struct sb_digest *digest) {
    char *hex = sb_arena_new(arena, 65);
    sb_digest_format_hex(digest, hex);
    return hex;
}

struct sb_json *sb_profile_digest(struct sb_arena *arena, const struct sb_digest *digest) {
    return sb_mark_string(
        arena, sb_span_string(sb_arena_printf(arena, "sha256:%s", sb_profile_hex(arena, digest))),
        SB_HEADING_DERIVED);
}

struct sb_json *sb_profile_number(struct sb_arena *arena, uint64_t number,
                                  enum sb_heading heading) {
    return sb_mark(sb_json_new_number(arena, number), heading);
}

struct sb_json *sb_profile_descriptor(struct sb_arena *arena, const char *media_type,
                                      const struct sb_digest *digest, uint64_t size) {
    struct sb_json *descriptor = sb_json_new(arena, SB_JSON_OBJECT);
    sb_json_add_string(arena, descriptor, "mediaType", sb_span_string(media_type));
    sb_json_add(descriptor, "digest", sb_profile_digest(arena, digest));
    sb_json_add(descriptor, "size", sb_profile_number(arena, size, SB_HEADING_DERIVED));
    return descriptor;
}

struct sb_json *sb_profile_tags(struct sb_arena *arena, const struct sb_fact_image *image) {
    struct sb_json *tags = sb_json_new(arena, image->names_null ? SB_JSON_NULL : SB_JSON_ARRAY);
    if (image->names_null)
        return sb_mark(tags, SB_HEADING_FACT);
    for (size_t i = 0; i < image->names.count; i++)
        sb_json_append(tags, sb_mark_string(arena, image->names.items[i], SB_HEADING_FACT));
    return tags;
}

static size_t colon_of(struct sb_span name) {
    size_t colon = name.size;
    while (colon > 0 && name.data[colon - 1] != ':')
        colon--;
    return colon;
}

struct sb_span sb_profile_tag(struct sb_span name) {
    return sb_span_from(name, colon_of(name));
}

void sb_profile_add_repositories(struct sb_arena *arena, struct sb_json *all,
                                 const struct sb_fact_image *image, struct sb_span id) {
    for (size_t i = 0; i < image->names.count; i++) {
        struct sb_span name = image->names.items[i];
        size_t colon = colon_of(name);
        const char *repository =
            sb_arena_printf(arena, "%.*s", colon ? (int)colon - 1 : 0, (const char *)name.data);
        struct sb_json *tags = sb_json_member(all, repository);
        if (!tags) {
            tags = sb_mark(sb_json_new(arena, SB_JSON_OBJECT), SB_HEADING_FACT);
            sb_json_add(all, repository, tags);
        }
        sb_json_add(tags, (const char *)sb_arena_copy(arena, sb_profile_tag(name)).data,
                    sb_mark_string(arena, id, SB_HEADING_DERIVED));
    }
}

void sb_profile_write_repositories(struct sb_marked *out, struct sb_json *all, bool new_line) {
    sb_mark(all, SB_HEADING_FACT);
    sb_json_sort(all);
    for (struct sb_json *tags = all->first; tags; tags = tags->next)
        sb_json_sort(tags);
    sb_marked_json(out, all, 0);
    if (new_line)
        sb_marked_text(out, SB_HEADING_PROFILE, "repositories", "\n");
}

const char *sb_profile_blob_name(struct sb_arena *arena, const struct sb_digest *digest) {
    return sb_arena_printf(arena, "blobs/sha256/%s", sb_profile_hex(arena, digest));
}

struct sb_profile_file *sb_profile_add_blob(struct sb_profile_files *files,
                                            const struct sb_marked *content, uint32_t mode,
                                            struct sb_digest *digest) {
    *digest = sb_profile_digest_of(content);
    const char *path = sb_profile_blob_name(&files->arena, digest);
    if (sb_profile_find(files, path))
        return NULL;
    struct sb_profile_file *file = sb_profile_add(files, path, '0', mode);
    sb_marked_join(&file->content, content, "");
    return file;
}

void sb_profile_add_compressed(struct sb_profile_files *files, const struct sb_profile_layer *layer,
                               uint32_t mode) {
    struct sb_marked blob = SB_MARKED_INIT;
    struct sb_digest digest;
    sb_marked_append(&blob, SB_HEADING_DERIVED, "compressed layer", sb_buf_span(&layer->blob));
    sb_profile_add_blob(files, &blob, mode, &digest);
    sb_marked_release(&blob);
}

struct sb_json *sb_profile_blob_path(struct sb_arena *arena, const struct sb_digest *digest) {
    struct sb_json *path = sb_mark_parts(arena);
    sb_mark_part(arena, path, sb_span_string("blobs/sha256/"), SB_HEADING_PROFILE);
    sb_mark_part(arena, path, sb_span_string(sb_profile_hex(arena, digest)), SB_HEADING_DERIVED);
    return path;
}

/* A first part with a dot or a colon, or localhost, is a registry (distribution/reference). */
static bool names_registry(struct sb_span name) {
    const unsigned char *slash = memchr(name.data, '/', name.size);
    struct sb_span first = sb_span_of(name.data, slash ? (size_t)(slash - name.data) : 0);
    return slash && (memchr(first.data, '.', first.size) || memchr(first.data, ':', first.size) ||
                     sb_span_is(first, "localhost"));
}

static struct sb_json *full_name(struct sb_arena *arena, struct sb_span name) {
    struct sb_json *full = sb_mark_parts(arena);
    if (!names_registry(name))
        sb_mark_part(
            arena, full,
            sb_span_string(memchr(name.data, '/', name.size) ? "docker.io/" : "docker.io/library/"),
            SB_HEADING_PROFILE);
    sb_mark_part(arena, full, name, SB_HEADING_FACT);
    return full;
}

void sb_profile_add_descriptors(struct sb_arena *arena, struct sb_json *list,
                                const struct sb_fact_image *image, const char *media_type,
                                const struct sb_digest *digest, uint64_t size) {
    size_t count = image->names.count;
    for (size_t i = 0; i < (count ? count : 1); i++) {
        struct sb_json *descriptor = sb_profile_descriptor(arena, media_type, digest, size);
        if (count) {
            struct sb_span name = image->names.items[i];
            struct sb_json *annotations = sb_json_new(arena, SB_JSON_OBJECT);
            sb_json_add(annotations, "io.containerd.image.name", full_name(arena, name));
            sb_json_add(annotations, "org.opencontainers.image.ref.name",
                        sb_mark_string(arena, sb_profile_tag(name), SB_HEADING_FACT));
            sb_json_add(descriptor, "annotations", annotations);
        }
        sb_json_append(list, descriptor);
    }
}
