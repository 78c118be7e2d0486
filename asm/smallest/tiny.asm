; tiny: a 32-bit program in 45 bytes that waits: the program of the smallest archives of the other classes. It needs a
; kernel with IA-32 emulation, as t.asm does. The program header begins at byte 4, and the file ends in the middle of the
; ELF header: Linux takes what is missing for zero. What has no name in a comment may be anything.
;
;     nasm -f bin -o tiny tiny.asm

        bits 32

base    equ 0x10000             ; a search may choose another 64 KiB; not below vm.mmap_min_addr

        db 0x7f, "ELF"          ; e_ident
        dd 1                    ;                           p_type: PT_LOAD
        dd 0                    ;                           p_offset
        dd base                 ;                           p_vaddr
        dw 2                    ; e_type: ET_EXEC
        dw 3                    ; e_machine: EM_386
        dd base + 32            ;                           p_filesz: more than there is, and not more than p_memsz
        dd base + 32            ; e_entry                   p_memsz
        dd 4                    ; e_phoff                   p_flags: PF_R, which is PF_X as well in such an old program
        mov al, 29              ; pause(); the other bits of eax are zero where a program begins
        int 0x80
        times 6 db 0
        dw 32                   ; e_phentsize
        db 1                    ; e_phnum
