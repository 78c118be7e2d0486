/* Two tar headers of one entry, field by field: what is left where the entry is the same. */
#include "compare/nuisance.h"
#include "tar/header.h"
#include "tar/pax.h"

static const unsigned char *last_block(struct sb_span raw) {
    return raw.data + raw.size - SB_TAR_BLOCK;
}

/* One number that is written in two ways. A number that differs is the entry's. */
static bool same_number(struct sb_span a, struct sb_span b, bool is_time) {
    uint64_t x = 0, y = 0;
    if (is_time) {
        int64_t s = 0, t = 0;
        sb_tar_time_parse(a, &s);
        sb_tar_time_parse(b, &t);
        return s == t;
    }
    sb_tar_number_parse(a, &x);
    sb_tar_number_parse(b, &y);
    return x == y;
}

static bool is_own(const unsigned char *a, const unsigned char *b, enum sb_tar_field field) {
    struct sb_span x = sb_tar_field_bytes(a, field), y = sb_tar_field_bytes(b, field);
    if (sb_span_equal(x, y))
        return false;
    switch (sb_tar_fields[field].kind) {
    case SB_TAR_CHECKSUM:
        return false;
    case SB_TAR_NUMBER:
        return field == SB_TAR_MODE ? false : same_number(x, y, field == SB_TAR_MTIME);
    case SB_TAR_UNUSED:
        return true;
    case SB_TAR_TEXT:
        break;
    }
    if (field == SB_TAR_MAGIC || field == SB_TAR_VERSION || field == SB_TAR_PREFIX)
        return true;
    /* '0' and NUL both say a file; another type is the entry's. */
    if (field == SB_TAR_TYPEFLAG)
        return (*x.data == 0 || *x.data == '0') && (*y.data == 0 || *y.data == '0');
    /* What stands behind the NUL. */
    return sb_span_equal(sb_tar_field_text(a, field), sb_tar_field_text(b, field));
}

/* The mode is written with blanks or zeros; its type bits are a pass of their own. */
static bool is_mode_style(const unsigned char *a, const unsigned char *b) {
    struct sb_span x = sb_tar_field_bytes(a, SB_TAR_MODE), y = sb_tar_field_bytes(b, SB_TAR_MODE);
    return !sb_span_equal(x, y) && same_number(x, y, false);
}

/* Extended headers: a block with typeflag x, L or K, and its data. */

struct extensions {
    char flags[8]; /* in their order; the first ones */
    struct sb_pax_record records[64];
    size_t count;
};

/* Records of what the entry has, or of times. */
static bool is_of_entry(struct sb_span key) {
    static const char *const keys[] = {"path", "linkpath", "size",  "uid",
                                       "gid",  "uname",    "gname", "mtime"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (sb_span_is(key, keys[i]))
            return true;
    return sb_span_starts(key, "SCHILY.xattr.") || sb_span_starts(key, "LIBARCHIVE.xattr.");
}

static void read_extensions(struct sb_span raw, struct extensions *extensions) {
    size_t flags = 0;
    *extensions = (struct extensions){0};
    while (raw.size > SB_TAR_BLOCK) {
        uint64_t size = 0;
        unsigned char flag = *sb_tar_field_bytes(raw.data, SB_TAR_TYPEFLAG).data;
        sb_tar_number_parse(sb_tar_field_bytes(raw.data, SB_TAR_SIZE), &size);
        struct sb_span data = sb_span_from(raw, SB_TAR_BLOCK);
        if (size > data.size)
            return;
        if (flags + 1 < sizeof extensions->flags)
            extensions->flags[flags++] = (char)flag;
        sb_pax_records records = {0};
        struct sb_error ignored = SB_ERROR_INIT;
        if (flag == 'x' &&
            sb_pax_parse(sb_span_of(data.data, (size_t)size), &records, &ignored) == 0)
            for (size_t i = 0;
                 i < records.count &&
                 extensions->count < sizeof extensions->records / sizeof *extensions->records;
                 i++)
                extensions->records[extensions->count++] = records.items[i];
        sb_vec_release(&records);
        raw = sb_span_from(data, ((size_t)size + SB_TAR_BLOCK - 1) / SB_TAR_BLOCK * SB_TAR_BLOCK);
    }
}

static struct sb_span value_of(const struct extensions *extensions, struct sb_span key) {
    for (size_t i = extensions->count; i-- > 0;)
        if (sb_span_equal(extensions->records[i].key, key))
            return extensions->records[i].value;
    return sb_span_of(NULL, 0);
}

static const char *value_text(struct sb_arena *arena, struct sb_span value) {
    return value.data ? sb_arena_visible(arena, value) : NULL;
}

/* The first record of x that y has not, or with another value. */
static const char *compare_records(const struct extensions *x, const struct extensions *y,
                                   struct sb_arena *arena, const char **of_x, const char **of_y,
                                   const char **times) {
    for (size_t i = 0; i < x->count; i++) {
        struct sb_span key = x->records[i].key, other = value_of(y, key);
        bool time = sb_span_is(key, "atime") || sb_span_is(key, "ctime");
        bool path = sb_span_is(key, "path") || sb_span_is(key, "linkpath");
        bool same = other.data && sb_span_equal(x->records[i].value, other);
        if (same || (is_of_entry(key) && !path && other.data))
            continue;
        /* That one writes a record for what fits a field says how it writes. */
        bool alone = is_of_entry(key) && !other.data;
        *of_x = alone ? "a PAX record" : sb_arena_visible(arena, x->records[i].value);
        *of_y = alone ? "no PAX record" : value_text(arena, other);
        const char *name = sb_arena_printf(arena, "PAX %s", sb_arena_visible(arena, key));
        if (!time)
            return name;
        *times = name;
    }
    return NULL;
}

static const char *extensions_differ(const struct sb_header_pair *pair, struct sb_arena *arena,
                                     const char **a, const char **b, const char **times) {
    struct extensions x, y;
    read_extensions(pair->raw_a, &x);
    read_extensions(pair->raw_b, &y);
    const char *field = compare_records(&x, &y, arena, a, b, times);
    if (!field)
        field = compare_records(&y, &x, arena, b, a, times);
    if (field || strcmp(x.flags, y.flags) == 0)
        return field;
    /* A PAX header that holds times alone is no other form. */
    if (*times)
        return NULL;
    *a = *x.flags ? sb_arena_printf(arena, "%s", x.flags) : NULL;
    *b = *y.flags ? sb_arena_printf(arena, "%s", y.flags) : NULL;
    return "extended headers";
}

const char *sb_headers_differ(const struct sb_header_pair *pair, struct sb_arena *arena,
                              const char **a, const char **b, const char **times) {
    *times = NULL;
    if (pair->raw_a.size < SB_TAR_BLOCK || pair->raw_b.size < SB_TAR_BLOCK ||
        sb_span_equal(pair->raw_a, pair->raw_b))
        return NULL;
    const unsigned char *x = last_block(pair->raw_a), *y = last_block(pair->raw_b);
    for (int field = 0; field < SB_TAR_FIELDS; field++) {
        bool differs =
            field == SB_TAR_MODE ? is_mode_style(x, y) : is_own(x, y, (enum sb_tar_field)field);
        if (!differs || field == SB_TAR_NAME)
            continue;
        *a = sb_arena_visible(arena, sb_tar_field_bytes(x, (enum sb_tar_field)field));
        *b = sb_arena_visible(arena, sb_tar_field_bytes(y, (enum sb_tar_field)field));
        return sb_tar_fields[field].name;
    }
    return extensions_differ(pair, arena, a, b, times);
}
