#include "image/layer.h"

#include <stdio.h>

#include "base/limits.h"
#include "image/internal.h"
#include "image/path.h"
#include "tar/header.h"
#include "tar/reader.h"
#include "tar/writer.h"

enum { TYPE_BITS = 0170000, MODE_BITS = 07777 };

const struct sb_entry_extra sb_entry_plain = {0};

struct layer_reading {
    struct sb_layer *layer;
    struct sb_findings *findings;
    struct sb_tar_reader reader;
    struct sb_tagger tagger;
    struct sb_span previous;
    struct sb_owner_names *names; /* the last ones met: most entries share them */
    struct sb_entry_extra *extra; /* of the entry at hand, where it has its own */
    struct sb_buf header;
};

/* The entry's own extra, made at the first call. */
static struct sb_entry_extra *extra_of(struct layer_reading *reading, struct sb_entry *entry) {
    if (entry->extra == &sb_entry_plain)
        entry->extra = reading->extra =
            sb_arena_new(&reading->layer->arena, sizeof *reading->extra);
    return reading->extra;
}

static const char *place(struct layer_reading *reading, const struct sb_tar_entry *entry) {
    struct sb_buf name = SB_BUF_INIT;
    sb_buf_append_visible(&name, entry->name);
    const char *text = sb_arena_printf(&reading->layer->arena, "%s: '%.300s'", reading->layer->name,
                                       sb_buf_string(&name));
    sb_buf_release(&name);
    return text;
}

/* 'A' to 'Z' are vendors' (POSIX ustar, typeflag); what is none of those is nothing. */
static int set_type(struct layer_reading *reading, const struct sb_tar_entry *raw,
                    struct sb_entry *entry, struct sb_error *error) {
    bool slash = sb_span_ends(raw->name, "/");
    entry->type = raw->type == 0 ? '0' : raw->type;
    if (raw->type == 0 && slash)
        entry->type = '5';
    else if (entry->type == '0' && slash)
        sb_finding_add(reading->findings, SB_FINDING_PATH_SLASH, place(reading, raw),
                       "a file by its type, a folder by its name");
    if (entry->type >= '0' && entry->type <= '6')
        return 0;
    if (entry->type < 'A' || entry->type > 'Z')
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "%s: typeflag 0x%02x, which no engine unpacks", place(reading, raw),
                            raw->type);
    sb_finding_add(reading->findings, SB_FINDING_TYPEFLAG, place(reading, raw),
                   "typeflag %c, which engines refuse", raw->type);
    entry->type = '0';
    return 0;
}

static int set_path(struct layer_reading *reading, const struct sb_tar_entry *raw,
                    struct sb_entry *entry, struct sb_error *error) {
    struct sb_arena *arena = &reading->layer->arena;
    enum sb_path_kind kind = sb_path_clean(raw->name, arena, &entry->path);
    if (raw->name.size == 0)
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: an entry without a name",
                            reading->layer->name);
    if (sb_span_starts(raw->name, "/"))
        sb_finding_add(reading->findings, SB_FINDING_PATH_ABSOLUTE, place(reading, raw),
                       "the name begins with a slash");
    if (kind != SB_PATH_PLAIN)
        sb_finding_add(reading->findings, SB_FINDING_PATH_ESCAPES, place(reading, raw),
                       kind == SB_PATH_ESCAPES ? "the path leaves the root"
                                               : "the path has .. in it");
    if (entry->path.size == 0 && entry->type != '5')
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: the root must be a folder",
                            place(reading, raw));
    if (entry->type == '1') {
        kind = sb_path_clean(raw->link, arena, &extra_of(reading, entry)->link);
        if (kind != SB_PATH_PLAIN)
            sb_finding_add(reading->findings, SB_FINDING_LINK_PATH, place(reading, raw),
                           "a hard link's target has .. in it");
    } else if (entry->type == '2') {
        extra_of(reading, entry)->link = sb_arena_copy(arena, raw->link);
    }
    struct sb_span base = sb_path_base(entry->path);
    entry->whiteout = sb_span_starts(base, ".wh.");
    entry->opaque = sb_span_is(base, ".wh..wh..opq");
    return 0;
}

/* Which set an attribute needs; 0: it is the image's. */
static unsigned nuisance_of(const struct sb_tar_xattr *xattr) {
    static const char *const overlay[] = {"trusted.overlay.origin", "trusted.overlay.impure",
                                          "user.overlay.origin", "user.overlay.impure"};
    if (xattr->record ? sb_span_is(xattr->name, "RHT.security.selinux")
                      : sb_span_is(xattr->name, "security.selinux"))
        return SB_WITH_SELINUX;
    for (size_t i = 0; i < sizeof overlay / sizeof *overlay && !xattr->record; i++)
        if (sb_span_is(xattr->name, overlay[i]))
            return SB_WITH_OVERLAY;
    return 0;
}

