#include "base/glob.h"
#include "image/path.h"
#include "image/reference.h"
#include "recipe/ignore.h"
#include "recipe/words.h"
#include "tap.h"

static struct sb_arena arena;

static const char *clean(const char *path, enum sb_path_kind kind) {
    struct sb_span result;
    CHECK(sb_path_clean(sb_span_string(path), &arena, &result) == kind);
    return (const char *)sb_arena_copy(&arena, result).data;
}

static void paths_are_cleaned(void) {
    CHECK_TEXT(clean("./t", SB_PATH_PLAIN), "t");
    CHECK_TEXT(clean("/a//b/", SB_PATH_PLAIN), "a/b");
    CHECK_TEXT(clean("./", SB_PATH_PLAIN), "");
    CHECK_TEXT(clean("a/../t", SB_PATH_DOTS), "t");
    CHECK_TEXT(clean("a/b/../../../t", SB_PATH_ESCAPES), "t");
    CHECK_TEXT(clean("..", SB_PATH_ESCAPES), "");
}

static int order(const char *a, const char *b) {
    return sb_path_compare(sb_span_string(a), sb_span_string(b));
}

static void paths_are_sorted_by_component(void) {
    CHECK(order("a", "a/b") < 0);
    CHECK(order("a/b", "a-b") < 0);
    CHECK(order("a/z", "a.b") < 0);
    CHECK(order("", "a") < 0);
    CHECK(order("b", "a/c") > 0);
}

static const char *full(const char *name) {
    struct sb_span result = sb_reference_full(&arena, sb_span_string(name));
    return result.data ? (const char *)sb_arena_copy(&arena, result).data : NULL;
}

static void references_are_completed(void) {
    CHECK_TEXT(full("t"), "docker.io/library/t:latest");
    CHECK_TEXT(full("example/second:v1.0"), "docker.io/example/second:v1.0");
    CHECK_TEXT(full("localhost/t"), "localhost/t:latest");
    CHECK_TEXT(full("host.example:5000/a/b:x"), "host.example:5000/a/b:x");
    CHECK(full("T:latest") == NULL);
    CHECK(full("") == NULL);
    CHECK(full("a b") == NULL);
    CHECK(sb_span_is(sb_reference_familiar(sb_span_string("docker.io/library/t:latest")),
                     "t:latest"));
    CHECK(sb_span_is(sb_reference_tag(sb_span_string("host:5000/t:v1")), "v1"));
    CHECK_TEXT(full("docker.io/t"), "docker.io/library/t:latest");
    CHECK_TEXT(full("index.docker.io/t:1"), "docker.io/library/t:1");
    CHECK_TEXT(full("index.docker.io/a/t"), "docker.io/a/t:latest");
}

static bool glob(const char *pattern, const char *path) {
    return sb_glob_matches(sb_span_string(pattern), sb_span_string(path));
}

static void globs_as_docker_has_them(void) {
    CHECK(glob("*.skip", "a.skip") && !glob("*.skip", "d/a.skip"));
    CHECK(glob("**/a", "a") && glob("**/a", "x/y/a") && !glob("**/a", "x/ba"));
    CHECK(glob("d/**", "d/x/y") && glob("d/*/y", "d/x/y") && !glob("d/*", "d/x/y"));
    CHECK(glob("[a-c]?", "bx") && !glob("[^a]", "a") && glob("\\*", "*"));
}

static void ignore_takes_the_last_pattern(void) {
    struct sb_ignore ignore = SB_IGNORE_INIT;
    sb_ignore_parse(&ignore, sb_span_string("# c\n*\n!keep\nkeep/not\n"));
    CHECK(sb_ignore_matches(&ignore, sb_span_string("a")));
    CHECK(!sb_ignore_matches(&ignore, sb_span_string("keep/x")));
    CHECK(sb_ignore_matches(&ignore, sb_span_string("keep/not/x")));
    sb_ignore_release(&ignore);
}

static const char *expanded(const char *word) {
    static char text[128];
    struct sb_variable items[] = {{sb_span_string("A"), sb_span_string("1 2")},
                                  {sb_span_string("E"), sb_span_string("")}};
    sb_variables variables = {items, 2, 2};
    struct sb_span result;
    struct sb_error error;
    if (sb_words_expand(sb_span_string(word), '\\', &variables, &arena, &result, &error) < 0)
        return NULL;
    snprintf(text, sizeof text, "%.*s", (int)result.size, (const char *)result.data);
    return text;
}

static void words_are_expanded(void) {
    CHECK_TEXT(expanded("x$A-${A}"), "x1 2-1 2");
    CHECK_TEXT(expanded("'$A'\"$A\""), "$A1 2");
    CHECK_TEXT(expanded("\\$A \\\"q"), "$A \"q");
    CHECK_TEXT(expanded("${X:-d}${E:-e}${A:-n}"), "de1 2");
    CHECK_TEXT(expanded("${X:+d}${A:+y$A}"), "y1 2");
    CHECK(expanded("${A") == NULL && expanded("\"a") == NULL);
}

int main(int argc, char **argv) {
    tap_begin(argc, argv);
    RUN(paths_are_cleaned);
    RUN(paths_are_sorted_by_component);
    RUN(references_are_completed);
    RUN(globs_as_docker_has_them);
    RUN(ignore_takes_the_last_pattern);
    RUN(words_are_expanded);
    sb_arena_release(&arena);
    return tap_finish();
}
