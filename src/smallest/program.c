#include "smallest/program.h"

enum {
    HEADER_64 = 64,
    SEGMENT_64 = 56,
    OVERLAPPED = 80,
    TINY = 45,
    PAUSE_64 = 34,
    EXIT_64 = 60,
    PAUSE_32 = 29,
    EXIT_32 = 1,
    EM_X86_64 = 62,
    EM_386 = 3
};

static void put(unsigned char *bytes, uint64_t value, int size) {
    for (int i = 0; i < size; i++)
        bytes[i] = (unsigned char)(value >> 8 * i);
}

/* All registers are zero where a program begins, so that the number of the system call needs one
 * byte. */
static size_t code_64(int exit_code, unsigned char *code) {
    size_t size = 0;
    if (exit_code > 0) {
        code[size++] = 0x6a; /* push exit_code */
        code[size++] = (unsigned char)exit_code;
        code[size++] = 0x5f; /* pop rdi */
    }
    code[size++] = 0xb0; /* mov al, */
    code[size++] = exit_code < 0 ? PAUSE_64 : EXIT_64;
    code[size++] = 0x0f; /* syscall */
    code[size++] = 0x05;
    return size;
}

static size_t code_32(int exit_code, unsigned char *code) {
    size_t size = 0;
    if (exit_code > 0) {
        code[size++] = 0xb3; /* mov bl, exit_code */
        code[size++] = (unsigned char)exit_code;
    }
    code[size++] = 0xb0; /* mov al, */
    code[size++] = exit_code < 0 ? PAUSE_32 : EXIT_32;
    code[size++] = 0xcd; /* int 0x80 */
    code[size++] = 0x80;
    return size;
}

struct sb_span sb_program_code(enum sb_program_kind kind, int exit_code, unsigned char code[8],
                               size_t *at) {
    *at = kind == SB_PROGRAM_PLAIN ? HEADER_64 + SEGMENT_64 : kind == SB_PROGRAM_TINY ? 32 : 4;
    return sb_span_of(code, kind == SB_PROGRAM_TINY ? code_32(exit_code, code)
                                                    : code_64(exit_code, code));
}

/* Everything that the ELF specification asks for. */
static void write_plain(const struct sb_smallest_strict *strict, uint64_t size,
                        unsigned char *elf) {
    unsigned char *segment = elf + HEADER_64;
    static const unsigned char ident[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    memcpy(elf, ident, sizeof ident);
    elf[7] = strict->abi;
    put(elf + 16, 2, 2); /* e_type: ET_EXEC */
    put(elf + 18, EM_X86_64, 2);
    put(elf + 20, 1, 4);                                       /* e_version */
    put(elf + 24, strict->base + HEADER_64 + SEGMENT_64, 8);   /* e_entry */
    put(elf + 32, HEADER_64, 8);                               /* e_phoff */
    put(elf + 52, HEADER_64, 2);                               /* e_ehsize */
    put(elf + 54, SEGMENT_64, 2);                              /* e_phentsize */
    put(elf + 56, 1, 2);                                       /* e_phnum */
    put(elf + 58, strict->sections ? 64 : 0, 2);               /* e_shentsize */
    put(segment, 1, 4);                                        /* p_type: PT_LOAD */
    put(segment + 4, strict->flags, 4);                        /* p_flags */
    put(segment + 16, strict->base, 8);                        /* p_vaddr */
    put(segment + 24, strict->physical ? strict->base : 0, 8); /* p_paddr */
    put(segment + 32, size, 8);                                /* p_filesz */
    put(segment + 40, size, 8);                                /* p_memsz */
    put(segment + 48, strict->align, 8);                       /* p_align */
}

/* The program header begins at byte 24 of the header, so that every field has two meanings. The
 * entry is byte 1: "ELF" are three prefixes of the instruction behind them. */
static void write_overlapped(unsigned char *elf) {
    put(elf + 16, 2, 2); /* e_type: ET_EXEC */
    put(elf + 18, EM_X86_64, 2);
    put(elf + 24, 1, 4);                 /* e_entry, its lower half;  p_type: PT_LOAD */
    put(elf + 28, 1, 4);                 /* e_entry, its upper half;  p_flags: PF_X */
    put(elf + 32, 24, 8);                /* e_phoff;                  p_offset */
    put(elf + 40, 24 + (1ULL << 32), 8); /* e_shoff;   p_vaddr: the entry's page */
    put(elf + 54, SEGMENT_64, 2);        /* e_phentsize;      p_paddr */
    put(elf + 56, 1, 8);                 /* e_phnum;          p_filesz */
    put(elf + 64, 1, 8);                 /*                   p_memsz */
}

/* The program header begins at byte 4, and the header ends in its own middle: Linux takes what is
 * missing behind the file's end for zero. */
static void write_tiny(unsigned char *elf) {
    put(elf + 4, 1, 4);        /*                     p_type: PT_LOAD */
    put(elf + 12, 0x10000, 4); /*                     p_vaddr */
    put(elf + 16, 2, 2);       /* e_type: ET_EXEC;    p_paddr */
    put(elf + 18, EM_386, 2);  /* e_machine */
    put(elf + 20, 0x10020, 4); /* e_version;          p_filesz */
    put(elf + 24, 0x10020, 4); /* e_entry;            p_memsz */
    put(elf + 28, 4, 4);       /* e_phoff;            p_flags: PF_R, which means PF_X, too */
    put(elf + 42, 32, 2);      /* e_phentsize */
    put(elf + 44, 1, 1);       /* e_phnum */
}

void sb_program_write(const struct sb_smallest_class *class, int exit_code, struct sb_buf *output) {
    unsigned char elf[HEADER_64 + SEGMENT_64 + 8] = {0x7f, 'E', 'L', 'F'}, code[8];
    size_t at, size = TINY;
    struct sb_span instructions = sb_program_code(class->program, exit_code, code, &at);
    switch (class->program) {
    case SB_PROGRAM_PLAIN:
        size = at + instructions.size;
        write_plain(&class->strict, size, elf);
        break;
    case SB_PROGRAM_OVERLAPPED:
        size = OVERLAPPED;
        write_overlapped(elf);
        break;
    case SB_PROGRAM_TINY:
        write_tiny(elf);
        break;
    }
    memcpy(elf + at, instructions.data, instructions.size);
    sb_buf_append(output, elf, size);
}
