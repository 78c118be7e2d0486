/* Results for people and for programs. Each function appends to a text or to a document; nothing
 * here decides anything. */
#ifndef VERIFY_REPORT_REPORT_H
#define VERIFY_REPORT_REPORT_H

#include "compare/baseline.h"
#include "compare/explain.h"
#include "inputs/subject.h"
#include "options/options.h"
#include "report/json.h"

/* Text that goes to a terminal or not. */
struct text {
    struct sb_buf buf;
    bool color;
};

enum style { STYLE_PLAIN, STYLE_GOOD, STYLE_BAD, STYLE_WARN, STYLE_DIM, STYLE_HEAD };

/* Whether standard output gets colour. */
bool report_use_color(enum color wish);
void text_release(struct text *text);
void text_add(struct text *text, enum style style, const char *format, ...) SB_FORMAT(3, 4);

/* The members of a comparison that diff and verify share. */
void report_json_normalised(struct json *json, const uint64_t *a, const uint64_t *b);
/* builder: of verify's rows; NULL for diff. */
void report_json_difference(struct json *json, const struct sb_difference *difference,
                            const char *builder);
void report_json_differences(struct json *json, const struct sb_comparison *result);
void report_json_packages(struct json *json, const struct sb_comparison *result);
void report_json_identity(struct json *json, const struct sb_comparison *result);
/* Its rows; builder as above. */
void report_json_identity_rows(struct json *json, const struct sb_comparison *result,
                               const char *builder);
void report_json_notes(struct json *json, const struct sb_comparison *result);
void report_json_findings(struct json *json, const char *name, const struct sb_findings *findings);

/* Why two saves differ: engines, why, image_ids. */
void report_explanation_json(struct json *json, const struct sb_explanation *explanation);
/* all: habits that explain nothing of what differs, and image ids, too. */
void report_explanation_text(struct text *text, const struct sb_explanation *explanation,
                             const struct sb_comparison *result, bool all);

void report_text_identity(struct text *text, const struct sb_comparison *result);
void report_text_normalised(struct text *text, const uint64_t *a, const uint64_t *b);
/* highest: how many are shown; 0: all. */
/* How many differences --baseline allowed, how many are new, and which allowances are stale. */
void report_json_baseline(struct json *json, const struct sb_baseline *baseline, size_t allowed,
                          size_t fresh);
/* The stale ones. */
void report_text_baseline(struct text *text, const struct sb_baseline *baseline);
void report_text_differences(struct text *text, const struct sb_comparison *result,
                             uint64_t highest);
void report_text_findings(struct text *text, const struct sb_findings *findings);
void report_text_verdict(struct text *text, enum sb_verdict verdict);

/* One platform of a diff. */
struct diff {
    const char *platform;                /* NULL: the one that there is */
    const char *platform_a, *platform_b; /* of the images; NULL where one is missing */
    const struct subject *a, *b;
    struct sb_comparison result;
    struct sb_explanation why;
    const struct sb_baseline *baseline; /* NULL: none was given */
};

/* A whole diff, of one platform or of several. */
struct diffs {
    const struct diff *list;
    size_t count;
    const struct options *options;
};
/* Each takes a struct diffs. */
void report_diff_json(struct json *json, const void *result);
void report_diff_text(struct text *text, const void *result);
void report_diff_markdown(struct sb_buf *buf, const void *result);
void report_diff_html(struct sb_buf *buf, const void *result);

/* Whether anything but text was asked for. */
bool report_has_document(const struct options *options);

/* What a command reports: each is made when somebody asks for it. */
struct report {
    const char *command; /* its name */
    bool met;            /* the exit status will be 0 */
    const void *result;
    void (*text)(struct text *text, const void *result);
    void (*json)(struct json *json, const void *result);
    /* Of its own; NULL: made of the JSON document. */
    void (*markdown)(struct sb_buf *buf, const void *result);
    void (*html)(struct sb_buf *buf, const void *result);
};

/* A report that was made on the way. */
struct report_made {
    const struct text *text;
    const struct json *json;
};
void report_made_text(struct text *text, const void *made);
void report_made_json(struct json *json, const void *made);

/* Makes what the options ask for and sends it where they want it: text to standard output unless a
 * document goes there or all is quiet. */
int report_send(const struct options *options, const struct report *report,
                struct sb_error *error) SB_MUST_USE;

#endif
