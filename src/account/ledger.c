#include "account/ledger.h"

#include "codec/deflate_trace.h"
#include "codec/gzip.h"

enum { GZIP_FIXED = 10, GZIP_TRAILER = 8 };

struct accounting {
    struct sb_ledger *ledger;
    struct sb_span blob;
    size_t body; /* where the deflate data begins */
    bool encoder_known;
    unsigned (*bits)[SB_HEADINGS]; /* of each byte of the deflate data */
    unsigned *widest;              /* bits of the step that labels the byte */
    uint64_t end;                  /* bits of deflate data */
};

static void label(struct sb_ledger *ledger, size_t at, enum sb_heading heading, const char *entry,
                  const char *field) {
    ledger->bytes.items[at] = (struct sb_ledger_byte){heading, entry, field};
}

static void add_cost(struct sb_ledger *ledger, const char *entry, const char *field,
                     enum sb_heading heading, uint64_t bits) {
    for (size_t i = 0; i < ledger->costs.count; i++) {
        struct sb_ledger_cost *cost = &ledger->costs.items[i];
        if (cost->heading == heading && strcmp(cost->entry, entry) == 0 &&
            strcmp(cost->field, field) == 0) {
            cost->bits += bits;
            return;
        }
    }
    *sb_vec_push(&ledger->costs) = (struct sb_ledger_cost){entry, field, heading, bits};
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

static void account_step(void *visitor, const struct sb_deflate_step *step) {
    struct accounting *accounting = visitor;
    struct sb_ledger *ledger = accounting->ledger;
    enum sb_heading heading = SB_HEADING_DERIVED;
    const char *entry = "gzip", *field = "code tables and block headers";
    if (step->part == SB_DEFLATE_SLACK) {
        field = "unused bits";
        if (any_bit(sb_span_from(accounting->blob, accounting->body), step->bit, step->bits))
            heading = SB_HEADING_UNEXPLAINED;
    } else if (step->part != SB_DEFLATE_HEADER) {
        const struct sb_mark *mark =
            heading_of(&ledger->tar, step->output, step->outputs, &heading);
        entry = mark ? mark->entry : "";
        field = mark ? mark->field : "";
    }
    if (!accounting->encoder_known)
        heading = SB_HEADING_UNEXPLAINED;
    add_cost(ledger, entry, field, heading, step->bits);
    for (uint64_t bit = step->bit; bit < step->bit + step->bits; bit++) {
        size_t byte = (size_t)(bit / 8);
        accounting->bits[byte][heading]++;
        uint64_t first = bit == step->bit || bit % 8 == 0;
        if (!first)
            continue;
        uint64_t left = step->bit + step->bits - bit, room = 8 - bit % 8;
        unsigned here = (unsigned)(left < room ? left : room);
        if (here > accounting->widest[byte]) {
            accounting->widest[byte] = here;
            label(ledger, accounting->body + byte, heading, entry, field);
        }
    }
    accounting->end = step->bit + step->bits;
}

static void choose_headings(struct accounting *accounting, size_t size) {
    for (size_t i = 0; i < size; i++) {
        enum sb_heading best = SB_HEADING_SOURCE;
        for (int heading = 0; heading < SB_HEADINGS; heading++)
            if (accounting->bits[i][heading] > accounting->bits[i][best])
                best = (enum sb_heading)heading;
        if (accounting->bits[i][SB_HEADING_UNEXPLAINED])
            best = SB_HEADING_UNEXPLAINED;
        accounting->ledger->bytes.items[accounting->body + i].heading = best;
    }
}

static void account_range(struct sb_ledger *ledger, size_t from, size_t to, enum sb_heading heading,
                          const char *field) {
    for (size_t at = from; at < to && at < ledger->bytes.count; at++)
        label(ledger, at, heading, "gzip", field);
    if (to > from)
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

static int account_gzip(struct sb_ledger *ledger, struct sb_span blob, bool encoder_known,
                        struct sb_error *error) {
    struct accounting accounting = {.ledger = ledger, .blob = blob, .encoder_known = encoder_known};
    struct sb_buf decoded = SB_BUF_INIT;
    accounting.body = account_header(ledger, blob);
    size_t rest = blob.size - accounting.body;
    accounting.bits = sb_memory_new(rest, sizeof *accounting.bits);
    accounting.widest = sb_memory_new(rest, sizeof *accounting.widest);
    int status = sb_deflate_trace(sb_span_from(blob, accounting.body), &decoded, account_step,
                                  &accounting, error);
    if (status == 0) {
        size_t size = (size_t)(accounting.end / 8), trailer = accounting.body + size;
        choose_headings(&accounting, size);
        account_range(ledger, trailer, trailer + 4, SB_HEADING_DERIVED, "CRC-32");
        account_range(ledger, trailer + 4, trailer + GZIP_TRAILER, SB_HEADING_DERIVED, "length");
        account_range(ledger, trailer + GZIP_TRAILER, blob.size, SB_HEADING_UNEXPLAINED,
                      "after the member");
    }
    free(accounting.bits);
    free(accounting.widest);
    sb_buf_release(&decoded);
    return status;
}

static void account_plain(struct sb_ledger *ledger) {
    for (size_t i = 0; i < ledger->tar.marks.count; i++) {
        const struct sb_mark *mark = &ledger->tar.marks.items[i];
        add_cost(ledger, mark->entry, mark->field, mark->heading, 8 * (uint64_t)mark->size);
        for (size_t at = mark->offset; at < mark->offset + mark->size; at++)
            label(ledger, at, mark->heading, mark->entry, mark->field);
    }
}

static int compare_costs(const void *a, const void *b) {
    const struct sb_ledger_cost *x = a, *y = b;
    return (x->bits < y->bits) - (x->bits > y->bits);
}

int sb_ledger_make(struct sb_ledger *ledger, struct sb_span blob, struct sb_span tar,
                   const struct sb_marked *rebuilt, bool encoder_known, struct sb_error *error) {
    int status = sb_ledger_mark_tar(&ledger->tar, tar, rebuilt, error);
    for (size_t i = 0; i < blob.size; i++)
        *sb_vec_push(&ledger->bytes) =
            (struct sb_ledger_byte){SB_HEADING_UNEXPLAINED, "blob", "unknown"};
    if (status == 0 && sb_gzip_recognise(blob))
        status = account_gzip(ledger, blob, encoder_known, error);
    else if (status == 0)
        account_plain(ledger);
    for (size_t i = 0; i < ledger->bytes.count; i++)
        ledger->sums[ledger->bytes.items[i].heading]++;
    sb_vec_sort(&ledger->costs, compare_costs);
    return status;
}

void sb_ledger_release(struct sb_ledger *ledger) {
    sb_marked_release(&ledger->tar);
    sb_vec_release(&ledger->bytes);
    sb_vec_release(&ledger->costs);
    sb_arena_release(&ledger->arena);
}
