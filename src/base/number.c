#include "base/number.h"

bool sb_number_decimal(struct sb_span text, uint64_t highest, uint64_t *value) {
    if (text.size == 0)
        return false;
    uint64_t sum = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned digit = (unsigned)text.data[i] - '0';
        if (digit > 9 || sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return sum <= highest;
}

bool sb_number_signed(struct sb_span text, int64_t *value) {
    bool negative = text.size && text.data[0] == '-';
    uint64_t size;
    if (!sb_number_decimal(sb_span_from(text, negative), (uint64_t)INT64_MAX + negative, &size))
        return false;
    *value = negative ? (int64_t)(0 - size) : (int64_t)size;
    return true;
}

bool sb_number_size(const char *text, uint64_t *bytes) {
    static const struct {
        const char *suffix;
        uint64_t factor;
    } units[] = {{"", 1},          {"B", 1},          {"k", 1000},
                 {"kB", 1000},     {"K", 1000},       {"M", 1000000},
                 {"MB", 1000000},  {"G", 1000000000}, {"GB", 1000000000},
                 {"KiB", 1 << 10}, {"MiB", 1 << 20},  {"GiB", 1 << 30}};
    size_t digits = strspn(text, "0123456789");
    uint64_t number;
    if (!sb_number_decimal(sb_span_of(text, digits), UINT64_MAX, &number))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(text + digits, units[i].suffix) == 0) {
            if (number > UINT64_MAX / units[i].factor)
                return false;
            *bytes = number * units[i].factor;
            return true;
        }
    return false;
}
