#include "audit/ledger.h"

#include <search.h>

#include "codec/gzip.h"

enum { GZIP_FIXED = 10, GZIP_TRAILER = 8 };

struct accounting {
    struct sb_ledger *ledger;
    struct sb_span blob;
    size_t body; /* where the deflate data begins */
    bool encoder_known;
    const char *name; /* of what is compressed: "gzip" */
    uint64_t decoded; /* bytes that members before this one made */
    /* of the byte of deflate data at hand */
    unsigned bits[SB_HEADINGS];
    unsigned widest; /* bits of the step that labels it */
    const char *entry, *field;
    uint64_t end; /* bits of deflate data */
};

static void add_run(struct sb_ledger *ledger, size_t size, enum sb_heading heading,
                    const char *entry, const char *field) {
    size_t count = ledger->runs.count;
    struct sb_mark *last = count ? &ledger->runs.items[count - 1] : NULL;
    if (size == 0)
        return;
    if (last && last->heading == heading && strcmp(last->entry, entry) == 0 &&
        strcmp(last->field, field) == 0) {
        last->size += size;
        return;
    }
    size_t offset = last ? last->offset + last->size : 0;
    *sb_vec_push(&ledger->runs) = (struct sb_mark){offset, size, heading, entry, field};
}

static int compare_keys(const void *a, const void *b) {
    const struct sb_ledger_cost *x = a, *y = b;
    int order = strcmp(x->entry, y->entry);
    if (order == 0)
        order = strcmp(x->field, y->field);
    return order ? order : (int)x->heading - (int)y->heading;
}

static void add_cost(struct sb_ledger *ledger, const char *entry, const char *field,
                     enum sb_heading heading, uint64_t bits) {
    struct sb_ledger_cost key = {entry, field, heading, 0};
    struct sb_ledger_cost **found = tfind(&key, &ledger->by_key, compare_keys);
    struct sb_ledger_cost *cost = found ? *found : NULL;
    if (!cost) {
        cost = sb_arena_new(&ledger->arena, sizeof *cost);
        *cost = key;
        *sb_vec_push(&ledger->costs) = cost;
        if (!tsearch(cost, &ledger->by_key, compare_keys))
            SB_BUG("out of memory");
    }
    cost->bits += bits;
}

/* The heading of bytes that one symbol makes: that of most of them, unexplained if any is. */
static const struct sb_mark *heading_of(const struct sb_marked *tar, uint64_t from, uint64_t size,
                                        enum sb_heading *heading) {
    uint64_t sums[SB_HEADINGS] = {0};
    const struct sb_mark *first = sb_marked_at(tar, (size_t)from), *mark = first;
    for (uint64_t at = from; mark && at < from + size;) {
        uint64_t end = mark->offset + mark->size;
        uint64_t step = end < from + size ? end - at : from + size - at;
        sums[mark->heading] += step;
        at += step;
        mark = sb_marked_at(tar, (size_t)at);
    }
    *heading = SB_HEADING_SOURCE;
    for (int i = 0; i < SB_HEADINGS; i++)
        if (sums[i] > sums[*heading])
            *heading = (enum sb_heading)i;
    if (sums[SB_HEADING_UNEXPLAINED] || !first)
        *heading = SB_HEADING_UNEXPLAINED;
    return first;
}

static bool any_bit(struct sb_span data, uint64_t from, uint64_t count) {
    for (uint64_t bit = from; bit < from + count; bit++)
        if (data.data[bit / 8] >> bit % 8 & 1)
            return true;
    return false;
}

/* A byte goes to the heading with most of its bits, but to unexplained if any bit is. */
static void end_byte(struct accounting *accounting) {
    enum sb_heading best = SB_HEADING_SOURCE;
    for (int heading = 0; heading < SB_HEADINGS; heading++)
        if (accounting->bits[heading] > accounting->bits[best])
            best = (enum sb_heading)heading;
    if (accounting->bits[SB_HEADING_UNEXPLAINED])
        best = SB_HEADING_UNEXPLAINED;
    add_run(accounting->ledger, 1, best, accounting->entry, accounting->field);
    memset(accounting->bits, 0, sizeof accounting->bits);
    accounting->widest = 0;
}

