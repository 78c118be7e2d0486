/* What was found, as an initialiser in C. */
#include "search.h"

#include <ctype.h>

void print_literal(FILE *file, const unsigned char *bytes, size_t size) {
    fputc('"', file);
    for (size_t i = 0; i < size; i++)
        if (bytes[i] == '"' || bytes[i] == '\\' || bytes[i] == '?')
            fprintf(file, "\\%c", bytes[i]);
        else if (bytes[i] < 32 || bytes[i] > 126)
            fprintf(file, "\\%03o", bytes[i]);
        else
            fputc(bytes[i], file);
    fputc('"', file);
}

void print_beginning(FILE *file, const char *engines, const char *image, const char *command) {
    static const char *const wrappings[] = {"SB_WRAPPING_STOCK", "SB_WRAPPING_GZIP",
                                            "SB_WRAPPING_MEMBERS", "SB_WRAPPING_ZSTD"};
    static const char *const programs[] = {"SB_PROGRAM_PLAIN", "SB_PROGRAM_OVERLAPPED",
                                           "SB_PROGRAM_TINY"};
    fprintf(file,
            "/* Found by tools/smallest/search. */\n{\n.name = \"%s\",\n.engines = \"%s\",\n"
            ".image = \"%s\", .command = \"%s\",\n.wrapping = %s, .program = %s,\n",
            plan.name, engines, image, command, wrappings[plan.wrapping], programs[plan.program]);
}

static void print_lengths(FILE *file, const char *name, const unsigned char *lengths, int size) {
    int count = 0;
    fprintf(file, ".%s = {", name);
    for (int i = 0; i < size; i++)
        if (lengths[i])
            fprintf(file, "%s[%d] = %d,", count++ % 10 ? " " : "\n    ", i, lengths[i]);
    fprintf(file, "},\n");
}

static void print_tables(FILE *file, const struct sb_zstd_hint *zstd) {
    fprintf(file, ".zstd = {.tables = {");
    for (int table = 0; table < SB_ZSTD_TABLES; table++) {
        const struct sb_fse_counts *counts = &zstd->tables[table];
        if (!counts->symbols)
            continue;
        fprintf(file, "[%d] = {%d, %d, {", table, counts->log, counts->symbols);
        for (int i = 0; i < counts->symbols && counts->log; i++)
            fprintf(file, "%d, ", counts->states[i]);
        fprintf(file, "}}, ");
    }
    fprintf(file, "},\n");
    if (zstd->huffman) {
        fprintf(file, ".huffman = true, ");
        print_lengths(file, "literals", zstd->literals, 256);
    }
    fprintf(file, "},\n");
}

void print_code(FILE *file, const struct state *state) {
    if (plan.wrapping == SB_WRAPPING_ZSTD) {
        print_tables(file, &state->zstd);
    } else if (state->dynamic) {
        if (state->dynamic < state->size)
            fprintf(file, ".dynamic = %zu,\n", state->dynamic);
        else
            fprintf(file, ".dynamic = SIZE_MAX,\n");
        fprintf(file, ".code = {");
        print_lengths(file, "literals", state->code.literals, SB_DEFLATE_LITERALS);
        print_lengths(file, "distances", state->code.distances, SB_DEFLATE_DISTANCES);
        fprintf(file, "},\n");
    }
    fprintf(file, "}\n");
}
