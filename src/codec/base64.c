#include "codec/base64.h"

#include <nettle/base64.h>

#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

enum { OUTPUT_SIZE = 24 << 10, ENTITY_SIZE = 12 };
enum { VALUE_BAD = -1, VALUE_SPACE = -2, VALUE_PAD = -3 };

/* Those that were met; a text has one. */
struct alphabets {
    bool standard, url;
};

struct base64_input {
    struct sb_input base;
    struct sb_input *parent;
    struct sb_findings *findings;
    char *where;
    bool started; /* past a data: prefix */
    bool line_begins;
    bool in_armour; /* inside a -----BEGIN or -----END line */
    struct alphabets alphabets;
    bool ended;
    uint32_t bits;
    int digits; /* of the group of four that is open */
    int padding;
    char entity[ENTITY_SIZE];
    size_t entity_size;
    size_t begin, end;
    unsigned char output[OUTPUT_SIZE];
};

static int value_of(struct alphabets *met, unsigned char c) {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '/') {
        met->standard = true;
        return met->url ? VALUE_BAD : c == '+' ? 62 : 63;
    }
    if (c == '-' || c == '_') {
        met->url = true;
        return met->standard ? VALUE_BAD : c == '-' ? 62 : 63;
    }
    if (c == '=')
        return VALUE_PAD;
    return strchr(" \t\r\n\f\v", c) && c ? VALUE_SPACE : VALUE_BAD;
}

bool sb_base64_recognise(struct sb_span beginning) {
    struct alphabets met = {false, false};
    size_t digits = 0;
    if (sb_span_starts(beginning, "data:") || sb_span_starts(beginning, "-----BEGIN"))
        return true;
    for (size_t i = 0; i < beginning.size; i++) {
        int value = value_of(&met, beginning.data[i]);
        if (value == VALUE_BAD && beginning.data[i] != '&')
            return false;
        digits += value >= 0;
        if (beginning.data[i] == '&' || value == VALUE_PAD)
            break;
    }
    return digits >= 4 || (digits >= 2 && beginning.size < 8);
}

size_t sb_base64_length(struct sb_span text) {
    struct alphabets met = {false, false};
    size_t length = 0;
    while (length < text.size && value_of(&met, text.data[length]) != VALUE_BAD)
        length++;
    return length;
}

static int refuse(struct base64_input *base64, uint64_t offset, struct sb_error *error,
                  const char *what) {
    (void)base64;
    return sb_error_set(error, SB_ERROR_MALFORMED, "base64: %s, at offset %" PRIu64, what, offset);
}

static int take_digit(struct base64_input *base64, int value, uint64_t offset,
                      struct sb_error *error) {
    if (base64->padding)
        return refuse(base64, offset, error, "text goes on after the padding");
    base64->bits = base64->bits << 6 | (uint32_t)value;
    if (++base64->digits == 4) {
        for (int shift = 16; shift >= 0; shift -= 8)
            base64->output[base64->end++] = (unsigned char)(base64->bits >> shift);
        base64->digits = 0;
        base64->bits = 0;
    }
    return 0;
}

static int take_padding(struct base64_input *base64, uint64_t offset, struct sb_error *error) {
    base64->padding++;
    if (base64->digits < 2 || base64->digits + base64->padding > 4)
        return refuse(base64, offset, error, "padding where none belongs");
    return 0;
}

