#include "engines/marked_json.h"

#include "json/write.h"

struct sb_json *sb_mark(struct sb_json *value, enum sb_heading heading) {
    value->mark = (unsigned char)(heading + 1);
    return value;
}

void sb_mark_rest(struct sb_json *value, enum sb_heading heading) {
    if (!value->mark)
        sb_mark(value, heading);
    for (struct sb_json *child = value->first; child; child = child->next)
        sb_mark_rest(child, heading);
}

static enum sb_heading heading_of(const struct sb_json *value) {
    return value->mark ? (enum sb_heading)(value->mark - 1) : SB_HEADING_PROFILE;
}

struct sb_json *sb_mark_string(struct sb_arena *arena, struct sb_span text,
                               enum sb_heading heading) {
    return sb_mark(sb_json_new_string(arena, text), heading);
}

/* The parts are children; a string has no others. */
struct sb_json *sb_mark_parts(struct sb_arena *arena) {
    return sb_json_new(arena, SB_JSON_STRING);
}

void sb_mark_part(struct sb_arena *arena, struct sb_json *string, struct sb_span text,
                  enum sb_heading heading) {
    if (text.size)
        sb_json_append(string, sb_mark_string(arena, text, heading));
}

struct sb_span sb_mark_text(struct sb_arena *arena, const struct sb_json *string) {
    struct sb_buf text = SB_BUF_INIT;
    if (!string->first)
        return string->text;
    for (const struct sb_json *part = string->first; part; part = part->next)
        sb_buf_append_span(&text, part->text);
    struct sb_span copy = sb_arena_copy(arena, sb_buf_span(&text));
    sb_buf_release(&text);
    return copy;
}

struct writer {
    struct sb_marked *out;
    const char *field;
    unsigned indent, level;
};

static void put(struct writer *writer, enum sb_heading heading, const char *text) {
    sb_marked_text(writer->out, heading, writer->field, text);
}

static void new_line(struct writer *writer) {
    if (!writer->indent)
        return;
    struct sb_buf text = SB_BUF_INIT;
    sb_buf_appendf(&text, "\n%*s", (int)(writer->indent * writer->level), "");
    put(writer, SB_HEADING_PROFILE, sb_buf_string(&text));
    sb_buf_release(&text);
}

/* Without its quotes. A digest's algorithm is what the profile always writes. */
static void put_escaped(struct writer *writer, struct sb_span text, enum sb_heading heading) {
    struct sb_buf quoted = SB_BUF_INIT;
    if (heading == SB_HEADING_DERIVED && sb_span_starts(text, "sha256:")) {
        put(writer, SB_HEADING_PROFILE, "sha256:");
        text = sb_span_from(text, 7);
    }
    sb_json_write_go_string(&quoted, text);
    sb_marked_append(writer->out, heading, writer->field,
                     sb_span_of(quoted.data + 1, quoted.size - 2));
    sb_buf_release(&quoted);
}

static void put_string(struct writer *writer, const struct sb_json *value) {
    put(writer, SB_HEADING_PROFILE, "\"");
    if (!value->first)
        put_escaped(writer, value->text, heading_of(value));
    for (const struct sb_json *part = value->first; part; part = part->next)
        put_escaped(writer, part->text, heading_of(part));
    put(writer, SB_HEADING_PROFILE, "\"");
}

static void put_value(struct writer *writer, const struct sb_json *value);

static void put_name(struct writer *writer, const struct sb_json *parent,
                     const struct sb_json *member) {
    put(writer, SB_HEADING_PROFILE, "\"");
    put_escaped(writer, member->name, heading_of(parent));
    put(writer, SB_HEADING_PROFILE, writer->indent ? "\": " : "\":");
}

static void put_children(struct writer *writer, const struct sb_json *value) {
    bool object = value->type == SB_JSON_OBJECT;
    const char *outer = writer->field;
    put(writer, SB_HEADING_PROFILE, object ? "{" : "[");
    writer->level++;
    for (const struct sb_json *child = value->first; child; child = child->next) {
        if (child != value->first)
            put(writer, SB_HEADING_PROFILE, ",");
        new_line(writer);
        if (object) {
            /* Names of a map from the source are no fields. */
            if (!value->mark)
                writer->field = (const char *)sb_arena_copy(&writer->out->arena, child->name).data;
            put_name(writer, value, child);
        }
        put_value(writer, child);
    }
    writer->level--;
    writer->field = outer;
    if (value->first)
        new_line(writer);
    put(writer, SB_HEADING_PROFILE, object ? "}" : "]");
}

static void put_value(struct writer *writer, const struct sb_json *value) {
    switch (value->type) {
    case SB_JSON_NULL:
        put(writer, heading_of(value), "null");
        break;
    case SB_JSON_FALSE:
        put(writer, heading_of(value), "false");
        break;
    case SB_JSON_TRUE:
        put(writer, heading_of(value), "true");
        break;
    case SB_JSON_NUMBER:
        sb_marked_append(writer->out, heading_of(value), writer->field, value->text);
        break;
    case SB_JSON_STRING:
        put_string(writer, value);
        break;
    case SB_JSON_ARRAY:
    case SB_JSON_OBJECT:
        put_children(writer, value);
        break;
    }
}

void sb_marked_json(struct sb_marked *out, const struct sb_json *value, unsigned indent) {
    struct writer writer = {out, "", indent, 0};
    put_value(&writer, value);
}

void sb_marked_json_sorted(struct sb_marked *out, struct sb_arena *arena,
                           const struct sb_json *object) {
    struct sb_json *sorted = sb_json_copy(arena, object);
    sb_json_sort(sorted);
    sb_marked_json(out, sorted, 0);
}
