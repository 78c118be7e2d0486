#include "tap.h"
#include "json/value.h"
#include "json/write.h"

/* The canonical form of text, or NULL; *kinds counts findings. Static: for one check at a time. */
static const char *canonical(const char *text, size_t *kinds) {
    static char result[512];
    struct sb_arena arena = SB_ARENA_INIT;
    struct sb_findings findings = SB_FINDINGS_INIT;
    struct sb_error error;
    struct sb_json *value;
    struct sb_buf buf = SB_BUF_INIT;
    int status = sb_json_parse(sb_span_string(text), &arena, &findings, "t", &value, &error);
    if (status == 0)
        sb_json_write_canonical(&buf, value);
    snprintf(result, sizeof result, "%s", sb_buf_string(&buf));
    if (kinds)
        *kinds = findings.list.count;
    sb_buf_release(&buf);
    sb_arena_release(&arena);
    sb_findings_release(&findings);
    return status < 0 ? NULL : result;
}

static void form_of_rfc_8785(void) {
    CHECK_TEXT(canonical(" {\"b\" : [ 1 , 2 ] , \"a\":null} \n", NULL), "{\"a\":null,\"b\":[1,2]}");
    CHECK_TEXT(canonical("\"\\u0041\\/\\u001f\\u20ac\\n\"", NULL), "\"A/\\u001f\xe2\x82\xac\\n\"");
    CHECK_TEXT(canonical("\"\\ud83d\\udc0b\"", NULL), "\"\xf0\x9f\x90\x8b\"");
    /* Sorted by UTF-16: U+1F40B (d83d …) before U+FB33. */
    CHECK_TEXT(canonical("{\"\xef\xac\xb3\":1,\"\xf0\x9f\x90\x8b\":2}", NULL),
               "{\"\xf0\x9f\x90\x8b\":2,\"\xef\xac\xb3\":1}");
}

static void numbers_keep_their_literal(void) {
    CHECK_TEXT(canonical("[9007199254740993,1.10,1E5]", NULL), "[9007199254740993,1.10,1E5]");
}

static void strictness_of_rfc_8259(void) {
    static const char *const bad[] = {"",         "{",     "[1,]", "{\"a\":1,}", "01",
                                      "+1",       "1.",    "NaN",  "'a'",        "\"\x01\"",
                                      "\"\xff\"", "nul",   "[1]x", "\"\\x\"",    "\xef\xbb\xbf{}",
                                      "/**/1",    "{a:1}", "[1 2]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(canonical(bad[i], NULL) == NULL);
}

static void disagreements_are_findings(void) {
    size_t kinds;
    CHECK(canonical("{\"a\":1,\"\\u0061\":2}", &kinds) && kinds == 1);
    CHECK(canonical("-0", &kinds) && kinds == 1);
    CHECK(canonical("1e999", &kinds) && kinds == 1);
    CHECK(canonical("\"\\ud800\"", &kinds) && kinds == 1);
    CHECK(canonical("{\"a\":1,\"A\":2}", &kinds) && kinds == 0);
}

static void names_as_go_takes_them(void) {
    CHECK(sb_json_same_name_in_go(sb_span_string("rootf\xc5\xbf"), sb_span_string("rootfs")));
    CHECK(sb_json_same_name_in_go(sb_span_string("\xe2\x84\xaa"), sb_span_string("k")));
    CHECK(sb_json_same_name_in_go(sb_span_string("CMD"), sb_span_string("Cmd")));
    CHECK(!sb_json_same_name_in_go(sb_span_string("Cmdx"), sb_span_string("Cmd")));
}

static void depth_has_a_limit(void) {
    static char deep[4096];
    memset(deep, '[', sizeof deep - 1);
    CHECK(canonical(deep, NULL) == NULL);
}

int main(int argc, char **argv) {
    tap_begin(argc, argv);
    RUN(form_of_rfc_8785);
    RUN(numbers_keep_their_literal);
    RUN(strictness_of_rfc_8259);
    RUN(disagreements_are_findings);
    RUN(names_as_go_takes_them);
    RUN(depth_has_a_limit);
    return tap_finish();
}
