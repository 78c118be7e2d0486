; plain: a 64-bit program in 124 bytes that waits, with nothing left out and nothing in two places: the program of the
; smallest archives of class strict-plain. A search may choose e_ident's ABI, the segment's address, its flags (R X or
; R W X), p_paddr, p_align and e_shentsize, which have no meaning here.
;
;     nasm -f bin -o plain plain.asm

        bits 64

base    equ 0x400000

ehdr:
        db 0x7f, "ELF", 2, 1, 1 ; e_ident: 64-bit, little-endian, version 1
        times 9 db 0
        dw 2                    ; e_type: ET_EXEC
        dw 62                   ; e_machine: EM_X86_64
        dd 1                    ; e_version
        dq base + start - ehdr  ; e_entry
        dq phdr - ehdr          ; e_phoff
        dq 0                    ; e_shoff
        dd 0                    ; e_flags
        dw phdr - ehdr          ; e_ehsize: 64
        dw start - phdr         ; e_phentsize: 56
        dw 1                    ; e_phnum
        dw 0, 0, 0              ; e_shentsize, e_shnum, e_shstrndx
phdr:
        dd 1                    ; p_type: PT_LOAD
        dd 5                    ; p_flags: PF_R | PF_X
        dq 0                    ; p_offset
        dq base                 ; p_vaddr
        dq base                 ; p_paddr
        dq size                 ; p_filesz
        dq size                 ; p_memsz
        dq 0x1000               ; p_align
start:
        mov al, 34              ; pause(); the other bits of rax are zero where a program begins
        syscall
size    equ $ - ehdr
