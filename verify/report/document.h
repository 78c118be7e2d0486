/* The documents that a report can be written as: one file each, document_OPTION.c, and one row in
 * options/documents.def. Most are made of the JSON document, so that all of them say the same. */
#ifndef VERIFY_REPORT_DOCUMENT_H
#define VERIFY_REPORT_DOCUMENT_H

#include "report/report.h"
#include "json/value.h"

/* Appends the document. root: the JSON document, parsed. */
typedef void document_function(const struct report *report, const struct sb_json *root,
                               struct sb_buf *buf);

#define SB_DOCUMENT(name, option, help) document_function document_##option;
#include "options/documents.def"
#undef SB_DOCUMENT

/* A value that has no members, as people read it: "yes", "no", "-" for null; of others how many
 * they have. */
void document_value(const struct sb_json *value, struct sb_buf *buf);
/* Whether it is a list of objects: a table, whose columns are the members of the first that hold
 * one value. */
bool document_is_table(const struct sb_json *value);
/* Whether it has no members. */
bool document_is_single(const struct sb_json *value);

#endif
