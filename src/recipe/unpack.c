/* ADD of an archive: its entries go into the target as engines unpack them, read by the layers'
 * reader. Nothing is unpacked to disk; contents are read out of the archive each time. */
#include "codec/peel.h"
#include "image/layer.h"
#include "image/path.h"
#include "recipe/copy.h"
#include "tar/header.h"

/* The content of a file in an archive. */
struct content {
    struct sb_source base;
    struct sb_layer *layer;
    const struct sb_entry *entry;
    const struct sb_spool *spool;
};

static int content_open(struct sb_source *source, uint64_t offset, uint64_t size,
                        struct sb_input **input, struct sb_error *error) {
    struct content *content = (struct content *)source;
    if (sb_layer_open_content(content->layer, content->entry, content->spool, input, error) < 0)
        return -1;
    (void)size; /* all of a file is read, or its beginning */
    if (offset == 0 || sb_input_skip(*input, offset, NULL, error) == 0)
        return 0;
    sb_input_close(*input);
    return -1;
}

static void content_close(struct sb_source *source) {
    free(source);
}

static struct sb_range content_of(struct sb_copy *copy, struct sb_layer *layer,
                                  const struct sb_entry *file) {
    static const struct sb_source_ops ops = {content_open, content_close};
    struct content *content = sb_memory_new(1, sizeof *content);
    content->base.ops = &ops;
    content->base.size = file->size;
    content->layer = layer;
    content->entry = file;
    content->spool = copy->plan->request.spool;
    *sb_vec_push(&copy->plan->context.sources) = &content->base;
    return sb_range_whole(&content->base);
}

/* What this builder unpacks, of archives that are compressed. */
static bool unpacks(const struct sb_builder *builder, enum sb_codec codec) {
    return codec == SB_CODEC_XZ     ? builder->unpacks_xz
           : codec == SB_CODEC_ZSTD ? builder->unpacks_zstd
                                    : true;
}

/* Whether a compressed file holds a tar, as Go's reader takes one. */
static int holds_tar(struct sb_range content, enum sb_codec codec, bool *holds,
                     struct sb_error *error) {
    unsigned char block[SB_TAR_BLOCK];
    struct sb_error broken;
    size_t got;
    struct sb_input *raw;
    if (sb_range_open(content, &raw, error) < 0)
        return -1;
    SB_CLEANUP(sb_input_close_at)
    struct sb_input *decoded = sb_codec_open(codec, raw, 0, NULL, "");
    *holds = sb_input_read(decoded, block, sizeof block, &got, &broken) == 0 &&
             got == sizeof block && sb_tar_checksum_matches(block);
    return 0;
}

/* Whether ADD takes the file for an archive. */
static int is_archive(const struct sb_copy *copy, struct sb_range content, bool *archive,
                      struct sb_error *error) {
    unsigned char beginning[SB_TAR_BLOCK];
    size_t got;
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    *archive = false;
    if (sb_range_open(content, &input, error) < 0 ||
        sb_input_read(input, beginning, sizeof beginning, &got, error) < 0)
        return -1;
    if (!sb_peel_is_archive(sb_span_of(beginning, got)))
        return 0;
    enum sb_codec codec = sb_codec_recognise(sb_span_of(beginning, got));
    *archive = true;
    if (!sb_codec_compresses(codec))
        return 0;
    *archive = unpacks(copy->plan->builder, codec);
    return *archive ? holds_tar(content, codec, archive, error) : 0;
}

static int unbuilt(struct sb_error *error, const struct sb_entry *entry, const char *what) {
    return sb_error_set(error, SB_ERROR_UNBUILT,
                        "'%.*s' in the archive %s, which is not built natively",
                        SB_SPAN(entry->path), what);
}

/* What an engine would write through a link, or into its own machine. */
static int check_entry(const struct sb_copy *copy, const struct sb_entry *entry,
                       struct sb_span path, struct sb_error *error) {
    for (size_t i = 0; i < path.size; i++) {
        const struct sb_plan_entry *above =
            path.data[i] == '/' ? sb_plan_entry_at(copy->plan, sb_span_of(path.data, i)) : NULL;
        if (above && above->type != '5')
            return unbuilt(error, entry, "lies below a link");
    }
    for (uint32_t i = 0; i < entry->extra->xattr_count; i++)
        if (sb_span_is(entry->extra->xattrs[i].name, "security.capability"))
            return unbuilt(error, entry, "has a capability");
    if (entry->extra->sparse)
        return unbuilt(error, entry, "is sparse");
    bool whiteout = entry->type == '3' && !entry->extra->devmajor && !entry->extra->devminor;
    if ((entry->type == '3' || entry->type == '4') && !whiteout)
        return unbuilt(error, entry, "is a device");
    return 0;
}

