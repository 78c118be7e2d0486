#include "canon/layer.h"

#include "tar/header.h"
#include "tar/writer.h"

const struct sb_canon_root sb_canon_root_initial = {0755, 0, 0, NULL, 0};

struct sb_canon_made *sb_canon_layer_add(struct sb_canon_layer *canonical) {
    struct sb_canon_made *made = sb_arena_new(&canonical->arena, sizeof *made);
    sb_vec_push(&canonical->items)->made = made;
    return made;
}

/* The names of one file share all that its entry says; a name that does not carry the data is a
 * hard link to the one that does. */
static struct sb_tar_entry header_of(const struct sb_layer *layer, const struct sb_entry *entry,
                                     const struct sb_entry *first,
                                     const struct sb_pass_options *options) {
    const struct sb_entry *file = sb_layer_file_of(layer, entry);
    const struct sb_entry_extra *extra = file->extra;
    struct sb_tar_entry header = {
        .name = entry->path,
        .link = first ? first->path : extra->link,
        .type = first ? '1' : file->type,
        .mode =
            sb_pass_is_on(options, SB_PASS_FILE_MODE_REDUNDANT_BITS) ? file->mode : file->full_mode,
        .size = first ? 0 : file->size,
        .devmajor = extra->devmajor,
        .devminor = extra->devminor,
    };
    if (!sb_pass_is_on(options, SB_PASS_OWNER_IDS)) {
        header.uid = file->uid;
        header.gid = file->gid;
    }
    if (!sb_pass_is_on(options, SB_PASS_FILE_TIMESTAMPS)) {
        header.mtime = file->mtime;
        header.nanoseconds = file->nanoseconds;
    }
    if (!sb_pass_is_on(options, SB_PASS_OWNER_NAMES)) {
        header.uname = file->names->uname;
        header.gname = file->names->gname;
    }
    unsigned with = (sb_pass_is_on(options, SB_PASS_SELINUX_XATTRS) ? 0u : SB_WITH_SELINUX) +
                    (sb_pass_is_on(options, SB_PASS_OVERLAY_XATTRS) ? 0u : SB_WITH_OVERLAY);
    /* A link has them, too: the chown for its entry clears a capability. */
    header.xattrs = extra->sets ? extra->sets->list[with] : extra->xattrs;
    header.xattr_count = extra->sets ? extra->sets->count[with] : extra->xattr_count;
    return header;
}

struct sb_tar_entry sb_canon_item_header(const struct sb_canon_layer *canonical,
                                         const struct sb_canon_item *item) {
    return item->layer ? header_of(item->layer, item->entry, item->first, canonical->options)
                       : item->made->header;
}

const struct sb_entry *sb_canon_item_content(const struct sb_canon_item *item) {
    const struct sb_entry *file = item->layer ? sb_layer_file_of(item->layer, item->entry) : NULL;
    return file && !item->first && file->type == '0' ? file : NULL;
}

int sb_canon_item_open(const struct sb_canon_item *item, const struct sb_spool *spool,
                       struct sb_input **input, struct sb_error *error) {
    const struct sb_entry *content = sb_canon_item_content(item);
    return content ? sb_layer_open_content(item->layer, content, spool, input, error)
                   : sb_range_open(item->made->content, input, error);
}

bool sb_canon_root_is(const struct sb_canon_root *root, const struct sb_tar_entry *header) {
    return header->mode == root->mode && header->uid == root->uid && header->gid == root->gid &&
           header->mtime == 0 && header->nanoseconds == 0 && header->uname.size == 0 &&
           header->gname.size == 0 &&
           sb_tar_xattrs_equal(header->xattrs, header->xattr_count, root->xattrs,
                               root->xattr_count);
}

static bool root_changes(const struct sb_tar_entry *header, struct sb_canon_root *root) {
    bool same = sb_canon_root_is(root, header);
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
        {SB_PASS_OVERLAY_XATTRS, facts->overlay},
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
    /* By the order of a file that has links: its first name in the canonical order. */
    const struct sb_entry **first =
        sb_memory_new(layer->hard_links ? layer->read : 0, sizeof *first);
    canonical->options = options;
    for (size_t i = 0; i < layer->entries.count; i++) {
        const struct sb_entry *entry = &layer->entries.items[i];
        struct sb_canon_item item = {.layer = layer, .entry = entry};
        if (sb_pass_excludes(options, entry->path)) {
            *sb_vec_push(&canonical->excluded) = entry->path;
            continue;
        }
        if (layer->hard_links) {
            size_t file = sb_layer_file_of(layer, entry)->order;
            item.first = first[file];
            if (!item.first)
                first[file] = entry;
        }
        struct sb_tar_entry header = header_of(layer, entry, item.first, options);
        if (counts && header.type != entry->type)
            counts[SB_PASS_HARD_LINKS]++;
        if (entry->path.size == 0 && !root_changes(&header, root))
            continue;
        *sb_vec_push(&canonical->items) = item;
    }
    canonical->source = layer;
    count_passes(layer, options, counts);
    free(first);
}

/* A folder's name is written with a slash, the root's as "./". */
static void append_header(struct sb_buf *buf, struct sb_tar_entry header) {
    struct sb_buf name = SB_BUF_INIT;
    if (header.type == '5') {
        sb_buf_append_span(&name, header.name);
        sb_buf_append_string(&name, header.name.size ? "/" : "./");
        header.name = sb_buf_span(&name);
    }
    sb_tar_write_header(buf, &header);
    sb_buf_release(&name);
}

static int write_item(const struct sb_canon_layer *canonical, const struct sb_canon_item *item,
                      const struct sb_spool *spool, struct sb_output *output,
                      struct sb_error *error) {
    struct sb_tar_entry header = sb_canon_item_header(canonical, item);
    struct sb_buf block = SB_BUF_INIT;
    append_header(&block, header);
    int status = sb_output_append(output, sb_buf_span(&block), error);
    sb_buf_release(&block);
    if (status < 0 || header.type != '0')
        return status;
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    uint64_t begin = output->position;
    if (sb_canon_item_open(item, spool, &input, error) < 0 ||
        sb_output_copy(output, input, error) < 0)
        return -1;
    if (output->position - begin != header.size)
        return sb_error_set(error, SB_ERROR_SYSTEM, "%.*s: its size changed while it was read",
                            SB_SPAN(header.name));
    return sb_tar_write_padding(output, header.size, error);
}

int sb_canon_layer_write(const struct sb_canon_layer *canonical, const struct sb_spool *spool,
                         struct sb_output *output, struct sb_error *error) {
    struct sb_layer *layer = canonical->items.count ? canonical->items.items[0].layer : NULL;
    struct sb_range tar;
    if (canonical->source && canonical->source->absent)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "%s: it is not in the archive (its type allows that), and the "
                            "canonical form needs it",
                            canonical->source->name);
    /* All of its contents are wanted: it is decoded once. */
    if (layer && layer == canonical->source && sb_layer_tar(layer, spool, &tar, error) < 0)
        return -1;
    for (size_t i = 0; i < canonical->items.count; i++)
        if (write_item(canonical, &canonical->items.items[i], spool, output, error) < 0)
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
