/* The legacy `docker save` of an image by the classic builder: Docker 17.09 and 20.10. What the
 * engine writes is moby's image/tarexport/save.go, image/v1 and builder/dockerfile; how, Go's
 * archive/tar and encoding/json. */
#include "account/profile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "account/gotar.h"
#include "json/write.h"

static const char default_path[] =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
static const char epoch[] = "1970-01-01T00:00:00Z";

enum { FILE_BITS = 0100000, FOLDER_BITS = 0040000 };

struct image_layer {
    struct sb_marked tar;
    struct sb_digest diff_id, chain_id;
    char add[80];    /* "file:" and the hash */
    char id[65];     /* v1 id */
    char config[65]; /* id of the image after this step */
    struct sb_marked json;
};

struct writing {
    const struct sb_facts *facts;
    const struct sb_profile_step *steps;
    size_t count;
    struct image_layer *layers;
    struct sb_error *error;
};

struct sb_digest sb_profile_add_hash(struct sb_span source, uint32_t mode, uint32_t uid,
                                     uint32_t gid, struct sb_span content) {
    struct sb_sha256 hash;
    struct sb_buf text = SB_BUF_INIT;
    sb_buf_append_string(&text, "name");
    sb_buf_append_span(&text, source);
    sb_buf_appendf(&text, "mode%" PRIu32 "uid%" PRIu32 "gid%" PRIu32 "size%zu", mode | FILE_BITS,
                   uid, gid, content.size);
    sb_buf_append_string(&text, "typeflag0linknameunamegnamedevmajor0devminor0");
    sb_sha256_init(&hash);
    sb_sha256_update(&hash, sb_buf_span(&text));
    sb_sha256_update(&hash, content);
    sb_buf_release(&text);
    return sb_sha256_final(&hash);
}

static struct sb_span owner_of(const struct writing *writing) {
    return writing->facts->profile->owner_names ? writing->facts->owner : sb_span_string("");
}

static void put(struct sb_marked *out, enum sb_heading heading, const char *field,
                const char *text) {
    sb_marked_text(out, heading, field, text);
}

static void put_string(struct sb_marked *out, enum sb_heading heading, const char *field,
                       struct sb_span text) {
    struct sb_buf quoted = SB_BUF_INIT;
    sb_json_write_go_string(&quoted, text);
    put(out, SB_HEADING_PROFILE, field, "\"");
    sb_marked_append(out, heading, field,
                     sb_span_of(quoted.data + 1, quoted.size >= 2 ? quoted.size - 2 : 0));
    put(out, SB_HEADING_PROFILE, field, "\"");
    sb_buf_release(&quoted);
}

/* "#(nop) ADD file:HASH in /t " between its quotes; the prefix is the shell's, in history. */
static void put_created_by(struct sb_marked *out, const struct writing *writing, size_t step,
                           const char *prefix) {
    const struct sb_profile_step *said = &writing->steps[step];
    put(out, SB_HEADING_PROFILE, "created_by", prefix);
    put(out, SB_HEADING_PROFILE, "created_by", "#(nop) ");
    put(out, SB_HEADING_SOURCE, "created_by", said->add ? "ADD " : "COPY ");
    put(out, SB_HEADING_PROFILE, "created_by", "file:");
    put(out, SB_HEADING_DERIVED, "hash of the added file", writing->layers[step].add + 5);
    put(out, SB_HEADING_PROFILE, "created_by", " in ");
    struct sb_buf target = SB_BUF_INIT, quoted = SB_BUF_INIT;
    sb_buf_append_byte(&target, '/');
    sb_buf_append_span(&target, said->target);
    sb_json_write_go_string(&quoted, sb_buf_span(&target));
    sb_marked_append(out, SB_HEADING_SOURCE, "created_by",
                     sb_span_of(quoted.data + 1, quoted.size - 2));
    sb_buf_release(&target);
    sb_buf_release(&quoted);
    put(out, SB_HEADING_PROFILE, "created_by", " ");
}

