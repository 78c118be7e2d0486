#include "base/time.h"

#include <inttypes.h>

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

/* Days since 1970 to a date of the Gregorian calendar: years begin in March, so a leap day is the
 * last of its year, and 400 of them have 146097 days. */
static void date_of(int64_t days, int64_t *year, int *month, int *day) {
    enum { ERA = 146097, TO_MARCH_OF_0 = 719468 };
    days += TO_MARCH_OF_0;
    int64_t era = (days >= 0 ? days : days - ERA + 1) / ERA, left = days - era * ERA;
    int64_t of_era = (left - left / 1460 + left / 36524 - left / 146096) / 365;
    left -= 365 * of_era + of_era / 4 - of_era / 100;
    int64_t from_march = (5 * left + 2) / 153;
    *day = (int)(left - (153 * from_march + 2) / 5 + 1);
    *month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = of_era + era * 400 + (*month <= 2);
}

const char *sb_time_text(struct sb_arena *arena, int64_t seconds, uint32_t nanoseconds) {
    enum { A_DAY = 86400 };
    int64_t days = (seconds >= 0 ? seconds : seconds - A_DAY + 1) / A_DAY, year;
    int64_t rest = seconds - days * A_DAY;
    int month, day, digits = 9;
    date_of(days, &year, &month, &day);
    while (digits && nanoseconds % 10 == 0) {
        nanoseconds /= 10;
        digits--;
    }
    char *text = sb_arena_printf(arena, "%04" PRId64 "-%02d-%02d %02d:%02d:%02d", year, month, day,
                                 (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    return digits ? sb_arena_printf(arena, "%s.%0*" PRIu32, text, digits, nanoseconds) : text;
}
