#include "report/json.h"

#include "json/write.h"

static void begin(struct json *json, const char *name) {
    if (json->comma)
        sb_buf_append_byte(&json->text, ',');
    if (json->depth)
        sb_buf_append_byte(&json->text, '\n');
    for (unsigned i = 0; i < json->depth; i++)
        sb_buf_append_string(&json->text, "  ");
    if (name) {
        sb_json_write_string(&json->text, sb_span_string(name));
        sb_buf_append_string(&json->text, ": ");
    }
    json->comma = true;
}

void json_open(struct json *json, const char *name, char bracket) {
    begin(json, name);
    sb_buf_append_byte(&json->text, (unsigned char)bracket);
    json->depth++;
    json->comma = false;
}

void json_close(struct json *json, char bracket) {
    json->depth--;
    if (json->comma) {
        sb_buf_append_byte(&json->text, '\n');
        for (unsigned i = 0; i < json->depth; i++)
            sb_buf_append_string(&json->text, "  ");
    }
    sb_buf_append_byte(&json->text, (unsigned char)bracket);
    json->comma = true;
    if (json->depth == 0)
        sb_buf_append_byte(&json->text, '\n');
}

void json_bytes(struct json *json, const char *name, struct sb_span value) {
    struct sb_buf visible = SB_BUF_INIT;
    begin(json, name);
    sb_buf_append_visible(&visible, value);
    sb_json_write_string(&json->text, sb_buf_span(&visible));
    sb_buf_release(&visible);
}

/* Text of the program's own, in which names were made visible before. */
void json_string(struct json *json, const char *name, const char *value) {
    if (!value) {
        json_null(json, name);
        return;
    }
    begin(json, name);
    sb_json_write_string(&json->text, sb_span_string(value));
}

void json_number(struct json *json, const char *name, uint64_t value) {
    begin(json, name);
    sb_buf_appendf(&json->text, "%llu", (unsigned long long)value);
}

void json_offset(struct json *json, const char *name, int64_t value) {
    if (value < 0)
        json_null(json, name);
    else
        json_number(json, name, (uint64_t)value);
}

void json_bool(struct json *json, const char *name, bool value) {
    begin(json, name);
    sb_buf_append_string(&json->text, value ? "true" : "false");
}

void json_null(struct json *json, const char *name) {
    begin(json, name);
    sb_buf_append_string(&json->text, "null");
}

void json_digest(struct json *json, const char *name, const struct sb_digest *value) {
    char text[SB_DIGEST_TEXT];
    if (value)
        sb_digest_format(value, text);
    json_string(json, name, value ? text : NULL);
}

void json_digests(struct json *json, const char *name, const struct sb_digest *values, size_t count,
                  bool list) {
    if (!list) {
        json_digest(json, name, count ? values : NULL);
        return;
    }
    json_open(json, name, '[');
    for (size_t i = 0; i < count; i++)
        json_digest(json, NULL, &values[i]);
    json_close(json, ']');
}

void json_release(struct json *json) {
    sb_buf_release(&json->text);
}
