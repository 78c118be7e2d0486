#include "report/holding.h"

#include <inttypes.h>
#include <stdio.h>

#include "json/write.h"

enum { FOLDERS = 5 };

/* Members of the configuration that say what runs, in the order in which people ask. */
static const char *const members[] = {"Entrypoint",   "Cmd",     "User",   "WorkingDir", "Env",
                                      "ExposedPorts", "Volumes", "Labels", "StopSignal"};

static bool is_said(const struct sb_json *value) {
    return value && value->type != SB_JSON_NULL && (value->count || value->text.size);
}

/* A size in 10^3, with one digit behind the point. */
static void size_text(char *text, size_t room, uint64_t size) {
    if (size < 10000)
        snprintf(text, room, "%" PRIu64 " B", size);
    else if (size < 10000000)
        snprintf(text, room, "%.1f kB", (double)size / 1e3);
    else
        snprintf(text, room, "%.1f MB", (double)size / 1e6);
}

static void text_runs(struct text *text, const struct sb_image *image) {
    const struct sb_json *run = sb_json_member(image->config, "config");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const struct sb_json *value = sb_json_member(run, members[i]);
        if (!is_said(value))
            continue;
        struct sb_buf json = SB_BUF_INIT, visible = SB_BUF_INIT;
        sb_json_write_canonical(&json, value);
        sb_buf_append_visible(&visible, sb_buf_span(&json));
        text_add(text, STYLE_PLAIN, "  %-12s %s\n", members[i], sb_buf_string(&visible));
        sb_buf_release(&json);
        sb_buf_release(&visible);
    }
}

/* "132 of dpkg, 4 of pip" */
static void append_packages(struct sb_buf *buf, const struct sb_packages *packages) {
    for (size_t i = 0, run; i < packages->list.count; i += run) {
        const char *manager = packages->list.items[i].manager;
        for (run = 1; i + run < packages->list.count &&
                      strcmp(packages->list.items[i + run].manager, manager) == 0;)
            run++;
        sb_buf_appendf(buf, "%s%zu of %s", i ? ", " : "", run, manager);
    }
}

static void text_holds(struct text *text, const struct sb_holdings *holdings) {
    char size[32];
    struct sb_buf packages = SB_BUF_INIT;
    size_text(size, sizeof size, holdings->bytes);
    append_packages(&packages, &holdings->packages);
    text_add(text, STYLE_PLAIN, "  %-12s %" PRIu64 " entries, %s\n", "holds", holdings->entries,
             size);
    if (packages.size)
        text_add(text, STYLE_PLAIN, "  %-12s %s\n", "packages", sb_buf_string(&packages));
    for (size_t i = 0; i < holdings->packages.unread.count; i++)
        text_add(text, STYLE_PLAIN, "  %-12s /%s is not read\n", "packages",
                 holdings->packages.unread.items[i]);
    for (size_t i = 0; i < holdings->set_id.count; i++) {
        struct sb_buf path = SB_BUF_INIT;
        sb_buf_append_visible(&path, holdings->set_id.items[i]);
        text_add(text, STYLE_WARN, "  %-12s /%s\n", i ? "" : "set-id", sb_buf_string(&path));
        sb_buf_release(&path);
    }
    for (size_t i = 0; i < holdings->folders.count && i < FOLDERS; i++) {
        struct sb_buf path = SB_BUF_INIT;
        sb_buf_append_visible(&path, holdings->folders.items[i].path);
        size_text(size, sizeof size, holdings->folders.items[i].bytes);
        text_add(text, STYLE_PLAIN, "  %-12s /%s %s\n", i ? "" : "largest", sb_buf_string(&path),
                 size);
        sb_buf_release(&path);
    }
    sb_buf_release(&packages);
}

void report_holding_text(struct text *text, const struct sb_image *image,
                         const struct sb_holdings *holdings) {
    text_runs(text, image);
    text_holds(text, holdings);
    text_add(text, STYLE_HEAD, "  %-6s %8s %8s %8s %14s\n", "layer", "new", "changed", "gone",
             "hidden later");
    for (size_t i = 0; i < holdings->layers.count; i++) {
        const struct sb_holdings_layer *layer = &holdings->layers.items[i];
        char hidden[32];
        size_text(hidden, sizeof hidden, layer->hidden);
        text_add(text, STYLE_PLAIN, "  %-6zu %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %14s\n", i + 1,
                 layer->fresh, layer->changed, layer->whiteouts, hidden);
    }
}

/* A value of the configuration as the document has it. */
static void json_copy(struct json *json, const char *name, const struct sb_json *value) {
    switch ((enum sb_json_type)value->type) {
    case SB_JSON_NULL:
        json_null(json, name);
        return;
    case SB_JSON_FALSE:
        json_bool(json, name, false);
        return;
    case SB_JSON_TRUE:
        json_bool(json, name, true);
        return;
    case SB_JSON_NUMBER:
    case SB_JSON_STRING:
        json_bytes(json, name, value->text);
        return;
    case SB_JSON_ARRAY:
    case SB_JSON_OBJECT:
        break;
    }
    bool object = value->type == SB_JSON_OBJECT;
    json_open(json, name, object ? '{' : '[');
    for (const struct sb_json *child = value->first; child; child = child->next) {
        struct sb_buf key = SB_BUF_INIT;
        sb_buf_append_visible(&key, child->name);
        json_copy(json, object ? sb_buf_string(&key) : NULL, child);
        sb_buf_release(&key);
    }
    json_close(json, object ? '}' : ']');
}

void report_holding_json(struct json *json, const struct sb_image *image,
                         const struct sb_holdings *holdings) {
    const struct sb_json *run = sb_json_member(image->config, "config");
    json_open(json, "runs", '{');
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const struct sb_json *value = sb_json_member(run, members[i]);
        if (is_said(value))
            json_copy(json, members[i], value);
    }
    json_close(json, '}');
    json_open(json, "holds", '{');
    json_number(json, "entries", holdings->entries);
    json_number(json, "bytes", holdings->bytes);
    json_open(json, "set_id", '[');
    for (size_t i = 0; i < holdings->set_id.count; i++)
        json_bytes(json, NULL, holdings->set_id.items[i]);
    json_close(json, ']');
    json_open(json, "packages", '[');
    for (size_t i = 0; i < holdings->packages.list.count; i++) {
        const struct sb_package *package = &holdings->packages.list.items[i];
        json_open(json, NULL, '{');
        json_string(json, "manager", package->manager);
        json_string(json, "name", package->name);
        json_string(json, "version", package->version);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_open(json, "layers", '[');
    for (size_t i = 0; i < holdings->layers.count; i++) {
        const struct sb_holdings_layer *layer = &holdings->layers.items[i];
        json_open(json, NULL, '{');
        json_number(json, "new", layer->fresh);
        json_number(json, "changed", layer->changed);
        json_number(json, "gone", layer->whiteouts);
        json_number(json, "hidden_bytes", layer->hidden);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}
