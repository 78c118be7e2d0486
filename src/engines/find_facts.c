/* Facts found in an archive: read where they stand, or tried until a digest fits. */
#include <string.h>

#include "engines/build.h"
#include "engines/facts.h"
#include "engines/gotar.h"
#include "engines/outer.h"
#include "image/config.h"
#include "image/path.h"

enum { OWNERS_TRIED = 3000, SMALL_CONTENT = 1 << 16 };

static int none(struct sb_error *error, const char *what) {
    return sb_error_set(error, SB_ERROR_MALFORMED,
                        "it follows none of the profiles in docs/facts.md: %s", what);
}

struct finding {
    struct sb_facts *facts;
    struct sb_archive *archive;
    const struct sb_encoder *encoder;
    struct sb_outer outer; /* the archive's own entries */
    struct sb_error *error;
};

/* Owners */

static void add_owner(struct sb_facts *facts, bool group, uint32_t id, struct sb_span name) {
    if (!name.size)
        return;
    for (size_t i = 0; i < facts->owners.count; i++)
        if (facts->owners.items[i].group == group && facts->owners.items[i].id == id)
            return;
    *sb_vec_push(&facts->owners) =
        (struct sb_fact_owner){group, id, sb_arena_copy(&facts->arena, name)};
}

static void find_owners(struct finding *finding) {
    struct sb_facts *facts = finding->facts;
    if (facts->profile->owner_names) {
        add_owner(facts, false, 0, finding->outer.list.items[0].uname);
        add_owner(facts, true, 0, finding->outer.list.items[0].gname);
    }
    for (size_t i = 0; i < finding->archive->layers.count; i++) {
        const struct sb_layer *layer = finding->archive->layers.items[i];
        for (size_t k = 0; k < layer->entries.count; k++) {
            const struct sb_entry *entry = &layer->entries.items[k];
            add_owner(facts, false, entry->uid, entry->names->uname);
            add_owner(facts, true, entry->gid, entry->names->gname);
        }
    }
}

static bool try_owner(struct sb_fact_step *step, struct sb_build_sum *sum, struct sb_span wanted,
                      uint32_t uid, uint32_t gid) {
    struct sb_digest digest;
    if (!sb_digest_parse_hex(wanted, &digest))
        return false;
    sum->uid = uid;
    sum->gid = gid;
    struct sb_digest hash = sb_build_tarsum(sum);
    if (!sb_digest_equal(&hash, &digest))
        return false;
    step->uid = uid;
    step->gid = gid;
    return true;
}

/* 17.09 sent the owner of the file; no byte but the hash tells it, so it is tried. */
bool sb_facts_find_owner(struct sb_fact_step *step, const struct sb_builder *builder,
                         struct sb_span wanted, struct sb_span source, struct sb_span content) {
    static const uint32_t usual[][2] = {{0, 0},     {1000, 1000}, {501, 20}, {1000, 100},
                                        {500, 500}, {1001, 1001}, {1000, 0}, {0, 1000}};
    if (!builder->source_owners || !sb_span_starts(wanted, "file:") || step->entry_count != 1)
        return false;
    struct sb_build_sum sum = {.name = source,
                               .content = content,
                               .type = '0',
                               .mode = step->entries[0].mode | sb_gotar_type_bits('0')};
    wanted = sb_span_from(wanted, 5);
    step->owned = true;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (try_owner(step, &sum, wanted, usual[i][0], usual[i][1]))
            return true;
    for (uint32_t id = 0; content.size <= SMALL_CONTENT && id < OWNERS_TRIED; id++)
        if (try_owner(step, &sum, wanted, id, id) || try_owner(step, &sum, wanted, id, 100))
            return true;
    return false;
}

/* Of one image */

