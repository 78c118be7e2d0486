/* What an image holds that nobody would look for: members of the configuration, programs that
 * surprise. */
#include "audit/audit.h"
#include "audit/elf.h"
#include "image/config.h"
#include "image/structs.h"

static void check_members(const struct sb_image *image, struct sb_findings *findings) {
    const struct sb_json *run = sb_json_member(image->config, "config");
    const struct {
        const struct sb_json *object;
        const struct sb_member *table;
        const char *where;
    } objects[] = {{image->config, sb_struct_config, "config"},
                   {run, sb_struct_run, "config.config"}};
    for (size_t i = 0; i < 2; i++)
        for (const struct sb_json *member = objects[i].object ? objects[i].object->first : NULL;
             member; member = member->next)
            if (!sb_member_find(objects[i].table, member->name) &&
                !sb_span_starts(member->name, "moby.buildkit.")) {
                struct sb_buf name = SB_BUF_INIT;
                sb_buf_append_visible(&name, member->name);
                sb_finding_add(findings, SB_FINDING_CONFIG_MEMBER, objects[i].where,
                               "nobody knows the member '%.100s'", sb_buf_string(&name));
                sb_buf_release(&name);
            }
}

static void check_program(struct sb_layer *layer, const struct sb_entry *entry, size_t number,
                          const struct sb_spool *spool, struct sb_findings *findings) {
    struct sb_input *input;
    struct sb_error ignored;
    unsigned char bytes[65536];
    size_t got = 0;
    if (sb_layer_open_content(layer, entry, spool, &input, &ignored) < 0)
        return;
    if (sb_input_read(input, bytes, sizeof bytes, &got, &ignored) == 0) {
        struct sb_buf where = SB_BUF_INIT;
        sb_buf_appendf(&where, "layer %zu: /%.*s", number,
                       (int)(entry->path.size < 200 ? entry->path.size : 200),
                       (const char *)entry->path.data);
        sb_elf_check(sb_span_of(bytes, got), findings, sb_buf_string(&where));
        sb_buf_release(&where);
    }
    sb_input_close(input);
}

void sb_audit_check_content(const struct sb_image *image, const struct sb_spool *spool,
                            struct sb_findings *findings) {
    enum { ELF_HEADER = 64 };
    check_members(image, findings);
    for (size_t i = 0; i < image->layers.count; i++) {
        struct sb_layer *layer = image->layers.items[i];
        for (size_t k = 0; k < layer->entries.count; k++) {
            const struct sb_entry *entry = &layer->entries.items[k];
            if (entry->type == '0' && entry->size >= ELF_HEADER)
                check_program(layer, entry, i + 1, spool, findings);
        }
    }
}
