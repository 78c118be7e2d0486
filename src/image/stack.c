/* What makes the layers of one image contradict each other: an entry alone does not say what it
 * becomes where its folders are another layer's, or nobody's. Engines differ in how they make such
 * folders (measured: Docker 20.10 and 28 with both stores, Podman 4 and 5). */
#include "image/internal.h"
#include "image/path.h"

enum { SET_GID = 02000 };

/* A folder on the way to entries, looked up below the layer at hand. */
struct ancestor {
    struct sb_span path;
    const struct sb_entry *own;   /* in the layer; NULL */
    const struct sb_entry *below; /* in the layers below, once somebody looked; NULL */
    bool looked, reported;        /* once is enough */
};

struct stack {
    const struct sb_image *image;
    struct sb_findings *findings;
    size_t layer;                  /* the one at hand */
    SB_VEC(struct ancestor) above; /* of the entry at hand, from the root */
};

/* Whether a layer removes path from the layers below it. */
static bool hides(const struct sb_layer *layer, struct sb_span path) {
    struct sb_buf name = SB_BUF_INIT;
    bool hidden = false;
    for (size_t end = path.size; end && !hidden;) {
        struct sb_span at = sb_span_of(path.data, end), parent = sb_path_parent(at);
        const struct sb_entry *entry = sb_layer_find(layer, at);
        name.size = 0;
        sb_buf_append_span(&name, parent);
        if (parent.size)
            sb_buf_append_byte(&name, '/');
        size_t folder = name.size;
        sb_buf_append_string(&name, ".wh.");
        sb_buf_append_span(&name, sb_path_base(at));
        hidden = sb_layer_find(layer, sb_buf_span(&name)) ||
                 (end < path.size && entry && entry->type != '5');
        name.size = folder;
        sb_buf_append_string(&name, ".wh..wh..opq");
        hidden = hidden || sb_layer_find(layer, sb_buf_span(&name));
        end = parent.size;
    }
    sb_buf_release(&name);
    return hidden;
}

static const struct sb_entry *find_below(const struct stack *stack, struct sb_span path) {
    for (size_t i = stack->layer; i-- > 0;) {
        const struct sb_layer *layer = stack->image->layers.items[i];
        const struct sb_entry *entry = sb_layer_find(layer, path);
        if (entry)
            return sb_layer_file_of(layer, entry);
        if (hides(layer, path))
            return NULL;
    }
    return NULL;
}

static void push_ancestor(struct stack *stack, struct sb_span folder) {
    struct ancestor *added = sb_vec_push(&stack->above);
    *added = (struct ancestor){.path = folder};
    added->own = sb_layer_find(stack->image->layers.items[stack->layer], folder);
}

/* Most folders have an entry before what is in them: then nobody asks what lies below. */
static void look_below(struct stack *stack, struct ancestor *ancestor) {
    if (!ancestor->looked)
        ancestor->below = find_below(stack, ancestor->path);
    ancestor->looked = true;
}

/* Brings the ancestors of a path up to date; paths come sorted, so most stay. */
static void find_ancestors(struct stack *stack, struct sb_span path) {
    size_t known = stack->above.count;
    while (known && !sb_path_is_below(path, stack->above.items[known - 1].path))
        known--;
    stack->above.count = known;
    if (known == 0 && path.size)
        push_ancestor(stack, sb_span_of(path.data, 0));
    for (size_t at = known ? stack->above.items[known - 1].path.size + 1 : 0; at < path.size; at++)
        if (path.data[at] == '/')
            push_ancestor(stack, sb_span_of(path.data, at));
}

static bool has_default_acl(const struct sb_entry *entry) {
    for (size_t i = 0; entry && i < entry->extra->xattr_count; i++)
        if (!entry->extra->xattrs[i].record &&
            sb_span_is(entry->extra->xattrs[i].name, "system.posix_acl_default"))
            return true;
    return false;
}

/* Whether what is made in a folder takes something over from it. */
static bool bequeaths(const struct sb_entry *folder) {
    return folder && folder->type == '5' &&
           ((folder->mode & SET_GID) != 0 || has_default_acl(folder));
}

static bool is_usual(const struct sb_entry *folder) {
    return folder->mode == 0755 && folder->uid == 0 && folder->gid == 0 &&
           folder->extra->xattr_count == 0;
}

static void report(struct stack *stack, enum sb_finding_kind kind, const struct sb_entry *entry,
                   struct ancestor *folder, const char *what) {
    struct sb_buf name = SB_BUF_INIT;
    if (folder->reported)
        return;
    folder->reported = true;
    sb_buf_append_visible(&name, folder->path);
    sb_finding_add(stack->findings, kind,
                   sb_layer_place(stack->image->layers.items[stack->layer], entry), "/%.200s %s",
                   sb_buf_string(&name), what);
    sb_buf_release(&name);
}

static void check_entry(struct stack *stack, const struct sb_entry *entry) {
    /* Of the folders of all layers, and of this one alone, which overlayfs' drivers unpack into an
     * empty folder. */
    bool inherits = false, inherits_here = false;
    find_ancestors(stack, entry->path);
    for (size_t i = 0; i < stack->above.count; i++) {
        struct ancestor *at = &stack->above.items[i];
        bool before = at->own && at->own->order < entry->order;
        if (!before)
            look_below(stack, at);
        const struct sb_entry *there = at->own ? at->own : at->below;
        if (!before && at->below && at->below->type != '5')
            report(stack, SB_FINDING_PATH_THROUGH_LINK, entry, at,
                   "is no folder in the layers below; engines differ here");
        else if (at->own && !before && has_default_acl(at->own))
            report(stack, SB_FINDING_FOLDER_INHERITS, entry, at,
                   "stands behind it, with a default ACL that only what comes after it takes over");
        else if (i > 0 && !at->own && (there ? inherits_here : inherits))
            report(stack, SB_FINDING_FOLDER_INHERITS, entry, at,
                   "has no entry, and stands below a folder with a set-gid bit or a default ACL: "
                   "every engine gives it another mode");
        else if (i > 0 && !at->own && at->below && !is_usual(at->below) && !entry->whiteout)
            report(stack, SB_FINDING_PARENT_MODE, entry, at,
                   "has no entry in this layer: overlay2 shows it as 0755 0:0, other stores as the "
                   "layers below have it");
        /* An entry behind what is in its folder finds the one of the layers below there. */
        inherits = there ? bequeaths(there) || (!before && bequeaths(at->below)) : inherits;
        inherits_here = at->own ? bequeaths(at->own) : inherits_here;
    }
}

void sb_image_check_stack(const struct sb_image *image, struct sb_findings *findings) {
    struct stack stack = {.image = image, .findings = findings};
    if (!findings)
        return;
    for (size_t i = 0; i < image->layers.count; i++)
        if (image->layers.items[i]->unread)
            return;
    findings->in_layer = true;
    for (; stack.layer < image->layers.count; stack.layer++) {
        const struct sb_layer *layer = image->layers.items[stack.layer];
        stack.above.count = 0;
        for (size_t i = 0; i < layer->entries.count; i++)
            check_entry(&stack, &layer->entries.items[i]);
    }
    findings->in_layer = false;
    sb_vec_release(&stack.above);
}
