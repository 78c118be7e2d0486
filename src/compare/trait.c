#include "compare/trait.h"

#include <stdlib.h>

#include "base/number.h"
#include "json/value.h"

/* One difference, seen from the builder whose habit it might be. */
struct view {
    const struct sb_image *own, *other;
    const char *where;
    const char *own_value, *other_value; /* NULL: not there */
};

static const struct sb_json *member_of(const struct sb_image *image, const char *name) {
    return sb_json_member(sb_json_member(image->config, "config"), name);
}

static bool lacks(const struct view *view) {
    return !view->own_value;
}

static bool has_alone(const struct view *view) {
    return !view->other_value;
}

/* /bin/sh -c TEXT against SHELL… TEXT. */
static bool ran_by_sh(const struct view *view, const char *name) {
    const struct sb_json *own = member_of(view->own, name), *other = member_of(view->other, name);
    if (!own || !other || own->type != SB_JSON_ARRAY || other->type != SB_JSON_ARRAY ||
        own->count != 3 || other->count < 2)
        return false;
    const struct sb_json *last = own->last, *theirs = other->last;
    return sb_json_is_string(own->first, "/bin/sh") && sb_json_is_string(own->first->next, "-c") &&
           last->type == SB_JSON_STRING && theirs->type == SB_JSON_STRING &&
           sb_span_equal(last->text, theirs->text) && member_of(view->other, "Shell");
}

static bool command_by_sh(const struct view *view) {
    return ran_by_sh(view, "Cmd");
}

static bool entrypoint_by_sh(const struct view *view) {
    return ran_by_sh(view, "Entrypoint");
}

/* FIRST-LAST/PROTOCOL or PORT/PROTOCOL. */
static bool parse_ports(struct sb_span text, uint64_t *first, uint64_t *last,
                        struct sb_span *protocol) {
    const unsigned char *slash = memchr(text.data, '/', text.size);
    if (!slash)
        return false;
    struct sb_span ports = sb_span_of(text.data, (size_t)(slash - text.data));
    const unsigned char *dash = memchr(ports.data, '-', ports.size);
    struct sb_span low = dash ? sb_span_of(ports.data, (size_t)(dash - ports.data)) : ports;
    struct sb_span high = dash ? sb_span_from(ports, low.size + 1) : ports;
    *protocol = sb_span_from(text, (size_t)(slash - text.data));
    return sb_number_decimal(low, UINT16_MAX, first) && sb_number_decimal(high, UINT16_MAX, last) &&
           *first <= *last;
}

static bool has_port(const struct sb_json *ports, uint64_t port, struct sb_span protocol) {
    for (const struct sb_json *item = ports->first; item; item = item->next) {
        uint64_t first, last;
        struct sb_span own;
        if (parse_ports(item->name, &first, &last, &own) && sb_span_equal(own, protocol) &&
            port >= first && port <= last)
            return true;
    }
    return false;
}

static bool holds_ports(const struct sb_json *all, const struct sb_json *some) {
    for (const struct sb_json *item = some->first; item; item = item->next) {
        uint64_t first, last;
        struct sb_span protocol;
        if (!parse_ports(item->name, &first, &last, &protocol))
            return false;
        for (uint64_t port = first; port <= last; port++)
            if (!has_port(all, port, protocol))
                return false;
    }
    return true;
}

/* The same ports, whether or not a range is written out. */
static bool same_ports(const struct view *view) {
    enum { PORTS_MAX = 1024 }; /* every port of one is looked for in the other */
    const struct sb_json *own = member_of(view->own, "ExposedPorts");
    const struct sb_json *other = member_of(view->other, "ExposedPorts");
    return own && other && own->count <= PORTS_MAX && other->count <= PORTS_MAX &&
           holds_ports(own, other) && holds_ports(other, own);
}

static bool drops_set_id(const struct view *view) {
    enum { SET_ID = 06000 };
    if (!view->own_value || !view->other_value)
        return false;
    unsigned long own = strtoul(view->own_value, NULL, 8);
    unsigned long other = strtoul(view->other_value, NULL, 8);
    return !(own & SET_ID) && own == (other & ~(unsigned long)SET_ID);
}

/* A folder that WORKDIR names, or one above it. */
static bool lacks_workdir(const struct view *view) {
    struct sb_span workdir =
        sb_json_string(sb_json_member(view->other->config, "config"), "WorkingDir");
    const char *path = strchr(view->where, '/');
    if (!path || view->own_value || !view->other_value ||
        strncmp(view->other_value, "folder", 6) != 0)
        return false;
    size_t size = strlen(path);
    return sb_span_starts(workdir, path) && (workdir.size == size || workdir.data[size] == '/');
}

