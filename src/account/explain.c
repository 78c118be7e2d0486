#include "account/explain.h"

#include <stdio.h>

#include "account/trait.h"
#include "profile/fingerprint.h"
#include "profile/outer.h"

/* One of the two: who saved it, who built it. Either may be unknown. */
struct side {
    const struct sb_subject *subject;
    const struct sb_profile *profile;
    const struct sb_dialect *dialect;
};

enum {
    BY_LEGACY = 1 << SB_SAVER_LEGACY,
    BY_TAREXPORT = 1 << SB_SAVER_TAREXPORT,
    BY_CONTAINERD = 1 << SB_SAVER_CONTAINERD,
    BY_DOCKER_ARCHIVE = 1 << SB_SAVER_DOCKER,
    BY_OCI_ARCHIVE = 1 << SB_SAVER_OCI,
    BY_ALL = 31,
    BUILT_CLASSIC = 1 << SB_BUILDER_CLASSIC,
    BUILT_BUILDKIT = 1 << SB_BUILDER_BUILDKIT,
    BUILT_BUILDAH = 1 << SB_BUILDER_BUILDAH,
    BUILT_ALL = 7
};

/* A habit that fills the count of a pass. */
struct habit {
    enum sb_pass pass;
    unsigned savers, builders; /* of which it is known; 0: does not matter */
    const char *text;
};

