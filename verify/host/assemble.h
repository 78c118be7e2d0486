/* Assemblers, run. */
#ifndef VERIFY_HOST_ASSEMBLE_H
#define VERIFY_HOST_ASSEMBLE_H

#include "base/error.h"

/* Assembles source (NASM syntax) to the flat binary target, mode 0775: that of the founding image's
 * t. */
int assemble_file(const char *source, const char *target, struct sb_error *error) SB_MUST_USE;

#endif
