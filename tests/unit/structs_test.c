/* Walks the tables of what engines decode, and breaks each member in each way. */
#include <stdio.h>

#include "base/time.h"
#include "image/structs.h"
#include "tap.h"

static struct sb_arena arena;

enum answer { FINE, FOLDED, AMBIGUOUS, MALFORMED };

static enum answer read_text(const char *text, const struct sb_member *table,
                             struct sb_json **out) {

    struct sb_findings findings = SB_FINDINGS_INIT;
    struct sb_error error;
    struct sb_json *value;
    CHECK(sb_json_parse(sb_span_string(text), &arena, &findings, "t", &value, &error) == 0);
    enum answer answer = MALFORMED;
    if (sb_struct_read(value, table, &findings, "t", &error) == 0)
        answer = sb_findings_have(&findings, SB_FINDING_JSON_TYPE) ||
                         sb_findings_have(&findings, SB_FINDING_JSON_KEY_CASE)
                     ? AMBIGUOUS
                 : sb_findings_have(&findings, SB_FINDING_JSON_KEY_FOLDED) ? FOLDED
                                                                           : FINE;
    sb_findings_release(&findings);
    if (out)
        *out = value;
    return answer;
}

/* A good value of each type, and bad ones. */
static const char *const good[] = {
    "\"x\"",    "true",    "7",          "\"2020-01-02T03:04:05.6Z\"",
    "\"e30=\"", "[\"x\"]", "{\"x\":{}}", "{\"x\":\"y\"}",
    "{}",       "[{}]",    "{\"x\":{}}"};
static const char *const bad[][8] = {
    [SB_MEMBER_STRING] = {"7", "true", "[]", "{}"},
    [SB_MEMBER_BOOLEAN] = {"\"true\"", "0", "[]", "{}"},
    [SB_MEMBER_INTEGER] = {"\"7\"", "7.5", "7e0", "9223372036854775808", "-9223372036854775809",
                           "true", "{}"},
    [SB_MEMBER_TIME] = {"\"\"", "7", "\"yesterday\"", "\"2020-02-30T03:04:05Z\"",
                        "\"2020-01-02T24:04:05Z\"", "\"2020-01-02 03:04:05Z\"",
                        "\"2020-01-02T03:04:05\""},
    [SB_MEMBER_BYTES] = {"\"e30\"", "7", "\"e3!=\""},
    [SB_MEMBER_STRINGS] = {"\"x\"", "{}", "[7]", "[[]]", "[\"x\",{}]"},
    [SB_MEMBER_SET] = {"[]", "\"x\"", "{\"x\":7}", "{\"x\":[]}", "{\"x\":\"\"}"},
    [SB_MEMBER_MAP] = {"[]", "\"x\"", "{\"x\":7}", "{\"x\":{}}"},
    [SB_MEMBER_OBJECT] = {"[]", "\"x\"", "7", "true"},
    [SB_MEMBER_LIST] = {"{}", "\"x\"", "[7]", "[[]]"},
    [SB_MEMBER_OBJECTS] = {"[]", "\"x\"", "{\"x\":7}"},
};

static const struct sb_member *const tables[] = {
    sb_struct_layout,   sb_struct_index,       sb_struct_descriptor, sb_struct_platform,
    sb_struct_manifest, sb_struct_docker_item, sb_struct_config};

static size_t broken;

/* prefix and suffix stand around the member, down from the document. */
static void break_member(const struct sb_member *root, const struct sb_member *member,
                         const char *prefix, const char *suffix, bool some) {
    char text[2000], folded[64];
    some = some || member->some;
    snprintf(text, sizeof text, "%s\"%s\":%s%s", prefix, member->name, good[member->type], suffix);
    CHECK(read_text(text, root, NULL) == FINE);
    snprintf(text, sizeof text, "%s\"%s\":null%s", prefix, member->name, suffix);
    CHECK(read_text(text, root, NULL) == FINE);
    for (const char *const *value = bad[member->type]; *value; value++, broken++) {
        snprintf(text, sizeof text, "%s\"%s\":%s%s", prefix, member->name, *value, suffix);
        enum answer answer = read_text(text, root, NULL);
        CHECK(answer == (member->some ? AMBIGUOUS : MALFORMED) || (some && answer >= AMBIGUOUS));
    }
    snprintf(folded, sizeof folded, "%s", member->name);
    folded[0] ^= 0x20;
    snprintf(text, sizeof text, "%s\"%s\":%s%s", prefix, folded, good[member->type], suffix);
    CHECK(read_text(text, root, NULL) == FOLDED);
    snprintf(text, sizeof text, "%s\"%s\":%s,\"%s\":%s%s", prefix, folded, good[member->type],
             member->name, good[member->type], suffix);
    CHECK(read_text(text, root, NULL) == AMBIGUOUS);
    if (member->type == SB_MEMBER_STRINGS || member->type == SB_MEMBER_MAP) {
        bool list = member->type == SB_MEMBER_STRINGS;
        snprintf(text, sizeof text, "%s\"%s\":%s%s", prefix, member->name,
                 list ? "[\"x\",null]" : "{\"x\":null}", suffix);
        CHECK(read_text(text, root, NULL) == AMBIGUOUS);
    }
}