/* Docker's container.Config as JSON; step SIZE_MAX: all zero, as lower layers have it. */
static void put_run_config(struct sb_marked *out, const struct writing *writing, size_t step,
                           bool with_command) {
    bool zero = step == SIZE_MAX;
    put(out, SB_HEADING_PROFILE, "config",
        "{\"Hostname\":\"\",\"Domainname\":\"\",\"User\":\"\",\"AttachStdin\":false,"
        "\"AttachStdout\":false,\"AttachStderr\":false,\"Tty\":false,\"OpenStdin\":false,"
        "\"StdinOnce\":false,\"Env\":");
    if (zero) {
        put(out, SB_HEADING_PROFILE, "Env", "null");
    } else {
        put(out, SB_HEADING_PROFILE, "Env", "[\"");
        put(out, SB_HEADING_PROFILE, "Env", default_path);
        put(out, SB_HEADING_PROFILE, "Env", "\"]");
    }
    put(out, SB_HEADING_PROFILE, "config", ",\"Cmd\":");
    if (with_command) {
        put(out, SB_HEADING_PROFILE, "Cmd", "[\"/bin/sh\",\"-c\",\"");
        put_created_by(out, writing, step, "");
        put(out, SB_HEADING_PROFILE, "Cmd", "\"]");
    } else {
        put(out, SB_HEADING_PROFILE, "Cmd", "null");
    }
    put(out, SB_HEADING_PROFILE, "Image", ",\"Image\":\"");
    if (!zero && step > 0) {
        put(out, SB_HEADING_PROFILE, "Image", "sha256:");
        put(out, SB_HEADING_DERIVED, "id of the image before", writing->layers[step - 1].config);
    }
    put(out, SB_HEADING_PROFILE, "config",
        "\",\"Volumes\":null,\"WorkingDir\":\"\",\"Entrypoint\":null,\"OnBuild\":null,"
        "\"Labels\":null}");
}

static void put_history(struct sb_marked *out, const struct writing *writing, size_t step) {
    for (size_t i = 0; i <= step; i++) {
        put(out, SB_HEADING_PROFILE, "history", i ? ",{\"created\":" : "{\"created\":");
        put_string(out, SB_HEADING_FACT, "created", writing->facts->steps.items[i].created);
        put(out, SB_HEADING_PROFILE, "history", ",\"created_by\":\"");
        put_created_by(out, writing, i, "/bin/sh -c ");
        put(out, SB_HEADING_PROFILE, "history", "\"}");
    }
}

static void put_digest(struct sb_marked *out, const char *field, const struct sb_digest *digest) {
    char text[SB_DIGEST_TEXT];
    sb_digest_format(digest, text);
    put(out, SB_HEADING_PROFILE, field, "\"sha256:");
    put(out, SB_HEADING_DERIVED, field, text + 7);
    put(out, SB_HEADING_PROFILE, field, "\"");
}

/* The configuration of the image after step: members sorted, as the classic builder leaves them. */
static void put_config(struct sb_marked *out, const struct writing *writing, size_t step) {
    const struct sb_facts *facts = writing->facts;
    put(out, SB_HEADING_PROFILE, "architecture", "{\"architecture\":");
    put_string(out, SB_HEADING_FACT, "architecture", facts->architecture);
    put(out, SB_HEADING_PROFILE, "config", ",\"config\":");
    put_run_config(out, writing, step, false);
    put(out, SB_HEADING_PROFILE, "container_config", ",\"container_config\":");
    put_run_config(out, writing, step, true);
    put(out, SB_HEADING_PROFILE, "created", ",\"created\":");
    put_string(out, SB_HEADING_FACT, "created", facts->steps.items[step].created);
    put(out, SB_HEADING_PROFILE, "docker_version", ",\"docker_version\":");
    put_string(out, SB_HEADING_FACT, "docker_version", facts->docker_version);
    put(out, SB_HEADING_PROFILE, "history", ",\"history\":[");
    put_history(out, writing, step);
    put(out, SB_HEADING_PROFILE, "rootfs",
        facts->profile->os_member
            ? "],\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
            : "],\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[");
    for (size_t i = 0; i <= step; i++) {
        if (i)
            put(out, SB_HEADING_PROFILE, "rootfs", ",");
        put_digest(out, "diff_id", &writing->layers[i].diff_id);
    }
    put(out, SB_HEADING_PROFILE, "rootfs", "]}}");
}

static void hex_of(const struct sb_marked *marked, char text[65]) {
    struct sb_digest digest = sb_sha256_of(sb_buf_span(&marked->bytes));
    sb_digest_format_hex(&digest, text);
}

