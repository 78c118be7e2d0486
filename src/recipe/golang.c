/* How Go prints values: builders put them into the history by fmt.Sprintf. */
#include <inttypes.h>

#include "base/number.h"
#include "base/utf8.h"
#include "recipe/internal.h"

static const uint64_t second = 1000000000;

static bool put_escape(struct sb_buf *buf, uint32_t c) {
    static const char from[] = "\a\b\f\n\r\t\v\\", to[] = "abfnrtv\\";
    const char *found = c && c < 0x80 ? strchr(from, (int)c) : NULL;
    if (found)
        sb_buf_appendf(buf, "\\%c", to[found - from]);
    else if (c < 0x20 || c == 0x7f)
        sb_buf_appendf(buf, "\\x%02x", c);
    else
        return false;
    return true;
}

void sb_go_quote(struct sb_buf *buf, struct sb_span text) {
    sb_buf_append_byte(buf, '"');
    for (size_t i = 0; i < text.size;) {
        uint32_t code = 0;
        size_t size = sb_utf8_decode(sb_span_from(text, i), &code);
        if (size == 0) {
            sb_buf_appendf(buf, "\\x%02x", text.data[i++]);
            continue;
        }
        if (code == '"')
            sb_buf_append_string(buf, "\\\"");
        else if (!put_escape(buf, code))
            sb_buf_append(buf, text.data + i, size);
        i += size;
    }
    sb_buf_append_byte(buf, '"');
}

void sb_go_quote_list(struct sb_buf *buf, const sb_words *words) {
    sb_buf_append_byte(buf, '[');
    for (size_t i = 0; i < words->count; i++) {
        if (i)
            sb_buf_append_byte(buf, ' ');
        sb_go_quote(buf, words->items[i]);
    }
    sb_buf_append_byte(buf, ']');
}

void sb_go_list(struct sb_buf *buf, const sb_words *words) {
    sb_buf_append_byte(buf, '[');
    for (size_t i = 0; i < words->count; i++) {
        if (i)
            sb_buf_append_byte(buf, ' ');
        sb_buf_append_span(buf, words->items[i]);
    }
    sb_buf_append_byte(buf, ']');
}

/* A fraction without the zeros at its end. */
static void put_fraction(struct sb_buf *buf, uint64_t value, uint64_t unit) {
    char digits[16];
    size_t size = 0;
    for (uint64_t rest = value % unit, part = unit / 10; rest; part /= 10) {
        digits[size++] = (char)('0' + rest / part);
        rest %= part;
    }
    sb_buf_appendf(buf, "%" PRIu64 "%s%.*s", value / unit, size ? "." : "", (int)size, digits);
}

void sb_go_duration(struct sb_buf *buf, uint64_t nanoseconds) {
    if (nanoseconds == 0) {
        sb_buf_append_string(buf, "0s");
    } else if (nanoseconds < 1000) {
        sb_buf_appendf(buf, "%" PRIu64 "ns", nanoseconds);
    } else if (nanoseconds < 1000000) {
        put_fraction(buf, nanoseconds, 1000);
        sb_buf_append_string(buf, "\xc2\xb5s");
    } else if (nanoseconds < second) {
        put_fraction(buf, nanoseconds, 1000000);
        sb_buf_append_string(buf, "ms");
    } else {
        uint64_t minutes = nanoseconds / (60 * second);
        if (minutes >= 60)
            sb_buf_appendf(buf, "%" PRIu64 "h", minutes / 60);
        if (minutes)
            sb_buf_appendf(buf, "%" PRIu64 "m", minutes % 60);
        put_fraction(buf, nanoseconds % (60 * second), second);
        sb_buf_append_string(buf, "s");
    }
}

void sb_go_rune(struct sb_buf *buf, uint32_t rune) {
    sb_buf_append_byte(buf, '\'');
    if (rune == '\'')
        sb_buf_append_string(buf, "\\'");
    else if (!put_escape(buf, rune)) {
        if (rune < 0x80)
            sb_buf_append_byte(buf, (unsigned char)rune);
        else
            sb_buf_appendf(buf, "\\u%04x", rune);
    }
    sb_buf_append_byte(buf, '\'');
}

static bool take_unit(struct sb_span *text, uint64_t *unit) {
    static const struct {
        const char *name;
        uint64_t size;
    } units[] = {{"ns", 1},       {"us", 1000},      {"\xc2\xb5s", 1000}, {"\xce\xbcs", 1000},
                 {"ms", 1000000}, {"s", 1000000000}, {"m", 60000000000},  {"h", 3600000000000}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (sb_span_starts(*text, units[i].name)) {
            *unit = units[i].size;
            *text = sb_span_from(*text, strlen(units[i].name));
            return true;
        }
    return false;
}

bool sb_go_parse_duration(struct sb_span text, uint64_t *nanoseconds) {
    *nanoseconds = 0;
    if (sb_span_starts(text, "+"))
        text = sb_span_from(text, 1);
    if (sb_span_is(text, "0"))
        return true;
    bool any = text.size > 0;
    while (text.size) {
        uint64_t whole = 0, fraction = 0, scale = 1, unit;
        size_t digits = 0;
        for (; text.size && text.data[0] >= '0' && text.data[0] <= '9' && digits < 12; digits++) {
            whole = whole * 10 + (text.data[0] - '0');
            text = sb_span_from(text, 1);
        }
        if (text.size && text.data[0] == '.')
            for (text = sb_span_from(text, 1);
                 text.size && text.data[0] >= '0' && text.data[0] <= '9'; digits++) {
                if (scale < second) {
                    fraction = fraction * 10 + (text.data[0] - '0');
                    scale *= 10;
                }
                text = sb_span_from(text, 1);
            }
        if (digits == 0 || !take_unit(&text, &unit) || whole > INT64_MAX / unit)
            return false;
        *nanoseconds +=
            whole * unit + (uint64_t)((double)fraction * ((double)unit / (double)scale));
        if (*nanoseconds > INT64_MAX)
            return false;
    }
    return any;
}
