/* Tokens of a text: dates, numbers of seconds, identifiers, paths. */
#include "base/hex.h"
#include "base/number.h"
#include "base/utf8.h"
#include "strip/strip.h"

bool sb_strip_is_text(struct sb_span content) {
    return content.size == 0 || (!memchr(content.data, 0, content.size) && sb_utf8_valid(content));
}

static bool is_digit(unsigned char byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_word(unsigned char byte) {
    return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static unsigned char at(struct sb_span text, size_t offset) {
    return offset < text.size ? text.data[offset] : 0;
}

static size_t digits(struct sb_span text, size_t from) {
    size_t end = from;
    while (is_digit(at(text, end)))
        end++;
    return end - from;
}

/* dates */

/* One number of exactly count digits within limits. */
static size_t number(struct sb_span text, size_t from, size_t count, uint64_t low, uint64_t high) {
    uint64_t value;
    if (from + count > text.size ||
        !sb_number_decimal(sb_span_of(text.data + from, count), high, &value) || value < low)
        return 0;
    return count;
}

/* One of the names, whole or its first three letters; 0 where there is none. */
static size_t name(struct sb_span text, size_t from, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (at(text, from) != (unsigned char)names[i][0])
            continue;
        size_t size = strlen(names[i]);
        struct sb_span here = sb_span_from(text, from);
        if (sb_span_starts(here, names[i]) && !is_word(at(here, size)))
            return size;
        if (here.size >= 3 && memcmp(here.data, names[i], 3) == 0 && !is_word(at(here, 3)))
            return 3;
    }
    return 0;
}

static size_t month(struct sb_span text, size_t from) {
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    return name(text, from, names, sizeof names / sizeof *names);
}

static size_t weekday(struct sb_span text, size_t from) {
    static const char *const names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    return name(text, from, names, sizeof names / sizeof *names);
}

/* Z, +hhmm, -hh:mm, or three or four capitals (UTC, CEST). */
static size_t zone(struct sb_span text, size_t from) {
    size_t letters = 0;
    if (at(text, from) == '+' || at(text, from) == '-') {
        size_t hours = number(text, from + 1, 2, 0, 14);
        size_t colon = at(text, from + 3) == ':';
        return hours && number(text, from + 3 + colon, 2, 0, 59) ? 5 + colon : 0;
    }
    while (at(text, from + letters) >= 'A' && at(text, from + letters) <= 'Z')
        letters++;
    bool known = letters == 3 || letters == 4 || (letters == 1 && at(text, from) == 'Z');
    return known && !is_word(at(text, from + letters)) ? letters : 0;
}

/* hh:mm:ss with a fraction, AM or PM, and a zone; or hhmmss where it is bare. */
static size_t clock(struct sb_span text, size_t from, bool bare) {
    size_t end = from, colon = !bare;
    if (!number(text, end, 2, 0, 23) || (colon && at(text, end + 2) != ':') ||
        !number(text, end + 2 + colon, 2, 0, 59))
        return 0;
    end += 4 + colon;
    if (colon && at(text, end) != ':')
        return 0;
    if (!number(text, end + colon, 2, 0, 60))
        return 0;
    end += 2 + colon;
    if ((at(text, end) == '.' || at(text, end) == ',') && digits(text, end + 1))
        end += 1 + digits(text, end + 1);
    size_t space = at(text, end) == ' ';
    if ((at(text, end + space) == 'A' || at(text, end + space) == 'P') &&
        at(text, end + space + 1) == 'M' && !is_word(at(text, end + space + 2)))
        end += space + 2;
    space = at(text, end) == ' ';
    size_t behind = zone(text, end + space);
    return (behind ? end + space + behind : end) - from;
}

/* A letter a part, as strftime(3) has it: Y m d of fixed width; e a day of one or two digits; B a
 * month's name; T a time of the day; Z a zone that may be missing; a blank is one or two; all else
 * is itself. The longest that fits is taken. */
static const char *const date_forms[] = {"Y-m-d",   "Y/m/d",   "Ymd",    "d/m/Y", "m/d/Y",
                                         "d.m.Y",   "B e Y",   "B e, Y", "e B Y", "e-B-Y",
                                         "B e T Y", "B e TZY", "B e T"};

static size_t part(struct sb_span text, size_t from, char letter) {
    size_t size = digits(text, from);
    switch (letter) {
    case 'Y':
        return number(text, from, 4, 1970, 2099);
    case 'm':
        return number(text, from, 2, 1, 12);
    case 'd':
        return number(text, from, 2, 1, 31);
    case 'e':
        return size <= 2 ? number(text, from, size, 1, 31) : 0;
    case 'B':
        return month(text, from);
    case 'T':
        return clock(text, from, false);
    case ' ':
        return at(text, from) == ' ' ? 1 + (at(text, from + 1) == ' ') : 0;
    default:
        return at(text, from) == (unsigned char)letter;
    }
}

static size_t form(struct sb_span text, size_t from, const char *letters) {
    size_t end = from;
    for (; *letters; letters++) {
        size_t size = part(text, end, *letters == 'Z' ? ' ' : *letters);
        if (size == 0)
            return 0;
        end += size;
    }
    return is_word(at(text, end)) && at(text, end) != 'T' && at(text, end) != 'Z' ? 0 : end - from;
}

/* A date with what stands before and behind it: its day of the week, its time. */
static size_t date(struct sb_span text, size_t from) {
    size_t start = from, day = weekday(text, from), longest = 0;
    if (day) {
        start += day;
        start += at(text, start) == ',';
        while (at(text, start) == ' ')
            start++;
    }
    for (size_t i = 0; i < sizeof date_forms / sizeof *date_forms; i++) {
        size_t size = form(text, start, date_forms[i]);
        longest = size > longest ? size : longest;
    }
    if (longest == 0)
        return 0;
    size_t end = start + longest;
    unsigned char between = at(text, end);
    bool bare = longest == 8;
    if (between == 'T' || between == '_' || between == ' ' || between == '-' || between == ':') {
        size_t blanks = 1;
        while (between == ' ' && at(text, end + blanks) == ' ')
            blanks++;
        size_t time = clock(text, end + blanks, false);
        if (time == 0 && bare)
            time = clock(text, end + blanks, true);
        end += time ? blanks + time : 0;
    }
    return is_word(at(text, end)) ? 0 : end - from;
}

/* yyyymmddhhmmss, with a zone or without. */
static size_t stamp(struct sb_span text, size_t from) {
    if (digits(text, from) != 14 || !number(text, from, 4, 1970, 2099) ||
        !number(text, from + 4, 2, 1, 12) || !number(text, from + 6, 2, 1, 31))
        return 0;
    size_t time = clock(text, from + 8, true);
    return time ? 8 + time : 0;
}

/* Not within "10:20:30:11:12:13", which is an address. */
static size_t lone_clock(struct sb_span text, size_t from) {
    size_t size = clock(text, from, false);
    return size && !(from && text.data[from - 1] == ':') && at(text, from + size) != ':' ? size : 0;
}

static size_t any_date(struct sb_span text, size_t from) {
    /* Most bytes begin none. */
    if (!is_digit(text.data[from]) && (text.data[from] < 'A' || text.data[from] > 'W'))
        return 0;
    size_t size = date(text, from);
    size = size ? size : stamp(text, from);
    return size ? size : lone_clock(text, from);
}

/* numbers */

static size_t epoch(struct sb_span text, size_t from) {
    size_t size = digits(text, from);
    uint64_t seconds;
    if ((size != 10 && size != 13) ||
        !sb_number_decimal(sb_span_of(text.data + from, 10), INT32_MAX, &seconds) ||
        seconds < 1000000000)
        return 0;
    size_t fraction = at(text, from + size) == '.' ? digits(text, from + size + 1) : 0;
    if (size == 10 && fraction && fraction <= 9)
        size += 1 + fraction;
    else if (fraction)
        return 0;
    return is_word(at(text, from + size)) ? 0 : size;
}

static size_t hex_digits(struct sb_span text, size_t from) {
    size_t end = from;
    while (end < text.size && sb_hex_digit(text.data[end]) >= 0)
        end++;
    return end - from;
}

static size_t uuid(struct sb_span text, size_t from) {
    static const size_t groups[] = {8, 4, 4, 4, 12};
    size_t end = from;
    for (size_t i = 0; i < 5; i++) {
        if (i && at(text, end++) != '-')
            return 0;
        if (hex_digits(text, end) != groups[i])
            return 0;
        end += groups[i];
    }
    return is_word(at(text, end)) ? 0 : end - from;
}

static size_t hex(struct sb_span text, size_t from) {
    size_t size = hex_digits(text, from), numbers = 0;
    for (size_t i = 0; i < size; i++)
        numbers += is_digit(text.data[from + i]);
    return size >= 8 && numbers < size && numbers > 0 && !is_word(at(text, from + size)) ? size : 0;
}

static bool in_path(unsigned char byte) {
    return is_word(byte) || byte == '/' || byte == '.' || byte == '_' || byte == '-' ||
           byte == '+' || byte == '@';
}

static size_t path(struct sb_span text, size_t from) {
    size_t end = from, slashes = 0;
    if (at(text, from) != '/')
        return 0;
    for (; in_path(at(text, end)); end++)
        slashes += at(text, end) == '/';
    return slashes >= 2 ? end - from : 0;
}

/* all */

typedef size_t find_token(struct sb_span text, size_t from);

/* Each token that begins where no word goes on becomes a mark, which no text has. */
static void append_without(struct sb_buf *rest, struct sb_span text, find_token *find,
                           find_token *also) {
    for (size_t i = 0; i < text.size;) {
        bool inside = i > 0 && is_word(text.data[i - 1]);
        size_t size = inside ? 0 : find(text, i);
        size = size || inside || !also ? size : also(text, i);
        sb_buf_append_byte(rest, size ? 0 : text.data[i]);
        i += size ? size : 1;
    }
}

static bool strip_tokens(struct sb_span content, struct sb_buf *rest, find_token *find,
                         find_token *also) {
    if (content.size > SB_LIMIT_STRIPPED_TEXT || !sb_strip_is_text(content))
        return false;
    append_without(rest, content, find, also);
    return true;
}

/* "Nov 27 2026" of __DATE__, "09:32:27" of __TIME__. */
static size_t compiled_date(struct sb_span text, size_t from) {
    size_t size = form(text, from, "B e Y");
    return size ? size : lone_clock(text, from);
}

void sb_strip_mark_dates(unsigned char *text, size_t size, unsigned char mark) {
    for (size_t i = 0; i < size;) {
        bool inside = i > 0 && is_word(text[i - 1]);
        size_t found = inside ? 0 : compiled_date(sb_span_of(text, size), i);
        memset(text + i, found ? mark : text[i], found ? found : 1);
        i += found ? found : 1;
    }
}

bool sb_strip_dates(struct sb_span content, struct sb_buf *rest) {
    return strip_tokens(content, rest, any_date, NULL);
}

bool sb_strip_epochs(struct sb_span content, struct sb_buf *rest) {
    return strip_tokens(content, rest, epoch, NULL);
}

bool sb_strip_times(struct sb_span content, struct sb_buf *rest) {
    return strip_tokens(content, rest, any_date, epoch);
}

bool sb_strip_uuids(struct sb_span content, struct sb_buf *rest) {
    return strip_tokens(content, rest, uuid, NULL);
}

bool sb_strip_hex(struct sb_span content, struct sb_buf *rest) {
    return strip_tokens(content, rest, hex, NULL);
}

bool sb_strip_numbers(struct sb_span content, struct sb_buf *rest) {
    return strip_tokens(content, rest, digits, NULL);
}

bool sb_strip_paths(struct sb_span content, struct sb_buf *rest) {
    return strip_tokens(content, rest, path, NULL);
}

/* Names a commit or tree: 40 or 64 digits. */
static size_t object_name(struct sb_span text, size_t from) {
    size_t size = hex_digits(text, from);
    return (size == 40 || size == 64) && !is_word(at(text, from + size)) ? size : 0;
}

static size_t time_or_object(struct sb_span text, size_t from) {
    size_t size = epoch(text, from);
    return size ? size : object_name(text, from);
}

bool sb_strip_git_log(struct sb_span content, struct sb_buf *rest) {
    return strip_tokens(content, rest, time_or_object, NULL);
}

/* What follows text, up to its end mark, is taken out. */
static bool strip_behind(struct sb_span content, struct sb_buf *rest, const char *const *texts,
                         size_t (*value)(struct sb_span text, size_t from)) {
    if (!sb_strip_is_text(content))
        return false;
    for (size_t i = 0; i < content.size;) {
        size_t size = 0;
        for (size_t k = 0; texts[k] && size == 0; k++)
            if (sb_span_starts(sb_span_from(content, i), texts[k]))
                size = strlen(texts[k]);
        size_t gone = size ? value(content, i + size) : 0;
        sb_buf_append(rest, content.data + i, size ? size : 1);
        if (gone)
            sb_buf_append_byte(rest, 0);
        i += (size ? size : 1) + gone;
    }
    return true;
}

static size_t up_to_quote(struct sb_span text, size_t from) {
    size_t end = from;
    while (end < text.size && text.data[end] != '"' && text.data[end] != '\n')
        end++;
    return end - from;
}

bool sb_strip_file_urls(struct sb_span content, struct sb_buf *rest) {
    static const char *const texts[] = {"\"file:///", NULL};
    return strip_behind(content, rest, texts, up_to_quote);
}

static size_t day_in_quotes(struct sb_span text, size_t from) {
    return at(text, from + 10) == '"' ? form(text, from, "Y-m-d") : 0;
}

bool sb_strip_gem_date(struct sb_span content, struct sb_buf *rest) {
    static const char *const texts[] = {"s.date = \"", NULL};
    return strip_behind(content, rest, texts, day_in_quotes);
}

static size_t suffix(struct sb_span text, size_t from) {
    return hex_digits(text, from) == 32 ? 32 : 0;
}

bool sb_strip_autoloader(struct sb_span content, struct sb_buf *rest) {
    static const char *const texts[] = {"ComposerAutoloaderInit", "ComposerStaticInit",
                                        "composerRequire", NULL};
    return strip_behind(content, rest, texts, suffix);
}

bool sb_strip_comment_dates(struct sb_span content, struct sb_buf *rest) {
    if (!sb_strip_is_text(content))
        return false;
    while (content.size) {
        const unsigned char *end = memchr(content.data, '\n', content.size);
        size_t size = end ? (size_t)(end - content.data) + 1 : content.size;
        struct sb_span line = sb_span_of(content.data, size);
        if (*line.data == '#')
            append_without(rest, line, any_date, NULL);
        else
            sb_buf_append_span(rest, line);
        content = sb_span_from(content, size);
    }
    return true;
}

bool sb_strip_is_by_line(sb_strip *strip) {
    static sb_strip *const strips[] = {
        sb_strip_dates,    sb_strip_epochs,     sb_strip_times,   sb_strip_uuids,
        sb_strip_hex,      sb_strip_numbers,    sb_strip_paths,   sb_strip_comment_dates,
        sb_strip_gem_date, sb_strip_autoloader, sb_strip_git_log, sb_strip_file_urls};
    for (size_t i = 0; i < sizeof strips / sizeof *strips; i++)
        if (strips[i] == strip)
            return true;
    return false;
}
