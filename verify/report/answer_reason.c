/* The reason of a verdict, in a line. */
#include "report/answer.h"

#include <inttypes.h>

#include "compare/cause.h"

enum { KINDS_NAMED = 3, SETTINGS_NAMED = 2 };

static bool is_setting(const struct sb_difference *difference) {
    return strcmp(difference->kind, "config") == 0;
}

static bool is_of_pass(const struct sb_difference *difference) {
    return sb_pass_lookup(difference->kind) >= 0;
}

/* "file-timestamps 4, image-timestamps 1, and 2 more kinds" */
static void append_nuisances(struct sb_buf *buf, const struct sb_comparison *result) {
    uint64_t values;
    size_t kinds = answer_kinds(result, &values);
    bool done[SB_PASSES] = {false};
    for (size_t i = 0; i < kinds && i < KINDS_NAMED; i++) {
        int pass = answer_next_pass(result, done);
        const struct sb_nuisance *nuisance = &result->nuisances[pass];
        done[pass] = true;
        sb_buf_appendf(buf, "%s%s of %" PRIu64 " %s", i ? ", " : "", sb_passes[pass].name,
                       nuisance->differ, sb_passes[pass].counts);
    }
    if (kinds > KINDS_NAMED)
        sb_buf_appendf(buf, ", and %zu more kinds", kinds - KINDS_NAMED);
}

static void append_reproduced(struct sb_buf *buf, const struct sb_comparison *result) {
    uint64_t values;
    size_t kinds = answer_kinds(result, &values);
    if (kinds == 0) {
        sb_buf_append_string(buf, "same files and configuration");
    } else if (values == 1) {
        bool done[SB_PASSES] = {false};
        const struct sb_nuisance *nuisance = &result->nuisances[answer_next_pass(result, done)];
        sb_buf_append_string(buf, "all but one value is equal: ");
        answer_values(buf, nuisance->where, nuisance->a, nuisance->b);
    } else {
        sb_buf_append_string(buf, "same files and configuration; only these differ: ");
        append_nuisances(buf, result);
    }
}

struct tally {
    size_t entries, settings, kept, others; /* others: platforms, how many layers there are */
    size_t caused, of_packages, unknown;    /* of all of them, those that a baseline allows aside */
    size_t layers;
};

static struct tally count_differences(const struct sb_comparison *result) {
    struct tally tally = {0};
    const char *last = NULL;
    for (size_t i = 0; i < result->differences.count; i++) {
        const struct sb_difference *difference = &result->differences.items[i];
        struct sb_span path = sb_difference_path(difference);
        /* Mode, owner and content of one file are one entry. */
        tally.entries += path.size && !(last && strcmp(last, difference->where) == 0);
        tally.settings += is_setting(difference);
        tally.kept += is_of_pass(difference);
        tally.others += !path.size && !is_setting(difference) && !is_of_pass(difference);
        last = difference->where;
        if (difference->reason)
            continue;
        if (!difference->cause)
            tally.unknown++;
        else if (difference->cause->class == SB_CAUSE_PACKAGE)
            tally.of_packages++;
        else
            tally.caused++;
    }
    for (size_t i = 0; i < result->layers.count; i++)
        tally.layers += result->layers.items[i].differ > 0;
    return tally;
}

static void append_settings(struct sb_buf *buf, const struct sb_comparison *result) {
    bool first = true;
    for (size_t i = 0; i < result->differences.count; i++) {
        const struct sb_difference *difference = &result->differences.items[i];
        if (!is_setting(difference))
            continue;
        sb_buf_append_string(buf, first ? "" : ", ");
        answer_values(buf, difference->where, difference->a, difference->b);
        first = false;
    }
}

static void append_kept(struct sb_buf *buf, const struct sb_comparison *result) {
    bool first = true;
    for (size_t i = 0; i < result->differences.count; i++) {
        const struct sb_difference *difference = &result->differences.items[i];
        if (!is_of_pass(difference))
            continue;
        sb_buf_appendf(buf, "%s%s (kept): ", first ? "" : "; ", difference->kind);
        answer_values(buf, difference->where, difference->a, difference->b);
        first = false;
    }
}

static void append_causes(struct sb_buf *buf, const struct tally *tally) {
    size_t all = tally->caused + tally->of_packages + tally->unknown;
    if (tally->of_packages)
        sb_buf_appendf(buf, "; %zu in packages that moved", tally->of_packages);
    if (tally->caused)
        sb_buf_appendf(buf, "; %s%zu of known causes",
                       tally->caused == all && all > 1 ? "all " : "", tally->caused);
    if (tally->unknown && tally->unknown < all)
        sb_buf_appendf(buf, ", %zu unknown", tally->unknown);
}

static const char *plural(size_t count, const char *one, const char *many) {
    return count == 1 ? one : many;
}

static void append_different(struct sb_buf *buf, const struct sb_comparison *result) {
    struct tally tally = count_differences(result);
    if (tally.entries == 0 && tally.settings == 0 && tally.kept) {
        sb_buf_append_string(buf, "same files and configuration; ");
        append_kept(buf, result);
        return;
    }
    if (tally.entries == 0 && tally.settings && tally.settings <= SETTINGS_NAMED && !tally.others) {
        sb_buf_append_string(buf, "same files; ");
        append_settings(buf, result);
    } else if (tally.entries || tally.settings) {
        if (tally.entries)
            sb_buf_appendf(buf, "%zu %s", tally.entries, plural(tally.entries, "entry", "entries"));
        if (tally.entries && tally.layers)
            sb_buf_appendf(buf, " in %zu %s", tally.layers,
                           plural(tally.layers, "layer", "layers"));
        if (tally.settings)
            sb_buf_appendf(buf, "%s%zu %s", tally.entries ? ", " : "", tally.settings,
                           plural(tally.settings, "setting", "settings"));
    } else {
        sb_buf_append_string(buf, "the images run differently");
    }
    append_causes(buf, &tally);
    if (tally.kept) {
        sb_buf_append_string(buf, "; ");
        append_kept(buf, result);
    }
}

static void append_equivalent(struct sb_buf *buf, const struct sb_comparison *result) {
    size_t a = 0, b = 0;
    for (size_t i = 0; i < result->layers.count; i++) {
        a += result->layers.items[i].a > 0;
        b += result->layers.items[i].b > 0;
    }
    sb_buf_appendf(buf, "same files and configuration; layers are cut differently (%zu | %zu)", a,
                   b);
}

void answer_reason(struct sb_buf *buf, const struct sb_comparison *result) {
    switch (result->verdict) {
    case SB_VERDICT_IDENTICAL:
        sb_buf_append_string(buf, "the same bytes");
        break;
    case SB_VERDICT_REPRODUCED:
        append_reproduced(buf, result);
        break;
    case SB_VERDICT_EQUIVALENT:
        append_equivalent(buf, result);
        break;
    case SB_VERDICT_DIFFERENT:
        append_different(buf, result);
        break;
    }
}
