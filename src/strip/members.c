#include "strip/members.h"

static int compare_buffers(const void *a, const void *b) {
    return sb_span_compare(sb_buf_span(a), sb_buf_span(b));
}

void sb_members_append(struct sb_buf *rest, sb_members *members, bool sorted) {
    if (sorted)
        sb_vec_sort(members, compare_buffers);
    for (size_t i = 0; i < members->count; i++) {
        sb_buf_append_span(rest, sb_buf_span(&members->items[i]));
        sb_buf_append_byte(rest, 0);
        sb_buf_release(&members->items[i]);
    }
    sb_vec_release(members);
}

bool sb_members_have_own_names(struct sb_span *names, size_t count) {
    bool own = true;
    if (count)
        qsort(names, count, sizeof *names, sb_span_compare_items);
    for (size_t i = 1; i < count && own; i++)
        own = !sb_span_equal(names[i - 1], names[i]);
    return own;
}