/* Steps come in the order of their bits. */
static void account_bits(struct accounting *accounting, const struct sb_deflate_step *step,
                         enum sb_heading heading, const char *entry, const char *field) {
    for (uint64_t bit = step->bit, end = step->bit + step->bits; bit < end;) {
        uint64_t room = 8 - bit % 8;
        unsigned here = (unsigned)(end - bit < room ? end - bit : room);
        accounting->bits[heading] += here;
        if (here > accounting->widest) {
            accounting->widest = here;
            accounting->entry = entry;
            accounting->field = field;
        }
        bit += here;
        if (bit % 8 == 0)
            end_byte(accounting);
    }
}

static void account_step(void *visitor, const struct sb_deflate_step *step) {
    struct accounting *accounting = visitor;
    struct sb_ledger *ledger = accounting->ledger;
    enum sb_heading heading = SB_HEADING_DERIVED;
    const char *entry = accounting->name, *field = "code tables and block headers";
    if (step->part == SB_DEFLATE_SLACK) {
        field = "unused bits";
        if (any_bit(sb_span_from(accounting->blob, accounting->body), step->bit, step->bits))
            heading = SB_HEADING_UNEXPLAINED;
    } else if (step->part != SB_DEFLATE_HEADER) {
        const struct sb_mark *mark =
            heading_of(&ledger->tar, accounting->decoded + step->output, step->outputs, &heading);
        entry = mark ? mark->entry : "";
        field = mark ? mark->field : "";
    }
    if (!accounting->encoder_known)
        heading = SB_HEADING_UNEXPLAINED;
    add_cost(ledger, entry, field, heading, step->bits);
    account_bits(accounting, step, heading, entry, field);
    accounting->end = step->bit + step->bits;
}

/* The next bytes, up to to. */
static void account_range(struct sb_ledger *ledger, size_t from, size_t to, enum sb_heading heading,
                          const char *field) {
    if (to <= from)
        return;
    add_run(ledger, to - from, heading, "gzip", field);
    add_cost(ledger, "gzip", field, heading, 8 * (uint64_t)(to - from));
}

static size_t text_end(struct sb_span blob, size_t at) {
    while (at < blob.size && blob.data[at])
        at++;
    return at + 1;
}

/* RFC 1952 §2.3; returns where the deflate data begins. */
static size_t account_header(struct sb_ledger *ledger, struct sb_span blob) {
    unsigned flags = blob.data[3];
    size_t at = GZIP_FIXED, end;
    account_range(ledger, 0, 3, SB_HEADING_PROFILE, "magic and method");
    account_range(ledger, 3, 4, flags & ~8u ? SB_HEADING_UNEXPLAINED : SB_HEADING_DERIVED, "flags");
    account_range(ledger, 4, 8, SB_HEADING_FACT, "mtime");
    account_range(ledger, 8, 9, SB_HEADING_FACT, "extra flags");
    account_range(ledger, 9, 10, SB_HEADING_FACT, "operating system");
    if (flags & 4) {
        end = at + 2u + blob.data[at] + 256u * blob.data[at + 1];
        account_range(ledger, at, end, SB_HEADING_UNEXPLAINED, "extra field");
        at = end;
    }
    if (flags & 8) {
        end = text_end(blob, at);
        account_range(ledger, at, end, SB_HEADING_FACT, "name");
        at = end;
    }
    if (flags & 16) {
        end = text_end(blob, at);
        account_range(ledger, at, end, SB_HEADING_UNEXPLAINED, "comment");
        at = end;
    }
    if (flags & 2) {
        account_range(ledger, at, at + 2, SB_HEADING_UNEXPLAINED, "header checksum");
        at += 2;
    }
    return at;
}

