/* Where an entry stands, for findings and errors. */
#include <inttypes.h>

#include "tar/internal.h"

const char *sb_tar_place(struct sb_tar_reader *reader, const struct sb_tar_entry *entry) {
    struct sb_buf name = SB_BUF_INIT;
    sb_buf_append_visible(&name, entry->name);
    const char *place =
        sb_arena_printf(&reader->arena, "%s: '%.300s' (entry %" PRIu64 ", offset %" PRIu64 ")",
                        reader->where, sb_buf_string(&name), reader->entries, entry->offset);
    sb_buf_release(&name);
    return place;
}
