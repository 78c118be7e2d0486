#include "engines/fingerprint.h"

#include <stdio.h>

#include "engines/gotar.h"
#include "engines/internal.h"
#include "engines/outer.h"
#include "image/path.h"
#include "json/write.h"

enum { TEXT_MAX = 16 << 20, END_MARK = 1024 };

struct search {
    struct sb_fingerprint *result;
    struct sb_archive *archive;
    struct sb_outer outer;
    const struct sb_profile *profile;
    const struct sb_saver *saver;
};

/* Always false: it cannot be told, because of this. */
static bool odd(struct search *search, const char *format, const char *text) {
    search->result->evidence.count = 0;
    sb_fingerprint_say(search->result, format, text);
    return false;
}

static bool is_json(const char *name) {
    return strcmp(name, "index.json") == 0 || strcmp(name, "manifest.json") == 0 ||
           strcmp(name, "repositories") == 0;
}

/* Names that the saver gives, and no others. */
static bool is_named(const struct sb_saver *saver, const char *name, unsigned char type) {
    if (!is_json(name))
        return saver->gives_name(name, type);
    for (size_t i = 0; saver->documents[i]; i++)
        if (strcmp(saver->documents[i], name) == 0)
            return type == '0';
    return false;
}

/* Whether a file of the archive is the tar of a layer. */
static bool is_layer(const struct search *search, const char *name) {
    const struct sb_archive *archive = search->archive;
    const struct sb_file *file = sb_store_find(&archive->store, sb_span_string(name));
    for (size_t i = 0; file && i < archive->layer_files.count; i++)
        if (archive->layer_files.items[i] == file)
            return true;
    return false;
}

static bool fits_entry(struct search *search, const struct sb_outer_entry *entry, bool type_bits) {
    const struct sb_saver *saver = search->saver;
    const char *name = (const char *)entry->name.data;
    uint32_t wanted = entry->type == '5'   ? saver->folder_mode
                      : entry->type == '2' ? saver->link_mode
                      : is_json(name)      ? saver->json_mode
                                           : saver->file_mode;
    if (search->profile->no_umask && is_layer(search, name))
        wanted = 0666;
    if (!entry->plain && !saver->other_tar)
        return odd(search, "%s: the header is none of Go's writer, or not of root", name);
    if (!is_named(saver, name, entry->type))
        return odd(search, "%s: no engine that is known gives an entry that name", name);
    if ((entry->mode & 07777) != wanted || (entry->mode >> 12 != 0) != type_bits)
        return odd(search, "%s: no engine that is known gives it that mode", name);
    bool zero =
        saver->timeless || (saver->is_timeless && saver->is_timeless(search->profile, name));
    if (zero && entry->mtime)
        return odd(search, "%s: no engine that is known gives it a time", name);
    return true;
}

/* Whether one of the images was created then; a configuration that does not say leaves it open. */
static bool is_creation(const struct search *search, int64_t time) {
    for (size_t i = 0; i < search->archive->images.count; i++) {
        int64_t created;
        struct sb_error ignored;
        struct sb_span text = sb_json_string(search->archive->images.items[i]->config, "created");
        if (!text.size || sb_gotar_time(text, &created, &ignored) < 0 || created == time)
            return true;
    }
    return false;
}

/* Docker's savers stamp entries with the creation of their image, but for those that they make or
 * link when they save. */
static bool fits_time(struct search *search, const struct sb_outer_entry *entry) {
    const char *name = (const char *)entry->name.data;
    if (!search->saver->stamps_creation || entry->mtime == 0 || entry->type == '2' ||
        strcmp(name, "blobs/sha256") == 0 || strcmp(name, "index.json") == 0)
        return true;
    /* In the folder of a layer that is a link to an equal one everything is of the save. */
    const char *layer =
        sb_arena_printf(&search->result->arena, "%.*s/layer.tar", (int)strcspn(name, "/"), name);
    const struct sb_file *link = sb_store_find(&search->archive->store, sb_span_string(layer));
    if (link && link->type == '2')
        return true;
    return is_creation(search, entry->mtime) ||
           odd(search, "%s: its time is that of no image", name);
}

static bool text_of(struct search *search, const char *name, struct sb_buf *text) {
    struct sb_file *file = sb_store_find(&search->archive->store, sb_span_string(name));
    struct sb_error ignored;
    return file && sb_range_read(file->data, TEXT_MAX, text, &ignored) == 0;
}

/* A blob that nothing refers to is one of the V1 descriptions that docker adds, one a layer, under
 * its digest. */
static bool fits_reference(struct search *search, const struct sb_outer_entry *entry,
                           size_t *added) {
    const char *name = (const char *)entry->name.data;
    const struct sb_file *file = sb_store_find(&search->archive->store, entry->name);
    struct sb_digest named;
    if (!file || file->used || strncmp(name, "blobs/sha256/", 13) != 0)
        return true;
    struct sb_buf text = SB_BUF_INIT;
    bool good = search->saver->adds_v1 && text_of(search, name, &text) &&
                sb_digest_parse_hex(sb_span_string(name + 13), &named);
    if (good) {
        struct sb_digest digest = sb_sha256_of(sb_buf_span(&text));
        good = sb_digest_equal(&named, &digest) && sb_span_starts(sb_buf_span(&text), "{");
    }
    sb_buf_release(&text);
    ++*added;
    return good || odd(search, "%s: nothing refers to it", name);
}