static int find_layer(struct finding *finding, struct sb_fact_step *step, struct sb_layer *layer) {
    struct sb_facts *facts = finding->facts;
    step->layer = true;
    step->entry_count = layer->entries.count;
    step->entries = sb_arena_new(&facts->arena, (step->entry_count + 1) * sizeof *step->entries);
    if (layer->read != layer->entries.count)
        return none(finding->error, "a layer has an entry twice");
    for (size_t i = 0; i < step->entry_count; i++) {
        const struct sb_entry *entry = &layer->entries.items[layer->by_order[i]];
        step->entries[i].mode = entry->mode;
        step->entries[i].mtime = entry->mtime;
    }
    if (!facts->profile->saver->compresses)
        return 0;
    struct sb_buf blob = SB_BUF_INIT, plain = SB_BUF_INIT, missing = SB_BUF_INIT;
    struct sb_range tar;
    int status = sb_layer_tar(layer, finding->archive->spool, &tar, finding->error);
    if (status == 0)
        status = sb_range_read(tar, SB_LIMIT_HELD, &plain, finding->error);
    if (status == 0)
        status = sb_range_read(layer->blob, SB_LIMIT_HELD, &blob, finding->error);
    if (status == 0)
        status = sb_facts_find_encoder(&step->encoder, finding->encoder,
                                       finding->encoder->layer_names, sb_buf_span(&blob),
                                       sb_buf_span(&plain), false, &missing, finding->error);
    if (status > 0)
        status = sb_error_set(finding->error, SB_ERROR_SYSTEM,
                              "%s: none of the encoders that are here makes these bytes%s%s",
                              layer->name, missing.size ? "; not here (make encoders): " : "",
                              sb_buf_string(&missing));
    sb_buf_release(&missing);
    sb_buf_release(&blob);
    sb_buf_release(&plain);
    return status;
}

/* The sum in "ADD file:SUM in /t", with its kind. */
static struct sb_span sum_of(struct sb_span said) {
    static const char *const kinds[] = {" file:", " dir:", " multi:"};
    for (size_t i = 0; i < said.size; i++)
        for (size_t k = 0; k < 3; k++)
            if (sb_span_starts(sb_span_from(said, i), kinds[k]) &&
                said.size - i >= strlen(kinds[k]) + 64)
                return sb_span_of(said.data + i + 1, strlen(kinds[k]) + 63);
    return sb_span_of(NULL, 0);
}

static int find_steps(struct finding *finding, struct sb_fact_image *own,
                      const struct sb_image *image) {
    const struct sb_json *history = sb_json_member(image->config, "history");
    size_t layer = 0;
    if (!history || history->type != SB_JSON_ARRAY || !history->count)
        return none(finding->error, "the configuration has no history");
    for (const struct sb_json *item = history->first; item; item = item->next) {
        struct sb_fact_step *step = sb_vec_push(&own->steps);
        struct sb_span comment = sb_json_string(item, "comment");
        step->created = sb_json_string(item, "created");
        if (!step->created.size)
            return none(finding->error, "a line of the history has no time");
        if (sb_span_starts(comment, "FROM "))
            step->parent = sb_span_from(comment, 5);
        if (own->builder->kind == SB_BUILDER_BUILDAH)
            step->sum = sum_of(sb_json_string(item, "created_by"));
        if (sb_config_is_empty_layer(item))
            continue;
        if (layer == image->layers.count)
            return none(finding->error, "the history has more layers than there are");
        if (find_layer(finding, step, image->layers.items[layer++]) < 0)
            return -1;
    }
    return layer == image->layers.count
               ? 0
               : none(finding->error, "the history has fewer layers than there are");
}

/* What the hash of an added file says of the client: newer ones leave the file's type off the mode.
 * Folders made on the way do not count. */
static bool has_plain_mode(const struct sb_fact_step *fact, const struct sb_build_step *step) {
    struct sb_digest digest, said;
    if (!sb_span_starts(step->hash, "file:") ||
        !sb_digest_parse_hex(sb_span_from(step->hash, 5), &said))
        return false;
    for (size_t i = 0; i < step->entries.count && i < fact->entry_count; i++) {
        const struct sb_build_entry *entry = &step->entries.items[i];
        struct sb_build_sum sum = {.name = sb_path_base(entry->path),
                                   .content = entry->content,
                                   .type = '0',
                                   .mode = fact->entries[i].mode};
        digest = sb_build_tarsum(&sum);
        if (entry->type == '0' && sb_digest_equal(&digest, &said))
            return true;
    }
    return false;
}