/* V1Image without id and parent, and below the top without os: what its id is made of. */
static void put_v1_body(struct sb_marked *out, const struct writing *writing, size_t layer) {
    const struct sb_facts *facts = writing->facts;
    bool top = layer + 1 == writing->count;
    put(out, SB_HEADING_PROFILE, "created", "\"created\":");
    if (top)
        put_string(out, SB_HEADING_FACT, "created", facts->steps.items[layer].created);
    else
        put_string(out, SB_HEADING_PROFILE, "created", sb_span_string(epoch));
    put(out, SB_HEADING_PROFILE, "container_config", ",\"container_config\":");
    put_run_config(out, writing, top ? layer : SIZE_MAX, top);
    if (!top)
        return;
    put(out, SB_HEADING_PROFILE, "docker_version", ",\"docker_version\":");
    put_string(out, SB_HEADING_FACT, "docker_version", facts->docker_version);
    put(out, SB_HEADING_PROFILE, "config", ",\"config\":");
    put_run_config(out, writing, layer, false);
    put(out, SB_HEADING_PROFILE, "architecture", ",\"architecture\":");
    put_string(out, SB_HEADING_FACT, "architecture", facts->architecture);
    if (facts->profile->os_member)
        put(out, SB_HEADING_PROFILE, "os", ",\"os\":\"linux\"");
}

/* The id: of the members as a sorted map, with the chain id and the parent's id. */
static int make_v1_id(struct writing *writing, size_t layer) {
    struct sb_marked body = SB_MARKED_INIT;
    struct sb_buf text = SB_BUF_INIT;
    struct sb_arena arena = SB_ARENA_INIT;
    struct sb_json *map;
    char chain[SB_DIGEST_TEXT];
    put(&body, SB_HEADING_PROFILE, "", "{");
    put_v1_body(&body, writing, layer);
    put(&body, SB_HEADING_PROFILE, "", "}");
    int status =
        sb_json_parse(sb_buf_span(&body.bytes), &arena, NULL, "v1 image", &map, writing->error);
    if (status == 0) {
        sb_digest_format(&writing->layers[layer].chain_id, chain);
        sb_json_add_string(&arena, map, "layer_id", sb_span_string(chain));
        if (layer > 0)
            sb_json_add_string(&arena, map, "parent",
                               sb_span_string(sb_arena_printf(&arena, "sha256:%s",
                                                              writing->layers[layer - 1].id)));
        sb_json_write_go_raw(&text, map);
        struct sb_digest id = sb_sha256_of(sb_buf_span(&text));
        sb_digest_format_hex(&id, writing->layers[layer].id);
    }
    sb_marked_release(&body);
    sb_buf_release(&text);
    sb_arena_release(&arena);
    return status;
}

static int make_v1(struct writing *writing, size_t layer) {
    struct sb_marked *out = &writing->layers[layer].json;
    if (make_v1_id(writing, layer) < 0)
        return -1;
    put(out, SB_HEADING_PROFILE, "id", "{\"id\":\"");
    put(out, SB_HEADING_DERIVED, "id", writing->layers[layer].id);
    if (layer > 0) {
        put(out, SB_HEADING_PROFILE, "parent", "\",\"parent\":\"");
        put(out, SB_HEADING_DERIVED, "parent", writing->layers[layer - 1].id);
    }
    put(out, SB_HEADING_PROFILE, "id", "\",");
    put_v1_body(out, writing, layer);
    bool below = layer + 1 < writing->count;
    put(out, SB_HEADING_PROFILE, "os",
        writing->facts->profile->os_member && below ? ",\"os\":\"linux\"}" : "}");
    return 0;
}

static int make_layer(struct writing *writing, size_t step) {
    const struct sb_profile_step *said = &writing->steps[step];
    const struct sb_fact_step *fact = &writing->facts->steps.items[step];
    struct image_layer *layer = &writing->layers[step];
    struct sb_gotar_entry entry = {.name = said->target,
                                   .type = '0',
                                   .mode = fact->mode | FILE_BITS,
                                   .mtime = fact->mtime,
                                   .owner = owner_of(writing),
                                   .name_heading = SB_HEADING_SOURCE,
                                   .mode_heading = SB_HEADING_FACT,
                                   .time_heading = SB_HEADING_FACT};
    char hex[65], chain[2 * SB_DIGEST_TEXT];
    layer->tar.entry = (const char *)sb_arena_copy(&layer->tar.arena, said->target).data;
    if (sb_gotar_write(&layer->tar, &entry, said->content, writing->error) < 0)
        return -1;
    layer->tar.entry = "end";
    sb_gotar_end(&layer->tar);
    layer->diff_id = sb_sha256_of(sb_buf_span(&layer->tar.bytes));
    layer->chain_id = layer->diff_id;
    if (step > 0) {
        sb_digest_format(&writing->layers[step - 1].chain_id, chain);
        chain[SB_DIGEST_TEXT - 1] = ' ';
        sb_digest_format(&layer->diff_id, chain + SB_DIGEST_TEXT);
        layer->chain_id = sb_sha256_of(sb_span_string(chain));
    }
    struct sb_digest hash =
        sb_profile_add_hash(said->source, fact->mode, fact->uid, fact->gid, said->content);
    sb_digest_format_hex(&hash, hex);
    snprintf(layer->add, sizeof layer->add, "file:%s", hex);
    struct sb_marked config = SB_MARKED_INIT;
    put_config(&config, writing, step);
    hex_of(&config, layer->config);
    sb_marked_release(&config);
    return 0;
}