/* What overlayfs takes for its own hides and moves files. */
static void check_overlay(struct layer_reading *reading, const struct sb_tar_entry *raw,
                          const struct sb_tar_xattr *xattr) {
    if (!xattr->record && (sb_span_starts(xattr->name, "trusted.overlay.") ||
                           sb_span_starts(xattr->name, "user.overlay.")))
        sb_finding_add(reading->findings, SB_FINDING_OVERLAY_XATTR, place(reading, raw),
                       "the attribute %.*s, which overlayfs takes for its own",
                       (int)(xattr->name.size < 60 ? xattr->name.size : 60),
                       (const char *)xattr->name.data);
}

static const struct sb_tar_xattr *select_xattrs(struct sb_arena *arena,
                                                const struct sb_tar_xattr *all, size_t count,
                                                unsigned with, size_t *selected) {
    struct sb_tar_xattr *list = sb_arena_new(arena, (count + 1) * sizeof *list);
    *selected = 0;
    for (size_t i = 0; i < count; i++)
        if ((nuisance_of(&all[i]) & ~with) == 0)
            list[(*selected)++] = all[i];
    return list;
}

static void set_xattrs(struct layer_reading *reading, const struct sb_tar_entry *raw,
                       struct sb_entry *entry) {
    struct sb_arena *arena = &reading->layer->arena;
    struct sb_layer_facts *facts = &reading->layer->facts;
    if (raw->xattr_count == 0)
        return;
    struct sb_entry_extra *extra = extra_of(reading, entry);
    struct sb_tar_xattr *all = sb_arena_new(arena, raw->xattr_count * sizeof *all);
    unsigned found = 0;
    for (size_t i = 0; i < raw->xattr_count; i++) {
        all[i] = (struct sb_tar_xattr){sb_arena_copy(arena, raw->xattrs[i].name),
                                       sb_arena_copy(arena, raw->xattrs[i].value),
                                       raw->xattrs[i].record};
        unsigned nuisance = nuisance_of(&all[i]);
        facts->selinux += nuisance == SB_WITH_SELINUX;
        facts->overlay += nuisance == SB_WITH_OVERLAY;
        facts->fflags =
            facts->fflags || (all[i].record && sb_span_is(all[i].name, "SCHILY.fflags"));
        found |= nuisance;
        if (!nuisance)
            check_overlay(reading, raw, &all[i]);
    }
    size_t count;
    extra->xattrs = select_xattrs(arena, all, raw->xattr_count, 0, &count);
    extra->xattr_count = (uint32_t)count;
    if (!found)
        return;
    struct sb_xattr_sets *sets = sb_arena_new(arena, sizeof *sets);
    for (unsigned with = 0; with < SB_XATTR_SETS; with++)
        sets->list[with] = select_xattrs(arena, all, raw->xattr_count, with, &sets->count[with]);
    extra->sets = sets;
}

static const struct sb_owner_names *share_names(struct layer_reading *reading, struct sb_span uname,
                                                struct sb_span gname) {
    struct sb_arena *arena = &reading->layer->arena;
    if (!reading->names || !sb_span_equal(reading->names->uname, uname) ||
        !sb_span_equal(reading->names->gname, gname)) {
        reading->names = sb_arena_new(arena, sizeof *reading->names);
        reading->names->uname = sb_arena_copy(arena, uname);
        reading->names->gname = sb_arena_copy(arena, gname);
    }
    return reading->names;
}

static void set_sparse(struct layer_reading *reading, const struct sb_tar_entry *raw,
                       struct sb_entry *entry) {
    struct sb_entry_extra *extra = extra_of(reading, entry);
    struct sb_tar_region *regions =
        sb_arena_new(&reading->layer->arena, raw->region_count * sizeof *regions);
    if (raw->region_count)
        memcpy(regions, raw->regions, raw->region_count * sizeof *regions);
    extra->sparse = true;
    extra->regions = regions;
    extra->region_count = raw->region_count;
    extra->stored = raw->stored;
    extra->data_offset = raw->data_offset;
}

static void set_numbers(struct layer_reading *reading, const struct sb_tar_entry *raw,
                        struct sb_entry *entry) {
    entry->mode = (uint16_t)(entry->type == '2' ? 0777 : raw->mode & MODE_BITS);
    entry->uid = (uint32_t)raw->uid;
    entry->gid = (uint32_t)raw->gid;
    entry->full_mode = raw->mode;
    entry->mtime = raw->mtime;
    entry->nanoseconds = raw->nanoseconds;
    entry->names = share_names(reading, raw->uname, raw->gname);
    entry->header_offset = raw->header_offset;
    if (entry->type == '3' || entry->type == '4') {
        extra_of(reading, entry)->devmajor = raw->devmajor;
        extra_of(reading, entry)->devminor = raw->devminor;
    }
    if (entry->type == '0') {
        entry->size = raw->size;
        if (raw->sparse)
            set_sparse(reading, raw, entry);
    }
}