static const struct habit habits[] = {
    {SB_PASS_ENVELOPE, BY_LEGACY, 0,
     "docker until 24 writes a folder a layer (VERSION, json, layer.tar) and repositories for "
     "engines before 1.10"},
    {SB_PASS_ENVELOPE, BY_TAREXPORT, 0,
     "docker from 25 on adds a V1 json blob a layer that nothing refers to, and repositories"},
    {SB_PASS_ENVELOPE, BY_CONTAINERD, 0,
     "containerd's exporter adds entries for the folders blobs/ and blobs/sha256/"},
    {SB_PASS_ENVELOPE, BY_DOCKER_ARCHIVE, 0,
     "podman, buildah and skopeo add links, VERSION and json a layer, and repositories, for old "
     "readers"},
    {SB_PASS_ENVELOPE, BY_OCI_ARCHIVE, 0,
     "podman, buildah and skopeo add entries for the folders blobs/ and blobs/sha256/"},
    {SB_PASS_COMPRESSION, BY_CONTAINERD, 0,
     "the containerd store keeps and saves layers compressed (Go's gzip); the overlay2 store "
     "unpacks them and saves plain tars"},
    {SB_PASS_COMPRESSION, BY_OCI_ARCHIVE, 0,
     "an oci-archive is written with compressed layers (klauspost's pgzip)"},
    {SB_PASS_TAR_FORMAT, BY_ALL, 0,
     "engines write tars with Go, which fills device fields with zeros and says ustar, where GNU "
     "tar's own form does not"},
    {SB_PASS_FILE_ORDER, BY_ALL, 0, "each saver has its own order of entries"},
    {SB_PASS_FILE_TIMESTAMPS, BY_LEGACY, 0,
     "docker until 24 stamps the archive's entries with the image's creation, and a layer that "
     "equals an earlier one with the time of the save (moby issue 42766)"},
    {SB_PASS_FILE_TIMESTAMPS, BY_TAREXPORT, 0,
     "docker from 25 to 28 stamps blobs/sha256/ (until 28.5.1 index.json, too) with the time of "
     "the save, so two saves differ; the rest with the image's creation (moby issue 51364)"},
    {SB_PASS_FILE_TIMESTAMPS, BY_OCI_ARCHIVE, 0,
     "podman, buildah and skopeo stamp every entry of an oci-archive with the time of writing "
     "(podman issue 14978)"},
    {SB_PASS_FILE_TIMESTAMPS, 0, BUILT_ALL,
     "in layers, files keep the times of the source, and folders made on the way have the time of "
     "the build"},
    {SB_PASS_FILE_MODE_REDUNDANT_BITS, 0, BUILT_ALL,
     "docker until 24 and podman until 4 repeat the file's type in the mode field"},
    {SB_PASS_OWNER_NAMES, 0, BUILT_ALL,
     "docker from 18.06 to 24 and podman 4 write the names that their host's /etc/passwd and "
     "/etc/group have for the owners"},
    {SB_PASS_IMAGE_TIMESTAMPS, 0, BUILT_ALL, "created is the time of the build"},
    {SB_PASS_HISTORY, 0, BUILT_CLASSIC,
     "the classic builder's history has its own texts, with a hash of what was added"},
    {SB_PASS_HISTORY, 0, BUILT_BUILDKIT,
     "BuildKit's history repeats the instruction, and says so in comment"},
    {SB_PASS_HISTORY, 0, BUILT_BUILDAH,
     "Buildah's history repeats the source line, with a hash of its own for what was added"},
    {SB_PASS_BUILD_RECORD, 0, BUILT_CLASSIC,
     "the classic builder records the container of the last step, docker_version and the image "
     "before"},
    {SB_PASS_BUILD_RECORD, 0, BUILT_BUILDAH,
     "Buildah's docker format records a random container and hostname"},
    {SB_PASS_BUILDER_LABELS, 0, BUILT_BUILDAH,
     "Buildah labels what it builds with io.buildah.version"},
    {SB_PASS_ARGS_ESCAPED, 0, BUILT_BUILDKIT,
     "BuildKit sets ArgsEscaped where CMD is set; it has no meaning but on Windows"},
    {SB_PASS_EMPTY_LAYERS, 0, BUILT_ALL,
     "an instruction that changes nothing leaves an empty layer with BuildKit's containerd store "
     "and with Buildah, and none elsewhere"},
    {SB_PASS_JSON_FORM, 0, BUILT_ALL,
     "each builder writes the members of the configuration in the order of its own structs"},
    {SB_PASS_MEDIA_TYPES, BY_CONTAINERD, BUILT_CLASSIC,
     "the classic builder on the containerd store says Docker's media type for layers inside an "
     "OCI manifest"},
    {SB_PASS_ANNOTATIONS, BY_OCI_ARCHIVE, 0,
     "Buildah annotates manifests with the (here empty) name and digest of the base image"},
    {SB_PASS_ATTESTATIONS, BY_CONTAINERD, BUILT_BUILDKIT,
     "BuildKit adds a provenance attestation with a random id and the times of the build, so every "
     "build has another index digest"},
};

static void add_reason(struct sb_explanation *explanation, const char *what, const char *side,
                       const char *text) {
    for (size_t i = 0; i < explanation->reasons.count; i++) {
        struct sb_reason *there = &explanation->reasons.items[i];
        if (there->text != text || strcmp(there->what, what) != 0)
            continue;
        if (strcmp(there->side, side) != 0)
            there->side = "both";
        return;
    }
    *sb_vec_push(&explanation->reasons) = (struct sb_reason){what, side, text};
}

static bool applies(const struct habit *habit, const struct side *side) {
    bool saver = !habit->savers || (side->profile && habit->savers & 1u << side->profile->saver);
    bool builder =
        !habit->builders || (side->dialect && habit->builders & 1u << side->dialect->builder);
    return saver && builder;
}

static void explain_pass(struct sb_explanation *explanation, enum sb_pass pass,
                         const struct side *side, const char *name, uint64_t count) {
    if (count == 0)
        return;
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
        if (habits[i].pass == pass && applies(&habits[i], side))
            add_reason(explanation, sb_passes[pass].name, name, habits[i].text);
}

