/* Why two saves differ, as diff reports it. */
#include "compare/explain.h"
#include "report/report.h"

void report_explanation_json(struct json *json, const struct sb_explanation *explanation) {
    json_open(json, "engines", '[');
    json_string(json, NULL, explanation->engine_a);
    json_string(json, NULL, explanation->engine_b);
    json_close(json, ']');
    json_open(json, "why", '[');
    for (size_t i = 0; i < explanation->reasons.count; i++) {
        const struct sb_reason *reason = &explanation->reasons.items[i];
        json_open(json, NULL, '{');
        json_string(json, "what", reason->what);
        json_string(json, "side", reason->side);
        json_string(json, "text", reason->text);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_open(json, "image_ids", '[');
    for (size_t i = 0; i < explanation->ids.count; i++) {
        const struct sb_image_id *id = &explanation->ids.items[i];
        json_open(json, NULL, '{');
        json_string(json, "shown_by", id->engine);
        json_string(json, "kind", id->kind);
        json_digest(json, "a", id->has_a ? &id->a : NULL);
        json_digest(json, "b", id->has_b ? &id->b : NULL);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_string(json, "image_id_note", explanation->id_note);
    json_number(json, "differences_unexplained", explanation->unexplained);
}

static void id_text(struct text *text, const char *side, bool has, const struct sb_digest *digest) {
    char hex[SB_DIGEST_TEXT];
    sb_digest_format(digest, hex);
    text_add(text, STYLE_PLAIN, "    %s: %s\n", side, has ? hex : "made when it is loaded");
}

/* A habit that both have, of a pass in which they do not differ, explains nothing. */
static bool is_worth_a_line(const struct sb_reason *reason, const struct sb_comparison *result) {
    int pass = sb_pass_lookup(reason->what);
    return pass < 0 || strcmp(reason->side, "both") != 0 || result->nuisances[pass].differ > 0;
}

void report_explanation_text(struct text *text, const struct sb_explanation *explanation,
                             const struct sb_comparison *result, bool all) {
    text_add(text, STYLE_HEAD, "\nwhy\n");
    text_add(text, STYLE_PLAIN, "  A: %s\n  B: %s\n", explanation->engine_a, explanation->engine_b);
    for (size_t i = 0; i < explanation->reasons.count; i++) {
        const struct sb_reason *reason = &explanation->reasons.items[i];
        if (!all && !is_worth_a_line(reason, result))
            continue;
        text_add(text, STYLE_PLAIN, "  %s (%s): %s\n", reason->what, reason->side, reason->text);
    }
    if (explanation->unexplained)
        text_add(text, STYLE_WARN, "  %zu of the differences are no habit of these engines\n",
                 explanation->unexplained);
    if (!all)
        return;
    text_add(text, STYLE_HEAD, "\nwhat engines show as the image id\n");
    for (size_t i = 0; i < explanation->ids.count; i++) {
        const struct sb_image_id *id = &explanation->ids.items[i];
        text_add(text, STYLE_PLAIN, "  %s: the %s\n", id->engine, id->kind);
        id_text(text, "A", id->has_a, &id->a);
        id_text(text, "B", id->has_b, &id->b);
    }
    if (explanation->id_note)
        text_add(text, STYLE_PLAIN, "  %s\n", explanation->id_note);
}
