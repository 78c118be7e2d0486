/* What PAX records do to an entry: one row a key. */

#include "base/number.h"
#include "tar/internal.h"

static int bad_value(const struct sb_pax_record *record, struct sb_error *error) {
    struct sb_buf text = SB_BUF_INIT;
    sb_buf_append_visible(&text, record->value);
    sb_error_set(error, SB_ERROR_MALFORMED, "PAX record %.*s has the value '%.100s'",
                 (int)(record->key.size < 60 ? record->key.size : 60),
                 (const char *)record->key.data, sb_buf_string(&text));
    sb_buf_release(&text);
    return -1;
}

static int check_nul(const struct sb_pax_record *record, struct sb_error *error) {
    return memchr(record->value.data, 0, record->value.size) ? bad_value(record, error) : 0;
}

typedef int apply_function(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                           const struct sb_pax_record *record, struct sb_error *error);

static int apply_path(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                      const struct sb_pax_record *record, struct sb_error *error) {
    if (check_nul(record, error) < 0)
        return -1;
    if (record->value.size == 0)
        sb_finding_add(reader->findings, SB_FINDING_NAME_SOURCES, sb_tar_place(reader, entry),
                       "an empty PAX path stands beside a name");
    else if (reader->has_long_name)
        sb_finding_add(reader->findings, SB_FINDING_NAME_SOURCES, sb_tar_place(reader, entry),
                       "a PAX path and a GNU long name");
    if (record->value.size && !reader->has_long_name)
        entry->name = record->value;
    return 0;
}

static int apply_linkpath(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                          const struct sb_pax_record *record, struct sb_error *error) {
    if (check_nul(record, error) < 0)
        return -1;
    if (record->value.size == 0 || reader->has_long_link)
        sb_finding_add(reader->findings, SB_FINDING_NAME_SOURCES, sb_tar_place(reader, entry),
                       reader->has_long_link ? "a PAX linkpath and a GNU long link"
                                             : "an empty PAX linkpath");
    if (record->value.size && !reader->has_long_link)
        entry->link = record->value;
    return 0;
}

static int apply_size(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                      const struct sb_pax_record *record, struct sb_error *error) {
    uint64_t size;
    if (!sb_number_decimal(record->value, INT64_MAX - 1024, &size))
        return bad_value(record, error);
    /* A header field cannot say 8 GiB and more in octal; then it says nothing. */
    if (size != entry->stored && (size <= UINT64_C(077777777777) || entry->stored != 0))
        sb_finding_add(reader->findings, SB_FINDING_SIZE_CONFLICT, sb_tar_place(reader, entry),
                       "PAX says %llu bytes, the header %llu", (unsigned long long)size,
                       (unsigned long long)entry->stored);
    entry->stored = size;
    return 0;
}

static int apply_id(uint64_t *id, const struct sb_pax_record *record, struct sb_error *error) {
    return sb_number_decimal(record->value, UINT32_MAX, id) ? 0 : bad_value(record, error);
}

static int apply_uid(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                     const struct sb_pax_record *record, struct sb_error *error) {
    (void)reader;
    return apply_id(&entry->uid, record, error);
}

static int apply_gid(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                     const struct sb_pax_record *record, struct sb_error *error) {
    (void)reader;
    return apply_id(&entry->gid, record, error);
}

static int apply_time(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                      const struct sb_pax_record *record, struct sb_error *error) {
    (void)reader;
    int64_t seconds;
    uint32_t nanoseconds;
    bool nonzero;
    if (!sb_pax_time(record->value, &seconds, &nanoseconds, &nonzero))
        return record->value.size ? bad_value(record, error) : 0;
    entry->timed = entry->timed || nonzero;
    if (sb_span_is(record->key, "mtime")) {
        entry->mtime = seconds;
        entry->nanoseconds = nanoseconds;
    }
    return 0;
}

static int apply_uname(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                       const struct sb_pax_record *record, struct sb_error *error) {
    (void)reader;
    entry->uname = record->value;
    return check_nul(record, error);
}

static int apply_gname(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                       const struct sb_pax_record *record, struct sb_error *error) {
    (void)reader;
    entry->gname = record->value;
    return check_nul(record, error);
}

static int apply_nothing(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                         const struct sb_pax_record *record, struct sb_error *error) {
    (void)reader, (void)entry, (void)record, (void)error;
    return 0;
}

static const char *short_key(struct sb_tar_reader *reader, const struct sb_pax_record *record) {
    return sb_arena_printf(&reader->arena, "%.*s",
                           (int)(record->key.size < 100 ? record->key.size : 100),
                           (const char *)record->key.data);
}

/* Kept beside the extended attributes, and so compared. */
static int apply_kept(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                      const struct sb_pax_record *record, struct sb_error *error) {
    (void)error;
    if (!reader->envelope)
        ((struct sb_tar_xattr *)(uintptr_t)entry->xattrs)[entry->xattr_count++] =
            (struct sb_tar_xattr){record->key, record->value, true};
    return 0;
}

static int apply_xattr(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                       const struct sb_pax_record *record, struct sb_error *error) {
    static const char prefix[] = "SCHILY.xattr.";
    (void)error;
    if (reader->envelope)
        return 0;
    if (record->value.size == 0)
        sb_finding_add(reader->findings, SB_FINDING_XATTR, sb_tar_place(reader, entry),
                       "an extended attribute with an empty value, which Go drops");
    ((struct sb_tar_xattr *)(uintptr_t)entry->xattrs)[entry->xattr_count++] =
        (struct sb_tar_xattr){sb_span_from(record->key, sizeof prefix - 1), record->value, false};
    return 0;
}

