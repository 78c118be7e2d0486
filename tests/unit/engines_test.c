#include "engines/builder.h"
#include "engines/gotar.h"
#include "engines/profile.h"
#include "engines/saver.h"
#include "tap.h"

static void savers_have_what_they_say(void) {
    size_t count = 0;
    for (; sb_savers[count]; count++) {
        const struct sb_saver *saver = sb_savers[count];
        CHECK(saver->engine && saver->gives_name && saver->recognise && saver->tell);
        CHECK(saver->documents && saver->habits && saver->profiles->name);
        for (const struct sb_profile *profile = saver->profiles; profile->name; profile++) {
            CHECK(profile->saver == saver);
            CHECK(sb_profile_lookup(sb_span_string(profile->name)) == profile);
            CHECK(!profile->builder || sb_builder_lookup(sb_span_string(profile->builder)));
        }
    }
    CHECK(count == 9);
    CHECK(!sb_profile_lookup(sb_span_string("docker")));
}

/* Two rows of one kind differ in what the archives show, else they could not be told apart. */
static void builders_have_one_row_each(void) {
    for (const struct sb_builder *one = sb_builders; one->name; one++) {
        CHECK(sb_builder_lookup(sb_span_string(one->name)) == one);
        for (const struct sb_builder *other = one + 1; other->name; other++)
            CHECK(one->kind != other->kind || one->style != other->style ||
                  one->generation != other->generation || one->containerd != other->containerd);
    }
    CHECK(!sb_builder_lookup(sb_span_string("")));
}

static void savers_give_names(void) {
    static const char layer[] =
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/layer.tar";
    static const char blob[] =
        "blobs/sha256/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    CHECK(sb_saver_docker_legacy.gives_name(layer, '0'));
    CHECK(sb_saver_docker_legacy.gives_name(layer, '2'));
    CHECK(!sb_saver_docker_archive.gives_name(layer, '0'));
    CHECK(sb_saver_docker_archive.gives_name(layer, '2'));
    CHECK(!sb_saver_docker_legacy.gives_name(layer + 1, '0'));
    CHECK(sb_saver_docker.gives_name(blob, '0') && !sb_saver_docker.gives_name(blob, '2'));
    CHECK(!sb_saver_containerd.gives_name("blobs/sha512", '5'));
    CHECK(sb_saver_oci_archive.gives_name("oci-layout", '0'));
}

static void headers_as_go_writes_them(void) {
    struct sb_marked out = SB_MARKED_INIT;
    struct sb_gotar_entry entry = {.name = sb_span_string("t"), .type = '0', .mode = 0644};
    struct sb_error error;
    CHECK(sb_gotar_header(&out, &entry, 5, &error) == 0);
    CHECK(out.bytes.size == 512 && memcmp(out.bytes.data + 257,
                                          "ustar\0"
                                          "00",
                                          8) == 0);
    /* What USTAR cannot say stands in a PAX header before it. */
    entry.mtime = -1;
    out.bytes.size = 0;
    CHECK(sb_gotar_header(&out, &entry, 5, &error) == 0);
    CHECK(out.bytes.size == 3 * 512 && out.bytes.data[156] == 'x');
    sb_marked_release(&out);
}

static void times_of_rfc_3339(void) {
    struct sb_error error;
    int64_t seconds;
    CHECK(sb_gotar_time(sb_span_string("2018-01-02T03:04:05.678Z"), &seconds, &error) == 0 &&
          seconds == 1514862245);
    CHECK(sb_gotar_time(sb_span_string("1970-01-01T00:00:00Z"), &seconds, &error) == 0 &&
          seconds == 0);
    CHECK(sb_gotar_time(sb_span_string("1969-12-31T23:59:59Z"), &seconds, &error) < 0);
    CHECK(sb_gotar_time(sb_span_string("2018-01-02"), &seconds, &error) < 0);
}

static void facts_are_written_as_they_are_read(void) {
    static const char text[] =
        "{\n  \"schema\": 1,\n  \"profile\": \"docker-20.10\",\n  \"builder\": \"classic-20.10\","
        "\n  \"docker_version\": \"20.10.24\",\n  \"architecture\": \"amd64\",\n  \"names\": "
        "[\"t:latest\"],\n  \"container\": \"\",\n  \"steps\": [{\"created\": "
        "\"2018-01-02T03:04:05.678Z\"}],\n  \"encodings\": []\n}\n";
    struct sb_facts facts = SB_FACTS_INIT, again = SB_FACTS_INIT;
    struct sb_buf written = SB_BUF_INIT, twice = SB_BUF_INIT;
    struct sb_error error = SB_ERROR_INIT;
    int status = sb_facts_parse(&facts, sb_span_string(text), &error);
    if (status < 0)
        printf("# %s\n", error.message);
    CHECK(status == 0);
    sb_facts_write(&facts, &written);
    CHECK(status == 0 && sb_facts_parse(&again, sb_buf_span(&written), &error) == 0);
    sb_facts_write(&again, &twice);
    CHECK_TEXT(sb_buf_string(&twice), sb_buf_string(&written));
    sb_buf_release(&written);
    sb_buf_release(&twice);
    sb_facts_release(&facts);
    sb_facts_release(&again);
    struct sb_facts wrong = SB_FACTS_INIT;
    CHECK(sb_facts_parse(&wrong, sb_span_string("{\"profile\": \"docker\"}"), &error) < 0);
    sb_facts_release(&wrong);
}

int main(int argc, char **argv) {
    tap_begin(argc, argv);
    RUN(savers_have_what_they_say);
    RUN(builders_have_one_row_each);
    RUN(savers_give_names);
    RUN(headers_as_go_writes_them);
    RUN(times_of_rfc_3339);
    RUN(facts_are_written_as_they_are_read);
    return tap_finish();
}
