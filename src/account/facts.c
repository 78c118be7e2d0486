/* The facts file: reading and writing it. */
#include "account/facts.h"

#include <inttypes.h>

#include "base/number.h"
#include "json/write.h"

const struct sb_profile sb_profiles[] = {
    {"docker-17.09", false, false},
    {"docker-20.10", true, true},
    {NULL, false, false},
};

const struct sb_profile *sb_profile_lookup(struct sb_span name) {
    for (const struct sb_profile *profile = sb_profiles; profile->name; profile++)
        if (sb_span_is(name, profile->name))
            return profile;
    return NULL;
}

void sb_facts_release(struct sb_facts *facts) {
    sb_vec_release(&facts->steps);
    sb_vec_release(&facts->names);
    sb_vec_release(&facts->encodings);
    sb_arena_release(&facts->arena);
}

/* writing */

static void member(struct sb_buf *buf, const char *name, struct sb_span text) {
    sb_buf_appendf(buf, "  \"%s\": ", name);
    sb_json_write_string(buf, text);
    sb_buf_append_string(buf, ",\n");
}

static void write_steps(const struct sb_facts *facts, struct sb_buf *buf) {
    sb_buf_append_string(buf, "  \"steps\": [\n");
    for (size_t i = 0; i < facts->steps.count; i++) {
        const struct sb_fact_step *step = &facts->steps.items[i];
        sb_buf_append_string(buf, "    {\"created\": ");
        sb_json_write_string(buf, step->created);
        sb_buf_appendf(buf,
                       ", \"mode\": \"%04" PRIo32 "\", \"mtime\": %" PRId64 ", \"uid\": %" PRIu32
                       ", \"gid\": %" PRIu32 "}%s\n",
                       step->mode, step->mtime, step->uid, step->gid,
                       i + 1 < facts->steps.count ? "," : "");
    }
    sb_buf_append_string(buf, "  ],\n");
}

static void write_encoding(const struct sb_fact_encoding *encoding, struct sb_buf *buf) {
    sb_buf_appendf(buf, "    {\"codec\": \"%s\"", sb_codec_name(encoding->codec));
    if (encoding->codec == SB_CODEC_BASE64) {
        sb_buf_appendf(buf, ", \"wrap\": %" PRIu64 ", \"newline\": %s", encoding->wrap,
                       encoding->newline ? "true" : "false");
    } else {
        sb_buf_append_string(buf, ", \"encoder\": ");
        if (encoding->encoder.size)
            sb_json_write_string(buf, encoding->encoder);
        else
            sb_buf_append_string(buf, "null");
        sb_buf_appendf(buf, ", \"level\": %u, \"name\": ", encoding->level);
        struct sb_buf name = SB_BUF_INIT;
        sb_buf_append_visible(&name, encoding->name);
        if (encoding->name.data)
            sb_json_write_string(buf, sb_buf_span(&name));
        else
            sb_buf_append_string(buf, "null");
        sb_buf_release(&name);
        sb_buf_appendf(buf, ", \"mtime\": %" PRIu32 ", \"xfl\": %u, \"os\": %u", encoding->mtime,
                       encoding->extra_flags, encoding->os);
    }
    sb_buf_append_string(buf, "}");
}

void sb_facts_write(const struct sb_facts *facts, struct sb_buf *buf) {
    sb_buf_append_string(buf, "{\n  \"schema\": 1,\n");
    member(buf, "profile", sb_span_string(facts->profile->name));
    member(buf, "docker_version", facts->docker_version);
    member(buf, "architecture", facts->architecture);
    if (facts->profile->owner_names)
        member(buf, "owner", facts->owner);
    write_steps(facts, buf);
    sb_buf_append_string(buf, "  \"names\": [");
    for (size_t i = 0; i < facts->names.count; i++) {
        sb_buf_append_string(buf, i ? ", " : "");
        sb_json_write_string(buf, facts->names.items[i]);
    }
    sb_buf_append_string(buf, "],\n  \"encodings\": [");
    for (size_t i = 0; i < facts->encodings.count; i++) {
        sb_buf_append_string(buf, i ? ",\n" : "\n");
        write_encoding(&facts->encodings.items[i], buf);
    }
    sb_buf_append_string(buf, facts->encodings.count ? "\n  ]\n}\n" : "]\n}\n");
}

/* reading */

static int bad(struct sb_error *error, const char *what) {
    return sb_error_set(error, SB_ERROR_USAGE, "facts: %s; docs/facts.md has the form", what);
}

