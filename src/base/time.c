#include "base/time.h"

#include <stdbool.h>

/* Takes count digits from text. */
static bool take(struct sb_span *text, size_t count, unsigned *number) {
    *number = 0;
    if (text->size < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (text->data[i] < '0' || text->data[i] > '9')
            return false;
        *number = *number * 10 + (text->data[i] - '0');
    }
    *text = sb_span_from(*text, count);
    return true;
}

static bool take_byte(struct sb_span *text, char byte) {
    if (!text->size || text->data[0] != (unsigned char)byte)
        return false;
    *text = sb_span_from(*text, 1);
    return true;
}

static bool is_date(unsigned year, unsigned month, unsigned day) {
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (unsigned)(leap && month == 2);
}

static bool take_fraction(struct sb_span *text, bool *old) {
    if (!text->size || (text->data[0] != '.' && text->data[0] != ','))
        return true;
    *old = *old || text->data[0] == ',';
    size_t digits = 1;
    while (digits < text->size && text->data[digits] >= '0' && text->data[digits] <= '9')
        digits++;
    *text = sb_span_from(*text, digits);
    return digits > 1;
}

static bool take_zone(struct sb_span *text, bool *old) {
    unsigned hours, minutes;
    if (take_byte(text, 'Z'))
        return true;
    if (!take_byte(text, '+') && !take_byte(text, '-'))
        return false;
    bool good = take(text, 2, &hours) && take_byte(text, ':') && take(text, 2, &minutes);
    *old = *old || (good && (hours >= 24 || minutes >= 60));
    return good;
}

enum sb_time_kind sb_time_kind(struct sb_span text) {
    unsigned year, month, day, hour, minute, second;
    bool old = false;
    bool good = take(&text, 4, &year) && take_byte(&text, '-') && take(&text, 2, &month) &&
                take_byte(&text, '-') && take(&text, 2, &day) && take_byte(&text, 'T');
    if (good && text.size > 1 && text.data[1] == ':') {
        old = true;
        good = take(&text, 1, &hour);
    } else {
        good = good && take(&text, 2, &hour);
    }
    good = good && take_byte(&text, ':') && take(&text, 2, &minute) && take_byte(&text, ':') &&
           take(&text, 2, &second) && take_fraction(&text, &old) && take_zone(&text, &old) &&
           text.size == 0 && is_date(year, month, day) && hour < 24 && minute < 60 && second < 60;
    return !good ? SB_TIME_NONE : old ? SB_TIME_OLD : SB_TIME_GOOD;
}
