#include "smallest/class.h"

/* What tools/smallest/search found, written down. */
static const struct sb_smallest_class strict_plain =
#include "smallest/found/strict-plain.def"
    , strict_overlapped =
#include "smallest/found/strict-overlapped.def"
          , portable =
#include "smallest/found/portable.def"
                , one_member =
#include "smallest/found/one-member.def"
                      , legacy =
#include "smallest/found/legacy.def"
                            , zstd =
#include "smallest/found/zstd.def"
                                  , zstd_legacy =
#include "smallest/found/zstd-legacy.def"
    ;

const struct sb_smallest_class *const *sb_smallest_classes(void) {
    static const struct sb_smallest_class *const classes[] = {
        &strict_plain, &strict_overlapped, &portable, &one_member, &legacy,
        &zstd,         &zstd_legacy,       NULL,
    };
    return classes;
}

const struct sb_smallest_class *sb_smallest_class_find(const char *name) {
    for (const struct sb_smallest_class *const *class = sb_smallest_classes(); *class; class ++)
        if (strcmp((*class)->name, name) == 0)
            return *class;
    return NULL;
}
