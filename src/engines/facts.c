/* The facts file: writing it. */
#include "engines/facts.h"

#include <inttypes.h>

#include "base/limits.h"
#include "json/write.h"

void sb_facts_release(struct sb_facts *facts) {
    for (size_t i = 0; i < facts->images.count; i++) {
        sb_vec_release(&facts->images.items[i].steps);
        sb_vec_release(&facts->images.items[i].names);
    }
    sb_vec_release(&facts->images);
    sb_vec_release(&facts->owners);
    sb_vec_release(&facts->index_order);
    sb_vec_release(&facts->times);
    sb_vec_release(&facts->encodings);
    sb_arena_release(&facts->arena);
}

bool sb_facts_have_room(const struct sb_facts *facts, const struct sb_json *names) {
    size_t count = names ? names->count : 0;
    for (size_t i = 0; i < facts->images.count; i++)
        count += facts->images.items[i].names.count;
    return count <= SB_LIMIT_NAMES;
}

static const struct sb_fact_owner *find_owner(const struct sb_facts *facts, bool group,
                                              uint32_t id) {
    for (size_t i = 0; i < facts->owners.count; i++)
        if (facts->owners.items[i].group == group && facts->owners.items[i].id == id)
            return &facts->owners.items[i];
    return NULL;
}

struct sb_span sb_facts_owner_name(const struct sb_facts *facts, bool group, uint32_t id) {
    const struct sb_fact_owner *owner = find_owner(facts, group, id);
    return owner ? owner->name : sb_span_of(NULL, 0);
}

bool sb_facts_encoders_known(const struct sb_facts *facts) {
    for (size_t i = 0; i < facts->encodings.count; i++)
        if (facts->encodings.items[i].codec == SB_CODEC_GZIP &&
            !facts->encodings.items[i].encoder.name.size)
            return false;
    return true;
}

/* A document that is being written, line by line. */
struct writer {
    struct sb_buf *buf;
    const char *indent;
    bool any; /* a member stands before */
};

static void start(struct writer *writer, const char *name) {
    sb_buf_appendf(writer->buf, "%s\n%s\"%s\": ", writer->any ? "," : "", writer->indent, name);
    writer->any = true;
}

static void member(struct writer *writer, const char *name, struct sb_span text) {
    if (!text.size)
        return;
    start(writer, name);
    sb_json_write_string(writer->buf, text);
}

static void write_encoder(struct sb_buf *buf, const struct sb_fact_encoder *encoder) {
    sb_buf_append_string(buf, "\"encoder\": ");
    if (encoder->name.size)
        sb_json_write_string(buf, encoder->name);
    else
        sb_buf_append_string(buf, "null");
    sb_buf_appendf(buf, ", \"level\": %u", encoder->level);
}

static void write_entries(struct sb_buf *buf, const struct sb_fact_step *step) {
    if (step->entry_count == 1) {
        sb_buf_appendf(buf, ", \"mode\": \"%04" PRIo32 "\", \"mtime\": %" PRId64,
                       step->entries[0].mode, step->entries[0].mtime);
        return;
    }
    sb_buf_append_string(buf, ", \"entries\": [");
    for (size_t i = 0; i < step->entry_count; i++)
        sb_buf_appendf(buf, "%s[\"%04" PRIo32 "\", %" PRId64 "]", i ? ", " : "",
                       step->entries[i].mode, step->entries[i].mtime);
    sb_buf_append_string(buf, "]");
}

static void write_step(struct sb_buf *buf, const struct sb_fact_step *step) {
    sb_buf_append_string(buf, "{\"created\": ");
    sb_json_write_string(buf, step->created);
    if (step->layer)
        write_entries(buf, step);
    if (step->owned)
        sb_buf_appendf(buf, ", \"uid\": %" PRIu32 ", \"gid\": %" PRIu32, step->uid, step->gid);
    if (step->linked)
        sb_buf_appendf(buf, ", \"link_mtime\": %" PRId64, step->link_mtime);
    if (step->sum.size) {
        sb_buf_append_string(buf, ", \"sum\": ");
        sb_json_write_string(buf, step->sum);
    }
    if (step->parent.size) {
        sb_buf_append_string(buf, ", \"parent\": ");
        sb_json_write_string(buf, step->parent);
    }
    if (step->layer && step->encoder.name.size) {
        sb_buf_append_string(buf, ", ");
        write_encoder(buf, &step->encoder);
    }
    sb_buf_append_string(buf, "}");
}

static void write_names(struct sb_buf *buf, const struct sb_fact_image *image) {
    if (image->names_null) {
        sb_buf_append_string(buf, "null");
        return;
    }
    sb_buf_append_string(buf, "[");
    for (size_t i = 0; i < image->names.count; i++) {
        sb_buf_append_string(buf, i ? ", " : "");
        sb_json_write_string(buf, image->names.items[i]);
    }
    sb_buf_append_string(buf, "]");
}

static bool is_buildah(const struct sb_fact_image *image) {
    return image->builder->kind == SB_BUILDER_BUILDAH;
}

