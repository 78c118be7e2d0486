#include "compare/baseline.h"
#include "compare/cause.h"
#include "compare/config.h"
#include "compare/content.h"
#include "compare/twice.h"
#include "tap.h"

static struct sb_json *parse(struct sb_arena *arena, const char *text) {
    struct sb_json *value = NULL;
    struct sb_error error;
    if (sb_json_parse(sb_span_string(text), arena, NULL, "test", &value, &error) < 0)
        printf("# %s\n", error.message);
    return value;
}

static void configurations_member_by_member(void) {
    struct sb_comparison result = SB_COMPARISON_INIT;
    struct sb_json *a = parse(&result.arena, "{\"Cmd\":[\"a\",\"b\"],\"User\":\"x\",\"Env\":null}");
    struct sb_json *b = parse(&result.arena, "{\"Cmd\":[\"a\",\"c\"],\"Labels\":{\"k\":\"v\"}}");
    sb_compare_config(a, a, "config", &result);
    CHECK(result.differences.count == 0);
    sb_compare_config(a, b, "config", &result);
    bool command = false, user = false, label = false;
    for (size_t i = 0; i < result.differences.count; i++) {
        const struct sb_difference *difference = &result.differences.items[i];
        CHECK_TEXT(difference->kind, "config");
        command = command || strncmp(difference->where, "config.Cmd", 10) == 0;
        user = user || (strcmp(difference->where, "config.User") == 0 && !difference->b);
        label = label || (strncmp(difference->where, "config.Labels", 13) == 0 && !difference->a);
    }
    CHECK(command && user && label);
    sb_comparison_release(&result);
}

static void contents_have_kinds(void) {
    unsigned char elf[64] = {0x7f, 'E', 'L', 'F', 2, 1, 1, [16] = 2};
    CHECK_TEXT(sb_content_kind(sb_span_of(elf, sizeof elf)), "ELF executable");
    elf[16] = 3;
    CHECK(strncmp(sb_content_kind(sb_span_of(elf, sizeof elf)), "ELF", 3) == 0);
    CHECK_TEXT(sb_content_kind(sb_span_of("\x1f\x8b\x08\0", 4)), "gzip data");
    CHECK_TEXT(sb_content_kind(sb_span_string("#!/bin/sh\n")), "text");
    CHECK(!sb_content_kind(sb_span_of("\x01\x02\x03\x00", 4)));
}

static void lines_that_differ(void) {
    struct sb_arena arena = SB_ARENA_INIT;
    const char *text =
        sb_content_lines(&arena, sb_span_string("a\nb\nc\n"), sb_span_string("a\nx\nc\n"));
    CHECK(text && strstr(text, "\n-b\n+x\n"));
    CHECK(!sb_content_lines(&arena, sb_span_of("\0\1", 2), sb_span_string("a\n")));
    sb_arena_release(&arena);
}

/* Of the usual umask 022 the second build had 002: the group may write. */
static void modes_by_the_umask(void) {
    CHECK(sb_twice_is_umask(0664, 0644) == false);
    CHECK(sb_twice_is_umask(0644, 0664));
    CHECK(sb_twice_is_umask(0755, 0775));
    CHECK(!sb_twice_is_umask(0644, 0644));
    CHECK(!sb_twice_is_umask(0644, 0666));
    struct sb_comparison result = SB_COMPARISON_INIT;
    sb_comparison_add(&result, "mode", "layer 1: /f", "0644", "0664");
    CHECK(sb_twice_forgive_umask(&result) == 1 && result.differences.count == 0);
    CHECK(result.verdict == SB_VERDICT_REPRODUCED);
    sb_comparison_release(&result);
}

static void a_cause_is_of_its_place(void) {
    struct sb_comparison result = SB_COMPARISON_INIT;
    CHECK(sb_cause_count > 0);
    for (size_t i = 0; i < sb_cause_count; i++) {
        CHECK(sb_causes[i].name && sb_causes[i].cause && sb_causes[i].cure);
        for (size_t k = i + 1; k < sb_cause_count; k++)
            CHECK(strcmp(sb_causes[i].name, sb_causes[k].name) != 0);
    }
    sb_comparison_add(&result, "content", "layer 1: /somewhere/else", "a", "b");
    struct sb_error error = SB_ERROR_INIT;
    CHECK(sb_causes_apply(&result, NULL, &error) == 0);
    CHECK(!result.differences.items[0].cause);
    sb_comparison_release(&result);
}

static void a_baseline_allows_what_it_names(void) {
    static const char text[] =
        "{\"schema\": 1, \"allowed\": [{\"field\": \"config.User\", \"kind\": "
        "\"config\", \"reason\": \"known\"}]}";
    struct sb_baseline baseline = SB_BASELINE_INIT;
    struct sb_comparison result = SB_COMPARISON_INIT;
    struct sb_error error = SB_ERROR_INIT;
    int status = sb_baseline_parse(&baseline, sb_span_string(text), &error);
    if (status < 0)
        printf("# %s\n", error.message);
    CHECK(status == 0);
    sb_comparison_add(&result, "config", "config.User", "a", "b");
    sb_comparison_add(&result, "config", "config.Cmd[0]", "a", "b");
    sb_baseline_apply(&baseline, &result);
    CHECK(result.allowed == 1 && result.differences.items[0].reason);
    CHECK(!result.differences.items[1].reason);
    CHECK(sb_baseline_parse(&baseline, sb_span_string("[]"), &error) < 0);
    sb_comparison_release(&result);
    sb_baseline_release(&baseline);
}

static void names_of_verdicts_and_identities(void) {
    CHECK_TEXT(sb_verdict_name(SB_VERDICT_REPRODUCED), "reproduced");
    CHECK_TEXT(sb_identity_name(SB_IDENTITY_DIFF_IDS), "diff_ids");
    CHECK(sb_identity_is_list(SB_IDENTITY_LAYERS) && !sb_identity_is_list(SB_IDENTITY_CONFIG));
    struct sb_difference difference = {.where = "layer 2: /etc/x: y", .path = NULL};
    CHECK(sb_difference_path(&difference).size == 0);
}

int main(int argc, char **argv) {
    tap_begin(argc, argv);
    RUN(configurations_member_by_member);
    RUN(contents_have_kinds);
    RUN(lines_that_differ);
    RUN(modes_by_the_umask);
    RUN(a_cause_is_of_its_place);
    RUN(a_baseline_allows_what_it_names);
    RUN(names_of_verdicts_and_identities);
    return tap_finish();
}