/* What only the hash of an added file tells, with the name in the image as that in the context. */
static int find_sources(struct finding *finding, struct sb_fact_image *own,
                        const struct sb_image *image) {
    struct sb_build source = SB_BUILD_INIT;
    int status = own->builder->kind == SB_BUILDER_CLASSIC && own->builder->type_bits
                     ? sb_build_from_archive(&source, finding->archive, image, own, finding->error)
                     : 0;
    for (size_t i = 0; i < source.steps.count && status == 0; i++) {
        const struct sb_build_step *step = &source.steps.items[i];
        if (own->builder->source_owners && step->file.data && step->hash.data)
            sb_facts_find_owner(&own->steps.items[i], own->builder, step->hash, step->file,
                                step->entries.items[0].content);
        else if (has_plain_mode(&own->steps.items[i], step))
            own->plain_modes = true;
    }
    sb_build_release(&source);
    return status;
}

static bool all_added_before_last(const struct sb_json *history) {
    for (const struct sb_json *item = history->first; item && item->next; item = item->next) {
        struct sb_span said = sb_json_string(item, "created_by");
        if (!sum_of(said).size)
            return false;
    }
    return true;
}

static void find_docker(struct sb_fact_image *own, const struct sb_image *image) {
    const struct sb_json *container = sb_json_member(image->config, "container_config");
    bool buildah = own->builder->kind == SB_BUILDER_BUILDAH;
    struct sb_span hostname = sb_json_string(container, "Hostname");
    own->container = sb_json_string(image->config, "container");
    if (hostname.size && (buildah || own->container.size < hostname.size ||
                          memcmp(own->container.data, hostname.data, hostname.size) != 0))
        own->hostname = hostname;
    if (buildah) {
        own->parent = sb_json_string(image->config, "parent");
        return;
    }
    struct sb_span parent = sb_json_string(container, "Image");
    if (parent.size && !all_added_before_last(sb_json_member(image->config, "history")))
        own->parent = parent;
}

static int find_image(struct finding *finding, const struct sb_image *image,
                      const struct sb_json *tags) {
    struct sb_facts *facts = finding->facts;
    struct sb_fact_image *own = sb_vec_push(&facts->images);
    own->builder = sb_builder_find(facts->profile, image);
    if (!own->builder)
        return none(finding->error, "no known builder writes such a configuration");
    own->architecture = sb_json_string(image->config, "architecture");
    own->variant = sb_json_string(image->config, "variant");
    own->docker_version =
        own->builder->kind == SB_BUILDER_BUILDAH
            ? sb_json_string(sb_json_member(sb_json_member(image->config, "config"), "Labels"),
                             "io.buildah.version")
            : sb_json_string(image->config, "docker_version");
    if (!own->architecture.size)
        return none(finding->error, "the configuration names no architecture");
    if (find_steps(finding, own, image) < 0 || find_sources(finding, own, image) < 0)
        return -1;
    struct sb_span created = sb_json_string(image->config, "created");
    if (!sb_span_equal(created, own->steps.items[own->steps.count - 1].created))
        own->created = created;
    if (own->builder->style == SB_CONFIG_DOCKER || own->builder->style == SB_CONFIG_BUILDAH_DOCKER)
        find_docker(own, image);
    if (facts->profile->saver->find_image)
        facts->profile->saver->find_image(facts, finding->archive, own, image);
    if (!sb_facts_have_room(facts, tags))
        return none(finding->error, "it has too many names");
    own->names_null = !tags || tags->type == SB_JSON_NULL;
    for (const struct sb_json *tag = tags ? tags->first : NULL; tag; tag = tag->next)
        *sb_vec_push(&own->names) = tag->text;
    return 0;
}

/* In the order of manifest.json; where there is none, of index.json. */
static const struct sb_image *image_of(const struct finding *finding, const struct sb_json *item) {
    struct sb_archive *archive = finding->archive;
    struct sb_file *file = NULL;
    struct sb_error ignored;
    if (sb_archive_find(archive, sb_json_member(item, "Config"), "Config", &file, &ignored) < 0)
        return NULL;
    for (size_t i = 0; i < archive->images.count; i++)
        if (archive->images.items[i]->config_file == file)
            return archive->images.items[i];
    return NULL;
}

/* A link to a layer that was there before has the time of the save. */
static void find_links(struct finding *finding, struct sb_fact_image *own,
                       const struct sb_json *item) {
    const struct sb_json *layers = sb_json_member(item, "Layers");
    const struct sb_json *path = layers ? layers->first : NULL;
    for (size_t i = 0; i < own->steps.count && path; i++) {
        if (!own->steps.items[i].layer)
            continue;
        const struct sb_outer_entry *outer =
            sb_outer_find(&finding->outer, (const char *)path->text.data);
        if (outer && outer->type == '2') {
            own->steps.items[i].linked = true;
            own->steps.items[i].link_mtime = outer->mtime;
        }
        path = path->next;
    }
}