static bool number_of(const struct sb_json *object, const char *name, uint64_t highest,
                      uint64_t *value) {
    const struct sb_json *number = sb_json_member(object, name);
    return number && number->type == SB_JSON_NUMBER &&
           sb_number_decimal(number->text, highest, value);
}

static bool parse_mode(struct sb_span text, uint32_t *mode) {
    *mode = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '7')
            return false;
        *mode = *mode * 8 + (text.data[i] - '0');
    }
    return text.size > 0 && text.size <= 5 && *mode <= 07777;
}

static int parse_step(struct sb_facts *facts, const struct sb_json *item, struct sb_error *error) {
    struct sb_fact_step *step = sb_vec_push(&facts->steps);
    uint64_t mtime, uid, gid;
    step->created = sb_json_string(item, "created");
    if (!step->created.data || !parse_mode(sb_json_string(item, "mode"), &step->mode) ||
        !number_of(item, "mtime", INT64_MAX, &mtime) || !number_of(item, "uid", UINT32_MAX, &uid) ||
        !number_of(item, "gid", UINT32_MAX, &gid))
        return bad(error, "a step needs created, mode, mtime, uid and gid");
    step->mtime = (int64_t)mtime;
    step->uid = (uint32_t)uid;
    step->gid = (uint32_t)gid;
    return 0;
}

static int parse_encoding(struct sb_facts *facts, const struct sb_json *item,
                          struct sb_error *error) {
    struct sb_fact_encoding *encoding = sb_vec_push(&facts->encodings);
    const struct sb_json *newline = sb_json_member(item, "newline");
    uint64_t level = 0, mtime = 0, flags = 0, os = 0;
    if (sb_json_is_string(sb_json_member(item, "codec"), "base64")) {
        encoding->codec = SB_CODEC_BASE64;
        encoding->newline = newline && newline->type == SB_JSON_TRUE;
        return number_of(item, "wrap", 1 << 20, &encoding->wrap) ? 0
                                                                 : bad(error, "base64 needs wrap");
    }
    if (!sb_json_is_string(sb_json_member(item, "codec"), "gzip") ||
        !number_of(item, "level", 9, &level) || !number_of(item, "mtime", UINT32_MAX, &mtime) ||
        !number_of(item, "xfl", 255, &flags) || !number_of(item, "os", 255, &os))
        return bad(error, "an encoding is base64, or gzip with level, mtime, xfl and os");
    encoding->codec = SB_CODEC_GZIP;
    encoding->encoder = sb_json_string(item, "encoder");
    struct sb_buf name = SB_BUF_INIT;
    struct sb_span written = sb_json_string(item, "name");
    bool good = sb_buf_append_unvisible(&name, written);
    if (written.data)
        encoding->name = sb_arena_copy(&facts->arena, sb_buf_span(&name));
    sb_buf_release(&name);
    if (!good)
        return bad(error, "a name has a backslash that is no escape");
    encoding->level = (unsigned)level;
    encoding->mtime = (uint32_t)mtime;
    encoding->extra_flags = (unsigned)flags;
    encoding->os = (unsigned)os;
    return 0;
}

int sb_facts_parse(struct sb_facts *facts, struct sb_span text, struct sb_error *error) {
    struct sb_json *root;
    if (sb_json_parse(text, &facts->arena, NULL, "facts", &root, error) < 0)
        return -1;
    facts->profile = sb_profile_lookup(sb_json_string(root, "profile"));
    if (!facts->profile)
        return bad(error, "the profile is none that is known (docker-17.09, docker-20.10)");
    facts->docker_version = sb_json_string(root, "docker_version");
    facts->architecture = sb_json_string(root, "architecture");
    facts->owner = sb_json_string(root, "owner");
    const struct sb_json *steps = sb_json_member(root, "steps");
    const struct sb_json *names = sb_json_member(root, "names");
    const struct sb_json *encodings = sb_json_member(root, "encodings");
    if (!facts->docker_version.data || !facts->architecture.data || !steps ||
        steps->type != SB_JSON_ARRAY || steps->count == 0)
        return bad(error, "docker_version, architecture and steps are needed");
    for (const struct sb_json *item = steps->first; item; item = item->next)
        if (parse_step(facts, item, error) < 0)
            return -1;
    for (const struct sb_json *item = names ? names->first : NULL; item; item = item->next)
        *sb_vec_push(&facts->names) = item->text;
    for (const struct sb_json *item = encodings ? encodings->first : NULL; item; item = item->next)
        if (parse_encoding(facts, item, error) < 0)
            return -1;
    return 0;
}
