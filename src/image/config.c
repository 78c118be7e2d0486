#include "image/config.h"

#include <stdio.h>

const struct sb_member sb_config_health[] = {{"Test", SB_MEMBER_STRINGS, NULL},
                                             {"Interval", SB_MEMBER_INTEGER, NULL},
                                             {"Timeout", SB_MEMBER_INTEGER, NULL},
                                             {"StartPeriod", SB_MEMBER_INTEGER, NULL},
                                             {"StartInterval", SB_MEMBER_INTEGER, NULL},
                                             {"Retries", SB_MEMBER_INTEGER, NULL},
                                             {NULL, SB_MEMBER_OBJECT, NULL}};

const struct sb_member sb_config_run[] = {{"Hostname", SB_MEMBER_STRING, NULL},
                                          {"Domainname", SB_MEMBER_STRING, NULL},
                                          {"User", SB_MEMBER_STRING, NULL},
                                          {"AttachStdin", SB_MEMBER_BOOLEAN, NULL},
                                          {"AttachStdout", SB_MEMBER_BOOLEAN, NULL},
                                          {"AttachStderr", SB_MEMBER_BOOLEAN, NULL},
                                          {"ExposedPorts", SB_MEMBER_SET, NULL},
                                          {"Tty", SB_MEMBER_BOOLEAN, NULL},
                                          {"OpenStdin", SB_MEMBER_BOOLEAN, NULL},
                                          {"StdinOnce", SB_MEMBER_BOOLEAN, NULL},
                                          {"Env", SB_MEMBER_STRINGS, NULL},
                                          {"Cmd", SB_MEMBER_STRINGS, NULL},
                                          {"Healthcheck", SB_MEMBER_OBJECT, sb_config_health},
                                          {"ArgsEscaped", SB_MEMBER_BOOLEAN, NULL},
                                          {"Image", SB_MEMBER_STRING, NULL},
                                          {"Volumes", SB_MEMBER_SET, NULL},
                                          {"WorkingDir", SB_MEMBER_STRING, NULL},
                                          {"Entrypoint", SB_MEMBER_STRINGS, NULL},
                                          {"NetworkDisabled", SB_MEMBER_BOOLEAN, NULL},
                                          {"MacAddress", SB_MEMBER_STRING, NULL},
                                          {"OnBuild", SB_MEMBER_STRINGS, NULL},
                                          {"Labels", SB_MEMBER_LABELS, NULL},
                                          {"StopSignal", SB_MEMBER_STRING, NULL},
                                          {"StopTimeout", SB_MEMBER_INTEGER, NULL},
                                          {"Shell", SB_MEMBER_STRINGS, NULL},
                                          {NULL, SB_MEMBER_OBJECT, NULL}};

static const struct sb_member rootfs_members[] = {{"type", SB_MEMBER_STRING, NULL},
                                                  {"diff_ids", SB_MEMBER_STRINGS, NULL},
                                                  {NULL, SB_MEMBER_OBJECT, NULL}};

static const struct sb_member history_members[] = {
    {"created", SB_MEMBER_STRING, NULL},      {"created_by", SB_MEMBER_STRING, NULL},
    {"author", SB_MEMBER_STRING, NULL},       {"comment", SB_MEMBER_STRING, NULL},
    {"empty_layer", SB_MEMBER_BOOLEAN, NULL}, {NULL, SB_MEMBER_OBJECT, NULL}};

const struct sb_member sb_config_top[] = {{"architecture", SB_MEMBER_STRING, NULL},
                                          {"author", SB_MEMBER_STRING, NULL},
                                          {"comment", SB_MEMBER_STRING, NULL},
                                          {"config", SB_MEMBER_OBJECT, sb_config_run},
                                          {"container", SB_MEMBER_STRING, NULL},
                                          {"container_config", SB_MEMBER_OBJECT, sb_config_run},
                                          {"created", SB_MEMBER_STRING, NULL},
                                          {"docker_version", SB_MEMBER_STRING, NULL},
                                          {"history", SB_MEMBER_LIST, history_members},
                                          {"id", SB_MEMBER_STRING, NULL},
                                          {"os", SB_MEMBER_STRING, NULL},
                                          {"os.features", SB_MEMBER_STRINGS, NULL},
                                          {"os.version", SB_MEMBER_STRING, NULL},
                                          {"parent", SB_MEMBER_STRING, NULL},
                                          {"rootfs", SB_MEMBER_OBJECT, rootfs_members},
                                          {"Size", SB_MEMBER_INTEGER, NULL},
                                          {"variant", SB_MEMBER_STRING, NULL},
                                          {NULL, SB_MEMBER_OBJECT, NULL}};