/* A character device 0,0 is overlayfs's whiteout: the saved layer hides what has that name. */
static struct sb_span hiding(struct sb_copy *copy, struct sb_span path) {
    const char *name = sb_arena_printf(&copy->plan->arena, ".wh.%.*s", SB_SPAN(sb_path_base(path)));
    return sb_copy_below(copy, sb_path_parent(path), sb_span_string(name));
}

static int put_entry(struct sb_copy *copy, struct sb_layer *layer, const struct sb_entry *entry,
                     struct sb_span target, struct sb_error *error) {
    const struct sb_entry *file = sb_layer_file_of(layer, entry);
    bool owned = copy->chown.size && copy->plan->builder->chowns_archives;
    struct sb_span path = sb_copy_below(copy, target, entry->path);
    struct sb_plan_entry made = {.path = path,
                                 .type = entry->type,
                                 .mode = entry->mode,
                                 .uid = owned ? copy->uid : entry->uid,
                                 .gid = owned ? copy->gid : entry->gid,
                                 .from = copy->sources};
    if (check_entry(copy, entry, path, error) < 0)
        return -1;
    if (entry->type == '3')
        return sb_copy_put_whiteout(copy, hiding(copy, path), error);
    if (entry->type == '2') {
        made.link = entry->extra->link;
        made.mode = 0777;
    }
    if (entry->type == '1')
        made.type = '0';
    if (made.type == '0') {
        made.content = content_of(copy, layer, file);
        made.size = file->size;
        /* All names of a file are one, whichever comes first. */
        made.inode = file->order + 1;
        made.group = (uint64_t)(uintptr_t)layer;
    }
    return sb_copy_put_parents(copy, path, error) < 0 ? -1 : sb_copy_put(copy, made, error);
}

/* Sorted by path, so that a folder comes before what is in it; the reader has settled what came
 * twice. */
static int put_all(struct sb_copy *copy, struct sb_layer *layer, struct sb_span target,
                   struct sb_error *error) {
    for (size_t i = 0; i < layer->entries.count; i++) {
        const struct sb_entry *entry = &layer->entries.items[i];
        bool root = entry->path.size == 0;
        if (root && (target.size || (entry->mode == 0755 && !entry->uid && !entry->gid))) {
            if (target.size == 0)
                continue;
            struct sb_plan_entry folder = {.path = target,
                                           .type = '5',
                                           .mode = entry->mode,
                                           .uid = entry->uid,
                                           .gid = entry->gid};
            if (sb_copy_put(copy, folder, error) < 0)
                return -1;
            continue;
        }
        if (root)
            return unbuilt(error, entry, "is the root with a mode or owner of its own");
        if (put_entry(copy, layer, entry, target, error) < 0)
            return -1;
    }
    return 0;
}

/* What readers take differently, engines could. Of a path that is there twice all take the last,
 * and a device 0,0 hides what lies below. */
static int check_findings(const struct sb_findings *findings, struct sb_error *error) {
    for (size_t i = 0; i < findings->list.count; i++) {
        const struct sb_finding *finding = &findings->list.items[i];
        if (finding->ambiguous && finding->kind != SB_FINDING_PATH_DUPLICATE &&
            finding->kind != SB_FINDING_DEVICE_ZERO)
            return sb_error_set(error, SB_ERROR_UNBUILT, "%s: %s: %s: an engine must unpack it",
                                finding->where, sb_finding_name(finding->kind), finding->what);
    }
    return 0;
}

int sb_copy_unpack(struct sb_copy *copy, const struct sb_context_item *item, struct sb_span target,
                   struct sb_error *error) {
    bool archive;
    struct sb_range content = sb_context_content(copy->files, item);
    if (is_archive(copy, content, &archive, error) < 0)
        return -1;
    if (!archive)
        return 1;
    if (copy->chmod.size)
        return sb_error_set(error, SB_ERROR_UNBUILT, "--chmod of an archive is not built natively");
    struct sb_layer *layer = sb_memory_new(1, sizeof *layer);
    struct sb_findings findings = SB_FINDINGS_INIT;
    struct sb_reading reading = {.findings = &findings, .spool = copy->plan->request.spool};
    *sb_vec_push(&copy->plan->archives) = layer;
    const char *name = sb_arena_printf(&copy->plan->arena, "%.*s", SB_SPAN(item->path));
    int status = sb_layer_read(layer, content, name, &reading, error);
    if (status == 0)
        status = check_findings(&findings, error);
    sb_findings_release(&findings);
    if (status == 0)
        status = sb_copy_put_parents(copy, target, error);
    if (status == 0)
        status = sb_copy_put_folder(copy, target, error);
    return status < 0 ? -1 : put_all(copy, layer, target, error);
}