static size_t count_workdirs(const struct sb_image *image) {
    const struct sb_json *history = sb_json_member(image->config, "history");
    size_t count = 0;
    for (const struct sb_json *item = history ? history->first : NULL; item; item = item->next) {
        struct sb_span text = sb_json_string(item, "created_by");
        count += text.data && memmem(text.data, text.size, "WORKDIR ", 8) != NULL;
    }
    return count;
}

static bool lacks_workdir_layers(const struct view *view) {
    if (!view->own_value || !view->other_value)
        return false;
    unsigned long own = strtoul(view->own_value, NULL, 10);
    unsigned long other = strtoul(view->other_value, NULL, 10);
    return own < other && other - own <= count_workdirs(view->other);
}

enum { CLASSIC = 1 << SB_BUILDER_CLASSIC, BUILDAH = 1 << SB_BUILDER_BUILDAH };

struct trait {
    const char *where; /* begins so; NULL: any file */
    const char *kind;
    unsigned builders; /* one side is built by these, the other by none of them */
    bool oci_only;     /* and writes OCI's form */
    bool (*fits)(const struct view *view);
    const char *text;
};

static const struct trait traits[] = {
    {"config.Healthcheck", "config", BUILDAH, true, lacks,
     "Buildah's OCI format has no place for HEALTHCHECK and drops it (--format docker keeps it)"},
    {"config.OnBuild", "config", BUILDAH, true, lacks,
     "Buildah's OCI format has no place for ONBUILD and drops it (--format docker keeps it)"},
    {"config.Shell", "config", BUILDAH, true, lacks,
     "Buildah's OCI format has no place for SHELL and drops it (--format docker keeps it)"},
    {"config.Cmd", "config", BUILDAH, false, command_by_sh,
     "Buildah runs a shell-form CMD by /bin/sh, whatever SHELL says"},
    {"config.Entrypoint", "config", BUILDAH, false, entrypoint_by_sh,
     "Buildah runs a shell-form ENTRYPOINT by /bin/sh, whatever SHELL says"},
    {"config.ExposedPorts", "config", BUILDAH, false, same_ports,
     "Buildah keeps a range of EXPOSE as it is written, Docker's builders list the ports"},
    {NULL, "mode", CLASSIC | BUILDAH, false, drops_set_id,
     "the classic builder and Buildah drop set-id bits of copied files, BuildKit keeps them"},
    {NULL, "entry", BUILDAH, false, lacks_workdir,
     "Podman and Buildah do not make the folder that WORKDIR names, Docker's builders do"},
    {"rootfs", "layers", BUILDAH, false, lacks_workdir_layers,
     "Podman and Buildah make no layer of WORKDIR, Docker's builders do"},
    {NULL, "xattr", BUILDAH, false, has_alone,
     "Buildah keeps extended attributes of copied files, Docker's builders lose them"},
};

static bool is_built_by(const struct sb_built *built, const struct trait *trait) {
    return trait->builders & 1u << built->builder->kind &&
           (!trait->oci_only || built->builder->style == SB_CONFIG_OCI);
}

static bool is_placed(const struct trait *trait, const char *where) {
    return trait->where ? strncmp(where, trait->where, strlen(trait->where)) == 0
                        : strncmp(where, "layer ", 6) == 0 || strncmp(where, "rootfs", 6) == 0;
}

const char *sb_trait_find(const struct sb_difference *difference, const struct sb_built *a,
                          const struct sb_built *b, bool *of_a) {
    if (!a->builder || !b->builder)
        return NULL;
    for (size_t i = 0; i < sizeof traits / sizeof *traits; i++) {
        const struct trait *trait = &traits[i];
        *of_a = is_built_by(a, trait);
        struct view view = {
            .own = *of_a ? a->image : b->image,
            .other = *of_a ? b->image : a->image,
            .where = difference->where,
            .own_value = *of_a ? difference->a : difference->b,
            .other_value = *of_a ? difference->b : difference->a,
        };
        if (*of_a != is_built_by(b, trait) && strcmp(difference->kind, trait->kind) == 0 &&
            is_placed(trait, difference->where) && trait->fits(&view))
            return trait->text;
    }
    return NULL;
}