static void explain_difference(struct sb_explanation *explanation,
                               const struct sb_difference *difference, const struct side *a,
                               const struct side *b) {
    struct sb_built x = {a->subject->image, a->dialect}, y = {b->subject->image, b->dialect};
    bool of_a;
    const char *text = sb_trait_find(difference, &x, &y, &of_a);
    if (text)
        add_reason(explanation, difference->where, of_a ? "A" : "B", text);
    else
        explanation->unexplained++;
}

static int look_at(struct sb_explanation *explanation, struct side *side, const char **engine,
                   struct sb_error *error) {
    struct sb_fingerprint found = {0};
    *engine = "unknown";
    int status = sb_fingerprint_find(&found, side->subject->archive, error);
    if (status == 0 && found.name) {
        side->profile = found.profile;
        *engine = sb_arena_printf(&explanation->arena, "%s%s%s%s%s", found.name,
                                  found.lowest ? " " : "", found.lowest ? found.lowest : "",
                                  found.highest  ? " to "
                                  : found.lowest ? " or later"
                                                 : "",
                                  found.highest ? found.highest : "");
    }
    if (status == 0 && side->profile)
        side->dialect = sb_outer_dialect(side->profile, side->subject->image);
    if (side->dialect)
        *engine = sb_arena_printf(&explanation->arena, "saved by %s, built by %s", *engine,
                                  side->dialect->name);
    sb_fingerprint_release(&found);
    return status;
}

static void add_id(struct sb_explanation *explanation, const char *engine, const char *kind,
                   const struct sb_digest *a, const struct sb_digest *b) {
    struct sb_image_id *id = sb_vec_push(&explanation->ids);
    id->engine = engine;
    id->kind = kind;
    id->has_a = a != NULL;
    id->has_b = b != NULL;
    if (a)
        id->a = *a;
    if (b)
        id->b = *b;
}

static void find_ids(struct sb_explanation *explanation, const struct sb_image *a,
                     const struct sb_image *b) {
    add_id(explanation, "docker with the overlay2 store, podman", "config digest",
           &a->config_digest, &b->config_digest);
    add_id(explanation, "docker with the containerd store",
           "digest of what index.json names: the index where there is one, else the manifest "
           "(an archive without index.json gets a new manifest when it is loaded)",
           a->in_oci ? &a->top_digest : NULL, b->in_oci ? &b->top_digest : NULL);
}

int sb_explain(struct sb_explanation *explanation, const struct sb_subject *a,
               const struct sb_subject *b, const struct sb_comparison *result,
               struct sb_error *error) {
    struct side sides[2] = {{.subject = a}, {.subject = b}};
    if (look_at(explanation, &sides[0], &explanation->engine_a, error) < 0 ||
        look_at(explanation, &sides[1], &explanation->engine_b, error) < 0)
        return -1;
    for (int pass = 0; pass < SB_PASSES; pass++) {
        explain_pass(explanation, (enum sb_pass)pass, &sides[0], "A", result->counts_a[pass]);
        explain_pass(explanation, (enum sb_pass)pass, &sides[1], "B", result->counts_b[pass]);
    }
    for (size_t i = 0; i < result->differences.count; i++)
        explain_difference(explanation, &result->differences.items[i], &sides[0], &sides[1]);
    find_ids(explanation, a->image, b->image);
    if (sides[0].profile && sides[1].profile) {
        bool x = sides[0].profile->saver == SB_SAVER_CONTAINERD;
        bool y = sides[1].profile->saver == SB_SAVER_CONTAINERD;
        if (x != y)
            explanation->id_note = sb_arena_printf(
                &explanation->arena,
                "%s's engine shows the digest of the manifest or index, %s's the digest of the "
                "configuration: two kinds of digest, so the ids would differ for one and the same "
                "image",
                x ? "A" : "B", x ? "B" : "A");
    }
    return 0;
}

void sb_explanation_release(struct sb_explanation *explanation) {
    sb_vec_release(&explanation->reasons);
    sb_vec_release(&explanation->ids);
    sb_arena_release(&explanation->arena);
}
