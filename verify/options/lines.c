#include "options/lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void lines_add(line_list *lines, const char *format, ...) {
    char *line;
    va_list arguments;
    va_start(arguments, format);
    int size = vasprintf(&line, format, arguments);
    va_end(arguments);
    if (size < 0)
        SB_BUG("out of memory");
    *sb_vec_push(lines) = line;
}

bool lines_have(const line_list *lines, const char *text) {
    for (size_t i = 0; i < lines->count; i++)
        if (strcmp(lines->items[i], text) == 0)
            return true;
    return false;
}

void lines_release(line_list *lines) {
    for (size_t i = 0; i < lines->count; i++)
        free(lines->items[i]);
    sb_vec_release(lines);
}
