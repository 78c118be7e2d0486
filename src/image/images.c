/* The images of an archive as a whole: those that are one are merged, and names, links and
 * documents that contradict each other are found. */

#include "image/internal.h"
#include "image/path.h"

static void sort_names(struct sb_image *image) {
    size_t kept = 0;
    struct sb_span *names = image->names.items;
    sb_vec_sort(&image->names, sb_span_compare_items);
    for (size_t i = 0; i < image->names.count; i++)
        if (kept == 0 || !sb_span_equal(names[kept - 1], names[i]))
            names[kept++] = names[i];
    image->names.count = kept;
}

void sb_image_free(struct sb_image *image) {
    sb_vec_release(&image->names);
    sb_vec_release(&image->bare_names);
    sb_vec_release(&image->layers);
    sb_vec_release(&image->diff_ids);
    free(image->platform);
    free(image);
}

/* What manifest.json and index.json say of one image, in one. */
static void merge_into(struct sb_image *image, struct sb_image *other) {
    for (size_t i = 0; i < other->names.count; i++)
        *sb_vec_push(&image->names) = other->names.items[i];
    for (size_t i = 0; i < other->bare_names.count; i++)
        *sb_vec_push(&image->bare_names) = other->bare_names.items[i];
    image->in_docker = image->in_docker || other->in_docker;
    if (other->in_oci && !image->in_oci) {
        image->in_oci = true;
        image->manifest_digest = other->manifest_digest;
        image->manifest = other->manifest;
        image->top_digest = other->top_digest;
        image->top_is_index = other->top_is_index;
        image->attestations = other->attestations;
        image->artifact = other->artifact;
        image->annotations = other->annotations;
        image->docker_media_types = other->docker_media_types;
    }
}

/* One image: one configuration for one platform, also under two manifests, which then have its
 * layers in two compressions. */
static bool is_same(const struct sb_image *a, const struct sb_image *b) {
    return sb_digest_equal(&a->config_digest, &b->config_digest) &&
           strcmp(a->platform, b->platform) == 0;
}

void sb_images_merge(struct sb_archive *archive) {
    size_t kept = 0;
    struct sb_image **images = archive->images.items;
    for (size_t i = 0; i < archive->images.count; i++) {
        struct sb_image *same = NULL;
        for (size_t k = 0; k < kept && !same; k++)
            if (is_same(images[k], images[i]))
                same = images[k];
        if (same) {
            merge_into(same, images[i]);
            sb_image_free(images[i]);
        } else {
            images[kept++] = images[i];
        }
    }
    archive->images.count = kept;
    for (size_t i = 0; i < kept; i++)
        sort_names(images[i]);
}

/* Both files are there: each image of manifest.json must be one of index.json, and what index.json
 * names itself (not a platform of a nested index) one of manifest.json. */
static void check_agreement(struct sb_archive *archive) {
    if (!archive->has_docker || !archive->has_oci)
        return;
    for (size_t i = 0; i < archive->images.count; i++) {
        struct sb_image *image = archive->images.items[i];
        char digest[SB_DIGEST_TEXT];
        sb_digest_format(&image->config_digest, digest);
        if (image->in_docker != image->in_oci && !(image->in_oci && image->top_is_index))
            sb_finding_add(archive->findings, SB_FINDING_INDEX_CONFLICT, "archive",
                           "only %s names the image with the config %s",
                           image->in_docker ? "manifest.json" : "index.json", digest);
    }
}

/* The platforms of one index share its names. */
static bool are_of_one_index(const struct sb_image *a, const struct sb_image *b) {
    return a->in_oci && b->in_oci && a->top_is_index &&
           sb_digest_equal(&a->top_digest, &b->top_digest);
}