static size_t count_layers(const struct search *search) {
    size_t count = 0;
    for (size_t i = 0; i < search->archive->images.count; i++)
        count += search->archive->images.items[i]->layers.count;
    return count;
}

static bool fits_entries(struct search *search) {
    size_t added = 0;
    const struct sb_outer *outer = &search->outer;
    bool type_bits = outer->list.items[0].mode >> 12 != 0;
    for (size_t i = 0; i < outer->list.count; i++) {
        const struct sb_outer_entry *entry = &outer->list.items[i];
        if (!fits_entry(search, entry, type_bits) || !fits_time(search, entry) ||
            !fits_reference(search, entry, &added))
            return false;
        if (i && !search->saver->unordered &&
            sb_path_compare(outer->list.items[i - 1].name, entry->name) >= 0)
            return odd(search, "%s: not in the order of a walk", (const char *)entry->name.data);
        if (!sb_span_equal(entry->uname, outer->list.items[0].uname))
            return odd(search, "%s: another owner's name", (const char *)entry->name.data);
    }
    if (added > count_layers(search))
        return odd(search, "%s", "more blobs that nothing refers to than layers");
    if (outer->end_size != END_MARK)
        return odd(search, "the %s has not the length that engines write", "end mark");
    return true;
}

/* Whether a file is the JSON value as Go writes it. */
static bool is_go_json(struct search *search, const char *name, bool new_line) {
    struct sb_buf text = SB_BUF_INIT, again = SB_BUF_INIT;
    struct sb_arena arena = SB_ARENA_INIT;
    struct sb_json *value;
    bool same = true;
    if (text_of(search, name, &text)) {
        same = sb_json_parse(sb_buf_span(&text), &arena, NULL, name, &value, NULL) == 0;
        if (same)
            sb_json_write_go(&again, value);
        if (new_line)
            sb_buf_append_byte(&again, '\n');
        same = same && sb_span_equal(sb_buf_span(&text), sb_buf_span(&again));
    }
    sb_arena_release(&arena);
    sb_buf_release(&text);
    sb_buf_release(&again);
    return same ? true : odd(search, "%s: not as Go's engines write it", name);
}

static bool layout_is(struct search *search, const char *wanted) {
    struct sb_buf text = SB_BUF_INIT;
    bool same = text_of(search, "oci-layout", &text) && sb_span_is(sb_buf_span(&text), wanted);
    sb_buf_release(&text);
    return same;
}

static bool fits_layout(struct search *search) {
    static const char spaced[] = "{\"imageLayoutVersion\": \"1.0.0\"}";
    static const char tight[] = "{\"imageLayoutVersion\":\"1.0.0\"}";
    if (!search->archive->has_oci || layout_is(search, search->profile->spaced ? spaced : tight))
        return true;
    return odd(search, "%s: not the text that this engine writes", "oci-layout");
}

/* Members that only one of them writes. */
static bool fits_manifest(struct search *search) {
    const struct sb_json *first =
        search->archive->docker_manifest ? search->archive->docker_manifest->first : NULL;
    const char *const *wanted = search->saver->members;
    const char *spare = search->saver->spare_member;
    if (!search->archive->has_docker || !wanted)
        return true;
    for (const struct sb_json *member = first ? first->first : NULL; member;
         member = member->next) {
        if (*wanted && sb_span_is(member->name, *wanted))
            wanted++;
        else if (!spare || !sb_span_is(member->name, spare))
            return odd(search, "%s: it has other members than engines write", "manifest.json");
    }
    return !*wanted || odd(search, "%s: it has fewer members than engines write", "manifest.json");
}

static bool fits_json(struct search *search) {
    bool new_line = search->saver->new_line;
    return is_go_json(search, "manifest.json", new_line) &&
           is_go_json(search, "repositories", new_line) &&
           is_go_json(search, "index.json", false) && fits_layout(search) && fits_manifest(search);
}

/* What the form says of the engine; ranges are as wide as what was measured leaves them. */
static void name_engine(struct search *search) {
    struct sb_fingerprint *result = search->result;
    result->profile = search->profile;
    result->name = search->saver->engine;
    search->saver->tell(result, &search->outer);
    sb_fingerprint_say(
        result, "%s", "every name, header and time, and the JSON around the image, have that form");
}

static void find(struct search *search) {
    if (search->archive->is_directory) {
        odd(search, "%s has no headers that could tell", "a folder");
        return;
    }
    if (search->outer.list.count == 0 ||
        (!search->archive->has_docker && !search->archive->has_oci)) {
        odd(search, "%s", "it is no image archive");
        return;
    }
    search->profile = sb_saver_recognise(&search->outer, search->archive);
    if (!search->profile) {
        odd(search, "%s has a form that no engine writes that is known", "the archive");
        return;
    }
    search->saver = search->profile->saver;
    if (fits_entries(search) && fits_json(search))
        name_engine(search);
}

int sb_fingerprint_find(struct sb_fingerprint *fingerprint, struct sb_archive *archive,
                        struct sb_error *error) {
    struct search search = {.result = fingerprint, .archive = archive};
    int status = archive->is_directory ? 0 : sb_outer_read(&search.outer, archive, error);
    if (status == 0)
        find(&search);
    sb_outer_release(&search.outer);
    return status;
}

void sb_fingerprint_release(struct sb_fingerprint *fingerprint) {
    sb_vec_release(&fingerprint->evidence);
    sb_arena_release(&fingerprint->arena);
}
