/* An archive loaded into an engine and run there. */
#ifndef VERIFY_HOST_ENGINE_TRY_H
#define VERIFY_HOST_ENGINE_TRY_H

#include "host/engine.h"

/* Loads the archive at path, runs command of its image and removes both again. exit_code < 0: the
 * container must still run after a second and end by a kill; else it must end with that code. */
int builder_try(const struct builder *builder, const struct options *options, const char *path,
                const char *image, const char *command, int exit_code,
                struct sb_error *error) SB_MUST_USE;

#endif
