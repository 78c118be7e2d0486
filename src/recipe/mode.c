#include "recipe/mode.h"

enum { USER = 04700, GROUP = 02070, OTHER = 01007, UMASK = 022, EXECUTE = 0111 };

struct clause {
    struct sb_span rest;
    uint32_t who; /* bits of those it is for */
    bool named;
};

static int take(struct clause *clause) {
    int c = clause->rest.size ? clause->rest.data[0] : -1;
    clause->rest = sb_span_from(clause->rest, clause->rest.size > 0);
    return c;
}

static bool next_is(const struct clause *clause, const char *set) {
    return clause->rest.size && clause->rest.data[0] && strchr(set, clause->rest.data[0]);
}

static void take_who(struct clause *clause) {
    clause->who = 0;
    while (next_is(clause, "ugoa")) {
        int c = take(clause);
        clause->who |= c == 'u' ? USER : c == 'g' ? GROUP : c == 'o' ? OTHER : USER | GROUP | OTHER;
    }
    clause->named = clause->who != 0;
    if (!clause->named)
        clause->who = USER | GROUP | OTHER;
}

/* Bits for everybody, of which who picks. */
static uint32_t take_permissions(struct clause *clause, uint32_t mode, bool folder) {
    uint32_t bits = 0;
    if (next_is(clause, "ugo")) {
        int c = take(clause);
        uint32_t own = (c == 'u' ? mode >> 6 : c == 'g' ? mode >> 3 : mode) & 7;
        return own << 6 | own << 3 | own;
    }
    while (next_is(clause, "rwxXst")) {
        int c = take(clause);
        bool executable = folder || (mode & EXECUTE) != 0;
        bits |= c == 'r'                 ? 0444u
                : c == 'w'               ? 0222u
                : c == 'x'               ? 0111u
                : c == 'X' && executable ? 0111u
                : c == 's'               ? 06000u
                : c == 't'               ? 01000u
                                         : 0u;
    }
    return bits;
}

static bool apply_clause(struct clause *clause, uint32_t *mode, bool folder) {
    take_who(clause);
    if (!next_is(clause, "+-="))
        return false;
    while (next_is(clause, "+-=")) {
        int operation = take(clause);
        uint32_t bits = take_permissions(clause, *mode, folder) & clause->who;
        if (!clause->named)
            bits &= ~(uint32_t)UMASK;
        if (operation == '+')
            *mode |= bits;
        else if (operation == '-')
            *mode &= ~bits;
        else
            *mode = (*mode & ~(clause->who & (folder ? 0777u : 07777u))) | bits;
    }
    return clause->rest.size == 0 || take(clause) == ',';
}

bool sb_mode_apply(struct sb_span text, uint32_t mode, bool folder, uint32_t *result) {
    struct clause clause = {.rest = text};
    *result = mode;
    do
        if (!apply_clause(&clause, result, folder))
            return false;
    while (clause.rest.size);
    return text.data[text.size - 1] != ',';
}
