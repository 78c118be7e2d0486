/* What differs and does not count. */
#include "report/answer.h"

#include <inttypes.h>

enum { VALUE_SHOWN = 40 };

/* Values of settings are JSON, and may be long. */
static void append_value(struct sb_buf *buf, const char *value) {
    if (!value)
        sb_buf_append_string(buf, "absent");
    else if (strlen(value) > VALUE_SHOWN)
        sb_buf_appendf(buf, "%.*s...", VALUE_SHOWN - 3, value);
    else
        sb_buf_append_string(buf, value);
}

void answer_values(struct sb_buf *buf, const char *where, const char *a, const char *b) {
    sb_buf_appendf(buf, "%s ", where);
    append_value(buf, a);
    sb_buf_append_string(buf, " | ");
    append_value(buf, b);
}

size_t answer_kinds(const struct sb_comparison *result, uint64_t *values) {
    size_t kinds = 0;
    *values = 0;
    for (int pass = 0; pass < SB_PASSES; pass++) {
        kinds += result->nuisances[pass].differ > 0;
        *values += result->nuisances[pass].differ;
    }
    return kinds;
}

int answer_next_pass(const struct sb_comparison *result, const bool *done) {
    int best = -1;
    for (int pass = 0; pass < SB_PASSES; pass++)
        if (!done[pass] && result->nuisances[pass].differ &&
            (best < 0 || result->nuisances[pass].differ > result->nuisances[best].differ))
            best = pass;
    return best;
}

void answer_text_nuisances(struct text *text, const struct sb_comparison *result, bool all) {
    uint64_t values;
    size_t kinds = answer_kinds(result, &values);
    bool done[SB_PASSES] = {false};
    if (kinds) {
        text_add(text, STYLE_HEAD, "\ndiffers, and does not count\n");
        for (size_t i = 0; i < kinds; i++) {
            int pass = answer_next_pass(result, done);
            const struct sb_nuisance *nuisance = &result->nuisances[pass];
            done[pass] = true;
            text_add(text, STYLE_PLAIN, "  %-24s %" PRIu64 " of %" PRIu64 " %s\n",
                     sb_passes[pass].name, nuisance->differ, nuisance->pairs,
                     sb_passes[pass].counts);
            struct sb_buf line = SB_BUF_INIT;
            if (nuisance->a || nuisance->b)
                answer_values(&line, nuisance->where, nuisance->a, nuisance->b);
            else
                sb_buf_append_string(&line, nuisance->where);
            text_add(text, STYLE_DIM, "    first: %s\n", sb_buf_string(&line));
            sb_buf_release(&line);
        }
    }
    if (all)
        report_text_normalised(text, result->counts_a, result->counts_b);
}

void answer_json_normalised(struct json *json, const struct sb_comparison *result) {
    json_open(json, "normalised", '[');
    for (int pass = 0; pass < SB_PASSES; pass++) {
        const struct sb_nuisance *nuisance = &result->nuisances[pass];
        uint64_t a = result->counts_a[pass], b = result->counts_b[pass];
        if (a + b + nuisance->differ == 0)
            continue;
        json_open(json, NULL, '{');
        json_string(json, "pass", sb_passes[pass].name);
        json_number(json, "count", a + b);
        json_number(json, "a", a);
        json_number(json, "b", b);
        json_number(json, "differ", nuisance->differ);
        json_number(json, "pairs", nuisance->pairs);
        if (nuisance->differ) {
            json_open(json, "first", '{');
            json_string(json, "where", nuisance->where);
            json_string(json, "a", nuisance->a);
            json_string(json, "b", nuisance->b);
            json_close(json, '}');
        }
        json_close(json, '}');
    }
    json_close(json, ']');
}
