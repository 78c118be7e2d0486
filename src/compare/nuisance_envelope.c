/* What passes take away from the archives' own tars: entries of one name, pair by pair. */
#include <inttypes.h>

#include "base/time.h"
#include "compare/nuisance.h"
#include "image/path.h"
#include "tar/reader.h"

struct outer {
    struct sb_span name; /* cleaned */
    struct sb_tar_entry header;
    size_t position;
};

struct outers {
    SB_VEC(struct outer) list;
    struct sb_arena arena;
};

static int compare_outers(const void *a, const void *b) {
    const struct outer *x = a, *y = b;
    int order = sb_span_compare(x->name, y->name);
    return order ? order : (x->position > y->position) - (x->position < y->position);
}

static int read_outers(const struct sb_archive *archive, struct outers *outers,
                       struct sb_error *error) {
    SB_CLEANUP(sb_input_close_at) struct sb_input *input = NULL;
    struct sb_tar_reader reader;
    struct sb_tar_entry entry;
    int status;
    if (sb_range_open(archive->peeled.bytes, &input, error) < 0)
        return -1;
    sb_tar_reader_init(&reader, input, NULL, "the archive");
    reader.envelope = true;
    while ((status = sb_tar_reader_next(&reader, &entry, error)) == 0) {
        struct outer *outer = sb_vec_push(&outers->list);
        outer->position = outers->list.count;
        outer->header = entry;
        sb_path_clean(sb_arena_copy(&outers->arena, entry.name), &outers->arena, &outer->name);
        outer->header.raw = sb_arena_copy(&outers->arena, entry.raw);
        outer->header.uname = sb_arena_copy(&outers->arena, entry.uname);
        outer->header.gname = sb_arena_copy(&outers->arena, entry.gname);
    }
    sb_tar_reader_release(&reader);
    sb_vec_sort(&outers->list, compare_outers);
    return status < 0 ? -1 : 0;
}

static void count(struct sb_comparison *result, enum sb_pass pass, const struct outer *outer,
                  bool differs, const char *field, const char *a, const char *b) {
    struct sb_arena *arena = &result->arena;
    bool first = differs && !result->nuisances[pass].where;
    struct sb_buf name = SB_BUF_INIT;
    sb_buf_append_visible(&name, outer->name);
    sb_nuisance_count(
        result, pass, differs,
        first ? sb_arena_printf(arena, "archive: %s %s", sb_buf_string(&name), field) : NULL, a, b);
    if (differs && !result->outer)
        result->outer =
            sb_arena_printf(arena, "the archive's own tar: %s %s%s%s%s%s", sb_buf_string(&name),
                            field, a || b ? " " : "", a ? a : "", b ? " | " : "", b ? b : "");
    sb_buf_release(&name);
}

static void compare_times(struct sb_comparison *result, const struct outer *x,
                          const struct outer *y, const char *times) {
    const struct sb_tar_entry *a = &x->header, *b = &y->header;
    bool differs = a->mtime != b->mtime || a->nanoseconds != b->nanoseconds;
    struct sb_arena *arena = &result->arena;
    if (differs)
        count(result, SB_PASS_FILE_TIMESTAMPS, x, true, "mtime",
              sb_time_text(arena, a->mtime, a->nanoseconds),
              sb_time_text(arena, b->mtime, b->nanoseconds));
    else
        count(result, SB_PASS_FILE_TIMESTAMPS, x, times != NULL, times ? times : "", NULL, NULL);
}

