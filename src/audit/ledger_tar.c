#include "audit/ledger.h"
#include "tar/header.h"
#include "tar/reader.h"

struct place {
    char *name;
    size_t header, data, size, next; /* offsets in the tar; size of the data */
    bool used;
};

struct tar_map {
    SB_VEC(struct place) places;
    struct sb_arena arena;
};

static int read_map(struct tar_map *map, struct sb_span tar, struct sb_error *error) {
    struct sb_input *input = sb_input_memory(tar);
    struct sb_tar_reader reader;
    struct sb_tar_entry entry;
    int status;
    sb_tar_reader_init(&reader, input, NULL, "ledger");
    while ((status = sb_tar_reader_next(&reader, &entry, error)) == 0) {
        struct place *place = sb_vec_push(&map->places);
        place->name = (char *)(uintptr_t)sb_arena_copy(&map->arena, entry.name).data;
        place->header = (size_t)entry.offset;
        place->data = (size_t)entry.data_offset;
        place->size = (size_t)entry.stored;
        place->next = (place->data + place->size + SB_TAR_BLOCK - 1) / SB_TAR_BLOCK * SB_TAR_BLOCK;
    }
    sb_tar_reader_release(&reader);
    sb_input_close(input);
    return status < 0 ? -1 : 0;
}

static void release_map(struct tar_map *map) {
    sb_vec_release(&map->places);
    sb_arena_release(&map->arena);
}

struct marking {
    struct sb_marked *out;
    struct sb_span tar;
    const struct sb_marked *rebuilt;
};

static void unexplained(struct marking *marking, size_t from, size_t size, const char *entry,
                        const char *field) {
    if (size == 0)
        return;
    marking->out->entry = entry;
    sb_marked_append(marking->out, SB_HEADING_UNEXPLAINED, field,
                     sb_span_of(marking->tar.data + from, size));
}

/* size bytes at from against those at other of what was rebuilt, run by run. */
static void compare(struct marking *marking, size_t from, size_t other, size_t size) {
    size_t at = 0;
    while (at < size) {
        const struct sb_mark *mark = sb_marked_at(marking->rebuilt, other + at);
        size_t end = mark->offset + mark->size - other;
        if (end > size)
            end = size;
        while (at < end) {
            const unsigned char *own = marking->tar.data + from;
            const unsigned char *theirs = marking->rebuilt->bytes.data + other;
            bool equal = own[at] == theirs[at];
            size_t run = at;
            while (run < end && (own[run] == theirs[run]) == equal)
                run++;
            marking->out->entry = mark->entry;
            sb_marked_append(marking->out, equal ? mark->heading : SB_HEADING_UNEXPLAINED,
                             mark->field, sb_span_of(own + at, run - at));
            at = run;
        }
    }
}

/* Data of two sizes: what is equal from the front, what is equal from the back, and between them
 * what nothing explains. */
static void compare_data(struct marking *marking, const struct place *own,
                         const struct place *other) {
    const unsigned char *a = marking->tar.data + own->data;
    const unsigned char *b = marking->rebuilt->bytes.data + other->data;
    size_t common = own->size < other->size ? own->size : other->size, front = 0, back = 0;
    if (own->size == other->size) {
        compare(marking, own->data, other->data, own->size);
        return;
    }
    while (front < common && a[front] == b[front])
        front++;
    while (back < common - front && a[own->size - 1 - back] == b[other->size - 1 - back])
        back++;
    compare(marking, own->data, other->data, front);
    unexplained(marking, own->data + front, own->size - front - back, own->name,
                "not in what the source gives");
    compare(marking, own->data + own->size - back, other->data + other->size - back, back);
}

static void mark_padding(struct marking *marking, size_t from, size_t to, const char *entry) {
    for (size_t at = from; at < to;) {
        bool zero = marking->tar.data[at] == 0;
        size_t run = at;
        while (run < to && (marking->tar.data[run] == 0) == zero)
            run++;
        marking->out->entry = entry;
        sb_marked_append(marking->out, zero ? SB_HEADING_PROFILE : SB_HEADING_UNEXPLAINED,
                         "padding", sb_span_of(marking->tar.data + at, run - at));
        at = run;
    }
}

static void mark_entry(struct marking *marking, const struct place *own,
                       const struct place *other) {
    size_t header = own->data - own->header;
    if (!other) {
        unexplained(marking, own->header, own->next - own->header, own->name,
                    "an entry that the source does not give");
        return;
    }
    if (header == other->data - other->header)
        compare(marking, own->header, other->header, header);
    else
        unexplained(marking, own->header, header, own->name, "header of another form");
    compare_data(marking, own, other);
    mark_padding(marking, own->data + own->size, own->next, own->name);
}

static struct place *find(struct tar_map *map, const char *name) {
    for (size_t i = 0; i < map->places.count; i++)
        if (!map->places.items[i].used && strcmp(map->places.items[i].name, name) == 0)
            return &map->places.items[i];
    return NULL;
}

/* Counterparts: by name, then what is left in order, where both have one of the same header size.
 */
static struct place **pair(struct tar_map *own, struct tar_map *other) {
    struct place **pairs = sb_memory_new(own->places.count, sizeof(struct place *));
    for (size_t i = 0; i < own->places.count; i++) {
        pairs[i] = find(other, own->places.items[i].name);
        if (pairs[i])
            pairs[i]->used = true;
    }
    size_t next = 0;
    for (size_t i = 0; i < own->places.count; i++) {
        if (pairs[i])
            continue;
        while (next < other->places.count && other->places.items[next].used)
            next++;
        if (next == other->places.count)
            break;
        struct place *candidate = &other->places.items[next];
        bool folder = candidate->size == 0, own_folder = own->places.items[i].size == 0;
        if (folder != own_folder)
            continue;
        pairs[i] = candidate;
        candidate->used = true;
    }
    return pairs;
}

int sb_ledger_mark_tar(struct sb_marked *marked, struct sb_span tar,
                       const struct sb_marked *rebuilt, struct sb_error *error) {
    struct tar_map own = {0}, other = {0};
    struct marking marking = {marked, tar, rebuilt};
    int status = read_map(&own, tar, error);
    if (status == 0)
        status = read_map(&other, sb_buf_span(&rebuilt->bytes), error);
    if (status == 0) {
        struct place **pairs = pair(&own, &other);
        size_t end = 0, other_end = 0;
        for (size_t i = 0; i < own.places.count; i++) {
            mark_entry(&marking, &own.places.items[i], pairs[i]);
            end = own.places.items[i].next;
        }
        if (other.places.count)
            other_end = other.places.items[other.places.count - 1].next;
        size_t tail = tar.size - end, wanted = rebuilt->bytes.size - other_end;
        compare(&marking, end, other_end, tail < wanted ? tail : wanted);
        if (tail > wanted)
            unexplained(&marking, end + wanted, tail - wanted, "end", "after the end");
        free(pairs);
    }
    release_map(&own);
    release_map(&other);
    return status;
}
