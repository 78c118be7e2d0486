#include "recipe/dockerfile.h"
#include "recipe/ignore.h"
#include "recipe/internal.h"
#include "recipe/mode.h"
#include "recipe/words.h"
#include "tap.h"

static struct sb_arena arena;

static void modes_as_chmod_has_them(void) {
    const struct {
        const char *text;
        uint32_t mode;
        bool folder;
        uint32_t result;
    } cases[] = {{"u+x", 0644, false, 0744},  {"a+X", 0644, false, 0644},
                 {"a+X", 0644, true, 0755},   {"a+X", 0744, false, 0755},
                 {"go=", 0755, false, 0700},  {"u=rwx,go=rx", 0600, false, 0755},
                 {"u+s", 0755, false, 04755}, {"g-w,o-rwx", 0777, false, 0750},
                 {"+w", 0444, false, 0644}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t result = 0;
        bool good =
            sb_mode_apply(sb_span_string(cases[i].text), cases[i].mode, cases[i].folder, &result);
        tap_case(good && result == cases[i].result, cases[i].text, "chmod");
    }
    static const char *const wrong[] = {"", "u", "u+q", "z+x", "u+x,", "644"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint32_t result;
        tap_case(!sb_mode_apply(sb_span_string(wrong[i]), 0644, false, &result), wrong[i],
                 "no symbolic mode");
    }
}

static void words_with_quotes_and_variables(void) {
    struct sb_variable home = {sb_span_string("HOME"), sb_span_string("/root")};
    sb_variables variables = {0};
    sb_words words = {0};
    struct sb_span result;
    struct sb_error error;
    *sb_vec_push(&variables) = home;
    sb_words_split(sb_span_string("a 'b c' \"d\\\" e\" f\\ g"), '\\', &words);
    CHECK(words.count == 4);
    CHECK(words.count == 4 && sb_span_is(words.items[1], "'b c'"));
    const struct {
        const char *word, *result;
    } cases[] = {{"$HOME/x", "/root/x"},      {"${HOME}x", "/rootx"}, {"'$HOME'", "$HOME"},
                 {"\"$HOME\"", "/root"},      {"\\$HOME", "$HOME"},   {"${NONE:-y}", "y"},
                 {"${HOME:+set}", "set"},     {"$NONE", ""},          {"${HOME#/}", "root"},
                 {"${HOME/root/you}", "/you"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status = sb_words_expand(sb_span_string(cases[i].word), '\\', &variables, &arena,
                                     &result, &error);
        tap_case(status == 0 && sb_span_is(result, cases[i].result), cases[i].word, "expanded");
    }
    CHECK(sb_words_expand(sb_span_string("${HOME"), '\\', &variables, &arena, &result, &error) < 0);
    CHECK(sb_words_expand(sb_span_string("${NONE:?no}"), '\\', &variables, &arena, &result,
                          &error) < 0);
    sb_vec_release(&words);
    sb_vec_release(&variables);
}

static void lists_are_json_or_nothing(void) {
    sb_words words = {0};
    CHECK(sb_words_json(sb_span_string("[\"a\", \"b c\"]"), &arena, &words) == 0);
    CHECK(words.count == 2 && sb_span_is(words.items[1], "b c"));
    CHECK(sb_words_json(sb_span_string("['a']"), &arena, &words) == 1);
    CHECK(sb_words_json(sb_span_string("a b"), &arena, &words) == 1);
    sb_vec_release(&words);
}

static void instructions_over_lines(void) {
    static const char text[] = "# escape=`\n\nFROM scratch\nCOPY a `\n# not here\n  b /\n";
    struct sb_dockerfile file = SB_DOCKERFILE_INIT;
    struct sb_error error;
    CHECK(sb_dockerfile_parse(&file, sb_span_string(text), "Dockerfile", &error) == 0);
    CHECK(file.escape == '`' && file.instructions.count == 2);
    CHECK(file.instructions.count == 2 && file.instructions.items[1].line == 4);
    CHECK(file.instructions.count == 2 &&
          sb_span_is(file.instructions.items[1].arguments, "a   b /"));
    sb_dockerfile_release(&file);
}

static void patterns_of_dockerignore(void) {
    struct sb_ignore ignore = SB_IGNORE_INIT;
    sb_ignore_parse(&ignore, sb_span_string("# no\n*.o\n!keep.o\nbuild/\n**/tmp\n"));
    CHECK(sb_ignore_matches(&ignore, sb_span_string("a.o")));
    CHECK(!sb_ignore_matches(&ignore, sb_span_string("keep.o")));
    CHECK(!sb_ignore_matches(&ignore, sb_span_string("sub/a.o")));
    CHECK(sb_ignore_matches(&ignore, sb_span_string("build/x")));
    CHECK(sb_ignore_matches(&ignore, sb_span_string("a/b/tmp")));
    CHECK(!sb_ignore_matches(&ignore, sb_span_string("# no")));
    sb_ignore_release(&ignore);
}

static void as_go_prints(void) {
    struct sb_buf buf = SB_BUF_INIT;
    uint64_t nanoseconds;
    sb_go_quote(&buf, sb_span_string("a\"b\n\x01\xff"));
    CHECK_TEXT(sb_buf_string(&buf), "\"a\\\"b\\n\\x01\\xff\"");
    buf.size = 0;
    sb_go_duration(&buf, 90000000000u);
    CHECK_TEXT(sb_buf_string(&buf), "1m30s");
    buf.size = 0;
    sb_go_duration(&buf, 1500000);
    CHECK_TEXT(sb_buf_string(&buf), "1.5ms");
    CHECK(sb_go_parse_duration(sb_span_string("1m30s"), &nanoseconds) &&
          nanoseconds == 90000000000u);
    CHECK(!sb_go_parse_duration(sb_span_string("30"), &nanoseconds));
    CHECK(!sb_go_parse_duration(sb_span_string("-1s"), &nanoseconds));
    sb_buf_release(&buf);
}

int main(int argc, char **argv) {
    tap_begin(argc, argv);
    RUN(modes_as_chmod_has_them);
    RUN(words_with_quotes_and_variables);
    RUN(lists_are_json_or_nothing);
    RUN(instructions_over_lines);
    RUN(patterns_of_dockerignore);
    RUN(as_go_prints);
    sb_arena_release(&arena);
    return tap_finish();
}
