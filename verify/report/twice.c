/* Two builds of one engine, as verify reports them. */
#include "report/twice.h"

#include <stdlib.h>
#include <string.h>

#include "host/vary.h"
#include "report/report.h"

enum { FILES_SHOWN = 20 };

void report_twice_json(struct json *json, const struct twice_builds *builds) {
    const struct sb_twice *twice = &builds->twice;
    json_open(json, NULL, '{');
    json_string(json, "builder", twice->builder);
    json_string(json, "verdict", sb_verdict_name(twice->verdict));
    if (twice->layer)
        json_number(json, "layer", twice->layer);
    else
        json_null(json, "layer");
    json_string(json, "instruction", twice->instruction);
    json_open(json, "files", '[');
    for (size_t i = 0; i < twice->files.count; i++) {
        json_open(json, NULL, '{');
        json_string(json, "path", twice->files.items[i].path);
        json_string(json, "what", twice->files.items[i].what);
        json_close(json, '}');
    }
    json_close(json, ']');
    char *rest = vary_rest(builds->varied);
    json_open(json, "varied", '[');
    for (size_t i = 0; i < builds->varied->count; i++)
        json_string(json, NULL, builds->varied->items[i]);
    json_close(json, ']');
    json_open(json, "not_varied", '[');
    for (char *next = rest, *name; (name = strsep(&next, ", ")) != NULL;)
        if (*name)
            json_string(json, NULL, name);
    json_close(json, ']');
    json_number(json, "umask_modes", twice->umask_modes);
    json_close(json, '}');
    free(rest);
}

static void put_surroundings(struct text *text, const struct twice_builds *builds) {
    const struct sb_twice *twice = &builds->twice;
    char *rest = vary_rest(builds->varied);
    text_add(text, STYLE_PLAIN, "  varied:");
    for (size_t i = 0; i < builds->varied->count; i++)
        text_add(text, STYLE_PLAIN, "%s %s", i ? "," : "", builds->varied->items[i]);
    text_add(text, STYLE_PLAIN, "\n  not varied: %s\n", rest);
    if (twice->umask_modes)
        text_add(text, STYLE_PLAIN,
                 "  %zu entries take their mode from the umask, which engines set to 022 (not "
                 "counted as a difference)\n",
                 twice->umask_modes);
    free(rest);
}

void report_twice_text(struct text *text, const struct twice_builds *builds) {
    const struct sb_twice *twice = &builds->twice;
    text_add(text, STYLE_HEAD, "\n%s, built twice: ", twice->builder);
    report_text_verdict(text, twice->verdict);
    if (!twice->layer) {
        text_add(text, STYLE_PLAIN, ", every layer has the same bytes\n");
        put_surroundings(text, builds);
        return;
    }
    text_add(text, STYLE_PLAIN, "\n  the first layer that differs is %zu: %s\n", twice->layer,
             twice->instruction);
    for (size_t i = 0; i < twice->files.count && i < FILES_SHOWN; i++)
        text_add(text, STYLE_PLAIN, "    /%s  %s\n", twice->files.items[i].path,
                 twice->files.items[i].what);
    if (twice->earlier)
        text_add(text, STYLE_PLAIN, "  (layer %zu differs in times alone)\n", twice->earlier);
    if (twice->files.count > FILES_SHOWN)
        text_add(text, STYLE_PLAIN, "    and %zu more\n", twice->files.count - FILES_SHOWN);
    put_surroundings(text, builds);
}