static void walk(const struct sb_member *root, const struct sb_member *table, const char *prefix,
                 const char *suffix, unsigned depth, bool some) {
    for (const struct sb_member *member = table; member->name; member++) {
        char inner_prefix[1000], inner_suffix[1000];
        bool list = member->type == SB_MEMBER_LIST, map = member->type == SB_MEMBER_OBJECTS;
        break_member(root, member, prefix, suffix, some);
        if (!member->members || depth == 4)
            continue;
        snprintf(inner_prefix, sizeof inner_prefix, "%s\"%s\":%s{", prefix, member->name,
                 list  ? "["
                 : map ? "{\"x\":"
                       : "");
        snprintf(inner_suffix, sizeof inner_suffix, "}%s%s", list ? "]" : map ? "}" : "", suffix);
        walk(root, member->members, inner_prefix, inner_suffix, depth + 1, some || member->some);
    }
}

static void every_member_is_held_to_its_type(void) {
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        walk(tables[i], tables[i], "{", "}", 0, false);
    CHECK(broken > 300);
}

static void names_are_put_right(void) {
    struct sb_json *value;
    CHECK(read_text("{\"CONFIG\":{\"env\":[\"a\"]},\"own\":1}", sb_struct_config, &value) ==
          FOLDED);
    CHECK(sb_json_member(sb_json_member(value, "config"), "Env") != NULL);
    CHECK(sb_json_member(value, "own") != NULL);
    /* Unknown names are nobody's, but two that fold to one are. */
    CHECK(read_text("{\"Own\":1}", sb_struct_config, NULL) == FINE);
    CHECK(read_text("{\"Own\":1,\"oWn\":1}", sb_struct_config, NULL) == AMBIGUOUS);
    /* Keys of maps are no members. */
    CHECK(read_text("{\"config\":{\"Labels\":{\"a\":\"\",\"A\":\"\"}}}", sb_struct_config, NULL) ==
          FINE);
    /* With the right name beside it a folded one keeps its own. */
    CHECK(read_text("{\"os\":\"a\",\"OS\":\"b\"}", sb_struct_config, &value) == AMBIGUOUS);
    CHECK(sb_json_is_string(sb_json_member(value, "os"), "a"));
}

static void times_are_those_of_go(void) {
    static const struct {
        const char *text;
        enum sb_time_kind kind;
    } rows[] = {
        {"2020-02-29T23:59:59Z", SB_TIME_GOOD},
        {"2020-02-29T23:59:59.000000000001+05:30", SB_TIME_GOOD},
        {"0001-01-01T00:00:00Z", SB_TIME_GOOD},
        {"2020-01-02T3:04:05Z", SB_TIME_OLD},
        {"2020-01-02T03:04:05,5Z", SB_TIME_OLD},
        {"2020-01-02T03:04:05+24:00", SB_TIME_OLD},
        {"2020-01-02T03:04:05+00:60", SB_TIME_OLD},
        {"2019-02-29T00:00:00Z", SB_TIME_NONE},
        {"2020-13-01T00:00:00Z", SB_TIME_NONE},
        {"2020-01-01T00:00:60Z", SB_TIME_NONE},
        {"2020-01-01T00:60:00Z", SB_TIME_NONE},
        {"2020-01-01t00:00:00Z", SB_TIME_NONE},
        {"2020-01-01T00:00:00z", SB_TIME_NONE},
        {"2020-01-01T00:00:00.Z", SB_TIME_NONE},
        {"2020-01-01T00:00:00", SB_TIME_NONE},
        {"2020-01-01T00:00:00Z ", SB_TIME_NONE},
        {"20200-01-01T00:00:00Z", SB_TIME_NONE},
        {"", SB_TIME_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK(sb_time_kind(sb_span_string(rows[i].text)) == rows[i].kind);
}

int main(int argc, char **argv) {
    tap_begin(argc, argv);
    RUN(every_member_is_held_to_its_type);
    RUN(names_are_put_right);
    RUN(times_are_those_of_go);
    sb_arena_release(&arena);
    return tap_finish();
}
