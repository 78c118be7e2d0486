# t.asm in the syntax of GNU as, which clang's assembler takes as well: the same 127 bytes. What they are for stands there.
#
#     as --64 -o t.o t.S        (or: clang -c -target x86_64-linux-gnu -o t.o t.S)
#     objcopy -O binary -j .text t.o t
#
# An assembler of this kind always makes an object file; objcopy takes its one section out of it.

        .intel_syntax noprefix
        .text
        .set base, 0x400000

ehdr:   .ascii "\177ELF"                # e_ident
        .byte 2, 1, 1, 0
        .quad 0
        .short 2                        # e_type
        .short 62                       # e_machine
        .long 1                         # e_version
        .quad base + start - ehdr       # e_entry
        .quad phdr - ehdr               # e_phoff
        .quad 0                         # e_shoff
        .long 0                         # e_flags
        .short 64                       # e_ehsize
        .short 56                       # e_phentsize
        .short 1                        # e_phnum
        .short 0                        # e_shentsize
        .short 0                        # e_shnum
        .short 0                        # e_shstrndx

phdr:   .long 1                         # p_type
        .long 5                         # p_flags
        .quad 0                         # p_offset
        .quad base                      # p_vaddr
        .quad base                      # p_paddr
        .quad end - ehdr                # p_filesz
        .quad end - ehdr                # p_memsz
        .quad 0x1000                    # p_align

start:  mov eax, 29
        int 0x80
end:
