/* The facts file: reading it. */
#include "base/number.h"
#include "engines/facts.h"

static int bad(struct sb_error *error, const char *what) {
    return sb_error_set(error, SB_ERROR_USAGE, "facts: %s; docs/facts.md has the form", what);
}

static bool number_of(const struct sb_json *object, const char *name, uint64_t highest,
                      uint64_t *value) {
    const struct sb_json *number = sb_json_member(object, name);
    return number && number->type == SB_JSON_NUMBER &&
           sb_number_decimal(number->text, highest, value);
}

/* Seconds since 1970, also before. */
static bool time_of(const struct sb_json *number, int64_t *value) {
    uint64_t magnitude;
    if (!number || number->type != SB_JSON_NUMBER)
        return false;
    bool minus = sb_span_starts(number->text, "-");
    if (!sb_number_decimal(sb_span_from(number->text, minus), INT64_MAX, &magnitude))
        return false;
    *value = minus ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

/* Whether a member is not there, or null, or a list of values of one type. */
static bool is_list_of(const struct sb_json *list, enum sb_json_type type) {
    if (!list || list->type == SB_JSON_NULL)
        return true;
    if (list->type != SB_JSON_ARRAY)
        return false;
    for (const struct sb_json *item = list->first; item; item = item->next)
        if (item->type != type || (type == SB_JSON_STRING && item->text.size == 0))
            return false;
    return true;
}

static bool is_object(const struct sb_json *value) {
    return !value || value->type == SB_JSON_OBJECT;
}

/* A member that is true where it is there. */
static bool flag_of(const struct sb_json *object, const char *name, bool *flag) {
    const struct sb_json *value = sb_json_member(object, name);
    *flag = value && value->type == SB_JSON_TRUE;
    return !value || value->type == SB_JSON_TRUE || value->type == SB_JSON_FALSE;
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

static int parse_entries(struct sb_facts *facts, struct sb_fact_step *step,
                         const struct sb_json *item, struct sb_error *error) {
    const struct sb_json *entries = sb_json_member(item, "entries");
    size_t count = entries ? entries->count : sb_json_member(item, "mode") ? 1 : 0;
    step->layer = entries || count;
    step->entries = sb_arena_new(&facts->arena, (count + 1) * sizeof *step->entries);
    if (entries && entries->type != SB_JSON_ARRAY)
        return bad(error, "entries must be a list");
    if (!entries && count) {
        step->entry_count = 1;
        if (!parse_mode(sb_json_string(item, "mode"), &step->entries[0].mode) ||
            !time_of(sb_json_member(item, "mtime"), &step->entries[0].mtime))
            return bad(error, "a step with mode needs a mtime");
    }
    for (const struct sb_json *entry = entries ? entries->first : NULL; entry;
         entry = entry->next) {
        struct sb_fact_entry *own = &step->entries[step->entry_count++];
        if (entry->type != SB_JSON_ARRAY || entry->count != 2 ||
            entry->first->type != SB_JSON_STRING || !parse_mode(entry->first->text, &own->mode) ||
            !time_of(entry->last, &own->mtime))
            return bad(error, "an entry is [\"MODE\", MTIME]");
    }
    return 0;
}

static int parse_encoder(struct sb_fact_encoder *encoder, const struct sb_json *item,
                         struct sb_error *error) {
    uint64_t level = 0;
    encoder->name = sb_json_string(item, "encoder");
    if (sb_json_member(item, "level") && !number_of(item, "level", 22, &level))
        return bad(error, "a level is a number from 0 to 22");
    encoder->level = (unsigned)level;
    return 0;
}

static int parse_step(struct sb_facts *facts, struct sb_fact_image *image,
                      const struct sb_json *item, struct sb_error *error) {
    struct sb_fact_step *step = sb_vec_push(&image->steps);
    uint64_t uid = 0, gid = 0;
    step->created = sb_json_string(item, "created");
    if (!step->created.data)
        return bad(error, "a step needs created");
    step->owned = sb_json_member(item, "uid") != NULL;
    if (step->owned &&
        (!number_of(item, "uid", UINT32_MAX, &uid) || !number_of(item, "gid", UINT32_MAX, &gid)))
        return bad(error, "uid and gid are numbers, and stand together");
    step->uid = (uint32_t)uid;
    step->gid = (uint32_t)gid;
    step->sum = sb_json_string(item, "sum");
    step->parent = sb_json_string(item, "parent");
    step->linked = time_of(sb_json_member(item, "link_mtime"), &step->link_mtime);
    if (parse_encoder(&step->encoder, item, error) < 0)
        return -1;
    return parse_entries(facts, step, item, error);
}

static int parse_encoding(struct sb_facts *facts, const struct sb_json *item,
                          struct sb_error *error) {
    struct sb_fact_encoding *encoding = sb_vec_push(&facts->encodings);
    const struct sb_json *newline = sb_json_member(item, "newline");
    uint64_t mtime = 0, flags = 0, os = 0;
    if (sb_json_is_string(sb_json_member(item, "codec"), "base64")) {
        encoding->codec = SB_CODEC_BASE64;
        encoding->newline = newline && newline->type == SB_JSON_TRUE;
        return number_of(item, "wrap", 1 << 20, &encoding->wrap) ? 0
                                                                 : bad(error, "base64 needs wrap");
    }
    if (!sb_json_is_string(sb_json_member(item, "codec"), "gzip") ||
        !sb_json_member(item, "level") || !number_of(item, "mtime", UINT32_MAX, &mtime) ||
        !number_of(item, "xfl", 255, &flags) || !number_of(item, "os", 255, &os))
        return bad(error, "an encoding is base64, or gzip with level, mtime, xfl and os");
    encoding->codec = SB_CODEC_GZIP;
    struct sb_buf name = SB_BUF_INIT;
    struct sb_span written = sb_json_string(item, "name");
    bool good = sb_buf_append_unvisible(&name, written);
    if (written.data)
        encoding->name = sb_arena_copy(&facts->arena, sb_buf_span(&name));
    sb_buf_release(&name);
    if (!good)
        return bad(error, "a name has a backslash that is no escape");
    encoding->mtime = (uint32_t)mtime;
    encoding->extra_flags = (unsigned)flags;
    encoding->os = (unsigned)os;
    return parse_encoder(&encoding->encoder, item, error);
}

static void add_owner(struct sb_facts *facts, bool group, uint32_t id, struct sb_span name) {
    *sb_vec_push(&facts->owners) = (struct sb_fact_owner){group, id, name};
}

static int parse_owners(struct sb_facts *facts, const struct sb_json *root,
                        struct sb_error *error) {
    struct sb_span owner = sb_json_string(root, "owner");
    const struct sb_json *groups = sb_json_member(root, "groups");
    if (owner.data)
        add_owner(facts, false, 0, owner);
    if (owner.data && !sb_json_member(groups, "0"))
        add_owner(facts, true, 0, owner);
    for (int group = 0; group < 2; group++) {
        const struct sb_json *map = sb_json_member(root, group ? "groups" : "users");
        for (const struct sb_json *item = map ? map->first : NULL; item; item = item->next) {
            uint64_t id;
            if (item->type != SB_JSON_STRING || !sb_number_decimal(item->name, UINT32_MAX, &id))
                return bad(error, "users and groups map numbers to names");
            add_owner(facts, group, (uint32_t)id, item->text);
            if (!group && id == 0 && !sb_json_member(groups, "0"))
                add_owner(facts, true, 0, item->text);
        }
    }
    return 0;
}

static const struct sb_builder *default_builder(const struct sb_profile *profile) {
    return profile->builder ? sb_builder_lookup(sb_span_string(profile->builder)) : NULL;
}

static int parse_image(struct sb_facts *facts, const struct sb_json *item, struct sb_error *error) {
    struct sb_fact_image *image = sb_vec_push(&facts->images);
    const struct sb_json *steps = sb_json_member(item, "steps");
    const struct sb_json *names = sb_json_member(item, "names");
    struct sb_span named = sb_json_string(item, "builder");
    image->builder = named.data ? sb_builder_lookup(named) : default_builder(facts->profile);
    if (!image->builder)
        return bad(error, "there is no such builder");
    bool buildah = image->builder->kind == SB_BUILDER_BUILDAH;
    image->digest = sb_json_string(item, "config");
    image->docker_version = sb_json_string(item, buildah ? "buildah_version" : "docker_version");
    image->architecture = sb_json_string(item, "architecture");
    image->variant = sb_json_string(item, "variant");
    image->created = sb_json_string(item, "created");
    image->container = sb_json_string(item, "container");
    image->hostname = sb_json_string(item, "hostname");
    image->parent = sb_json_string(item, "parent");
    image->reference = sb_json_string(item, "reference");
    image->annotations = sb_json_member(item, "annotations");
    image->attestation = sb_json_member(item, "attestation");
    if (!sb_facts_have_room(facts, names))
        return bad(error, "too many names");
    if (!is_list_of(names, SB_JSON_STRING))
        return bad(error, "names must be a list of names");
    if (!is_object(image->annotations) || !is_object(image->attestation))
        return bad(error, "annotations and attestation must be objects");
    if (!flag_of(item, "bare", &image->bare) || !flag_of(item, "plain_modes", &image->plain_modes))
        return bad(error, "bare and plain_modes must be true or false");
    if (image->architecture.size == 0 || !steps || steps->type != SB_JSON_ARRAY ||
        steps->count == 0)
        return bad(error, "architecture and steps are needed");
    if (image->builder->style == SB_CONFIG_DOCKER && !image->builder->unversioned &&
        !image->docker_version.data)
        return bad(error, "the classic builder needs docker_version");
    for (const struct sb_json *step = steps->first; step; step = step->next)
        if (parse_step(facts, image, step, error) < 0)
            return -1;
    for (const struct sb_json *name = names ? names->first : NULL; name; name = name->next)
        *sb_vec_push(&image->names) = name->text;
    image->names_null = !names || names->type == SB_JSON_NULL ||
                        (names->count == 0 && !facts->profile->saver->lists_no_names);
    return 0;
}

static int parse_save(struct sb_facts *facts, const struct sb_json *root, struct sb_error *error) {
    const struct sb_json *times = sb_json_member(root, "times");
    const struct sb_json *order = sb_json_member(root, "index_order");
    if (!is_list_of(order, SB_JSON_STRING) || !is_list_of(times, SB_JSON_NUMBER))
        return bad(error, "index_order is a list of digests, times of numbers");
    if (sb_json_member(root, "saved") && !time_of(sb_json_member(root, "saved"), &facts->saved))
        return bad(error, "saved must be a time in seconds");
    for (const struct sb_json *time = times ? times->first : NULL; time; time = time->next)
        if (!time_of(time, sb_vec_push(&facts->times)))
            return bad(error, "times must be numbers");
    for (const struct sb_json *item = order ? order->first : NULL; item; item = item->next)
        *sb_vec_push(&facts->index_order) = item->text;
    return parse_owners(facts, root, error);
}

int sb_facts_parse(struct sb_facts *facts, struct sb_span text, struct sb_error *error) {
    struct sb_json *root;
    if (sb_json_parse(text, &facts->arena, NULL, "facts", &root, error) < 0)
        return -1;
    const struct sb_json *schema = sb_json_member(root, "schema");
    if (schema && (schema->type != SB_JSON_NUMBER || !sb_span_is(schema->text, "1")))
        return bad(error, "this version does not know the schema");
    facts->profile = sb_profile_lookup(sb_json_string(root, "profile"));
    if (!facts->profile || !facts->profile->saver->write)
        return bad(error, "there is no such profile");
    const struct sb_json *images = sb_json_member(root, "images");
    const struct sb_json *encodings = sb_json_member(root, "encodings");
    if (images && (images->type != SB_JSON_ARRAY || images->count == 0))
        return bad(error, "images must be a list of objects");
    if (!is_list_of(encodings, SB_JSON_OBJECT))
        return bad(error, "encodings must be a list of objects");
    for (const struct sb_json *item = images ? images->first : root; item;
         item = images ? item->next : NULL)
        if (parse_image(facts, item, error) < 0)
            return -1;
    for (const struct sb_json *item = encodings ? encodings->first : NULL; item; item = item->next)
        if (parse_encoding(facts, item, error) < 0)
            return -1;
    return parse_save(facts, root, error) < 0 ? -1 : sb_facts_check(facts, error);
}