/* Engines drop it, other readers do not. */
static int apply_ambiguous(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                           const struct sb_pax_record *record, struct sb_error *error) {
    sb_finding_add(reader->findings, reader->envelope ? SB_FINDING_PAX_ENVELOPE : SB_FINDING_XATTR,
                   sb_tar_place(reader, entry), "record %s, which engines drop",
                   short_key(reader, record));
    return apply_kept(reader, entry, record, error);
}

static int apply_libarchive(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                            const struct sb_pax_record *record, struct sb_error *error) {
    return sb_tar_repeats_xattr(reader, record) ? 0 : apply_ambiguous(reader, entry, record, error);
}

/* SELinux's label as star writes it: a name of its own for what SCHILY.xattr has, too. */
static int apply_label(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                       const struct sb_pax_record *record, struct sb_error *error) {
    return apply_kept(reader, entry, record, error);
}

static const struct {
    const char *key;
    bool prefix; /* of all keys that begin so */
    apply_function *apply;
} keys[] = {
    {"path", false, apply_path},
    {"linkpath", false, apply_linkpath},
    {"size", false, apply_size},
    {"uid", false, apply_uid},
    {"gid", false, apply_gid},
    {"uname", false, apply_uname},
    {"gname", false, apply_gname},
    {"mtime", false, apply_time},
    {"atime", false, apply_time},
    {"ctime", false, apply_time},
    {"hdrcharset", false, apply_nothing},
    {"comment", false, apply_nothing},
    {"GNU.sparse.", true, apply_nothing},
    {"LIBARCHIVE.creationtime", false, apply_time},
    {"SCHILY.dev", false, apply_nothing},
    {"SCHILY.ino", false, apply_nothing},
    {"SCHILY.nlink", false, apply_nothing},
    {"SCHILY.xattr.", true, apply_xattr},
    {"RHT.security.selinux", false, apply_label},
    {"MSWINDOWS.", true, apply_kept},
    {"SCHILY.fflags", false, apply_kept},
    {"LIBARCHIVE.xattr.", true, apply_libarchive},
    {"SCHILY.acl.", true, apply_ambiguous},
};

static int apply_record(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                        const struct sb_pax_record *record, struct sb_error *error) {
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].prefix ? sb_span_starts(record->key, keys[i].key)
                           : sb_span_is(record->key, keys[i].key))
            return keys[i].apply(reader, entry, record, error);
    sb_finding_add(
        reader->findings, reader->envelope ? SB_FINDING_PAX_ENVELOPE : SB_FINDING_PAX_UNKNOWN,
        sb_tar_place(reader, entry), "record %s, which nobody knows", short_key(reader, record));
    return apply_kept(reader, entry, record, error);
}

int sb_tar_xattr_compare(const struct sb_tar_xattr *a, const struct sb_tar_xattr *b) {
    static const struct sb_span prefix = {(const unsigned char *)"SCHILY.xattr.", 13};
    if (a->record == b->record)
        return sb_span_compare(a->name, b->name);
    struct sb_span record = a->record ? a->name : b->name;
    /* No record that is kept begins as attributes do. */
    int order = sb_span_compare(record, prefix);
    return a->record ? order : -order;
}

static int compare_xattrs(const void *a, const void *b) {
    return sb_tar_xattr_compare(a, b);
}

static int compare_keys(const void *a, const void *b) {
    const struct sb_pax_record *const *x = a, *const *y = b;
    return sb_span_compare((*x)->key, (*y)->key);
}

/* GNU.sparse.offset and numbytes repeat by design (format 0.0). */
static void check_repeated(struct sb_tar_reader *reader, const struct sb_tar_entry *entry) {
    size_t count = reader->records.count;
    const struct sb_pax_record **sorted = sb_memory_new(count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &reader->records.items[i];
    qsort(sorted, count, sizeof *sorted, compare_keys);
    for (size_t i = 1; i < count; i++)
        if (sb_span_equal(sorted[i]->key, sorted[i - 1]->key) &&
            !sb_span_is(sorted[i]->key, "GNU.sparse.offset") &&
            !sb_span_is(sorted[i]->key, "GNU.sparse.numbytes"))
            sb_finding_add(reader->findings, SB_FINDING_PAX_RECORD_TWICE,
                           sb_tar_place(reader, entry), "record %.*s is there twice",
                           (int)(sorted[i]->key.size < 100 ? sorted[i]->key.size : 100),
                           (const char *)sorted[i]->key.data);
    free(sorted);
}

int sb_tar_apply_pax(struct sb_tar_reader *reader, struct sb_tar_entry *entry,
                     struct sb_error *error) {
    struct sb_tar_xattr *xattrs =
        sb_arena_new(&reader->arena, (reader->records.count + 1) * sizeof *xattrs);
    entry->xattrs = xattrs;
    check_repeated(reader, entry);
    for (size_t i = 0; i < reader->records.count; i++)
        if (apply_record(reader, entry, &reader->records.items[i], error) < 0)
            return -1;
    qsort(xattrs, entry->xattr_count, sizeof *xattrs, compare_xattrs);
    return 0;
}
