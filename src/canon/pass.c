#include "canon/pass.h"

#include "base/glob.h"

const struct sb_pass_info sb_passes[SB_PASSES] = {
    [SB_PASS_ENVELOPE] =
        {"envelope", "entries",
         "folders, links, legacy files and blobs of the archive that no engine needs",
         SB_FORM_ARCHIVE, true},
    [SB_PASS_COMPRESSION] = {"compression", "streams",
                             "the compression of layers and of the archive", SB_FORM_LAYERS, true},
    [SB_PASS_TAR_FORMAT] = {"tar-format", "headers",
                            "the builder of tar headers, blocking and padding", SB_FORM_DIFF_IDS,
                            true},
    [SB_PASS_FILE_ORDER] = {"file-order", "entries", "the order of entries", SB_FORM_DIFF_IDS,
                            true},
    [SB_PASS_CANONICAL_PATHS] = {"canonical-paths", "names", "./ and / in front of names, //",
                                 SB_FORM_DIFF_IDS, true},
    [SB_PASS_FILE_TIMESTAMPS] = {"file-timestamps", "entries", "times of files", SB_FORM_NONE,
                                 true},
    [SB_PASS_FILE_MODE_REDUNDANT_BITS] = {"file-mode-redundant-bits", "entries",
                                          "type bits inside the mode field", SB_FORM_NONE, true},
    [SB_PASS_OWNER_NAMES] = {"owner-names", "entries", "names of users and groups; ids stay",
                             SB_FORM_NONE, true},
    [SB_PASS_HARD_LINKS] = {"hard-links", "entries",
                            "which name of a file is the link and which the file", SB_FORM_DIFF_IDS,
                            true},
    [SB_PASS_IMAGE_TIMESTAMPS] = {"image-timestamps", "times", "created", SB_FORM_NONE, true},
    [SB_PASS_HISTORY] = {"history", "entries", "history", SB_FORM_NONE, true},
    [SB_PASS_BUILD_RECORD] = {"build-record", "members",
                              "members that record the build: container, docker_version, …",
                              SB_FORM_NONE, true},
    [SB_PASS_BUILDER_LABELS] = {"builder-labels", "labels", "io.buildah.version", SB_FORM_NONE,
                                true},
    [SB_PASS_ARGS_ESCAPED] = {"args-escaped", "members", "ArgsEscaped, which only Windows reads",
                              SB_FORM_NONE, true},
    [SB_PASS_EMPTY_LAYERS] = {"empty-layers", "layers", "layers that change nothing", SB_FORM_NONE,
                              true},
    [SB_PASS_JSON_FORM] = {"json-form", "documents",
                           "order, white space, escapes and zero values of the configuration",
                           SB_FORM_CONFIG, true},
    [SB_PASS_MEDIA_TYPES] = {"media-types", "descriptors", "Docker's or OCI's media types",
                             SB_FORM_MANIFEST, true},
    [SB_PASS_ANNOTATIONS] = {"annotations", "annotations",
                             "annotations of manifests and descriptors", SB_FORM_MANIFEST, true},
    [SB_PASS_ATTESTATIONS] = {"attestations", "manifests", "attestation manifests beside the image",
                              SB_FORM_ARCHIVE, true},
    [SB_PASS_SELINUX_XATTRS] = {"selinux-xattrs", "entries", "security.selinux; other xattrs stay",
                                SB_FORM_NONE, true},
    [SB_PASS_OVERLAY_XATTRS] = {"overlay-xattrs", "attributes",
                                "overlayfs's origin and impure, which rootless engines leave",
                                SB_FORM_NONE, true},
    [SB_PASS_IMAGE_NAME] = {"image-name", "names", "names and tags", SB_FORM_NONE, true},
    [SB_PASS_OWNER_IDS] = {"owner-ids", "entries", "numeric owners: all 0:0", SB_FORM_NONE, false},
};

bool sb_pass_excludes(const struct sb_pass_options *options, struct sb_span path) {
    for (size_t i = 0; options && i < options->exclude_count; i++) {
        struct sb_span pattern = options->exclude[i];
        if (sb_span_starts(pattern, "/"))
            pattern = sb_span_from(pattern, 1);
        if (sb_glob_matches(pattern, path))
            return true;
    }
    return false;
}

int sb_pass_lookup(const char *name) {
    for (int pass = 0; pass < SB_PASSES; pass++)
        if (strcmp(sb_passes[pass].name, name) == 0)
            return pass;
    return -1;
}