static void name_images(struct finding *finding) {
    struct sb_facts *facts = finding->facts;
    struct sb_archive *archive = finding->archive;
    if (facts->images.count < 2)
        return;
    const struct sb_json *item = archive->docker_manifest ? archive->docker_manifest->first : NULL;
    for (size_t i = 0; i < facts->images.count && item; i++, item = item->next) {
        char *digest = sb_arena_new(&facts->arena, SB_DIGEST_TEXT);
        sb_digest_format(&image_of(finding, item)->config_digest, digest);
        facts->images.items[i].digest = sb_span_string(digest);
    }
    /* index.json can have another order. */
    const struct sb_json *list = sb_json_member(archive->oci_index, "manifests");
    bool same = true;
    for (const struct sb_json *entry = list ? list->first : NULL;
         facts->profile->saver->containerd_store && entry; entry = entry->next)
        for (size_t i = 0; i < archive->images.count; i++) {
            const struct sb_image *image = archive->images.items[i];
            char *text = sb_arena_new(&facts->arena, SB_DIGEST_TEXT);
            sb_digest_format(&image->top_digest, text);
            if (!sb_json_is_string(sb_json_member(entry, "digest"), text))
                continue;
            sb_digest_format(&image->config_digest, text);
            size_t place = facts->index_order.count;
            if (place && sb_span_is(facts->index_order.items[place - 1], text))
                continue;
            same = same && place < facts->images.count &&
                   sb_span_is(facts->images.items[place].digest, text);
            *sb_vec_push(&facts->index_order) = sb_span_string(text);
        }
    if (same)
        facts->index_order.count = 0;
}

static int find_images(struct finding *finding) {
    struct sb_archive *archive = finding->archive;
    struct sb_facts *facts = finding->facts;
    if (!archive->has_docker) {
        for (size_t i = 0; i < archive->images.count; i++)
            if (find_image(finding, archive->images.items[i], NULL) < 0)
                return -1;
        return 0;
    }
    for (const struct sb_json *item = archive->docker_manifest->first; item; item = item->next) {
        const struct sb_image *image = image_of(finding, item);
        if (!image)
            return none(finding->error, "manifest.json names something that is no image");
        if (find_image(finding, image, sb_json_member(item, "RepoTags")) < 0)
            return -1;
        find_links(finding, &facts->images.items[facts->images.count - 1], item);
    }
    name_images(finding);
    return 0;
}

/* Of the save */

static void find_save(struct finding *finding) {
    struct sb_facts *facts = finding->facts;
    if (facts->profile->folder_time) {
        const struct sb_outer_entry *blobs = sb_outer_find(&finding->outer, "blobs/sha256");
        facts->saved = blobs ? blobs->mtime : 0;
    }
    if (facts->profile->saver->find_save)
        facts->profile->saver->find_save(facts, &finding->outer);
}

int sb_facts_find(struct sb_facts *facts, struct sb_archive *archive, struct sb_range bytes,
                  const struct sb_encoder *encoder, struct sb_error *error) {
    struct finding finding = {
        .facts = facts, .archive = archive, .encoder = encoder, .error = error};
    if (archive->is_directory || archive->images.count == 0)
        return none(error, "there is no image in it");
    if (sb_findings_have(archive->findings, SB_FINDING_LAYER_ABSENT))
        return none(error, "one of its layers is missing");
    int status = sb_outer_read(&finding.outer, archive, error);
    if (status == 0 && finding.outer.list.count == 0)
        status = none(error, "it is empty");
    if (status == 0) {
        facts->profile = sb_saver_recognise(&finding.outer, archive);
        if (!facts->profile || !facts->profile->saver->write)
            status = none(error, "no saver that is known writes such an archive");
    }
    if (status == 0) {
        find_save(&finding);
        status = find_images(&finding);
    }
    if (status == 0)
        find_owners(&finding);
    if (status == 0)
        status = sb_facts_find_encodings(facts, archive, bytes, encoder, error);
    if (status == 0)
        status = sb_facts_check(facts, error);
    sb_outer_release(&finding.outer);
    return status;
}
