; overlapped: a 64-bit program in 80 bytes that waits: the program of the smallest archives of class strict-overlapped.
; The program header begins in the middle of the ELF header, and what both say fits. Linux looks at what has a name in a
; comment; the rest may be anything, and a search has chosen it.
;
;     nasm -f bin -o overlapped overlapped.asm

        bits 64

        db 0x7f, "ELF"          ; e_ident. The entry is byte 1: E, L and F are REX prefixes of the first instruction
        mov al, 34              ; pause(); the other bits of rax are zero where a program begins
        syscall
        times 8 db 0
        dw 2                    ; e_type: ET_EXEC
        dw 62                   ; e_machine: EM_X86_64
        dd 0
        dd 1                    ; e_entry, lower half       p_type: PT_LOAD
        dd 1                    ; e_entry, upper half       p_flags: PF_X
        dq 24                   ; e_phoff                   p_offset
        dq 0x100000018          ;                           p_vaddr: in the page of e_entry, as far in as p_offset
        times 6 db 0
        dw 56                   ; e_phentsize
        dw 1                    ; e_phnum                   p_filesz: one byte, so its whole page
        times 6 db 0
        dq 1                    ;                           p_memsz: not less than p_filesz
        times 8 db 0
