/* Archives of as little as engines look at: most bytes of a header may be anything, as long as the
 * signed sum of all is zero, which an empty checksum field stands for. */
#include "search.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "codec/sha256.h"
#include "smallest/program.h"
#include "tar/header.h"

enum kind {
    FIXED,
    FREE,   /* any value */
    NUMBER, /* of a header's number fields: what Go's archive/tar reads */
    LETTER, /* upper or lower case */
    LINKED  /* one of several places with the same byte */
};

enum { NAMES = 8, PLACES = 16, HEADERS = 4 };

/* A byte in several places: a name of one letter, say. */
struct link {
    const char *choices; /* NULL: 1 to 127 */
    size_t places[PLACES];
    int count;
};

static struct {
    unsigned char kinds[SB_SMALL_MAX];
    struct {
        size_t at;
        int64_t size; /* -1: of a link, any */
        bool program;
    } headers[HEADERS];
    int header_count;
    struct link links[NAMES];
    int link_count;
    size_t layer, layer_end, digest, program, program_size;
    size_t letters[128], letter_count, free[SB_SMALL_MAX], free_count;
    unsigned char standard[128]; /* the program as it is where nothing is changed */
} model;

static const char repository_choices[] = "0123456789abcdefghijklmnopqrstuvwxyz";
static const char tag_choices[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
static const char file_choices[] =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:,[]{}+-_=@!#$&()*;<>?^`|~";

/* The names that stand for a link in texts below. */
enum { REPOSITORY = 1, TAG, CONFIG, LAYER, PROGRAM };

static size_t put_text(struct state *state, size_t at, const char *text) {
    bool letters = false;
    for (; *text; text++) {
        if (*text == '\\') { /* around what may be in either case */
            letters = !letters;
        } else if (*text == '%') {
            model.digest = at;
            memset(state->bytes + at, '0', 64);
            at += 64;
        } else if (*text < NAMES) {
            struct link *link = &model.links[*text - 1];
            link->places[link->count++] = at;
            state->bytes[at] = (unsigned char)link->choices[*text - 1];
            model.kinds[at++] = LINKED;
        } else {
            state->bytes[at] = (unsigned char)*text;
            if (letters && islower((unsigned char)*text)) {
                model.kinds[at] = LETTER;
                model.letters[model.letter_count++] = at;
            }
            at++;
        }
    }
    return at;
}

static size_t text_size(const char *text) {
    size_t size = 0;
    for (; *text; text++)
        size += *text == '%' ? 64 : *text != '\\';
    return size;
}

static void put_header(struct state *state, const char *name, int64_t size, const char *target,
                       bool program) {
    size_t at = state->size, end;
    memset(model.kinds + at, FREE, SB_TAR_BLOCK);
    end = put_text(state, at, name);
    memset(model.kinds + at, FIXED, end - at + 1);
    for (size_t i = at; i < end; i++)
        for (int k = 0; k < model.link_count; k++)
            for (int n = 0; n < model.links[k].count; n++)
                if (model.links[k].places[n] == i)
                    model.kinds[i] = LINKED;
    memset(model.kinds + at + 100, NUMBER, 56);
    model.kinds[at + 156] = FIXED;
    if (target) {
        state->bytes[at + 156] = '1';
        end = put_text(state, at + 157, target);
        memset(model.kinds + at + 157, FIXED, end - at - 157 + 1);
    } else {
        char digits[24];
        int length = snprintf(digits, sizeof digits, "%llo", (unsigned long long)size);
        memcpy(state->bytes + at + 124, digits, (size_t)length);
    }
    if (program)
        state->bytes[at + 100] = '1';
    model.headers[model.header_count].at = at;
    model.headers[model.header_count].size = target ? -1 : size;
    model.headers[model.header_count++].program = program;
    state->size += SB_TAR_BLOCK;
}

static void align(struct state *state) {
    size_t end = (state->size + SB_TAR_BLOCK - 1) / SB_TAR_BLOCK * SB_TAR_BLOCK;
    memset(model.kinds + state->size, FREE, end - state->size);
    state->size = end;
}

static void free_bytes(size_t from, size_t to) {
    memset(model.kinds + model.program + from, FREE, to - from);
}

static void put_program(struct state *state) {
    struct sb_smallest_class class = {.program = plan.program};
    struct sb_buf program = SB_BUF_INIT;
    struct link *link = &model.links[model.link_count++];
    sb_program_write(&class, SB_PROGRAM_WAITS, &program);
    model.program = state->size;
    model.program_size = program.size;
    memcpy(state->bytes + state->size, program.data, program.size);
    memcpy(model.standard, program.data, program.size);
    *link = (struct link){0};
    if (plan.program == SB_PROGRAM_TINY) {
        /* The page of p_vaddr and e_entry; and p_filesz, not to be more than p_memsz. */
        link->places[link->count++] = model.program + 14;
        link->places[link->count++] = model.program + 22;
        link->places[link->count++] = model.program + 26;
        free_bytes(36, 42); /* e_flags, e_ehsize */
    } else {
        link->places[link->count++] = model.program + 64; /* p_memsz */
        free_bytes(8, 16);                                /* e_ident's end */
        free_bytes(20, 24);                               /* e_version */
        free_bytes(48, 54);                               /* e_flags, e_ehsize; p_paddr */
        free_bytes(72, 80);                               /* p_align */
    }
    for (int i = 0; i < link->count; i++)
        model.kinds[link->places[i]] = LINKED;
    state->size += program.size;
    sb_buf_release(&program);
}

static void put_member(struct state *state, char letter, const char *manifest) {
    static const char config[] = "{\"\\rootfs\\\":{\"\\diff_ids\\\":[\"sha256:%\"]}}";
    static const char repositories[] = "{\"\1\":{\"\1\":\"\1\"}}";
    bool legacy = plan.order[0] == 'R' || strchr(plan.order, 'K');
    const char *name = letter == 'M'   ? "manifest.json"
                       : letter == 'C' ? "\3"
                       : letter == 'R' ? "repositories"
                       : letter == 'K' ? "\1/json"
                       : legacy        ? "\1/layer.tar"
                                       : "\4";
    const char *text = letter == 'M'   ? manifest
                       : letter == 'C' ? config
                       : letter == 'R' ? repositories
                                       : NULL;
    if (letter == 'K') {
        put_header(state, name, -1, "repositories", false);
    } else if (text) {
        put_header(state, name, (int64_t)text_size(text), NULL, false);
        state->size = put_text(state, state->size, text);
    } else {
        struct sb_smallest_class class = {.program = plan.program};
        struct sb_buf program = SB_BUF_INIT;
        sb_program_write(&class, SB_PROGRAM_WAITS, &program);
        put_header(state, name, SB_TAR_BLOCK + (int64_t)program.size, NULL, false);
        model.layer = state->size;
        put_header(state, "\5", (int64_t)program.size, NULL, true);
        put_program(state);
        model.layer_end = state->size;
        sb_buf_release(&program);
    }
}

static bool repair(struct state *state, int header);

static void begin(struct state *state) {
    char manifest[160] = "[{";
    memset(&model, 0, sizeof model);
    memset(state, 0, sizeof *state);
    static const char *const choices[] = {repository_choices, tag_choices, file_choices,
                                          file_choices, file_choices};
    for (; model.link_count < PROGRAM; model.link_count++)
        model.links[model.link_count].choices = choices[model.link_count];
    for (const char *key = plan.keys; *key; key++)
        sprintf(manifest + strlen(manifest), "%s%s", key == plan.keys ? "" : ",",
                *key == 'C'   ? "\"\\config\\\":\"\3\""
                : *key == 'L' ? "\"\\layers\\\":[\"\4\"]"
                              : "\"\\repotags\\\":[\"\1:\2\"]");
    strcat(manifest, "}]");
    for (const char *letter = plan.order; *letter; letter++) {
        put_member(state, *letter, manifest);
        if (letter[1])
            align(state);
    }
    for (size_t i = 0; i < state->size; i++)
        if (model.kinds[i] == FREE || model.kinds[i] == NUMBER)
            model.free[model.free_count++] = i;
    for (int i = 0; i < model.header_count; i++)
        while (!repair(state, i))
            ;
}

/* As Go reads a number: binary, or octal digits between zeros and spaces, up to a NUL. */
static bool number(const unsigned char *field, int size, int64_t *value) {
    uint64_t bits = 0;
    int from = 0, to = size;
    if (field[0] & 0x80) {
        unsigned char inverse = field[0] & 0x40 ? 0xff : 0;
        for (int i = 0; i < size; i++) {
            unsigned char byte = (unsigned char)((field[i] ^ inverse) & (i ? 0xff : 0x7f));
            if (bits >> 56)
                return false;
            bits = bits << 8 | byte;
        }
        *value = inverse ? ~(int64_t)bits : (int64_t)bits;
        return bits >> 63 == 0;
    }
    while (from < to && (field[from] == 0 || field[from] == ' '))
        from++;
    while (to > from && (field[to - 1] == 0 || field[to - 1] == ' '))
        to--;
    for (; from < to && field[from]; from++) {
        if (field[from] < '0' || field[from] > '7')
            return false;
        bits = bits * 8 + field[from] - '0';
    }
    *value = (int64_t)bits;
    return true;
}

/* The signed sum, as old tars made it. */
static int sum(const unsigned char *block) {
    int sum = 8 * ' ';
    for (int i = 0; i < SB_TAR_BLOCK; i++)
        if (i < 148 || i >= 156)
            sum += (signed char)block[i];
    return sum;
}

static bool header_valid(const unsigned char *block, int header) {
    int64_t size = model.headers[header].size, value;
    if (sum(block) != 0 || !number(block + 148, 8, &value) || value != 0)
        return false;
    if (!number(block + 100, 8, &value) || (model.headers[header].program && !(value & 0111)))
        return false;
    if (!number(block + 108, 8, &value) || value < -1 || !number(block + 116, 8, &value) ||
        value < -1)
        return false;
    if (!number(block + 124, 12, &value) || (size < 0 ? value < 0 : value != size))
        return false;
    return number(block + 136, 12, &value) && memcmp(block + 257, "ustar", 5) != 0;
}

/* A run of one byte over 127 in what may be anything: such runs make the sum zero. */
struct run {
    int at, size;
};

static bool changeable(size_t at) {
    return model.kinds[at] == FREE || model.kinds[at] == NUMBER;
}

static int find_runs(const unsigned char *block, size_t header, struct run *runs, int limit) {
    int count = 0;
    for (int i = 0, end; i < SB_TAR_BLOCK && count < limit; i = end) {
        end = i + 1;
        if (block[i] < 0x80 || !changeable(header + (size_t)i))
            continue;
        while (end < SB_TAR_BLOCK && block[end] == block[i] && changeable(header + (size_t)end))
            end++;
        runs[count++] = (struct run){i, end - i};
    }
    return count;
}

/* A byte that takes value from the sum. */
static unsigned char minus(int value) {
    return (unsigned char)(256 - value);
}

/* A run that brings the sum to zero, with one other byte where it must be. */
static bool place_run(unsigned char *block, int header, int value, int at, bool from_end) {
    size_t base = model.headers[header].at;
    int left = sum(block);
    if (left <= 0)
        return false;
    for (int tries = 0; left % value && tries < 24; tries++)
        value = 1 + random_below(128);
    int size = left / value, rest = left % value, all = size + (rest > 0);
    if (rest && !one_in(4))
        return false;
    int from = from_end ? at - all : at;
    if (from < 0 || from + all > SB_TAR_BLOCK)
        return false;
    for (int i = from; i < from + all; i++)
        if (!changeable(base + (size_t)i) || block[i])
            return false;
    bool front = rest && one_in(2);
    memset(block + from + front, minus(value), (size_t)size);
    if (rest)
        block[front ? from : from + size] = minus(rest);
    return header_valid(block, header);
}

static bool repair(struct state *state, int header) {
    size_t base = model.headers[header].at;
    unsigned char *block = state->bytes + base, kept[SB_TAR_BLOCK];
    struct run runs[64];
    if (header_valid(block, header))
        return true;
    memcpy(kept, block, sizeof kept);
    for (int tries = 0; tries < 6; tries++) {
        int count = find_runs(block, base, runs, 64);
        if (count && !one_in(4)) {
            struct run run = runs[random_below(count)];
            int value = 256 - block[run.at];
            memset(block + run.at, 0, (size_t)run.size);
            int left = sum(block);
            if (one_in(3) && left > 0 && left % run.size == 0 && left / run.size <= 128) {
                memset(block + run.at, minus(left / run.size), (size_t)run.size);
                if (header_valid(block, header))
                    return true;
                memset(block + run.at, 0, (size_t)run.size);
            }
            bool from_end = one_in(2);
            if (place_run(block, header, one_in(3) ? value : 1 + random_below(128),
                          one_in(6)  ? SB_TAR_BLOCK
                          : from_end ? run.at + run.size
                                     : run.at,
                          from_end))
                return true;
        } else {
            int place = random_below(4);
            if (count && sum(block) <= 0) {
                struct run run = runs[random_below(count)];
                memset(block + run.at, 0, (size_t)run.size);
            }
            if (place_run(block, header, 1 + random_below(128),
                          place == 0   ? SB_TAR_BLOCK
                          : place == 1 ? 157 + random_below(20)
                          : place == 2 ? 2 + random_below(14)
                                       : random_below(SB_TAR_BLOCK),
                          place == 0))
                return true;
        }
        memcpy(block, kept, sizeof kept);
    }
    return false;
}

static void change_link(struct state *state) {
    struct link *link = &model.links[random_below(model.link_count)];
    unsigned char byte =
        link->choices ? (unsigned char)link->choices[random_below((int)strlen(link->choices))]
                      : (unsigned char)(1 + random_below(127));
    const struct link *other = &model.links[random_below(model.link_count)];
    if (one_in(3) && other->count && link->choices &&
        strchr(link->choices, state->bytes[other->places[0]]))
        byte = state->bytes[other->places[0]];
    for (int i = 0; i < link->count; i++)
        state->bytes[link->places[i]] = byte;
}

static void change_letter(struct state *state) {
    if (!model.letter_count)
        return;
    unsigned char *letter = &state->bytes[model.letters[random_below((int)model.letter_count)]];
    unsigned char old = *letter, new = (unsigned char)(old ^ 0x20);
    bool everywhere = one_in(2);
    *letter = new;
    for (size_t i = 0; everywhere && i < model.letter_count; i++)
        if (state->bytes[model.letters[i]] == old)
            state->bytes[model.letters[i]] = new;
}

static void change_size(struct state *state) {
    int header = random_below(model.header_count);
    unsigned char *field = state->bytes + model.headers[header].at + 124;
    char digits[24] = "";
    int length = 0;
    if (model.headers[header].size >= 0)
        length =
            snprintf(digits, sizeof digits, "%llo", (unsigned long long)model.headers[header].size);
    int zeros = one_in(2) ? 0 : random_below(13 - length), at = 0;
    if (one_in(3))
        at = one_in(2) ? 12 - zeros - length : random_below(13 - zeros - length);
    memset(field, 0, 12);
    memset(field + at, '0', (size_t)zeros);
    memcpy(field + at + zeros, digits, (size_t)length);
}

static void change_mode(struct state *state) {
    int header = random_below(model.header_count);
    unsigned char *field = state->bytes + model.headers[header].at + 100;
    int size = one_in(4) ? 1 + random_below(7) : 1, at = random_below(9 - size);
    memset(field, 0, 8);
    if (one_in(5))
        return;
    memset(field + at, "1357"[random_below(4)], (size_t)size);
}

/* Bytes from another header's same place. */
static void copy_header(struct state *state) {
    size_t to = model.headers[random_below(model.header_count)].at;
    size_t from = model.headers[random_below(model.header_count)].at;
    int begin = random_below(SB_TAR_BLOCK), end = begin + 1 + random_below(one_in(2) ? 512 : 40);
    for (size_t i = (size_t)begin; i < (size_t)end && i < SB_TAR_BLOCK; i++)
        if (changeable(to + i))
            state->bytes[to + i] = state->bytes[from + i];
}

/* Some bytes in a row become one value, or what stands a distance before. */
static void paint(struct state *state, size_t at, int size) {
    bool copies = one_in(2);
    size_t distance = one_in(4)   ? 1 + (size_t)random_below((int)at + 1)
                      : one_in(3) ? SB_TAR_BLOCK
                                  : 1 + (size_t)random_below(40);
    unsigned char byte = one_in(3)   ? 0
                         : one_in(2) ? state->bytes[random_below((int)state->size)]
                                     : (unsigned char)random_number();
    for (size_t i = at; i < at + (size_t)size && i < state->size; i++) {
        if (!changeable(i) && !copies)
            return;
        if (changeable(i) && (!copies || i >= distance))
            state->bytes[i] = copies ? state->bytes[i - distance] : byte;
    }
}

static void change_run(struct state *state) {
    size_t base = model.headers[random_below(model.header_count)].at;
    struct run runs[64];
    int count = find_runs(state->bytes + base, base, runs, 64);
    bool all = one_in(6);
    for (int i = 0; i < count; i++)
        if (all || i == count - 1 || one_in(count))
            memset(state->bytes + base + runs[i].at, 0, (size_t)runs[i].size);
}

static bool change(struct state *state) {
    do {
        int what = random_below(18);
        if (what < 2)
            change_link(state);
        else if (what == 2)
            change_letter(state);
        else if (what == 3)
            change_size(state);
        else if (what == 4)
            change_mode(state);
        else if (what < 7)
            copy_header(state);
        else if (what < 9)
            paint(state, model.program + (size_t)random_below((int)model.program_size),
                  1 + random_below(8));
        else if (what < 12)
            paint(state, model.free[random_below((int)model.free_count)],
                  one_in(3) ? 1 + random_below(300) : 1 + random_below(8));
        else
            change_run(state);
    } while (one_in(4));
    for (int i = 0; i < model.header_count; i++)
        if (!repair(state, i))
            return false;
    /* Two files have two names. */
    return !model.digest || state->bytes[model.links[CONFIG - 1].places[0]] !=
                                state->bytes[model.links[LAYER - 1].places[0]];
}

static void finish(struct state *state) {
    char hex[65];
    if (!model.digest)
        return;
    struct sb_digest digest =
        sb_sha256_of(sb_span_of(state->bytes + model.layer, model.layer_end - model.layer));
    sb_digest_format_hex(&digest, hex);
    memcpy(state->bytes + model.digest, hex, 64);
}

/* Where the size's digits stand in its field, and how many of them are zeros in front. */
static void print_entry(const struct state *state, int header, FILE *file) {
    size_t at = model.headers[header].at, text = at + SB_TAR_BLOCK;
    const unsigned char *block = state->bytes + at;
    int from = 0, zeros = 0, end = (int)strlen((const char *)block);
    fprintf(file, "{.name = ");
    print_literal(file, block, (size_t)end);
    if (block[156]) {
        fprintf(file, ", .link = \"%s\"},", (const char *)block + 157);
        return;
    }
    while (block[124 + from] == 0)
        from++;
    while (block[124 + from + zeros] == '0')
        zeros++;
    if (!model.headers[header].program && at + SB_TAR_BLOCK != model.layer) {
        unsigned char content[256];
        size_t size = (size_t)model.headers[header].size;
        memcpy(content, state->bytes + text, size);
        if (model.digest > text && model.digest < text + size) {
            size_t digest = model.digest - text;
            content[digest] = '%';
            memmove(content + digest + 1, content + digest + 64, size - digest - 64);
            size -= 63;
        }
        fprintf(file, ", .text = ");
        print_literal(file, content, size);
    }
    fprintf(file, ", .size_at = %d, .size_zeros = %d},", from, zeros);
}

/* The digits of a size, which follow from it. */
static bool in_size(const struct state *state, size_t at) {
    for (int i = 0; i < model.header_count; i++) {
        size_t from = model.headers[i].at + 124, end = from + 12;
        if (at < from || at >= end || model.headers[i].size < 0)
            continue;
        while (state->bytes[from] == 0)
            from++;
        for (; from < end && isdigit(state->bytes[from]); from++)
            if (from == at)
                return true;
    }
    return false;
}

/* Whether the class's sketch has this byte without being told. */
static bool known(const struct state *state, size_t at) {
    if (at >= model.program && at < model.program + model.program_size)
        return state->bytes[at] == model.standard[at - model.program];
    return !changeable(at) || state->bytes[at] == 0 || in_size(state, at);
}

/* Where a byte stands, for a reader. */
static void print_place(const struct state *state, size_t at, FILE *file) {
    const char *field =
        at >= model.program && at < model.program + model.program_size ? "the program" : "padding";
    for (int i = 0; i < model.header_count; i++) {
        size_t offset = at - model.headers[i].at;
        if (at < model.headers[i].at || offset >= SB_TAR_BLOCK)
            continue;
        for (int k = 0; k < SB_TAR_FIELDS; k++)
            if (offset >= sb_tar_fields[k].offset &&
                offset < sb_tar_fields[k].offset + sb_tar_fields[k].size)
                field = sb_tar_fields[k].name;
        fprintf(file, " /* %s: from %s on */", (const char *)state->bytes + model.headers[i].at,
                field);
        return;
    }
    fprintf(file, " /* %s */", field);
}

static void print_fills(const struct state *state, FILE *file) {
    size_t at = 0;
    while (at < state->size) {
        size_t end = at + 1;
        if (known(state, at)) {
            at++;
            continue;
        }
        while (end < state->size && !known(state, end) && state->bytes[end] == state->bytes[at])
            end++;
        size_t run = end - at;
        if (run < 4) {
            while (end < state->size && end < at + 80 && !known(state, end) &&
                   !(end + 4 < state->size &&
                     memcmp(state->bytes + end, state->bytes + end + 1, 4) == 0))
                end++;
            fprintf(file, "{%zu, 1, %zu, ", at, end - at);
            print_literal(file, state->bytes + at, end - at);
        } else {
            fprintf(file, "{%zu, %zu, 1, ", at, run);
            print_literal(file, state->bytes + at, 1);
        }
        fprintf(file, "},");
        print_place(state, at, file);
        fputc('\n', file);
        at = end;
    }
}

static void print(const struct state *state, FILE *file) {
    bool legacy = model.digest == 0, zstd = plan.wrapping == SB_WRAPPING_ZSTD;
    char image[8], command[8];
    const unsigned char *name = state->bytes;
    int program = 0;
    for (int i = 0; i < model.header_count; i++)
        if (model.headers[i].program)
            program = i;
    int repository = name[model.links[REPOSITORY - 1].places[0]];
    int tag = legacy ? repository : name[model.links[TAG - 1].places[0]];
    snprintf(image, sizeof image, "%c:%c", repository, tag);
    snprintf(command, sizeof command, "/%c", name[model.headers[program].at]);
    print_beginning(file,
                    legacy && zstd ? "Docker 26 and later, with graph drivers"
                    : legacy       ? "Docker with graph drivers, 20.10 to 28"
                    : zstd         ? "Docker 26 and later, Podman"
                    : plan.wrapping == SB_WRAPPING_MEMBERS
                        ? "Docker 20.10 and later, Podman 3.0 and later"
                        : "Docker 20.10 and later, Podman but for 4.3",
                    image, command);
    fprintf(file, ".entries = {\n");
    for (int i = 0; i < model.header_count; i++)
        if (i != program) {
            print_entry(state, i, file);
            fputc('\n', file);
        }
    fprintf(file, "},\n.file = ");
    print_entry(state, program, file);
    fprintf(file, "\n.fills = {\n");
    print_fills(state, file);
    fprintf(file, "},\n");
    print_code(file, state);
}

struct model loose_model = {begin, change, finish, print};