static void count_facts(struct layer_reading *reading, const struct sb_tar_entry *raw,
                        const struct sb_entry *entry) {
    struct sb_layer_facts *facts = &reading->layer->facts;
    struct sb_buf *header = &reading->header;
    struct sb_span name = raw->name;
    header->size = 0;
    sb_tar_write_header(header, raw);
    if (entry->type == '5' && name.size > 1 && sb_span_ends(name, "/"))
        name.size--;
    facts->timed += raw->timed;
    facts->named_owners += raw->uname.size || raw->gname.size;
    facts->type_bits += (raw->mode & TYPE_BITS) != 0;
    facts->foreign_headers += !sb_span_equal(sb_buf_span(header), raw->raw);
    facts->unclean_paths += !sb_span_equal(name, entry->path) && entry->path.size;
    facts->unsorted += entry->order && sb_path_compare(reading->previous, entry->path) > 0;
    reading->previous = entry->path;
}

static int look_at_content(struct layer_reading *reading, const struct sb_tar_entry *raw,
                           struct sb_entry *entry, struct sb_error *error) {
    if (reading->layer->contents == SB_CONTENTS_UNKNOWN)
        return 0;
    struct sb_input *data = sb_tar_reader_open_data(&reading->reader, raw);
    struct sb_input_digest digest;
    sb_input_digest_init(&digest, data);
    int status = reading->layer->contents == SB_CONTENTS_TAG
                     ? sb_tagger_read(&reading->tagger, data, &entry->content.tag, error)
                     : sb_input_digest_finish(&digest, &entry->content.digest, error);
    sb_input_close(data);
    return status < 0 ? sb_error_wrap(error, "%s", place(reading, raw)) : 0;
}

static int add_entry(struct layer_reading *reading, const struct sb_tar_entry *raw,
                     struct sb_error *error) {
    struct sb_layer *layer = reading->layer;
    struct sb_entry entry = {.order = (uint32_t)layer->read++, .extra = &sb_entry_plain};
    if (set_type(reading, raw, &entry, error) < 0 || set_path(reading, raw, &entry, error) < 0)
        return -1;
    set_numbers(reading, raw, &entry);
    set_xattrs(reading, raw, &entry);
    if (entry.type == '0' && look_at_content(reading, raw, &entry, error) < 0)
        return -1;
    count_facts(reading, raw, &entry);
    *sb_vec_push(&layer->entries) = entry;
    return 0;
}

int sb_layer_read_entries(struct sb_layer *layer, struct sb_input *tar,
                          const struct sb_reading *how, struct sb_error *error) {
    struct layer_reading reading = {.layer = layer, .findings = how->findings};
    struct sb_tar_entry entry;
    int status;
    if (how->contents == SB_CONTENTS_TAG)
        sb_tagger_init(&reading.tagger, how->key);
    sb_tar_reader_init(&reading.reader, tar, how->findings, layer->name);
    while ((status = sb_tar_reader_next(&reading.reader, &entry, error)) == 0)
        if (add_entry(&reading, &entry, error) < 0) {
            status = -1;
            break;
        }
    layer->facts.end_size = reading.reader.end_size;
    sb_tar_reader_release(&reading.reader);
    sb_buf_release(&reading.header);
    if (status >= 0 && tar->position == 0)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "%s: the layer is empty; a layer without files still has an end mark",
                            layer->name);
    return status < 0 ? -1 : 0;
}

void sb_layer_release(struct sb_layer *layer) {
    sb_vec_release(&layer->entries);
    free(layer->by_order);
    free(layer->name);
    sb_arena_release(&layer->arena);
    sb_source_close(layer->tar);
}

size_t sb_layer_position(const struct sb_layer *layer, struct sb_span path) {
    size_t low = 0, high = layer->entries.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sb_path_compare(layer->entries.items[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct sb_entry *sb_layer_find(const struct sb_layer *layer, struct sb_span path) {
    size_t at = sb_layer_position(layer, path);
    const struct sb_entry *entry = &layer->entries.items[at];
    return at < layer->entries.count && sb_span_equal(entry->path, path) ? entry : NULL;
}

const struct sb_entry *sb_layer_file_of(const struct sb_layer *layer,
                                        const struct sb_entry *entry) {
    return entry->type == '1' ? &layer->entries.items[layer->by_order[entry->target]] : entry;
}

bool sb_layer_same_content(const struct sb_layer *layer, const struct sb_entry *entry,
                           const struct sb_layer *other_layer, const struct sb_entry *other) {
    if (entry->size != other->size)
        return false;
    if (entry->size == 0 ||
        (entry->order == other->order && sb_digest_equal(&layer->diff_id, &other_layer->diff_id)))
        return true;
    if (layer->contents != other_layer->contents)
        return false;
    switch (layer->contents) {
    case SB_CONTENTS_DIGEST:
        return sb_digest_equal(&entry->content.digest, &other->content.digest);
    case SB_CONTENTS_TAG:
        return memcmp(&entry->content.tag, &other->content.tag, sizeof entry->content.tag) == 0;
    case SB_CONTENTS_UNKNOWN:
        break;
    }
    return false;
}

uint64_t sb_entry_stored(const struct sb_entry *entry) {
    return entry->extra->sparse ? entry->extra->stored : entry->type == '0' ? entry->size : 0;
}
