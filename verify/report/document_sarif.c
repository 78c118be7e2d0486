/* Differences and findings as SARIF (OASIS, Static Analysis Results Interchange Format 2.1.0),
 * which code scanning shows beside the source. Every result is placed at the Dockerfile, for a
 * reader of SARIF shows none without a file; where in the image it is, its logical location says.
 */
#include "report/document.h"

#ifndef SAMEBYTES_VERSION
#define SAMEBYTES_VERSION "unknown"
#endif

/* GitHub takes 25,000 results of a run and shows 5,000. */
enum { RESULTS_MAX = 5000 };

struct writing {
    struct json json;
    size_t count, left_out;
};

static void put_string(struct json *json, const char *name, struct sb_span text) {
    struct sb_buf copy = SB_BUF_INIT;
    sb_buf_append_span(&copy, text);
    json_string(json, name, sb_buf_string(&copy));
    sb_buf_release(&copy);
}

static void put_message(struct json *json, const char *name, const char *text) {
    json_open(json, name, '{');
    json_string(json, "text", text);
    json_close(json, '}');
}

static void put_location(struct json *json, struct sb_span where) {
    json_open(json, "locations", '[');
    json_open(json, NULL, '{');
    json_open(json, "physicalLocation", '{');
    json_open(json, "artifactLocation", '{');
    json_string(json, "uri", "Dockerfile");
    json_close(json, '}');
    json_open(json, "region", '{');
    json_number(json, "startLine", 1);
    json_close(json, '}');
    json_close(json, '}');
    json_open(json, "logicalLocations", '[');
    json_open(json, NULL, '{');
    put_string(json, "fullyQualifiedName", where);
    json_close(json, '}');
    json_close(json, ']');
    json_close(json, '}');
    json_close(json, ']');
}

static void put_result(struct writing *writing, const char *rule, struct sb_span kind,
                       const char *level, struct sb_span where, const char *message) {
    struct sb_buf id = SB_BUF_INIT;
    if (writing->count++ >= RESULTS_MAX) {
        writing->left_out++;
        return;
    }
    sb_buf_appendf(&id, "%s/%.*s", rule, SB_SPAN(kind));
    json_open(&writing->json, NULL, '{');
    json_string(&writing->json, "ruleId", sb_buf_string(&id));
    json_string(&writing->json, "level", level);
    put_message(&writing->json, "message", message);
    put_location(&writing->json, where);
    json_close(&writing->json, '}');
    sb_buf_release(&id);
}

static void put_difference(struct writing *writing, const struct sb_json *difference) {
    const struct sb_json *a = sb_json_member(difference, "a"), *b = sb_json_member(difference, "b");
    const struct sb_json *cause = sb_json_member(difference, "cause");
    struct sb_span where = sb_json_string(difference, "where");
    struct sb_buf text = SB_BUF_INIT;
    sb_buf_append_span(&text, where);
    sb_buf_append_string(&text, ": ");
    sb_buf_append_span(&text, sb_json_string(difference, "kind"));
    sb_buf_append_string(&text, " is ");
    sb_buf_append_string(&text, a && a->type != SB_JSON_NULL ? "" : "not there");
    if (a && a->type != SB_JSON_NULL)
        document_value(a, &text);
    sb_buf_append_string(&text, " in A, ");
    if (b && b->type != SB_JSON_NULL)
        document_value(b, &text);
    else
        sb_buf_append_string(&text, "not there");
    sb_buf_append_string(&text, " in B");
    if (cause) {
        sb_buf_append_string(&text, "; ");
        sb_buf_append_span(&text, sb_json_string(cause, "cause"));
        sb_buf_append_string(&text, "; cure: ");
        sb_buf_append_span(&text, sb_json_string(cause, "cure"));
    }
    put_result(writing, "difference", sb_json_string(difference, "kind"),
               sb_json_member(difference, "reason") ? "note" : "error", where,
               sb_buf_string(&text));
    sb_buf_release(&text);
}

static void put_finding(struct writing *writing, const struct sb_json *finding) {
    struct sb_span severity = sb_json_string(finding, "severity");
    struct sb_buf text = SB_BUF_INIT;
    sb_buf_append_span(&text, sb_json_string(finding, "where"));
    sb_buf_append_string(&text, ": ");
    sb_buf_append_span(&text, sb_json_string(finding, "what"));
    put_result(writing, "finding", sb_json_string(finding, "kind"),
               sb_span_is(severity, "alarm")     ? "error"
               : sb_span_is(severity, "warning") ? "warning"
                                                 : "note",
               sb_json_string(finding, "where"), sb_buf_string(&text));
    sb_buf_release(&text);
}

/* Lists of differences and findings, wherever they are in the document. */
static void put_all(struct writing *writing, const struct sb_json *value, bool findings) {
    for (const struct sb_json *member = value->first; member; member = member->next) {
        bool own = sb_span_is(member->name, "differences") && member->type == SB_JSON_ARRAY;
        bool found = findings || sb_span_is(member->name, "findings");
        if (own)
            for (const struct sb_json *item = member->first; item; item = item->next)
                put_difference(writing, item);
        else if (found && member->type == SB_JSON_ARRAY)
            for (const struct sb_json *item = member->first; item; item = item->next)
                put_finding(writing, item);
        else if (!document_is_single(member))
            put_all(writing, member, found);
    }
}

void document_sarif(const struct report *report, const struct sb_json *root, struct sb_buf *buf) {
    struct writing writing = {0};
    struct json *json = &writing.json;
    json_open(json, NULL, '{');
    json_string(json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_string(json, "version", "2.1.0");
    json_open(json, "runs", '[');
    json_open(json, NULL, '{');
    json_open(json, "tool", '{');
    json_open(json, "driver", '{');
    json_string(json, "name", "samebytes");
    json_string(json, "semanticVersion", SAMEBYTES_VERSION);
    json_close(json, '}');
    json_close(json, '}');
    json_open(json, "results", '[');
    put_all(&writing, root, false);
    json_close(json, ']');
    json_open(json, "invocations", '[');
    json_open(json, NULL, '{');
    json_bool(json, "executionSuccessful", true);
    if (writing.left_out) {
        struct sb_buf text = SB_BUF_INIT;
        sb_buf_appendf(&text, "%zu more results are left out; --json has all", writing.left_out);
        json_open(json, "toolExecutionNotifications", '[');
        json_open(json, NULL, '{');
        json_string(json, "level", "warning");
        put_message(json, "message", sb_buf_string(&text));
        json_close(json, '}');
        json_close(json, ']');
        sb_buf_release(&text);
    }
    json_close(json, '}');
    json_close(json, ']');
    json_open(json, "properties", '{');
    json_string(json, "command", report->command);
    put_string(json, "verdict", sb_json_string(root, "verdict"));
    json_close(json, '}');
    json_close(json, '}');
    json_close(json, ']');
    json_close(json, '}');
    sb_buf_append_span(buf, sb_buf_span(&json->text));
    sb_buf_release(&json->text);
}
