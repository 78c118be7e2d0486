#include "canon/layer.h"

#include "tar/header.h"
#include "tar/writer.h"

const struct sb_canon_root sb_canon_root_initial = {0755, 0, 0, NULL, 0};

void sb_canon_set_header(struct sb_tar_entry *header, struct sb_arena *arena,
                         const struct sb_entry *entry, const struct sb_pass_options *options) {
    *header = (struct sb_tar_entry){
        .name = entry->path,
        .link = entry->link,
        .type = entry->type,
        .mode = entry->mode,
        .uid = entry->uid,
        .gid = entry->gid,
        .size = entry->size,
        .devmajor = entry->devmajor,
        .devminor = entry->devminor,
        .xattrs = entry->xattrs,
        .xattr_count = entry->xattr_count,
    };
    if (entry->type == '5')
        header->name = sb_span_string(
            sb_arena_printf(arena, "%.*s/", (int)(entry->path.size ? entry->path.size : 1),
                            entry->path.size ? (const char *)entry->path.data : "."));
    if (sb_pass_is_on(options, SB_PASS_OWNER_IDS))
        header->uid = header->gid = 0;
    if (!sb_pass_is_on(options, SB_PASS_FILE_TIMESTAMPS))
        header->mtime = entry->mtime;
    if (!sb_pass_is_on(options, SB_PASS_FILE_MODE_REDUNDANT_BITS))
        header->mode = entry->full_mode;
    if (!sb_pass_is_on(options, SB_PASS_OWNER_NAMES)) {
        header->uname = entry->uname;
        header->gname = entry->gname;
    }
    if (!sb_pass_is_on(options, SB_PASS_SELINUX_XATTRS) && entry->selinux) {
        struct sb_tar_xattr *all = sb_arena_new(arena, (entry->xattr_count + 1) * sizeof *all);
        size_t at = 0, count = 0;
        while (at < entry->xattr_count &&
               sb_span_compare(entry->xattrs[at].name, entry->selinux->name) < 0)
            all[count++] = entry->xattrs[at++];
        all[count++] = *entry->selinux;
        while (at < entry->xattr_count)
            all[count++] = entry->xattrs[at++];
        header->xattrs = all;
        header->xattr_count = count;
    }
}

void sb_canon_set_name_of(struct sb_tar_entry *header, struct sb_arena *arena,
                          const struct sb_entry *file, struct sb_span path,
                          const struct sb_span *first, const struct sb_pass_options *options) {
    struct sb_entry name = *file;
    name.path = path;
    if (first) {
        name.type = '1';
        name.link = *first;
        name.size = 0;
        name.xattr_count = 0;
        name.selinux = NULL;
    }
    sb_canon_set_header(header, arena, &name, options);
}

static bool root_changes(const struct sb_tar_entry *header, struct sb_canon_root *root) {
    bool same =
        header->mode == root->mode && header->uid == root->uid && header->gid == root->gid &&
        header->mtime == 0 && header->uname.size == 0 && header->gname.size == 0 &&
        sb_tar_xattrs_equal(header->xattrs, header->xattr_count, root->xattrs, root->xattr_count);
    *root = (struct sb_canon_root){header->mode, (uint32_t)header->uid, (uint32_t)header->gid,
                                   header->xattrs, header->xattr_count};
    return !same;
}

