#include "image/structs.h"

#include "base/buf.h"
#include "base/number.h"
#include "base/time.h"
#include "base/vec.h"

#define END                                                                                        \
    { NULL, SB_MEMBER_OBJECT, NULL, false }
#define ALL(name, type)                                                                            \
    { name, SB_MEMBER_##type, NULL, false }
#define SOME(name, type)                                                                           \
    { name, SB_MEMBER_##type, NULL, true }
#define INNER(name, type, members)                                                                 \
    { name, SB_MEMBER_##type, members, false }
#define SOME_INNER(name, type, members)                                                            \
    { name, SB_MEMBER_##type, members, true }

const struct sb_member sb_struct_layout[] = {ALL("imageLayoutVersion", STRING), END};

const struct sb_member sb_struct_platform[] = {ALL("architecture", STRING),
                                               ALL("os", STRING),
                                               ALL("os.version", STRING),
                                               ALL("os.features", STRINGS),
                                               ALL("variant", STRING),
                                               SOME("features", STRINGS),
                                               END};

const struct sb_member sb_struct_descriptor[] = {ALL("mediaType", STRING),
                                                 ALL("digest", STRING),
                                                 ALL("size", INTEGER),
                                                 ALL("urls", STRINGS),
                                                 ALL("annotations", MAP),
                                                 SOME("data", BYTES),
                                                 INNER("platform", OBJECT, sb_struct_platform),
                                                 SOME("artifactType", STRING),
                                                 END};

const struct sb_member sb_struct_index[] = {ALL("schemaVersion", INTEGER),
                                            ALL("mediaType", STRING),
                                            SOME("artifactType", STRING),
                                            INNER("manifests", LIST, sb_struct_descriptor),
                                            SOME_INNER("subject", OBJECT, sb_struct_descriptor),
                                            ALL("annotations", MAP),
                                            END};

const struct sb_member sb_struct_manifest[] = {ALL("schemaVersion", INTEGER),
                                               ALL("mediaType", STRING),
                                               SOME("artifactType", STRING),
                                               INNER("config", OBJECT, sb_struct_descriptor),
                                               INNER("layers", LIST, sb_struct_descriptor),
                                               SOME_INNER("subject", OBJECT, sb_struct_descriptor),
                                               ALL("annotations", MAP),
                                               END};

const struct sb_member sb_struct_docker_item[] = {
    ALL("Config", STRING),
    ALL("RepoTags", STRINGS),
    ALL("Layers", STRINGS),
    SOME("Parent", STRING),
    SOME_INNER("LayerSources", OBJECTS, sb_struct_descriptor),
    END};

const struct sb_member sb_struct_health[] = {ALL("Test", STRINGS),
                                             ALL("Interval", INTEGER),
                                             ALL("Timeout", INTEGER),
                                             ALL("StartPeriod", INTEGER),
                                             SOME("StartInterval", INTEGER),
                                             ALL("Retries", INTEGER),
                                             END};

const struct sb_member sb_struct_run[] = {ALL("Hostname", STRING),
                                          ALL("Domainname", STRING),
                                          ALL("User", STRING),
                                          ALL("AttachStdin", BOOLEAN),
                                          ALL("AttachStdout", BOOLEAN),
                                          ALL("AttachStderr", BOOLEAN),
                                          ALL("ExposedPorts", SET),
                                          ALL("Tty", BOOLEAN),
                                          ALL("OpenStdin", BOOLEAN),
                                          ALL("StdinOnce", BOOLEAN),
                                          ALL("Env", STRINGS),
                                          ALL("Cmd", STRINGS),
                                          INNER("Healthcheck", OBJECT, sb_struct_health),
                                          ALL("ArgsEscaped", BOOLEAN),
                                          ALL("Image", STRING),
                                          ALL("Volumes", SET),
                                          ALL("WorkingDir", STRING),
                                          ALL("Entrypoint", STRINGS),
                                          ALL("NetworkDisabled", BOOLEAN),
                                          SOME("MacAddress", STRING),
                                          ALL("OnBuild", STRINGS),
                                          ALL("Labels", MAP),
                                          ALL("StopSignal", STRING),
                                          ALL("StopTimeout", INTEGER),
                                          ALL("Shell", STRINGS),
                                          END};

static const struct sb_member rootfs[] = {ALL("type", STRING), ALL("diff_ids", STRINGS), END};

static const struct sb_member history[] = {ALL("created", TIME),        ALL("created_by", STRING),
                                           ALL("author", STRING),       ALL("comment", STRING),
                                           ALL("empty_layer", BOOLEAN), END};

const struct sb_member sb_struct_config[] = {ALL("architecture", STRING),
                                             ALL("author", STRING),
                                             ALL("comment", STRING),
                                             INNER("config", OBJECT, sb_struct_run),
                                             ALL("container", STRING),
                                             INNER("container_config", OBJECT, sb_struct_run),
                                             ALL("created", TIME),
                                             ALL("docker_version", STRING),
                                             INNER("history", LIST, history),
                                             ALL("id", STRING),
                                             ALL("os", STRING),
                                             ALL("os.features", STRINGS),
                                             ALL("os.version", STRING),
                                             ALL("parent", STRING),
                                             INNER("rootfs", OBJECT, rootfs),
                                             ALL("Size", INTEGER),
                                             ALL("variant", STRING),
                                             END};

const struct sb_member *sb_member_find(const struct sb_member *table, struct sb_span name) {
    for (; table && table->name; table++)
        if (sb_span_is(name, table->name))
            return table;
    return NULL;
}

/* Go's decoder takes a name that folds to a known one for it. */
static const struct sb_member *find_folded(const struct sb_member *table, struct sb_span name) {
    for (; table && table->name; table++)
        if (sb_json_same_name_in_go(name, sb_span_string(table->name)))
            return table;
    return NULL;
}

struct reading {
    struct sb_findings *findings;
    struct sb_error *error;
};

/* Where a value stands: the document, and names down to it. */
struct place {
    const struct place *above;
    const char *document; /* of the outermost */
    const char *name;
};

static void write_place(const struct place *place, struct sb_buf *text) {
    if (place->above) {
        write_place(place->above, text);
        sb_buf_append_byte(text, '.');
    }
    sb_buf_append_string(text, place->above ? place->name : place->document);
}

static void add_finding(const struct reading *reading, enum sb_finding_kind kind,
                        const struct place *place, const char *format, const char *name) {
    struct sb_buf where = SB_BUF_INIT;
    write_place(place, &where);
    sb_finding_add(reading->findings, kind, sb_buf_string(&where), format, name);
    sb_buf_release(&where);
}

static bool all_children(const struct sb_json *value, enum sb_json_type type) {
    for (const struct sb_json *child = value->first; child; child = child->next)
        if (child->type != type && child->type != SB_JSON_NULL)
            return false;
    return true;
}

static bool has_null(const struct sb_json *value) {
    for (const struct sb_json *child = value->first; child; child = child->next)
        if (child->type == SB_JSON_NULL)
            return true;
    return false;
}

static bool is_base64(struct sb_span text) {
    size_t padding = 0;
    while (padding < 2 && padding < text.size && text.data[text.size - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i + padding < text.size; i++) {
        unsigned char c = text.data[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '+' || c == '/'))
            return false;
    }
    return text.size % 4 == 0;
}

static bool fits(const struct sb_json *value, enum sb_member_type type) {
    int64_t number;
    switch (type) {
    case SB_MEMBER_STRING:
        return value->type == SB_JSON_STRING;
    case SB_MEMBER_BOOLEAN:
        return value->type == SB_JSON_TRUE || value->type == SB_JSON_FALSE;
    case SB_MEMBER_INTEGER:
        return value->type == SB_JSON_NUMBER && sb_number_signed(value->text, &number);
    case SB_MEMBER_TIME:
        return value->type == SB_JSON_STRING && sb_time_kind(value->text) != SB_TIME_NONE;
    case SB_MEMBER_BYTES:
        return value->type == SB_JSON_STRING && is_base64(value->text);
    case SB_MEMBER_STRINGS:
        return value->type == SB_JSON_ARRAY && all_children(value, SB_JSON_STRING);
    case SB_MEMBER_SET:
    case SB_MEMBER_OBJECTS:
        return value->type == SB_JSON_OBJECT && all_children(value, SB_JSON_OBJECT);
    case SB_MEMBER_MAP:
        return value->type == SB_JSON_OBJECT && all_children(value, SB_JSON_STRING);
    case SB_MEMBER_OBJECT:
        return value->type == SB_JSON_OBJECT;
    case SB_MEMBER_LIST:
        return value->type == SB_JSON_ARRAY && all_children(value, SB_JSON_OBJECT);
    }
    return false;
}

static const char *const type_names[] = {
    "a string",  "true or false",     "an integer of 64 bits",      "a time as RFC 3339 has it",
    "base64",    "a list of strings", "an object of empty objects", "an object of strings",
    "an object", "a list of objects", "an object of objects"};

static int read_object(const struct reading *reading, struct sb_json *object,
                       const struct sb_member *table, const struct place *place);

static int wrong_type(const struct reading *reading, const struct sb_json *value,
                      const struct sb_member *member, const struct place *place) {
    struct sb_buf where = SB_BUF_INIT;
    if (member->some) {
        add_finding(reading, SB_FINDING_JSON_TYPE, place, "it is not %s, so some engines refuse it",
                    type_names[member->type]);
        return 0;
    }
    write_place(place, &where);
    sb_error_set(reading->error, SB_ERROR_MALFORMED, "%s: must be %s, is %s%s",
                 sb_buf_string(&where), type_names[member->type], sb_json_type_name(value),
                 value->type == SB_JSON_STRING || value->type == SB_JSON_NUMBER ? " of another kind"
                                                                                : "");
    sb_buf_release(&where);
    return -1;
}

static int read_inner(const struct reading *reading, struct sb_json *value,
                      const struct sb_member *member, const struct place *place) {
    if (member->type == SB_MEMBER_OBJECT)
        return read_object(reading, value, member->members, place);
    for (struct sb_json *item = value->first; item; item = item->next)
        if (item->type == SB_JSON_OBJECT && read_object(reading, item, member->members, place) < 0)
            return -1;
    return 0;
}

static int read_member(const struct reading *reading, struct sb_json *value,
                       const struct sb_member *member, const struct place *place) {
    if (value->type == SB_JSON_NULL)
        return 0;
    if (!fits(value, member->type))
        return wrong_type(reading, value, member, place);
    if ((member->type == SB_MEMBER_STRINGS || member->type == SB_MEMBER_MAP) && has_null(value))
        add_finding(reading, SB_FINDING_JSON_TYPE, place,
                    "a null among its strings, which some engines refuse%s", "");
    if (member->type == SB_MEMBER_TIME && sb_time_kind(value->text) == SB_TIME_OLD)
        add_finding(reading, SB_FINDING_JSON_TYPE, place,
                    "a time that only engines built with a Go before 1.20 read%s", "");
    return member->members ? read_inner(reading, value, member, place) : 0;
}

static int compare_names(const void *a, const void *b) {
    const struct sb_json *const *x = a, *const *y = b;
    return sb_json_compare_in_go((*x)->name, (*y)->name);
}

/* Two members that Go takes for one; NULL. Those of one spelling are the parser's to report. */
static const struct sb_json *find_repeated(const struct sb_json *object) {
    SB_VEC(const struct sb_json *) members = {0};
    const struct sb_json *found = NULL;
    for (const struct sb_json *value = object->first; value; value = value->next)
        *sb_vec_push(&members) = value;
    sb_vec_sort(&members, compare_names);
    for (size_t i = 1; i < members.count && !found; i++)
        if (!sb_span_equal(members.items[i - 1]->name, members.items[i]->name) &&
            sb_json_same_name_in_go(members.items[i - 1]->name, members.items[i]->name))
            found = members.items[i];
    sb_vec_release(&members);
    return found;
}

static int read_object(const struct reading *reading, struct sb_json *object,
                       const struct sb_member *table, const struct place *place) {
    /* Before names are put right, which hides how they were. */
    const struct sb_json *repeated = find_repeated(object);
    if (repeated) {
        struct sb_buf name = SB_BUF_INIT;
        sb_buf_append_visible(&name, repeated->name);
        add_finding(reading, SB_FINDING_JSON_KEY_CASE, place,
                    "two members that Go takes for one, '%.100s' in another case: it takes the "
                    "last, others the one of that name",
                    sb_buf_string(&name));
        sb_buf_release(&name);
    }
    for (struct sb_json *value = object->first; value; value = value->next) {
        const struct sb_member *member = sb_member_find(table, value->name);
        if (!member && (member = find_folded(table, value->name)) != NULL && !repeated) {
            add_finding(reading, SB_FINDING_JSON_KEY_FOLDED, place,
                        "a member that every engine takes for '%s'", member->name);
            value->name = sb_span_string(member->name);
        }
        struct place inner = {.above = place, .name = member ? member->name : ""};
        if (member && read_member(reading, value, member, &inner) < 0)
            return -1;
    }
    return 0;
}

int sb_struct_read(struct sb_json *value, const struct sb_member *table,
                   struct sb_findings *findings, const char *where, struct sb_error *error) {
    struct reading reading = {findings, error};
    struct place place = {.document = where};
    if (value->type != SB_JSON_OBJECT)
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: must be an object, is %s", where,
                            sb_json_type_name(value));
    return read_object(&reading, value, table, &place);
}