/* One name for two images: Docker keeps the last, Podman the first. */
static void check_names(struct sb_archive *archive) {
    for (size_t a = 0; a < archive->images.count; a++)
        for (size_t b = a + 1; b < archive->images.count; b++) {
            struct sb_image *x = archive->images.items[a], *y = archive->images.items[b];
            /* Both lists are sorted. */
            for (size_t i = 0, k = 0; i < x->names.count && k < y->names.count;) {
                int order = sb_span_compare(x->names.items[i], y->names.items[k]);
                if (order == 0 && !are_of_one_index(x, y))
                    sb_finding_add(archive->findings, SB_FINDING_NAME_CONFLICT, "archive",
                                   "%.*s names two images", SB_SPAN(x->names.items[i]));
                i += order <= 0;
                k += order >= 0;
            }
        }
}

/* What was set aside and could run has the name or platform of an image beside it. */
static void check_impostors(struct sb_archive *archive) {
    for (size_t i = 0; i < archive->impostors.count; i++) {
        const struct sb_impostor *impostor = &archive->impostors.items[i];
        bool beside = false;
        for (size_t k = 0; k < archive->images.count; k++) {
            const struct sb_image *image = archive->images.items[k];
            beside =
                beside || (impostor->platform && strcmp(impostor->platform, image->platform) == 0);
            for (size_t n = 0; n < image->names.count; n++)
                beside = beside || sb_span_equal(image->names.items[n], impostor->name);
        }
        if (beside)
            sb_finding_add(archive->findings, SB_FINDING_PLATFORM, impostor->where,
                           "it calls itself no image, and engines that look at its content run it");
    }
}

/* Docker's untar, and Podman, write through a link that stands in a folder's place. */
static void check_links(struct sb_archive *archive) {
    for (size_t i = 0; i < archive->store.files.count && !archive->is_directory; i++) {
        const struct sb_file *file = &archive->store.files.items[i];
        for (struct sb_span at = sb_path_parent(file->name); at.size; at = sb_path_parent(at)) {
            const struct sb_file *folder = sb_store_find(&archive->store, at);
            if (!folder || folder->type == '5')
                continue;
            struct sb_buf name = SB_BUF_INIT;
            sb_buf_append_visible(&name, file->name);
            sb_finding_add(archive->findings, SB_FINDING_PATH_THROUGH_LINK, sb_buf_string(&name),
                           "an entry of the archive below one that is no folder, through which "
                           "engines write");
            sb_buf_release(&name);
            break;
        }
    }
}

/* <id>/json, <id>/VERSION and a link <id>/layer.tar stand beside layers for engines before 1.10. */
static bool is_legacy(const struct sb_archive *archive, const struct sb_file *file) {
    struct sb_span folder = sb_path_parent(file->name), base = sb_path_base(file->name);
    struct sb_buf path = SB_BUF_INIT;
    if (sb_span_is(file->name, "repositories"))
        return true;
    sb_buf_append_span(&path, folder);
    sb_buf_append_string(&path, "/layer.tar");
    const struct sb_file *layer = sb_store_find(&archive->store, sb_buf_span(&path));
    sb_buf_release(&path);
    if (!layer || (!layer->used && layer->type != '2'))
        return false;
    return sb_span_is(base, "json") || sb_span_is(base, "VERSION") || layer == file;
}

static void report_unused(struct sb_archive *archive) {
    for (size_t i = 0; i < archive->store.files.count; i++) {
        const struct sb_file *file = &archive->store.files.items[i];
        if (file->used || file->type == '5' || is_legacy(archive, file) ||
            (archive->partly && sb_span_starts(file->name, "blobs/")))
            continue;
        struct sb_buf name = SB_BUF_INIT;
        sb_buf_append_visible(&name, file->name);
        sb_finding_add(archive->findings,
                       sb_span_starts(file->name, "blobs/") ? SB_FINDING_UNREFERENCED
                                                            : SB_FINDING_ARCHIVE_NAMES,
                       sb_buf_string(&name), "nothing refers to it");
        sb_buf_release(&name);
    }
}

void sb_images_check(struct sb_archive *archive) {
    check_agreement(archive);
    check_names(archive);
    check_impostors(archive);
    check_links(archive);
    report_unused(archive);
}
