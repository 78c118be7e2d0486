/* Why digests differ. */
#include "report/answer.h"

#include <stdio.h>

static void short_digest(char *text, const struct sb_digest *digests, size_t count) {
    enum { SHORT = 12, ALGORITHM = 7 };
    char whole[SB_DIGEST_TEXT] = "       absent";
    if (count)
        sb_digest_format(digests, whole);
    snprintf(text, SHORT + 1, "%.*s", SHORT, whole + ALGORITHM);
}

static const struct sb_trail_row *trail_of(const struct sb_comparison *result,
                                           enum sb_identity what) {
    for (size_t i = 0; i < result->trail.count; i++)
        if (result->trail.items[i].what == what)
            return &result->trail.items[i];
    return NULL;
}

static void text_reasons(struct text *text, const struct sb_trail_row *trail, bool all) {
    enum { SHOWN = 4 };
    size_t count = trail ? trail->reasons.count : 0;
    for (size_t i = 0; i < count && (all || i < SHOWN); i++)
        text_add(text, STYLE_PLAIN, "\n      <- %s", trail->reasons.items[i]);
    if (count > SHOWN && !all)
        text_add(text, STYLE_PLAIN, "\n      <- %zu more (-v)", count - SHOWN);
}

void answer_text_digests(struct text *text, const struct sb_comparison *result, bool all) {
    static const enum sb_identity whats[] = {SB_IDENTITY_ARCHIVE, SB_IDENTITY_INDEX,
                                             SB_IDENTITY_MANIFEST, SB_IDENTITY_CONFIG};
    bool any = false;
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++) {
        const struct sb_identity_row *row = &result->identity[whats[i]];
        char a[16], b[16];
        if (!row->compared || row->equal)
            continue;
        if (!any)
            text_add(text, STYLE_HEAD, "\nwhy the digests differ\n");
        any = true;
        short_digest(a, row->a, row->a_count);
        short_digest(b, row->b, row->b_count);
        text_add(text, STYLE_PLAIN, "  %-9s", sb_identity_name(whats[i]));
        if (row->a_count || row->b_count)
            text_add(text, STYLE_PLAIN, " %s | %s", a, b);
        text_reasons(text, trail_of(result, whats[i]), all);
        text_add(text, STYLE_PLAIN, "\n");
    }
    if (all)
        report_text_identity(text, result);
}

void answer_json_trail(struct json *json, const struct sb_comparison *result) {
    json_open(json, "trail", '[');
    for (size_t i = 0; i < result->trail.count; i++) {
        const struct sb_trail_row *row = &result->trail.items[i];
        json_open(json, NULL, '{');
        json_string(json, "what", sb_identity_name(row->what));
        json_open(json, "reasons", '[');
        for (size_t k = 0; k < row->reasons.count; k++)
            json_string(json, NULL, row->reasons.items[k]);
        json_close(json, ']');
        json_close(json, '}');
    }
    json_close(json, ']');
}
