/* Which image of an archive is meant. */
#include <stdio.h>

#include "base/number.h"
#include "image/archive.h"
#include "image/reference.h"

static bool has_name(const struct sb_image *image, struct sb_span name, struct sb_span full) {
    for (size_t i = 0; i < image->names.count; i++)
        if (full.data && sb_span_equal(image->names.items[i], full))
            return true;
    for (size_t i = 0; i < image->bare_names.count; i++)
        if (sb_span_equal(image->bare_names.items[i], name))
            return true;
    return false;
}

bool sb_image_is_for(const struct sb_image *image, const char *platform) {
    size_t size = strlen(platform);
    return strncmp(image->platform, platform, size) == 0 &&
           strchr("/:", image->platform[size]) != NULL;
}

static bool matches(struct sb_archive *archive, size_t index, const struct sb_choice *choice) {
    const struct sb_image *image = archive->images.items[index];
    if (choice->platform && !sb_image_is_for(image, choice->platform))
        return false;
    if (!choice->name)
        return true;
    uint64_t number;
    if (choice->name[0] == '@')
        return sb_number_decimal(sb_span_string(choice->name + 1), SIZE_MAX, &number) &&
               number == index;
    struct sb_span name = sb_span_string(choice->name);
    return has_name(image, name, sb_reference_full(&archive->arena, name));
}

static void list_images(const struct sb_archive *archive, struct sb_buf *text) {
    for (size_t i = 0; i < archive->images.count && i < 8; i++) {
        const struct sb_image *image = archive->images.items[i];
        struct sb_span name = image->names.count ? sb_reference_familiar(image->names.items[0])
                                                 : sb_span_string("<none>");
        sb_buf_appendf(text, "%s@%zu %.*s %s", i ? ", " : "", i, SB_SPAN(name), image->platform);
    }
}

bool sb_archive_has_name(struct sb_archive *archive, const char *name) {
    const struct sb_choice choice = {.name = name};
    for (size_t i = 0; i < archive->images.count; i++)
        if (matches(archive, i, &choice))
            return true;
    return false;
}

int sb_archive_refuse_name(const struct sb_archive *archive, const char *name,
                           struct sb_error *error) {
    struct sb_buf list = SB_BUF_INIT;
    list_images(archive, &list);
    sb_error_set(error, SB_ERROR_USAGE, "no such image as %s; there are: %s", name,
                 sb_buf_string(&list));
    sb_buf_release(&list);
    return -1;
}

static void list_absent(const struct sb_archive *archive, struct sb_buf *text) {
    for (size_t i = 0; i < archive->absent_platforms.count && i < 8; i++)
        sb_buf_appendf(text, "%s%s", i ? ", " : "; named but not whole here: ",
                       archive->absent_platforms.items[i]);
}

int sb_archive_choose(struct sb_archive *archive, const struct sb_choice *choice,
                      struct sb_image **image, struct sb_error *error) {
    struct sb_choice narrowed = *choice;
    for (int round = 0; round < 2; round++) {
        size_t count = 0, found = 0;
        for (size_t i = 0; i < archive->images.count; i++)
            if (matches(archive, i, &narrowed)) {
                count++;
                found = i;
            }
        if (count == 1) {
            *image = archive->images.items[found];
            return 0;
        }
        if (count == 0 && (round == 0 || narrowed.platform == choice->platform)) {
            struct sb_buf list = SB_BUF_INIT;
            list_images(archive, &list);
            list_absent(archive, &list);
            sb_error_set(error, SB_ERROR_USAGE, "no such image%s%s%s%s; there are: %s",
                         choice->name ? " as " : "", choice->name ? choice->name : "",
                         choice->platform ? " for " : "", choice->platform ? choice->platform : "",
                         sb_buf_string(&list));
            sb_buf_release(&list);
            return -1;
        }
        if (choice->platform || round == 1)
            break;
        narrowed.platform = choice->default_platform;
    }
    struct sb_buf list = SB_BUF_INIT;
    list_images(archive, &list);
    sb_finding_add(archive->findings, SB_FINDING_IMAGES_SEVERAL, "archive", "%zu images: %.300s",
                   archive->images.count, sb_buf_string(&list));
    sb_error_set(error, SB_ERROR_AMBIGUOUS,
                 "%zu images in one archive, choose one with --image or --platform: %s",
                 archive->images.count, sb_buf_string(&list));
    sb_buf_release(&list);
    return -1;
}