/* &#43; &#x2b; &plus; and their like for + / =; the ; was just read. */
static int entity_character(struct base64_input *base64) {
    static const struct {
        const char *name;
        char character;
    } entities[] = {{"plus", '+'}, {"sol", '/'},  {"equals", '='}, {"#43", '+'},  {"#47", '/'},
                    {"#61", '='},  {"#x2b", '+'}, {"#x2f", '/'},   {"#x3d", '='}, {"nbsp", ' '},
                    {"#10", '\n'}, {"#13", '\r'}, {"#xa", '\n'},   {"#xd", '\r'}, {"#160", ' '}};
    base64->entity[base64->entity_size] = '\0';
    for (char *c = base64->entity; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (strcmp(base64->entity + 1, entities[i].name) == 0)
            return entities[i].character;
    return -1;
}

static int take_character(struct base64_input *base64, unsigned char c, uint64_t offset,
                          struct sb_error *error) {
    if (base64->in_armour) {
        base64->in_armour = c != '\n';
        base64->line_begins = c == '\n';
        return 0;
    }
    if (base64->entity_size) {
        if (c == ';') {
            int character = entity_character(base64);
            base64->entity_size = 0;
            if (character < 0)
                return refuse(base64, offset, error, "an HTML entity that is not part of base64");
            return take_character(base64, (unsigned char)character, offset, error);
        }
        base64->entity[base64->entity_size++] = (char)c;
        return base64->entity_size + 1 < ENTITY_SIZE
                   ? 0
                   : refuse(base64, offset, error, "an & that does not begin an HTML entity");
    }
    if (c == '&') {
        base64->entity[base64->entity_size++] = (char)c;
        return 0;
    }
    int value = value_of(&base64->alphabets, c);
    if (value == VALUE_SPACE) {
        base64->line_begins = base64->line_begins || c == '\n';
        return 0;
    }
    base64->line_begins = false;
    if (value == VALUE_PAD)
        return take_padding(base64, offset, error);
    if (value == VALUE_BAD) {
        char what[80];
        snprintf(what, sizeof what,
                 base64->alphabets.standard && base64->alphabets.url
                     ? "two alphabets are mixed (byte 0x%02x)"
                     : "byte 0x%02x is no base64",
                 c);
        return refuse(base64, offset, error, what);
    }
    return take_digit(base64, value, offset, error);
}

static int finish(struct base64_input *base64, struct sb_error *error) {
    uint64_t offset = base64->parent->position;
    base64->ended = true;
    if (base64->entity_size)
        return refuse(base64, offset, error, "an & that does not begin an HTML entity");
    if (base64->digits == 1)
        return refuse(base64, offset, error, "the text is cut short: one digit is left over");
    if (base64->padding && base64->digits + base64->padding != 4)
        return refuse(base64, offset, error, "the padding is cut short");
    if (base64->digits) {
        if (!base64->padding)
            sb_finding_add(base64->findings, SB_FINDING_BASE64_LAYOUT, base64->where,
                           "the padding is missing");
        uint32_t bits = base64->bits << 6 * (4 - base64->digits);
        base64->output[base64->end++] = (unsigned char)(bits >> 16);
        if (base64->digits == 3)
            base64->output[base64->end++] = (unsigned char)(bits >> 8);
        if (bits & (base64->digits == 3 ? 0xffu : 0xffffu))
            sb_finding_add(base64->findings, SB_FINDING_BASE64_BITS, base64->where,
                           "unused bits of the last digit are not zero");
    }
    if (base64->alphabets.url)
        sb_finding_add(base64->findings, SB_FINDING_BASE64_LAYOUT, base64->where,
                       "the URL alphabet is used");
    return 0;
}

/* data:[type][;base64],TEXT (RFC 2397): everything up to the comma. */
static int pass_prefix(struct base64_input *base64, struct sb_error *error) {
    base64->started = true;
    struct sb_span bytes;
    int status = sb_input_peek(base64->parent, &bytes, error);
    if (status || !sb_span_starts(bytes, "data:"))
        return status < 0 ? -1 : 0;
    for (size_t i = 0; i < bytes.size && i < 200; i++)
        if (bytes.data[i] == ',') {
            if (i < 12 || memcmp(bytes.data + i - 7, ";base64", 7) != 0)
                return refuse(base64, i, error, "a data: URI that is not base64");
            sb_input_consume(base64->parent, i + 1);
            return 0;
        }
    return refuse(base64, 0, error, "a data: URI without a comma");
}

static bool armour_begins(const struct base64_input *base64, struct sb_span bytes) {
    return base64->line_begins && !base64->in_armour && sb_span_starts(bytes, "-----");
}

static int decode_some(struct base64_input *base64, struct sb_error *error) {
    struct sb_span bytes;
    int status = sb_input_peek(base64->parent, &bytes, error);
    if (status < 0)
        return -1;
    base64->begin = base64->end = 0;
    if (status > 0)
        return finish(base64, error);
    size_t at = 0;
    while (at < bytes.size && base64->end + 3 <= OUTPUT_SIZE) {
        if (armour_begins(base64, sb_span_from(bytes, at)))
            base64->in_armour = true;
        if (take_character(base64, bytes.data[at], base64->parent->position + at, error) < 0)
            return -1;
        at++;
    }
    sb_input_consume(base64->parent, at);
    return 0;
}

static int base64_peek(struct sb_input *input, struct sb_span *bytes, struct sb_error *error) {
    struct base64_input *base64 = (struct base64_input *)input;
    if (!base64->started && pass_prefix(base64, error) < 0)
        return -1;
    while (base64->begin == base64->end) {
        if (base64->ended)
            return 1;
        if (decode_some(base64, error) < 0)
            return -1;
    }
    *bytes = sb_span_of(base64->output + base64->begin, base64->end - base64->begin);
    return 0;
}

static void base64_consume(struct sb_input *input, size_t count) {
    ((struct base64_input *)input)->begin += count;
}

static void base64_close(struct sb_input *input) {
    struct base64_input *base64 = (struct base64_input *)input;
    sb_input_close(base64->parent);
    free(base64->where);
    free(base64);
}

struct sb_input *sb_base64_open(struct sb_input *parent, struct sb_findings *findings,
                                const char *where) {
    static const struct sb_input_ops ops = {base64_peek, base64_consume, NULL, base64_close};
    /* As in gzip.c, the output is not zeroed. */
    struct base64_input *base64 = sb_memory_resize(NULL, 1, sizeof *base64);
    memset(base64, 0, offsetof(struct base64_input, output));
    base64->base.ops = &ops;
    base64->parent = parent;
    base64->findings = findings;
    base64->where = sb_memory_copy_string(where);
    base64->line_begins = true;
    return &base64->base;
}

void sb_base64_write(struct sb_buf *buf, struct sb_span bytes, uint64_t wrap, bool new_line) {
    size_t size = BASE64_ENCODE_RAW_LENGTH(bytes.size);
    char *text = sb_memory_new(size + 1, 1);
    base64_encode_raw(text, bytes.size, bytes.data);
    for (size_t at = 0, line; at < size; at += line) {
        line = wrap && wrap < size - at ? (size_t)wrap : size - at;
        if (at)
            sb_buf_append_byte(buf, '\n');
        sb_buf_append(buf, text + at, line);
    }
    free(text);
    if (new_line)
        sb_buf_append_byte(buf, '\n');
}
