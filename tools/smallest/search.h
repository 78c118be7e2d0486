/* The search for the smallest archives. It anneals: bytes that may be anything, names, the case of
 * letters, the order of what has none and the code of the deflate data are changed at random, and a
 * change stays if the archive gets smaller, or not much larger while the search is warm. */
#ifndef SEARCH_H
#define SEARCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "smallest/smallest.h"

enum {
    GENES = 64,
    IMPOSSIBLE = 1 << 20, /* bits */
};

/* A candidate. */
struct state {
    unsigned char bytes[SB_SMALL_MAX]; /* of the tar */
    size_t size;
    int genes[GENES]; /* of the strict classes, whose bytes follow from them */
    size_t dynamic;
    struct sb_deflate_code code;
    struct sb_zstd_hint zstd;
};

/* How the archives of a class vary. */
struct model {
    void (*begin)(struct state *state);
    /* False: what came out is no archive. */
    bool (*change)(struct state *state);
    /* Completes what follows from the rest: digest, sums. */
    void (*finish)(struct state *state);
    /* As an initialiser of struct sb_smallest_class. */
    void (*print)(const struct state *state, FILE *file);
};

extern struct model loose_model, strict_model;

/* What the models are told. order: of the members, by their first letters; keys: of manifest.json.
 */
struct plan {
    const char *name, *order, *keys;
    enum sb_smallest_wrapping wrapping;
    enum sb_program_kind program;
};
extern struct plan plan;

uint32_t random_number(void);
/* From 0 to below. */
int random_below(int limit);
bool one_in(int chances);
/* A C string literal of size bytes. */
void print_literal(FILE *file, const unsigned char *bytes, size_t size);
void print_beginning(FILE *file, const char *engines, const char *image, const char *command);
void print_code(FILE *file, const struct state *state);

#endif
