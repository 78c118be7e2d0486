#include "builds/confine.h"

#include <unistd.h>

void rights_of_options(struct reader_rights *rights, const struct options *options) {
    const char *const results[] = {options->output, options->script, options->write_baseline};
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        if (results[i])
            *sb_vec_push(&rights->results) = results[i];
    for (size_t i = 0; i < DOCUMENTS; i++)
        if (options->documents[i])
            *sb_vec_push(&rights->results) = options->documents[i];
    rights->result_folder = options->output_dir;
    rights->result_tree = options->report_dir;
    rights->unconfined = options->no_sandbox;
}

void rights_of_subject(struct reader_rights *rights, const struct subject *subject,
                       unsigned readings) {
    if (subject->source)
        rights->bytes += subject->core.bytes.size * readings;
    if (subject->folder_path)
        *sb_vec_push(&rights->folders) = subject->folder_path;
    for (size_t i = 0; i < subject->links.count; i++)
        *sb_vec_push(&rights->folders) = subject->links.items[i];
}

int rights_of_context(struct reader_rights *rights, struct native *staged,
                      const struct options *options, const char *folder, struct options *later,
                      struct sb_error *error) {
    struct options own = *options;
    own.arguments.items = &folder;
    own.arguments.count = folder != NULL;
    if (native_prepare(staged, &own, error) < 0)
        return -1;
    *later = *options;
    later->assemble.count = 0;
    later->source = staged->folder;
    later->arguments.items = (const char **)&later->source;
    later->arguments.count = 1;
    *sb_vec_push(&rights->folders) = staged->folder;
    for (size_t i = 0; i < options->files.count; i++)
        if (access(options->files.items[i], F_OK) == 0)
            *sb_vec_push(&rights->folders) = options->files.items[i];
    if (access(staged->dockerfile, F_OK) == 0)
        *sb_vec_push(&rights->folders) = staged->dockerfile;
    return 0;
}

int confine(struct reader_rights *rights, struct sb_error *error) {
    int status = reader_enter(rights, error);
    sb_vec_release(&rights->folders);
    sb_vec_release(&rights->results);
    return status;
}
