#include "audit/elf.h"

#include <inttypes.h>

enum { HEADER = 64, PROGRAM_HEADER = 56, LOAD = 1, EXECUTE = 1, WRITE = 2, SMALL = 1 << 16 };

static uint64_t number(struct sb_span file, uint64_t at, unsigned bytes) {
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes && at + i < file.size; i++)
        value |= (uint64_t)file.data[at + i] << 8 * i;
    return value;
}

/* int 0x80, the entry of IA-32 system calls. In a small program two such bytes are no chance. */
static bool calls_ia32(struct sb_span code) {
    for (size_t i = 0; code.size <= SMALL && i + 1 < code.size; i++)
        if (code.data[i] == 0xcd && code.data[i + 1] == 0x80)
            return true;
    return false;
}

static void check_segment(struct sb_span file, uint64_t at, struct sb_findings *findings,
                          const char *where, bool *ia32) {
    uint64_t flags = number(file, at + 4, 4), offset = number(file, at + 8, 8);
    uint64_t size = number(file, at + 32, 8), memory = number(file, at + 40, 8);
    if (number(file, at, 4) != LOAD)
        return;
    if (flags & WRITE && flags & EXECUTE)
        sb_finding_add(findings, SB_FINDING_ELF_SEGMENT, where,
                       "a segment is writable and executable");
    if (memory > size || offset + size > file.size)
        sb_finding_add(findings, SB_FINDING_ELF_SEGMENT, where,
                       "a segment takes %" PRIu64 " bytes of memory, and %" PRIu64
                       " of a file of %zu",
                       memory, size, file.size);
    if (flags & EXECUTE && offset < file.size) {
        struct sb_span code = sb_span_from(file, (size_t)offset);
        if (code.size > size)
            code.size = (size_t)size;
        *ia32 = *ia32 || calls_ia32(code);
    }
}

void sb_elf_check(struct sb_span file, struct sb_findings *findings, const char *where) {
    bool ia32 = false;
    if (file.size < HEADER || !sb_span_starts(file, "\177ELF") || file.data[4] != 2 ||
        file.data[5] != 1)
        return;
    uint64_t table = number(file, 32, 8), count = number(file, 56, 2);
    for (uint64_t i = 0; i < count && number(file, 54, 2) == PROGRAM_HEADER; i++) {
        uint64_t at = table + i * PROGRAM_HEADER;
        if (table > file.size || at + PROGRAM_HEADER > file.size)
            break;
        check_segment(file, at, findings, where, &ia32);
    }
    if (ia32)
        sb_finding_add(findings, SB_FINDING_ELF_IA32, where,
                       "a 64-bit program enters the kernel by int 0x80, which fails where the "
                       "kernel has no IA-32 emulation");
}
