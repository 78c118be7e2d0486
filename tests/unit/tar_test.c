#include "tap.h"
#include "tar/header.h"
#include "tar/pax.h"
#include "tar/reader.h"
#include "tar/writer.h"

static enum sb_tar_number number(const char *field, uint64_t *value) {
    return sb_tar_number_parse(sb_span_of(field, 8), value);
}

static void numbers_in_all_styles(void) {
    uint64_t value;
    CHECK(number("0000644\0", &value) == SB_TAR_NUMBER_OK && value == 0644);
    CHECK(number("   644 \0", &value) == SB_TAR_NUMBER_OK && value == 0644);
    CHECK(number("00000644", &value) == SB_TAR_NUMBER_OK && value == 0644);
    CHECK(number("\0\0\0\0\0\0\0\0", &value) == SB_TAR_NUMBER_BLANK && value == 0);
    CHECK(number("64 4\0\0\0\0", &value) == SB_TAR_NUMBER_ODD && value == 064);
    CHECK(number("0000648\0", &value) == SB_TAR_NUMBER_BAD);
    CHECK(number("\x80\0\0\0\0\0\1\0", &value) == SB_TAR_NUMBER_OK && value == 256);
    CHECK(number("\xff\xff\xff\xff\xff\xff\xff\xff", &value) == SB_TAR_NUMBER_BAD);
}

static void fields_cover_the_block(void) {
    size_t at = 0;
    for (int field = 0; field < SB_TAR_FIELDS; field++) {
        CHECK(sb_tar_fields[field].offset == at);
        at += sb_tar_fields[field].size;
    }
    CHECK(at == SB_TAR_BLOCK);
}

static void pax_lengths_count_themselves(void) {
    struct sb_buf buf = SB_BUF_INIT;
    struct sb_error error;
    sb_pax_records records = {0};
    sb_pax_append(&buf, sb_span_string("a"), sb_span_string("b"));
    CHECK_TEXT(sb_buf_string(&buf), "6 a=b\n");
    /* 9 characters with a one-digit length, 11 with two: the step from 9 to 10. */
    sb_pax_append(&buf, sb_span_string("k"), sb_span_string("12345"));
    CHECK_TEXT(sb_buf_string(&buf), "6 a=b\n11 k=12345\n");
    CHECK(sb_pax_parse(sb_buf_span(&buf), &records, &error) == 0 && records.count == 2);
    CHECK(sb_span_is(records.items[1].value, "12345"));
    CHECK(sb_pax_parse(sb_span_string("7 a=b\n"), &records, &error) < 0);
    CHECK(sb_pax_parse(sb_span_string("5 a=b\n"), &records, &error) < 0);
    CHECK(sb_pax_parse(sb_span_string("6 a-b\n"), &records, &error) < 0);
    CHECK(sb_pax_parse(sb_span_string("18446744073709551626 a=b\n"), &records, &error) < 0);
    sb_vec_release(&records);
    sb_buf_release(&buf);
}

static void pax_times_are_floored(void) {
    int64_t seconds;
    uint32_t nanoseconds;
    bool nonzero;
    CHECK(sb_pax_time(sb_span_string("12.75"), &seconds, &nanoseconds, &nonzero) && seconds == 12 &&
          nanoseconds == 750000000 && nonzero);
    CHECK(sb_pax_time(sb_span_string("-1.5"), &seconds, &nanoseconds, &nonzero) && seconds == -2 &&
          nanoseconds == 500000000);
    CHECK(sb_pax_time(sb_span_string("0.000"), &seconds, &nanoseconds, &nonzero) && !nonzero);
    CHECK(!sb_pax_time(sb_span_string("1e3"), &seconds, &nanoseconds, &nonzero));
}

static int write_entry(struct sb_buf *buf, const struct sb_tar_entry *entry, const char *data) {
    struct sb_output_buf output;
    sb_output_to_buf(&output, buf);
    sb_tar_write_header(buf, entry);
    return sb_output_append(&output.base, sb_span_string(data), NULL) < 0 ||
           sb_tar_write_padding(&output.base, strlen(data), NULL) < 0 ||
           sb_tar_write_end(&output.base, NULL) < 0;
}

/* What is written is read again with every value, and its headers are known as GNU tar's. */
static void check_round_trip(struct sb_tar_entry entry, const char *data) {
    struct sb_buf buf = SB_BUF_INIT, again = SB_BUF_INIT;
    struct sb_tar_reader reader;
    struct sb_tar_entry read;
    struct sb_findings findings = SB_FINDINGS_INIT;
    struct sb_error error;
    entry.size = strlen(data);
    CHECK(write_entry(&buf, &entry, data) == 0);
    struct sb_input *input = sb_input_memory(sb_buf_span(&buf));
    sb_tar_reader_init(&reader, input, &findings, "t");
    CHECK(sb_tar_reader_next(&reader, &read, &error) == 0);
    CHECK(sb_span_equal(read.name, entry.name) && sb_span_equal(read.link, entry.link));
    CHECK(read.type == entry.type && read.mode == entry.mode && read.uid == entry.uid);
    CHECK(read.size == entry.size && read.devmajor == entry.devmajor);
    CHECK(read.xattr_count == entry.xattr_count);
    CHECK(read.mtime == entry.mtime || entry.mtime < 0);
    sb_tar_write_header(&again, &read);
    CHECK(entry.mtime < 0 || sb_span_equal(sb_buf_span(&again), read.raw));
    CHECK(sb_tar_reader_next(&reader, &read, &error) == 1);
    CHECK(findings.list.count == 0);
    sb_tar_reader_release(&reader);
    sb_input_close(input);
    sb_findings_release(&findings);
    sb_buf_release(&buf);
    sb_buf_release(&again);
}

static void entries_survive_writing_and_reading(void) {
    static const struct sb_tar_xattr xattrs[] = {
        {{(const unsigned char *)"user.a", 6}, {(const unsigned char *)"x\0y\n", 4}, false}};
    char name[300];
    memset(name, 'n', sizeof name);
    struct sb_span empty = sb_span_string("");
    for (size_t size = 98; size < 300; size += size < 103 ? 1 : 50)
        check_round_trip(
            (struct sb_tar_entry){
                .name = sb_span_of(name, size), .link = empty, .type = '0', .mode = 0644},
            "data");
    check_round_trip(
        (struct sb_tar_entry){
            .name = sb_span_string("l"), .link = sb_span_of(name, 150), .type = '2', .mode = 0777},
        "");
    check_round_trip((struct sb_tar_entry){.name = sb_span_string("big"),
                                           .link = empty,
                                           .type = '0',
                                           .uid = 4294967295u,
                                           .mode = 04755},
                     "data");
    check_round_trip((struct sb_tar_entry){.name = sb_span_string("dev"),
                                           .link = empty,
                                           .type = '3',
                                           .devmajor = 1,
                                           .devminor = 3},
                     "");
    check_round_trip((struct sb_tar_entry){.name = sb_span_string("x"),
                                           .link = empty,
                                           .type = '0',
                                           .mode = 0644,
                                           .uid = 3000000,
                                           .xattrs = xattrs,
                                           .xattr_count = 1},
                     "data");
}

int main(int argc, char **argv) {
    tap_begin(argc, argv);
    RUN(numbers_in_all_styles);
    RUN(fields_cover_the_block);
    RUN(pax_lengths_count_themselves);
    RUN(pax_times_are_floored);
    RUN(entries_survive_writing_and_reading);
    return tap_finish();
}
