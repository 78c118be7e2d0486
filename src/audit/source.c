/* A source held against what a blob holds. */
#include "audit/audit.h"

/* The hash in history says the name in the context, which an archive alone does not. */
bool sb_audit_name_sources(struct sb_fact_image *image, const struct sb_build *said,
                           const struct sb_build *own) {
    bool again = false;
    for (size_t i = 0; i < said->steps.count && i < own->steps.count; i++)
        if (i < image->steps.count && said->steps.items[i].file.data)
            again = sb_facts_find_owner(&image->steps.items[i], image->builder,
                                        own->steps.items[i].hash, said->steps.items[i].file,
                                        said->steps.items[i].entries.items[0].content) ||
                    again;
    return again;
}

static void compare_file(const struct sb_build_entry *blob, const struct sb_build_entry *source,
                         sb_audit_say *say, void *context) {
    struct sb_span a = source->content, b = blob->content;
    size_t at = 0, common = a.size < b.size ? a.size : b.size;
    int size = (int)(blob->path.size < 300 ? blob->path.size : 300);
    const char *path = (const char *)blob->path.data;
    struct sb_buf text = SB_BUF_INIT;
    while (at < common && a.data[at] == b.data[at])
        at++;
    if (at < common)
        sb_buf_appendf(&text,
                       "/%.*s differs from the source at byte %zu: 0x%02x in the blob, 0x%02x in "
                       "the source",
                       size, path, at, b.data[at], a.data[at]);
    else if (a.size != b.size)
        sb_buf_appendf(&text,
                       "/%.*s has %zu bytes in the blob, %zu in the source; they part at byte %zu",
                       size, path, b.size, a.size, at);
    if (text.size)
        say(context, sb_buf_string(&text));
    sb_buf_release(&text);
}

void sb_audit_compare_contents(const struct sb_build *own, const struct sb_build *said,
                               sb_audit_say *say, void *context) {
    for (size_t i = 0; i < own->steps.count && i < said->steps.count; i++)
        for (size_t k = 0; k < own->steps.items[i].entries.count; k++)
            for (size_t n = 0; n < said->steps.items[i].entries.count; n++) {
                const struct sb_build_entry *a = &own->steps.items[i].entries.items[k];
                const struct sb_build_entry *b = &said->steps.items[i].entries.items[n];
                if (a->type == '0' && b->type == '0' && sb_span_equal(a->path, b->path))
                    compare_file(a, b, say, context);
            }
}
