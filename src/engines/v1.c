/* Moby's V1 images: what `docker save` still writes for engines of before 1.10 (moby image/v1). */
#include "engines/internal.h"

static void add_fact(struct sb_arena *arena, struct sb_json *object, const char *name,
                     struct sb_span value) {
    if (value.size)
        sb_json_add(object, name, sb_mark_string(arena, value, SB_HEADING_FACT));
}

/* V1Image without id and parent, and without os below the top: what its id is made of. */
static struct sb_json *body(struct sb_profile_writing *writing,
                            const struct sb_profile_image *image, bool top) {
    struct sb_arena *arena = &writing->arena;
    struct sb_json *v1 = sb_json_new(arena, SB_JSON_OBJECT);
    /* The engine that saves reads the configuration and writes it again. */
    enum sb_zeros zeros = writing->facts->profile->short_config ? SB_ZEROS_SHORT : SB_ZEROS_NULL;
    if (!top) {
        sb_json_add_string(arena, v1, "created", sb_span_string("1970-01-01T00:00:00Z"));
        sb_json_add(v1, "container_config",
                    sb_profile_docker_config(arena, NULL, sb_span_of(NULL, 0), sb_span_of(NULL, 0),
                                             SB_HEADING_PROFILE, NULL, zeros));
        return v1;
    }
    size_t last = image->source->steps.count - 1;
    const struct sb_build_step *said = &image->source->steps.items[last];
    bool docker = image->facts->builder->style == SB_CONFIG_DOCKER;
    enum sb_heading heading = image->facts->parent.size ? SB_HEADING_FACT : SB_HEADING_DERIVED;
    add_fact(arena, v1, "created", image->created);
    if (docker)
        add_fact(arena, v1, "container", image->facts->container);
    sb_json_add(v1, "container_config",
                docker ? sb_profile_container_config(arena, image, last, image->parent)
                       : sb_profile_docker_config(arena, NULL, sb_span_of(NULL, 0),
                                                  sb_span_of(NULL, 0), SB_HEADING_PROFILE, NULL,
                                                  zeros));
    if (docker)
        add_fact(arena, v1, "docker_version", image->facts->docker_version);
    if (said->author.size)
        sb_json_add(v1, "author", sb_mark_string(arena, said->author, SB_HEADING_SOURCE));
    sb_json_add(v1, "config",
                sb_profile_docker_config(arena, said->run, sb_span_of(NULL, 0), image->parent,
                                         heading, NULL, zeros));
    add_fact(arena, v1, "architecture", image->facts->architecture);
    add_fact(arena, v1, "variant", image->facts->variant);
    if (writing->facts->profile->os_member)
        sb_json_add_string(arena, v1, "os", sb_span_string("linux"));
    return v1;
}

/* The id: of the members as a sorted map, with the chain id and the parent's id. */
static void make_id(struct sb_profile_writing *writing, const struct sb_profile_layer *layer,
                    const struct sb_json *v1, const char *parent, char id[65]) {
    struct sb_arena *arena = &writing->arena;
    struct sb_json *map = sb_json_copy(arena, v1);
    struct sb_marked text = SB_MARKED_INIT;
    sb_json_add(map, "layer_id", sb_profile_digest(arena, &layer->chain_id));
    if (parent)
        sb_json_add_string(arena, map, "parent",
                           sb_span_string(sb_arena_printf(arena, "sha256:%s", parent)));
    sb_marked_json_sorted(&text, arena, map);
    struct sb_digest digest = sb_profile_digest_of(&text);
    sb_digest_format_hex(&digest, id);
    sb_marked_release(&text);
}

void sb_profile_make_v1(struct sb_profile_writing *writing, const struct sb_profile_image *image,
                        struct sb_profile_v1 *v1) {
    struct sb_arena *arena = &writing->arena;
    for (size_t i = 0; i < image->layer_count; i++) {
        bool top = i + 1 == image->layer_count;
        const char *parent = i ? v1[i - 1].id : NULL;
        struct sb_json *members = body(writing, image, top);
        struct sb_json *whole = sb_json_new(arena, SB_JSON_OBJECT);
        make_id(writing, &image->layers[i], members, parent, v1[i].id);
        sb_json_add(whole, "id",
                    sb_mark_string(arena, sb_span_string(v1[i].id), SB_HEADING_DERIVED));
        if (parent)
            sb_json_add(whole, "parent",
                        sb_mark_string(arena, sb_span_string(parent), SB_HEADING_DERIVED));
        for (struct sb_json *member = members->first, *next; member; member = next) {
            next = member->next;
            sb_json_append(whole, member);
        }
        if (!top && writing->facts->profile->os_member)
            sb_json_add_string(arena, whole, "os", sb_span_string("linux"));
        sb_marked_json(&v1[i].json, whole, 0);
    }
}

void sb_profile_release_v1(struct sb_profile_v1 *v1, size_t count) {
    for (size_t i = 0; i < count; i++)
        sb_marked_release(&v1[i].json);
    free(v1);
}
