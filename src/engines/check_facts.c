/* A fact can say only what it is for: each has a grammar, a length and a range, and what is outside
 * of them is no fact, so it stays unexplained. The same are in docs/facts.schema.json. */
#include <stdio.h>

#include "base/buf.h"
#include "base/hex.h"
#include "base/time.h"
#include "engines/facts.h"
#include "image/reference.h"
#include "json/write.h"

enum {
    VERSION_SIZE = 64,
    OWNER_SIZE = 32, /* the field of a tar header */
    HOST_SIZE = 64,  /* HOST_NAME_MAX */
    NAME_SIZE = 255, /* of a file, of a reference */
    STATEMENT_SIZE = 8192,
    WRAP_HIGHEST = 1000,
    OPEN_TO_ALL = 07002 /* set-id, sticky, and write permission for all */
};

static int no_fact(struct sb_error *error, const char *what, struct sb_span value) {
    struct sb_buf text = SB_BUF_INIT;
    sb_buf_append_visible(&text, value);
    sb_error_set(error, SB_ERROR_USAGE, "facts: %s cannot be '%.60s' (docs/facts.md has its form)",
                 what, sb_buf_string(&text));
    sb_buf_release(&text);
    return -1;
}

static bool has_only(struct sb_span text, const char *allowed) {
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = text.data[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (!c || !strchr(allowed, c)))
            return false;
    }
    return true;
}

static bool is_version(struct sb_span text) {
    return text.size <= VERSION_SIZE &&
           (text.size == 0 || (text.data[0] >= '0' && text.data[0] <= '9')) &&
           has_only(text, ".+~-:");
}

static bool is_hex(struct sb_span text, size_t size) {
    return text.size == size && sb_hex_is_lower(text);
}

/* An id of 64 digits, with or without its algorithm. */
static bool is_id(struct sb_span text) {
    return is_hex(sb_span_starts(text, "sha256:") ? sb_span_from(text, 7) : text, 64);
}