static void count_passes(const struct sb_layer *layer, const struct sb_pass_options *options,
                         uint64_t *counts) {
    const struct sb_layer_facts *facts = &layer->facts;
    if (!counts)
        return;
    const struct {
        enum sb_pass pass;
        uint64_t count;
    } rows[] = {
        {SB_PASS_FILE_TIMESTAMPS, facts->timed},
        {SB_PASS_OWNER_NAMES, facts->named_owners},
        {SB_PASS_FILE_MODE_REDUNDANT_BITS, facts->type_bits},
        {SB_PASS_TAR_FORMAT,
         facts->foreign_headers + (facts->end_size != (uint64_t)2 * SB_TAR_BLOCK)},
        {SB_PASS_CANONICAL_PATHS, facts->unclean_paths},
        {SB_PASS_FILE_ORDER, facts->unsorted},
        {SB_PASS_SELINUX_XATTRS, facts->selinux},
        {SB_PASS_COMPRESSION, layer->codec != SB_CODEC_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (sb_pass_is_on(options, rows[i].pass))
            counts[rows[i].pass] += rows[i].count;
    if (sb_pass_is_on(options, SB_PASS_OWNER_IDS))
        for (size_t i = 0; i < layer->entries.count; i++)
            counts[SB_PASS_OWNER_IDS] += layer->entries.items[i].uid || layer->entries.items[i].gid;
}

void sb_canon_layer_make(struct sb_canon_layer *canonical, struct sb_layer *layer,
                         const struct sb_pass_options *options, struct sb_canon_root *root,
                         uint64_t *counts) {
    /* By the order of a file: its first name in the canonical order. */
    const struct sb_entry **first = sb_memory_new(layer->read, sizeof *first);
    for (size_t i = 0; i < layer->entries.count; i++) {
        const struct sb_entry *entry = &layer->entries.items[i];
        const struct sb_entry *file = sb_layer_file_of(layer, entry);
        if (sb_pass_excludes(options, entry->path)) {
            *sb_vec_push(&canonical->excluded) = entry->path;
            continue;
        }
        bool carries = !first[file->order];
        if (carries)
            first[file->order] = entry;
        struct sb_canon_item item = {.layer = layer, .entry = entry};
        sb_canon_set_name_of(&item.header, &canonical->arena, file, entry->path,
                             carries ? NULL : &first[file->order]->path, options);
        item.content = carries && file->type == '0' ? file : NULL;
        if (counts && item.header.type != entry->type)
            counts[SB_PASS_HARD_LINKS]++;
        if (entry->path.size == 0 && !root_changes(&item.header, root))
            continue;
        *sb_vec_push(&canonical->items) = item;
    }
    canonical->source = layer;
    count_passes(layer, options, counts);
    free(first);
}

static int write_item(const struct sb_canon_item *item, const struct sb_spool *spool,
                      struct sb_output *output, struct sb_error *error) {
    struct sb_buf header = SB_BUF_INIT;
    sb_tar_write_header(&header, &item->header);
    int status = sb_output_append(output, sb_buf_span(&header), error);
    sb_buf_release(&header);
    if (status < 0 || item->header.type != '0')
        return status;
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    if (item->content)
        status = sb_layer_open_content(item->layer, item->content, spool, &input, error);
    else
        status = sb_range_open(item->range, &input, error);
    uint64_t begin = output->position;
    if (status < 0 || sb_output_copy(output, input, error) < 0)
        return -1;
    if (output->position - begin != item->header.size)
        return sb_error_set(error, SB_ERROR_SYSTEM, "%.*s: its size changed while it was read",
                            (int)item->header.name.size, (const char *)item->header.name.data);
    return sb_tar_write_padding(output, item->header.size, error);
}

int sb_canon_layer_write(const struct sb_canon_layer *canonical, const struct sb_spool *spool,
                         struct sb_output *output, struct sb_error *error) {
    for (size_t i = 0; i < canonical->items.count; i++)
        if (write_item(&canonical->items.items[i], spool, output, error) < 0)
            return -1;
    return sb_tar_write_end(output, error);
}

int sb_canon_layer_hash(struct sb_canon_layer *canonical, const struct sb_spool *spool,
                        struct sb_error *error) {
    struct sb_output_digest digest;
    sb_output_digest_init(&digest, NULL);
    if (sb_canon_layer_write(canonical, spool, &digest.base, error) < 0)
        return -1;
    canonical->size = digest.base.position;
    canonical->digest = sb_sha256_final(&digest.hash);
    return 0;
}

void sb_canon_layer_release(struct sb_canon_layer *canonical) {
    sb_vec_release(&canonical->items);
    sb_vec_release(&canonical->excluded);
    sb_arena_release(&canonical->arena);
}