/* The files of the archive, sorted as a walk of a folder is. */
struct file {
    char name[160];
    unsigned char type;
    bool timed; /* with the image's time, else 0 */
    struct sb_marked content;
};

static int compare_files(const void *a, const void *b) {
    const struct file *x = a, *y = b;
    for (size_t i = 0;; i++) {
        int p = x->name[i] == '/' ? 1 : (unsigned char)x->name[i];
        int q = y->name[i] == '/' ? 1 : (unsigned char)y->name[i];
        if (p != q || p == 0)
            return p - q;
    }
}

static struct file *add_file(struct file *files, size_t *count, unsigned char type, bool timed,
                             const char *folder, const char *name) {
    struct file *file = &files[(*count)++];
    *file = (struct file){.type = type, .timed = timed};
    snprintf(file->name, sizeof file->name, "%s%s%s", folder, *folder ? "/" : "", name);
    return file;
}

static void put_manifest(struct sb_marked *out, const struct writing *writing, const char *config) {
    const struct sb_facts *facts = writing->facts;
    put(out, SB_HEADING_PROFILE, "Config", "[{\"Config\":\"");
    put(out, SB_HEADING_DERIVED, "Config", config);
    put(out, SB_HEADING_PROFILE, "RepoTags", ".json\",\"RepoTags\":");
    if (facts->names.count == 0)
        put(out, SB_HEADING_FACT, "RepoTags", "null");
    else
        put(out, SB_HEADING_PROFILE, "RepoTags", "[");
    for (size_t i = 0; i < facts->names.count; i++) {
        if (i)
            put(out, SB_HEADING_PROFILE, "RepoTags", ",");
        put_string(out, SB_HEADING_FACT, "RepoTags", facts->names.items[i]);
    }
    put(out, SB_HEADING_PROFILE, "Layers", facts->names.count ? "],\"Layers\":[" : ",\"Layers\":[");
    for (size_t i = 0; i < writing->count; i++) {
        put(out, SB_HEADING_PROFILE, "Layers", i ? ",\"" : "\"");
        put(out, SB_HEADING_DERIVED, "Layers", writing->layers[i].id);
        put(out, SB_HEADING_PROFILE, "Layers", "/layer.tar\"");
    }
    put(out, SB_HEADING_PROFILE, "manifest", "]}]\n");
}

/* {"repo":{"tag":"id"}}, both maps sorted. */
static void put_repositories(struct sb_marked *out, const struct writing *writing) {
    struct sb_arena arena = SB_ARENA_INIT;
    struct sb_json *all = sb_json_new(&arena, SB_JSON_OBJECT);
    const char *id = writing->layers[writing->count - 1].id;
    for (size_t i = 0; i < writing->facts->names.count; i++) {
        struct sb_span name = writing->facts->names.items[i];
        size_t colon = name.size;
        while (colon > 0 && name.data[colon - 1] != ':')
            colon--;
        char *repo =
            sb_arena_printf(&arena, "%.*s", colon ? (int)colon - 1 : 0, (const char *)name.data);
        struct sb_json *tags = sb_json_member(all, repo);
        if (!tags) {
            tags = sb_json_new(&arena, SB_JSON_OBJECT);
            sb_json_add(all, repo, tags);
        }
        sb_json_add_string(&arena, tags,
                           (const char *)sb_arena_copy(&arena, sb_span_from(name, colon)).data,
                           sb_span_string(id));
    }
    struct sb_buf text = SB_BUF_INIT;
    sb_json_write_go(&text, all);
    const char *rest = sb_buf_string(&text), *found;
    while ((found = strstr(rest, id))) {
        sb_marked_append(out, SB_HEADING_FACT, "names", sb_span_of(rest, (size_t)(found - rest)));
        put(out, SB_HEADING_DERIVED, "id", id);
        rest = found + 64;
    }
    put(out, SB_HEADING_PROFILE, "repositories", rest);
    put(out, SB_HEADING_PROFILE, "repositories", "\n");
    sb_buf_release(&text);
    sb_arena_release(&arena);
}