/* One member: *size and *decoded get its bytes and those that come out. */
static int account_member(struct sb_ledger *ledger, struct sb_span blob, bool encoder_known,
                          size_t *size, uint64_t *decoded, struct sb_error *error) {
    struct accounting accounting = {.ledger = ledger,
                                    .blob = blob,
                                    .encoder_known = encoder_known,
                                    .name = "gzip",
                                    .decoded = *decoded};
    struct sb_buf output = SB_BUF_INIT;
    accounting.body = account_header(ledger, blob);
    int status = sb_deflate_trace(sb_span_from(blob, accounting.body), &output, account_step,
                                  &accounting, error);
    if (status == 0) {
        size_t trailer = accounting.body + (size_t)(accounting.end / 8);
        account_range(ledger, trailer, trailer + 4, SB_HEADING_DERIVED, "CRC-32");
        account_range(ledger, trailer + 4, trailer + GZIP_TRAILER, SB_HEADING_DERIVED, "length");
        *size = trailer + GZIP_TRAILER;
        *decoded += output.size;
    }
    sb_buf_release(&output);
    return status;
}

static int account_gzip(struct sb_ledger *ledger, struct sb_span blob, bool encoder_known,
                        struct sb_error *error) {
    size_t size = 0;
    uint64_t decoded = 0;
    if (account_member(ledger, blob, encoder_known, &size, &decoded, error) < 0)
        return -1;
    account_range(ledger, size, blob.size, SB_HEADING_UNEXPLAINED, "after the member");
    return 0;
}

static int account_members(struct sb_ledger *ledger, struct sb_span blob, struct sb_error *error) {
    uint64_t decoded = 0;
    for (size_t size = 0; blob.size; blob = sb_span_from(blob, size))
        if (account_member(ledger, blob, true, &size, &decoded, error) < 0)
            return -1;
    return 0;
}

static void account_plain(struct sb_ledger *ledger) {
    for (size_t i = 0; i < ledger->tar.marks.count; i++) {
        const struct sb_mark *mark = &ledger->tar.marks.items[i];
        add_cost(ledger, mark->entry, mark->field, mark->heading, 8 * (uint64_t)mark->size);
        add_run(ledger, mark->size, mark->heading, mark->entry, mark->field);
    }
}

static int compare_costs(const void *a, const void *b) {
    const struct sb_ledger_cost *const *x = a, *const *y = b;
    return ((*x)->bits < (*y)->bits) - ((*x)->bits > (*y)->bits);
}

static void add_up(struct sb_ledger *ledger) {
    for (size_t i = 0; i < ledger->runs.count; i++)
        ledger->sums[ledger->runs.items[i].heading] += ledger->runs.items[i].size;
    sb_vec_sort(&ledger->costs, compare_costs);
}

int sb_ledger_make(struct sb_ledger *ledger, struct sb_span blob, struct sb_span tar,
                   const struct sb_marked *rebuilt, bool encoder_known, struct sb_error *error) {
    if (sb_ledger_mark_tar(&ledger->tar, tar, rebuilt, error) < 0)
        return -1;
    if (!sb_gzip_recognise(blob))
        account_plain(ledger);
    else if (account_gzip(ledger, blob, encoder_known, error) < 0)
        return -1;
    size_t end = 0;
    for (size_t i = 0; i < ledger->runs.count; i++)
        end += ledger->runs.items[i].size;
    if (end < blob.size)
        add_run(ledger, blob.size - end, SB_HEADING_UNEXPLAINED, "blob", "unknown");
    add_up(ledger);
    return 0;
}

int sb_ledger_account(struct sb_ledger *ledger, struct sb_span blob, const char *name,
                      sb_ledger_trace *trace, void *context, struct sb_error *error) {
    struct accounting accounting = {
        .ledger = ledger, .blob = blob, .encoder_known = true, .name = name};
    int status = trace ? trace(context, blob, account_step, &accounting, error)
                       : account_members(ledger, blob, error);
    if (status == 0)
        add_up(ledger);
    return status;
}

const struct sb_mark *sb_ledger_at(const struct sb_ledger *ledger, size_t offset) {
    return sb_mark_find(ledger->runs.items, ledger->runs.count, offset);
}

/* The arena has it. */
static void keep_cost(void *cost) {
    (void)cost;
}

void sb_ledger_release(struct sb_ledger *ledger) {
    sb_marked_release(&ledger->tar);
    sb_vec_release(&ledger->runs);
    sb_vec_release(&ledger->costs);
    tdestroy(ledger->by_key, keep_cost);
    sb_arena_release(&ledger->arena);
}
