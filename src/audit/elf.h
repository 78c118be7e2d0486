/* What an ELF program can surprise with. */
#ifndef SB_AUDIT_ELF_H
#define SB_AUDIT_ELF_H

#include "base/finding.h"
#include "base/span.h"

/* Findings about a little-endian ELF64 program; nothing for other bytes. */
void sb_elf_check(struct sb_span file, struct sb_findings *findings, const char *where);

#endif