static void compare_pair(struct sb_comparison *result, const struct outer *x,
                         const struct outer *y) {
    struct sb_arena *arena = &result->arena;
    const struct sb_tar_entry *p = &x->header, *q = &y->header;
    const struct sb_header_pair pair = {p->raw, q->raw};
    const char *a = NULL, *b = NULL, *times = NULL;
    const char *field = sb_headers_differ(&pair, arena, &a, &b, &times);
    compare_times(result, x, y, times);
    bool names = !sb_span_equal(p->uname, q->uname) || !sb_span_equal(p->gname, q->gname);
    count(result, SB_PASS_OWNER_NAMES, x, names, "owner names",
          sb_arena_printf(arena, "%s:%s", sb_arena_visible(arena, p->uname),
                          sb_arena_visible(arena, p->gname)),
          sb_arena_printf(arena, "%s:%s", sb_arena_visible(arena, q->uname),
                          sb_arena_visible(arena, q->gname)));
    bool bits = (p->mode & ~07777u) != (q->mode & ~07777u);
    count(result, SB_PASS_FILE_MODE_REDUNDANT_BITS, x, bits, "mode field",
          sb_arena_printf(arena, "%06" PRIo32, p->mode),
          sb_arena_printf(arena, "%06" PRIo32, q->mode));
    /* Owners and permissions of the envelope's entries mean nothing. */
    if (!field && ((p->mode ^ q->mode) & 07777)) {
        field = "mode";
        a = sb_arena_printf(arena, "%04" PRIo32, p->mode & 07777);
        b = sb_arena_printf(arena, "%04" PRIo32, q->mode & 07777);
    } else if (!field && (p->uid != q->uid || p->gid != q->gid)) {
        field = "owner";
        a = sb_arena_printf(arena, "%" PRIu64 ":%" PRIu64, p->uid, p->gid);
        b = sb_arena_printf(arena, "%" PRIu64 ":%" PRIu64, q->uid, q->gid);
    }
    count(result, SB_PASS_TAR_FORMAT, x, field != NULL, field ? field : "", a, b);
}

static void compare_order(struct sb_comparison *result, const struct outer *last,
                          const struct outer *x, const struct outer *other_last,
                          const struct outer *y) {
    bool differs = (last->position < x->position) != (other_last->position < y->position);
    count(result, SB_PASS_FILE_ORDER, x, differs, "stands in another place", NULL, NULL);
}

static void compare_all(struct sb_comparison *result, const struct outers *a,
                        const struct outers *b) {
    const struct outer *last = NULL, *other_last = NULL;
    for (size_t i = 0, k = 0; i < a->list.count && k < b->list.count;) {
        const struct outer *x = &a->list.items[i], *y = &b->list.items[k];
        int order = sb_span_compare(x->name, y->name);
        i += order <= 0;
        k += order >= 0;
        if (order)
            continue;
        compare_pair(result, x, y);
        if (last)
            compare_order(result, last, x, other_last, y);
        last = x;
        other_last = y;
    }
}

/* The archive in gzip, zstd, base64, …, outermost first. */
static void compare_wrappings(const struct sb_archive *a, const struct sb_archive *b,
                              struct sb_comparison *result) {
    size_t x = a->peeled.envelopes.count, y = b->peeled.envelopes.count;
    for (size_t i = 0; i < x || i < y; i++) {
        enum sb_codec one = i < x ? a->peeled.envelopes.items[i].codec : SB_CODEC_NONE;
        enum sb_codec other = i < y ? b->peeled.envelopes.items[i].codec : SB_CODEC_NONE;
        sb_nuisance_count(result, SB_PASS_COMPRESSION, one != other, "archive", sb_codec_name(one),
                          sb_codec_name(other));
        if (one != other && !result->outer)
            result->outer =
                sb_arena_printf(&result->arena, "what the archive is wrapped in %s | %s",
                                sb_codec_name(one), sb_codec_name(other));
    }
}

int sb_nuisances_of_envelopes(const struct sb_archive *a, const struct sb_archive *b,
                              struct sb_comparison *result, struct sb_error *error) {
    struct outers x = {0}, y = {0};
    compare_wrappings(a, b, result);
    bool formats = strcmp(sb_archive_format(a), sb_archive_format(b)) != 0;
    sb_nuisance_count(result, SB_PASS_ENVELOPE, formats, "the archive's format",
                      sb_archive_format(a), sb_archive_format(b));
    if (a->is_directory || b->is_directory || !a->peeled.bytes.source || !b->peeled.bytes.source)
        return 0;
    int status = read_outers(a, &x, error) < 0 || read_outers(b, &y, error) < 0 ? -1 : 0;
    if (status == 0)
        compare_all(result, &x, &y);
    sb_vec_release(&x.list);
    sb_vec_release(&y.list);
    sb_arena_release(&x.arena);
    sb_arena_release(&y.arena);
    return status;
}
