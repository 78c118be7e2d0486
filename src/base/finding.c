#include "base/finding.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/limits.h"

static const struct {
    const char *name;
    enum sb_severity severity;
    enum sb_ambiguity ambiguity;
    const char *meaning;
} kinds[] = {
#define SB_KIND(id, name, grade, ambiguous, meaning) {name, SB_##grade, ambiguous, meaning},
#include "base/kinds.def"
#undef SB_KIND
};

void sb_findings_release(struct sb_findings *findings) {
    sb_arena_release(&findings->arena);
    sb_vec_release(&findings->list);
}

void sb_finding_add(struct sb_findings *findings, enum sb_finding_kind kind, const char *where,
                    const char *what, ...) {
    if (!findings)
        return;
    /* One of each kind is always kept: what makes an input ambiguous must not drown in others. */
    if (findings->list.count >= SB_LIMIT_FINDINGS && findings->seen[findings->in_layer][kind]) {
        findings->dropped++;
        return;
    }
    findings->seen[findings->in_layer][kind] = true;
    char text[512];
    va_list arguments;
    va_start(arguments, what);
    vsnprintf(text, sizeof text, what, arguments);
    va_end(arguments);
    /* The same thing twice says nothing new: one image is read on more than one way in. */
    for (size_t i = findings->list.count; i-- > 0 && findings->list.count - i < 64;) {
        struct sb_finding *old = &findings->list.items[i];
        if (old->kind == kind && old->in_layer == findings->in_layer &&
            strcmp(old->where, where) == 0 && strcmp(old->what, text) == 0)
            return;
    }
    struct sb_finding *finding = sb_vec_push(&findings->list);
    finding->kind = kind;
    finding->in_layer = findings->in_layer;
    finding->ambiguous = kinds[kind].ambiguity == SB_ALWAYS ||
                         (kinds[kind].ambiguity == SB_IN_ENVELOPE && !findings->in_layer);
    finding->where = (const char *)sb_arena_copy(&findings->arena, sb_span_string(where)).data;
    finding->what = (const char *)sb_arena_copy(&findings->arena, sb_span_string(text)).data;
}

static const struct {
    const char *name;
    uint64_t standard;
} limits[SB_LIMITS] = {
    [SB_LIMIT_ENTRIES] = {"entries", SB_LIMIT_ENTRIES_STANDARD},
    [SB_LIMIT_UNPACKED] = {"unpacked", SB_LIMIT_UNPACKED_STANDARD},
    [SB_LIMIT_JSON_SIZE] = {"json-size", SB_LIMIT_JSON_SIZE_STANDARD},
    [SB_LIMIT_JSON_VALUES] = {"json-values", SB_LIMIT_JSON_VALUES_STANDARD},
    [SB_LIMIT_AUDIT_SIZE] = {"audit-size", SB_LIMIT_AUDIT_SIZE_STANDARD},
};

uint64_t sb_limit_of(const struct sb_findings *findings, enum sb_limit limit) {
    return findings && findings->limits[limit] ? findings->limits[limit] : limits[limit].standard;
}

const char *sb_limit_name(enum sb_limit limit) {
    return limits[limit].name;
}

const char *sb_finding_name(enum sb_finding_kind kind) {
    return kinds[kind].name;
}

const char *sb_finding_meaning(enum sb_finding_kind kind) {
    return kinds[kind].meaning;
}

enum sb_severity sb_finding_severity(enum sb_finding_kind kind) {
    return kinds[kind].severity;
}

const char *sb_finding_severity_name(enum sb_finding_kind kind) {
    static const char *const names[] = {"info", "warning", "alarm"};
    return names[kinds[kind].severity];
}

enum sb_ambiguity sb_finding_ambiguity(enum sb_finding_kind kind) {
    return kinds[kind].ambiguity;
}

bool sb_findings_have(const struct sb_findings *findings, enum sb_finding_kind kind) {
    return findings->seen[0][kind] || findings->seen[1][kind];
}

void sb_findings_forget(struct sb_findings *findings, enum sb_finding_kind kind) {
    size_t kept = 0;
    for (size_t i = 0; i < findings->list.count; i++)
        if (findings->list.items[i].kind != kind)
            findings->list.items[kept++] = findings->list.items[i];
    findings->list.count = kept;
    findings->seen[0][kind] = findings->seen[1][kind] = false;
}

int sb_finding_lookup(const char *name) {
    for (int kind = 0; kind < SB_FINDING_KINDS; kind++)
        if (strcmp(kinds[kind].name, name) == 0)
            return kind;
    return -1;
}