static bool is_sum(struct sb_span text) {
    static const char *const kinds[] = {"file:", "dir:", "multi:"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (sb_span_starts(text, kinds[i]))
            return is_hex(sb_span_from(text, strlen(kinds[i])), 64);
    return false;
}

static bool is_moment(struct sb_span text) {
    return sb_time_kind(text) == SB_TIME_GOOD && text.size <= 35;
}

static bool is_name(struct sb_span text) {
    struct sb_arena arena = SB_ARENA_INIT;
    bool good = text.size <= NAME_SIZE && sb_reference_full(&arena, text).data;
    sb_arena_release(&arena);
    return good;
}

/* What Buildah says of the base, nothing for scratch, and since 1.40 of the image's time. */
static bool is_annotation(const struct sb_json *item) {
    static const struct {
        const char *name;
        bool (*is_value)(struct sb_span);
    } known[] = {{"org.opencontainers.image.base.digest", is_id},
                 {"org.opencontainers.image.base.name", is_name},
                 {"org.opencontainers.image.created", is_moment}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (sb_span_is(item->name, known[i].name))
            return item->type == SB_JSON_STRING &&
                   (!item->text.size || known[i].is_value(item->text));
    return false;
}

static int check_annotations(const struct sb_json *annotations, struct sb_error *error) {
    for (const struct sb_json *item = annotations ? annotations->first : NULL; item;
         item = item->next)
        if (!is_annotation(item))
            return no_fact(error, "an annotation", item->name);
    return 0;
}

/* BuildKit's provenance, as it is by default. */
static int check_attestation(const struct sb_json *statement, struct sb_error *error) {
    static const char *const members[] = {"_type", "predicateType", "subject", "predicate"};
    struct sb_buf text = SB_BUF_INIT;
    if (!statement)
        return 0;
    sb_json_write_go(&text, statement);
    bool good =
        text.size <= STATEMENT_SIZE &&
        sb_span_starts(sb_json_string(statement, "_type"), "https://in-toto.io/Statement/v") &&
        sb_span_starts(sb_json_string(statement, "predicateType"), "https://slsa.dev/provenance/v");
    for (const struct sb_json *item = statement->first; item && good; item = item->next) {
        bool known = false;
        for (size_t i = 0; i < sizeof members / sizeof *members; i++)
            known = known || sb_span_is(item->name, members[i]);
        good = known;
    }
    sb_buf_release(&text);
    return good ? 0 : no_fact(error, "an attestation", sb_json_string(statement, "_type"));
}

static int check_step(const struct sb_fact_step *step, struct sb_error *error) {
    if (!is_moment(step->created))
        return no_fact(error, "created", step->created);
    if (step->sum.size && !is_sum(step->sum))
        return no_fact(error, "a sum", step->sum);
    if (step->parent.size && !is_hex(step->parent, 12) && !is_id(step->parent))
        return no_fact(error, "a step's parent", step->parent);
    return 0;
}

static int check_image(const struct sb_fact_image *image, struct sb_error *error) {
    bool classic = image->builder->kind == SB_BUILDER_CLASSIC;
    if (!is_version(image->docker_version))
        return no_fact(error, "a version", image->docker_version);
    if (image->architecture.size > 16 || !has_only(image->architecture, "_"))
        return no_fact(error, "an architecture", image->architecture);
    if (image->variant.size > 8 || !has_only(image->variant, "."))
        return no_fact(error, "a variant", image->variant);
    if (image->created.size && !is_moment(image->created))
        return no_fact(error, "created", image->created);
    if (image->container.size && !is_hex(image->container, 64))
        return no_fact(error, "a container's id", image->container);
    if (image->hostname.size &&
        (classic ? !is_hex(image->hostname, 12)
                 : image->hostname.size > HOST_SIZE || !has_only(image->hostname, ".-_")))
        return no_fact(error, "a host name", image->hostname);
    if (image->parent.size && !is_id(image->parent))
        return no_fact(error, "a parent", image->parent);
    for (size_t i = 0; i < image->steps.count; i++)
        if (check_step(&image->steps.items[i], error) < 0)
            return -1;
    for (size_t i = 0; i < image->names.count; i++)
        if (!is_name(image->names.items[i]))
            return no_fact(error, "a name", image->names.items[i]);
    if (image->reference.size &&
        (image->reference.size > NAME_SIZE || !has_only(image->reference, "._-/:@")))
        return no_fact(error, "a reference", image->reference);
    return check_annotations(image->annotations, error) < 0
               ? -1
               : check_attestation(image->attestation, error);
}

/* RFC 1952 §2.3: what its programs put into a header. */
static int check_encoding(const struct sb_fact_encoding *encoding, struct sb_error *error) {
    char text[24];
    if (encoding->codec == SB_CODEC_BASE64) {
        snprintf(text, sizeof text, "%llu", (unsigned long long)encoding->wrap);
        return encoding->wrap <= WRAP_HIGHEST ? 0 : no_fact(error, "wrap", sb_span_string(text));
    }
    unsigned flags = encoding->extra_flags, os = encoding->os;
    snprintf(text, sizeof text, "%u", flags);
    if (flags != 0 && flags != 2 && flags != 4)
        return no_fact(error, "xfl", sb_span_string(text));
    snprintf(text, sizeof text, "%u", os);
    if (os > 13 && os != 255)
        return no_fact(error, "os", sb_span_string(text));
    bool good = encoding->name.size <= NAME_SIZE;
    for (size_t i = 0; i < encoding->name.size && good; i++)
        good = encoding->name.data[i] >= ' ' && encoding->name.data[i] != 0x7f &&
               encoding->name.data[i] != '/';
    return good ? 0 : no_fact(error, "a file's name", encoding->name);
}

int sb_facts_check(const struct sb_facts *facts, struct sb_error *error) {
    for (size_t i = 0; i < facts->images.count; i++)
        if (check_image(&facts->images.items[i], error) < 0)
            return -1;
    for (size_t i = 0; i < facts->owners.count; i++) {
        struct sb_span name = facts->owners.items[i].name;
        if (name.size > OWNER_SIZE || !has_only(name, "._-$@+ "))
            return no_fact(error, "an owner", name);
    }
    for (size_t i = 0; i < facts->encodings.count; i++)
        if (check_encoding(&facts->encodings.items[i], error) < 0)
            return -1;
    return 0;
}

static void report_mode(struct sb_findings *findings, size_t step, uint32_t mode) {
    char where[40];
    snprintf(where, sizeof where, "step %zu", step + 1);
    sb_finding_add(
        findings, SB_FINDING_FACT_MODE, where,
        "mode %04o: set-id, sticky bits and write permission for all come from the facts "
        "alone here, and are the source's to say",
        (unsigned)mode);
}

void sb_facts_report(const struct sb_facts *facts, struct sb_findings *findings) {
    for (size_t i = 0; i < facts->images.count; i++) {
        const struct sb_fact_image *image = &facts->images.items[i];
        for (size_t k = 0; k < image->steps.count; k++)
            for (size_t n = 0; n < image->steps.items[k].entry_count; n++)
                if (image->steps.items[k].entries[n].mode & OPEN_TO_ALL)
                    report_mode(findings, k, image->steps.items[k].entries[n].mode);
        if (image->names.count > 1)
            sb_finding_add(findings, SB_FINDING_FACT_NAMES, "names", "the image has %zu names",
                           image->names.count);
    }
}