static void write_image(struct writer *writer, const struct sb_facts *facts,
                        const struct sb_fact_image *image) {
    struct sb_buf *buf = writer->buf;
    member(writer, "config", image->digest);
    if (!image->builder->source_owners)
        member(writer, "builder", sb_span_string(image->builder->name));
    member(writer, is_buildah(image) ? "buildah_version" : "docker_version", image->docker_version);
    member(writer, "architecture", image->architecture);
    member(writer, "variant", image->variant);
    if (facts->images.count == 1)
        member(writer, "owner", sb_facts_owner_name(facts, false, 0));
    member(writer, "created", image->created);
    member(writer, "container", image->container);
    member(writer, "hostname", image->hostname);
    member(writer, "parent", image->parent);
    start(writer, "steps");
    sb_buf_append_string(buf, "[");
    for (size_t i = 0; i < image->steps.count; i++) {
        sb_buf_appendf(buf, "%s\n%s  ", i ? "," : "", writer->indent);
        write_step(buf, &image->steps.items[i]);
    }
    sb_buf_appendf(buf, "\n%s]", writer->indent);
    start(writer, "names");
    write_names(buf, image);
    member(writer, "reference", image->reference);
    if (image->annotations) {
        start(writer, "annotations");
        sb_json_write_go(buf, image->annotations);
    }
    if (image->attestation) {
        start(writer, "attestation");
        sb_json_write_go(buf, image->attestation);
    }
    if (image->plain_modes) {
        start(writer, "plain_modes");
        sb_buf_append_string(buf, "true");
    }
    if (image->bare) {
        start(writer, "bare");
        sb_buf_append_string(buf, "true");
    }
}

static void write_owners(struct writer *writer, const struct sb_facts *facts, bool group) {
    const struct sb_fact_owner *root = find_owner(facts, false, 0);
    bool any = group && root && root->name.size && !find_owner(facts, true, 0);
    if (any) { /* "owner" would stand for both */
        start(writer, "groups");
        sb_buf_append_string(writer->buf, "{\"0\": \"\"");
    }
    for (size_t i = 0; i < facts->owners.count; i++) {
        const struct sb_fact_owner *owner = &facts->owners.items[i];
        if (owner->group != group || (owner->id == 0 && !group && facts->images.count == 1))
            continue;
        if (group && owner->id == 0 && root && sb_span_equal(owner->name, root->name))
            continue;
        if (!any)
            start(writer, group ? "groups" : "users");
        sb_buf_appendf(writer->buf, "%s\"%" PRIu32 "\": ", any ? ", " : "{", owner->id);
        sb_json_write_string(writer->buf, owner->name);
        any = true;
    }
    if (any)
        sb_buf_append_string(writer->buf, "}");
}

static void write_save(struct writer *writer, const struct sb_facts *facts) {
    bool stamped = facts->profile->saver->stamps_writing && !facts->times.count;
    if (facts->profile->folder_time || stamped) {
        start(writer, "saved");
        sb_buf_appendf(writer->buf, "%" PRId64, facts->saved);
    }
    if (facts->times.count)
        start(writer, "times");
    for (size_t i = 0; i < facts->times.count; i++)
        sb_buf_appendf(writer->buf, "%s%" PRId64, i ? ", " : "[", facts->times.items[i]);
    if (facts->times.count)
        sb_buf_append_string(writer->buf, "]");
    write_owners(writer, facts, false);
    write_owners(writer, facts, true);
    if (facts->index_order.count)
        start(writer, "index_order");
    for (size_t i = 0; i < facts->index_order.count; i++) {
        sb_buf_append_string(writer->buf, i ? ", " : "[");
        sb_json_write_string(writer->buf, facts->index_order.items[i]);
    }
    if (facts->index_order.count)
        sb_buf_append_string(writer->buf, "]");
}

static void write_encoding(struct sb_buf *buf, const struct sb_fact_encoding *encoding) {
    sb_buf_appendf(buf, "    {\"codec\": \"%s\", ", sb_codec_name(encoding->codec));
    if (encoding->codec == SB_CODEC_BASE64) {
        sb_buf_appendf(buf, "\"wrap\": %" PRIu64 ", \"newline\": %s}", encoding->wrap,
                       encoding->newline ? "true" : "false");
        return;
    }
    struct sb_buf name = SB_BUF_INIT;
    write_encoder(buf, &encoding->encoder);
    sb_buf_append_string(buf, ", \"name\": ");
    sb_buf_append_visible(&name, encoding->name);
    if (encoding->name.data)
        sb_json_write_string(buf, sb_buf_span(&name));
    else
        sb_buf_append_string(buf, "null");
    sb_buf_release(&name);
    sb_buf_appendf(buf, ", \"mtime\": %" PRIu32 ", \"xfl\": %u, \"os\": %u}", encoding->mtime,
                   encoding->extra_flags, encoding->os);
}

void sb_facts_write(const struct sb_facts *facts, struct sb_buf *buf) {
    struct writer writer = {buf, "  ", true};
    sb_buf_append_string(buf, "{\n  \"schema\": 1");
    member(&writer, "profile", sb_span_string(facts->profile->name));
    if (facts->images.count == 1)
        write_image(&writer, facts, &facts->images.items[0]);
    write_save(&writer, facts);
    if (facts->images.count != 1)
        start(&writer, "images");
    for (size_t i = 0; facts->images.count != 1 && i < facts->images.count; i++) {
        struct writer inner = {buf, "    ", false};
        sb_buf_append_string(buf, i ? ", {" : "[{");
        write_image(&inner, facts, &facts->images.items[i]);
        sb_buf_append_string(buf, "\n  }");
    }
    if (facts->images.count != 1)
        sb_buf_append_string(buf, "]");
    start(&writer, "encodings");
    sb_buf_append_string(buf, "[");
    for (size_t i = 0; i < facts->encodings.count; i++) {
        sb_buf_append_string(buf, i ? ",\n" : "\n");
        write_encoding(buf, &facts->encodings.items[i]);
    }
    sb_buf_append_string(buf, facts->encodings.count ? "\n  ]\n}\n" : "]\n}\n");
}
