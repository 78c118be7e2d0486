#include "base/buf.h"
#include "base/finding.h"
#include "base/number.h"
#include "base/utf8.h"
#include "tap.h"

static void decimal_is_strict(void) {
    static const char *const bad[] = {"",   " 1",  "1 ",  "+1",
                                      "-1", "0x1", "1e1", "18446744073709551616"};
    uint64_t value;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(!sb_number_decimal(sb_span_string(bad[i]), UINT64_MAX, &value));
    CHECK(sb_number_decimal(sb_span_string("18446744073709551615"), UINT64_MAX, &value) &&
          value == UINT64_MAX);
    CHECK(!sb_number_decimal(sb_span_string("11"), 10, &value));
}

static void sizes_have_units(void) {
    uint64_t value;
    CHECK(sb_number_size("1000", &value) && value == 1000);
    CHECK(sb_number_size("2k", &value) && value == 2000);
    CHECK(sb_number_size("1KiB", &value) && value == 1024);
    CHECK(sb_number_size("3MiB", &value) && value == 3 << 20);
    CHECK(!sb_number_size("", &value) && !sb_number_size("k", &value));
    CHECK(!sb_number_size("1x", &value) && !sb_number_size("-1", &value));
    CHECK(!sb_number_size("99999999999999999999G", &value));
}

static void visible_text_is_reversible(void) {
    struct sb_buf buf = SB_BUF_INIT;
    sb_buf_append_visible(&buf, sb_span_of("a\\b\xff\n\xc3\xbc\x1b[", 9));
    CHECK_TEXT(sb_buf_string(&buf), "a\\\\b\\xff\\x0a\xc3\xbc\\x1b[");
    sb_buf_release(&buf);
}

static void utf8_refuses_overlong_and_surrogates(void) {
    CHECK(sb_utf8_valid(sb_span_string("a\xc3\xbc\xe6\x97\xa5\xf0\x9f\x90\x8b")));
    CHECK(!sb_utf8_valid(sb_span_string("\xc0\xaf")));
    CHECK(!sb_utf8_valid(sb_span_string("\xe0\x80\xaf")));
    CHECK(!sb_utf8_valid(sb_span_string("\xed\xa0\x80")));
    CHECK(!sb_utf8_valid(sb_span_string("\xf4\x90\x80\x80")));
    CHECK(!sb_utf8_valid(sb_span_string("\xe6\x97")));
}

static void findings_are_kept_once(void) {
    struct sb_findings findings = SB_FINDINGS_INIT;
    sb_finding_add(&findings, SB_FINDING_PADDING, "here", "what %d", 1);
    sb_finding_add(&findings, SB_FINDING_PADDING, "here", "what %d", 1);
    sb_finding_add(&findings, SB_FINDING_PADDING, "there", "what %d", 1);
    CHECK(findings.list.count == 2);
    CHECK(sb_finding_lookup("gzip-members") == SB_FINDING_GZIP_MEMBERS);
    CHECK(sb_finding_lookup("no-such-kind") == -1);
    sb_findings_release(&findings);
}

int main(int argc, char **argv) {
    tap_begin(argc, argv);
    RUN(decimal_is_strict);
    RUN(sizes_have_units);
    RUN(visible_text_is_reversible);
    RUN(utf8_refuses_overlong_and_surrogates);
    RUN(findings_are_kept_once);
    return tap_finish();
}
