/* Facts against a build of another source: a profile writes, or says why not. The input is a facts
 * file; the source is a fixed one. */
#include "engines/profile.h"
#include "fuzz.h"

static void add_step(struct sb_build *build, const char *text, bool layer) {
    struct sb_build_step *step = sb_vec_push(&build->steps);
    step->before = sb_span_string(text);
    step->run = sb_json_new(&build->arena, SB_JSON_OBJECT);
    step->may_layer = step->add_or_copy = step->one_word = layer;
    if (!layer)
        return;
    struct sb_build_entry *entry = sb_vec_push(&step->entries);
    entry->path = sb_span_string("t");
    entry->type = '0';
    entry->content = sb_span_string("content");
    entry = sb_vec_push(&step->entries);
    entry->path = sb_span_string("u");
    entry->type = '2';
    entry->link = sb_span_string("t");
}

static int store(void *context, struct sb_span name, unsigned level, struct sb_span input,
                 struct sb_buf *output, struct sb_error *error) {
    (void)context, (void)name, (void)level, (void)error;
    sb_buf_append_span(output, input);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct sb_encoder encoder = {store, NULL, NULL, NULL};
    struct sb_facts facts = SB_FACTS_INIT;
    struct sb_error error;
    if (sb_facts_parse(&facts, sb_span_of(data, size), &error) == 0 && facts.images.count <= 4) {
        struct sb_build build = SB_BUILD_INIT;
        struct sb_marked archive = SB_MARKED_INIT;
        const struct sb_build *builds[4] = {&build, &build, &build, &build};
        for (size_t i = 0; i < facts.images.items[0].steps.count && i < 16; i++)
            add_step(&build, i % 2 ? "ENV A=b" : "ADD t /t", i % 2 == 0);
        if (sb_profile_write(&facts, builds, &encoder, &archive, &error) == 0)
            fuzz_check(archive.bytes.size % 512 == 0, "an archive is whole blocks");
        sb_marked_release(&archive);
        sb_build_release(&build);
    }
    sb_facts_release(&facts);
    return 0;
}