static int put_files(struct sb_marked *out, const struct writing *writing, struct file *files,
                     size_t count, int64_t created) {
    for (size_t i = 0; i < count; i++) {
        struct file *file = &files[i];
        bool folder = file->type == '5';
        struct sb_gotar_entry entry = {
            .name = sb_span_string(file->name),
            .type = file->type,
            .mode = folder ? 0755 | FOLDER_BITS : 0644 | FILE_BITS,
            .mtime = file->timed ? created : 0,
            .owner = owner_of(writing),
            .name_heading = file->timed ? SB_HEADING_DERIVED : SB_HEADING_PROFILE,
            .mode_heading = SB_HEADING_PROFILE,
            .time_heading = file->timed ? SB_HEADING_FACT : SB_HEADING_PROFILE};
        out->entry = (const char *)sb_arena_copy(&out->arena, sb_span_string(file->name)).data;
        if (sb_gotar_header(out, &entry, file->content.bytes.size, writing->error) < 0)
            return -1;
        const char *slash = strrchr(file->name, '/');
        bool layer = slash && strcmp(slash, "/layer.tar") == 0;
        struct sb_marked inner = file->content;
        for (size_t k = 0; !layer && k < inner.marks.count; k++)
            inner.marks.items[k].entry = file->name;
        sb_marked_join(out, &inner, layer ? "layer.tar: " : "");
        sb_gotar_pad(out);
    }
    out->entry = "end";
    sb_gotar_end(out);
    return 0;
}

static int write_archive(struct writing *writing, struct sb_marked *archive) {
    size_t count = 0, last = writing->count - 1;
    struct file *files = sb_memory_new(4 * writing->count + 3, sizeof *files);
    int64_t created = 0;
    int status = sb_gotar_time(writing->facts->steps.items[last].created, &created, writing->error);
    for (size_t i = 0; i < writing->count && status == 0; i++) {
        struct image_layer *layer = &writing->layers[i];
        status = make_v1(writing, i);
        add_file(files, &count, '5', true, layer->id, "");
        put(&add_file(files, &count, '0', true, layer->id, "VERSION")->content, SB_HEADING_PROFILE,
            "version", "1.0");
        sb_marked_join(&add_file(files, &count, '0', true, layer->id, "json")->content,
                       &layer->json, "");
        sb_marked_join(&add_file(files, &count, '0', true, layer->id, "layer.tar")->content,
                       &layer->tar, "");
    }
    if (status == 0) {
        char config_name[80];
        snprintf(config_name, sizeof config_name, "%s.json", writing->layers[last].config);
        put_config(&add_file(files, &count, '0', true, "", config_name)->content, writing, last);
        put_manifest(&add_file(files, &count, '0', false, "", "manifest.json")->content, writing,
                     writing->layers[last].config);
        if (writing->facts->names.count)
            put_repositories(&add_file(files, &count, '0', false, "", "repositories")->content,
                             writing);
        qsort(files, count, sizeof *files, compare_files);
        status = put_files(archive, writing, files, count, created);
    }
    for (size_t i = 0; i < count; i++)
        sb_marked_release(&files[i].content);
    free(files);
    return status;
}

int sb_profile_write(const struct sb_facts *facts, const struct sb_profile_step *steps,
                     size_t count, struct sb_marked *archive, struct sb_error *error) {
    if (count == 0 || count != facts->steps.count)
        return sb_error_set(error, SB_ERROR_USAGE,
                            "the Dockerfile has %zu steps that make a layer, the facts have %zu",
                            count, facts->steps.count);
    struct writing writing = {facts, steps, count, sb_memory_new(count, sizeof *writing.layers),
                              error};
    int status = 0;
    for (size_t i = 0; i < count && status == 0; i++)
        status = make_layer(&writing, i);
    if (status == 0)
        status = write_archive(&writing, archive);
    for (size_t i = 0; i < count; i++) {
        sb_marked_release(&writing.layers[i].tar);
        sb_marked_release(&writing.layers[i].json);
    }
    free(writing.layers);
    return status;
}