const struct sb_member *sb_member_find(const struct sb_member *table, struct sb_span name) {
    for (; table && table->name; table++)
        if (sb_span_is(name, table->name))
            return table;
    return NULL;
}

static bool is_integer(const struct sb_json *value) {
    if (value->type != SB_JSON_NUMBER)
        return false;
    for (size_t i = 0; i < value->text.size; i++)
        if (strchr(".eE", value->text.data[i]))
            return false;
    return true;
}

static bool all_children(const struct sb_json *value, enum sb_json_type type, bool or_empty) {
    for (const struct sb_json *child = value->first; child; child = child->next)
        if (child->type != type && child->type != SB_JSON_NULL &&
            !(or_empty && child->type == SB_JSON_OBJECT))
            return false;
    return true;
}

static bool fits(const struct sb_json *value, enum sb_member_type type) {
    if (value->type == SB_JSON_NULL)
        return true;
    switch (type) {
    case SB_MEMBER_STRING:
        return value->type == SB_JSON_STRING;
    case SB_MEMBER_BOOLEAN:
        return value->type == SB_JSON_TRUE || value->type == SB_JSON_FALSE;
    case SB_MEMBER_INTEGER:
        return is_integer(value);
    case SB_MEMBER_STRINGS:
        return value->type == SB_JSON_ARRAY && all_children(value, SB_JSON_STRING, false);
    case SB_MEMBER_SET:
        return value->type == SB_JSON_OBJECT && all_children(value, SB_JSON_OBJECT, true);
    case SB_MEMBER_LABELS:
        return value->type == SB_JSON_OBJECT && all_children(value, SB_JSON_STRING, false);
    case SB_MEMBER_OBJECT:
        return value->type == SB_JSON_OBJECT;
    case SB_MEMBER_LIST:
        return value->type == SB_JSON_ARRAY && all_children(value, SB_JSON_OBJECT, false);
    }
    return false;
}

static const char *const type_names[] = {"a string",
                                         "true or false",
                                         "an integer",
                                         "a list of strings",
                                         "an object of empty objects",
                                         "an object of strings",
                                         "an object",
                                         "a list of objects"};

static int check_object(const struct sb_json *object, const struct sb_member *table,
                        struct sb_findings *findings, const char *where, struct sb_error *error);

static int check_member(const struct sb_json *value, const struct sb_member *member,
                        struct sb_findings *findings, const char *where, struct sb_error *error) {
    char path[300];
    snprintf(path, sizeof path, "%.250s.%s", where, member->name);
    if (!fits(value, member->type))
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: must be %s, is %s", path,
                            type_names[member->type], sb_json_type_name(value));
    if (member->type == SB_MEMBER_OBJECT && member->members && value->type == SB_JSON_OBJECT)
        return check_object(value, member->members, findings, path, error);
    if (member->type == SB_MEMBER_LIST)
        for (const struct sb_json *item = value->first; item; item = item->next)
            if (check_object(item, member->members, findings, path, error) < 0)
                return -1;
    return 0;
}

static int check_object(const struct sb_json *object, const struct sb_member *table,
                        struct sb_findings *findings, const char *where, struct sb_error *error) {
    for (const struct sb_json *value = object->first; value; value = value->next) {
        const struct sb_member *member = sb_member_find(table, value->name);
        if (member && check_member(value, member, findings, where, error) < 0)
            return -1;
        for (const struct sb_member *known = table; !member && known->name; known++)
            if (sb_json_same_name_in_go(value->name, sb_span_string(known->name)))
                sb_finding_add(findings, SB_FINDING_JSON_KEY_CASE, where,
                               "a member that Go takes for '%s', and others do not", known->name);
    }
    return 0;
}

bool sb_config_is_empty_layer(const struct sb_json *item) {
    const struct sb_json *empty = sb_json_member(item, "empty_layer");
    return empty && empty->type == SB_JSON_TRUE;
}

int sb_config_check(const struct sb_json *config, struct sb_findings *findings, const char *where,
                    struct sb_error *error) {
    if (config->type != SB_JSON_OBJECT)
        return sb_error_set(error, SB_ERROR_MALFORMED, "%s: the configuration is no object", where);
    return check_object(config, sb_config_top, findings, where, error);
}
