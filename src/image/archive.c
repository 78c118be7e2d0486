#include "image/archive.h"

#include <stdio.h>

#include "codec/base64.h"
#include "image/internal.h"

int sb_archive_read_layers(struct sb_archive *archive, struct sb_image *image,
                           enum sb_contents contents, struct sb_error *error) {
    struct sb_reading reading = *archive->reading;
    reading.contents = contents;
    for (size_t i = 0; i < image->layers.count; i++)
        if (sb_layer_read_now(image->layers.items[i], &reading, error) < 0)
            return -1;
    sb_image_check_stack(image, archive->findings);
    return 0;
}

int sb_archive_verify_layers(const struct sb_archive *archive, struct sb_error *error) {
    for (size_t i = 0; i < archive->layers.count; i++)
        if (sb_layer_verify(archive->layers.items[i], error) < 0)
            return -1;
    return 0;
}

/* What people take for an image archive, and what to do with it. */
static int say_what_it_is(const struct sb_archive *archive, struct sb_error *error) {
    static const char *const folders[] = {"bin", "dev", "etc", "lib", "proc", "root", "usr", "var"};
    size_t found = 0;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        found += sb_store_find(&archive->store, sb_span_string(folders[i])) != NULL;
    if (found >= 3)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "no image archive, but a root file system, as docker export writes it: "
                            "docker save has the image; docker import FILE makes one of this");
    if (sb_store_find(&archive->store, sb_span_string("layer.tar")))
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "no image archive, but one layer of one: name the whole archive");
    return sb_error_set(error, SB_ERROR_MALFORMED,
                        "no image archive: neither manifest.json nor index.json is in it; if it "
                        "is a root file system (docker export, a layer), docker import FILE makes "
                        "an image of it");
}

/* An archive of artifacts alone: what they are. */
static int say_what_was_set_aside(const struct sb_archive *archive, struct sb_error *error) {
    struct sb_buf types = SB_BUF_INIT;
    for (size_t i = 0; archive->findings && i < archive->findings->list.count; i++) {
        const struct sb_finding *finding = &archive->findings->list.items[i];
        if (finding->kind == SB_FINDING_SET_ASIDE && types.size < 300)
            sb_buf_appendf(&types, "%s%s", types.size ? "; " : ", but to what is ", finding->what);
    }
    sb_error_set(error, SB_ERROR_MALFORMED, "index.json: it leads to no image%s",
                 types.size ? sb_buf_string(&types) : "");
    sb_buf_release(&types);
    return -1;
}

static int read_images(struct sb_archive *archive, struct sb_error *error) {
    if (sb_docker_archive_read(archive, error) < 0 || sb_oci_layout_read(archive, error) < 0)
        return -1;
    if (!archive->has_docker && !archive->has_oci)
        return say_what_it_is(archive, error);
    sb_images_merge(archive);
    if (archive->images.count == 0)
        return say_what_was_set_aside(archive, error);
    sb_images_check(archive);
    return 0;
}

/* Bytes that people could have typed: what no tar's header is, for it ends in zeros. */
static bool is_text(struct sb_span bytes) {
    for (size_t i = 0; i < bytes.size; i++)
        if (bytes.data[i] == 0x7f || (bytes.data[i] < ' ' && !strchr("\t\r\n\f", bytes.data[i])))
            return false;
    return bytes.size > 0;
}

/* The error of the tar's reader says where it stopped; of text that says nothing. */
static int say_it_is_no_tar(const struct sb_archive *archive, struct sb_error *error) {
    enum { BEGINNING = 512 };
    struct sb_range beginning = archive->peeled.bytes;
    if (beginning.size > BEGINNING)
        beginning.size = BEGINNING;
    struct sb_error unread = SB_ERROR_INIT;
    struct sb_buf bytes = SB_BUF_INIT;
    bool text =
        sb_range_read(beginning, BEGINNING, &bytes, &unread) == 0 && is_text(sb_buf_span(&bytes));
    size_t offset = sb_base64_length(sb_buf_span(&bytes));
    sb_buf_release(&bytes);
    if (text)
        return sb_error_set(error, SB_ERROR_MALFORMED,
                            "no image archive, but text, which is no base64 from offset %zu on: "
                            "give the archive, or the base64 text of one and nothing else",
                            offset);
    return sb_error_wrap(error, "no image archive");
}

static void begin(struct sb_archive *archive, const struct sb_reading *reading) {
    archive->reading = reading;
    archive->findings = reading->findings;
    archive->spool = reading->spool;
}

int sb_archive_open(struct sb_archive *archive, struct sb_range bytes,
                    const struct sb_reading *reading, struct sb_error *error) {
    begin(archive, reading);
    if (sb_peel(bytes, archive->spool, archive->findings, "archive", &archive->peeled, error) < 0)
        return -1;
    if (sb_store_read_tar(&archive->store, archive->peeled.bytes, archive->findings, error) < 0)
        return archive->store.files.count ? -1 : say_it_is_no_tar(archive, error);
    return read_images(archive, error);
}

int sb_archive_open_directory(struct sb_archive *archive, int directory,
                              const struct sb_reading *reading, struct sb_error *error) {
    begin(archive, reading);
    archive->is_directory = true;
    if (sb_store_read_directory(&archive->store, directory, error) < 0)
        return -1;
    return read_images(archive, error);
}

void sb_archive_release(struct sb_archive *archive) {
    for (size_t i = 0; i < archive->images.count; i++)
        sb_image_free(archive->images.items[i]);
    for (size_t i = 0; i < archive->layers.count; i++) {
        sb_layer_release(archive->layers.items[i]);
        free(archive->layers.items[i]);
    }
    sb_vec_release(&archive->images);
    sb_vec_release(&archive->layers);
    sb_vec_release(&archive->layer_files);
    sb_vec_release(&archive->blobs);
    sb_vec_release(&archive->absent_platforms);
    sb_vec_release(&archive->impostors);
    sb_store_release(&archive->store);
    sb_peeled_release(&archive->peeled);
    sb_arena_release(&archive->arena);
}

const char *sb_archive_format(const struct sb_archive *archive) {
    if (archive->is_directory)
        return "oci";
    if (archive->has_docker)
        return archive->has_oci ? "docker-archive+oci-archive" : "docker-archive";
    return "oci-archive";
}
