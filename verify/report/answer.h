/* The answer of a comparison, before its details: the reason of the verdict in a line, the layers,
 * and what differs and does not count. */
#ifndef VERIFY_REPORT_ANSWER_H
#define VERIFY_REPORT_ANSWER_H

#include "report/report.h"

/* Appends the reason of the verdict: "43 entries in 3 layers, 2 settings; 42 of known causes". */
void answer_reason(struct sb_buf *buf, const struct sb_comparison *result);

/* A line a digest that differs: both values and its reasons; all: those that are equal, too, and
 * all reasons. */
void answer_text_digests(struct text *text, const struct sb_comparison *result, bool all);
void answer_json_trail(struct json *json, const struct sb_comparison *result);
/* A row a layer; all: else runs of equal layers are one row, and eight are shown. Nothing where
 * there is one equal layer. */
void answer_text_layers(struct text *text, const struct sb_comparison *result, bool all);
void answer_json_layers(struct json *json, const struct sb_comparison *result);
/* The lists "groups" and "cures": every difference is in one group. */
void answer_json_groups(struct json *json, const struct sb_comparison *result);
/* What differs between the sides and is taken away by passes. */
void answer_text_nuisances(struct text *text, const struct sb_comparison *result, bool all);
/* The list "normalised". */
void answer_json_normalised(struct json *json, const struct sb_comparison *result);

/* For the files of this answer: "WHERE A | B", long values cut; how many passes have something that
 * differs, and how many values that are; the one of those not done that has most, or -1. */
void answer_values(struct sb_buf *buf, const char *where, const char *a, const char *b);
size_t answer_kinds(const struct sb_comparison *result, uint64_t *values);
int answer_next_pass(const struct sb_comparison *result, const bool *done);

#endif
