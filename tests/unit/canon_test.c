#include "canon/config.h"
#include "canon/pass.h"
#include "tap.h"
#include "json/write.h"

static void passes_have_names_of_their_own(void) {
    for (int pass = 0; pass < SB_PASSES; pass++) {
        CHECK(sb_pass_lookup(sb_passes[pass].name) == pass);
        CHECK(*sb_passes[pass].counts && *sb_passes[pass].discards);
    }
    CHECK(sb_pass_lookup("") < 0 && sb_pass_lookup("history ") < 0);
}

static void options_switch_passes(void) {
    struct sb_pass_options options = {.off = {false}};
    CHECK(sb_pass_is_on(&options, SB_PASS_HISTORY));
    options.off[SB_PASS_HISTORY] = true;
    CHECK(!sb_pass_is_on(&options, SB_PASS_HISTORY));
    CHECK(!sb_pass_is_on(&options, SB_PASS_OWNER_IDS));
    options.on[SB_PASS_OWNER_IDS] = true;
    CHECK(sb_pass_is_on(&options, SB_PASS_OWNER_IDS));
}

static void patterns_leave_paths_out(void) {
    const struct sb_span patterns[] = {sb_span_string("var/log/*"), sb_span_string("**/*.pyc")};
    struct sb_pass_options options = {.exclude = patterns, .exclude_count = 2};
    CHECK(sb_pass_excludes(&options, sb_span_string("var/log/x")));
    CHECK(!sb_pass_excludes(&options, sb_span_string("var/logs")));
    CHECK(sb_pass_excludes(&options, sb_span_string("a/b/c.pyc")));
    CHECK(!sb_pass_excludes(&options, sb_span_string("a/b/c.py")));
}

/* The canonical text of a configuration's run part, made with options. */
static const char *canonical(struct sb_arena *arena, const char *text, uint64_t *counts) {
    static const struct sb_pass_options all;
    struct sb_json *config = NULL;
    struct sb_error error;
    struct sb_buf buf = SB_BUF_INIT;
    struct sb_canon_config how = {.options = &all, .counts = counts};
    if (sb_json_parse(sb_span_string(text), arena, NULL, "test", &config, &error) < 0)
        return "no JSON";
    sb_json_write_go(&buf, sb_canon_config_make(&how, arena, config, NULL, 0, NULL));
    const char *made = (const char *)sb_arena_copy(arena, sb_buf_span(&buf)).data;
    sb_buf_release(&buf);
    return made;
}

static void what_builders_record_is_no_configuration(void) {
    struct sb_arena arena = SB_ARENA_INIT;
    uint64_t counts[SB_PASSES] = {0};
    const char *plain = canonical(
        &arena, "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/t\"]}}",
        NULL);
    const char *recorded = canonical(
        &arena,
        "{\"os\":\"linux\",\"container\":\"0123\",\"docker_version\":\"20.10\",\"config\":{"
        "\"Hostname\":\"0123\",\"Cmd\":[\"/t\"],\"ArgsEscaped\":true,\"Labels\":{"
        "\"io.buildah.version\":\"1.28\"}},\"created\":\"2018-01-02T03:04:05Z\","
        "\"architecture\":\"amd64\"}",
        counts);
    const char *other = canonical(
        &arena, "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/u\"]}}",
        NULL);
    CHECK_TEXT(recorded, plain);
    CHECK(strcmp(other, plain) != 0);
    CHECK(counts[SB_PASS_BUILD_RECORD] > 0 && counts[SB_PASS_ARGS_ESCAPED] == 1);
    CHECK(counts[SB_PASS_BUILDER_LABELS] == 1);
    sb_arena_release(&arena);
}

int main(int argc, char **argv) {
    tap_begin(argc, argv);
    RUN(passes_have_names_of_their_own);
    RUN(options_switch_passes);
    RUN(patterns_leave_paths_out);
    RUN(what_builders_record_is_no_configuration);
    return tap_finish();
}
