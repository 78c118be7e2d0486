; pause: a 64-bit program in 112 bytes that waits, without IA-32 emulation in the kernel.
;
;     nasm -f bin -o pause pause.asm
;
; t.asm enters the kernel by int 0x80, which a kernel without IA-32 emulation does not have. This one takes the
; instruction that x86-64 has for it, and is smaller by 15 bytes, because two things that t.asm writes one after the
; other lie inside each other here:
;
; - The code stands in e_ident, in the eight bytes behind the version that Linux does not look at.
; - The program header begins in the last eight bytes of the ELF header: e_phnum and e_shentsize are p_type there, e_shnum
;   and e_shstrndx are p_flags. Linux looks at e_phnum alone, which must be 1, as p_type must.
;
; As the first process of a container it gets no signal that it does not ask for; so its image says STOPSIGNAL SIGKILL,
; and is gone at once when told to stop.

        bits 64

base    equ 0x400000

ehdr:
        db 0x7f, "ELF"          ; e_ident: the magic number
        db 2, 1, 1              ;   64-bit, little-endian, version 1
        db 0                    ;   EI_OSABI
start:
        push 34                 ;   pause() in the system call table of x86-64
        pop rax
        syscall                 ;   it never comes back: nobody handles a signal
        times 16 - ($ - ehdr) db 0
        dw 2                    ; e_type: ET_EXEC
        dw 62                   ; e_machine: EM_X86_64
        dd 1                    ; e_version
        dq base + start - ehdr  ; e_entry
        dq phdr - ehdr          ; e_phoff
        dq 0                    ; e_shoff
        dd 0                    ; e_flags
        dw 64                   ; e_ehsize
        dw 56                   ; e_phentsize
phdr:
        dd 1                    ; p_type: PT_LOAD; e_phnum: 1, e_shentsize: 0
        dd 5                    ; p_flags: PF_R | PF_X; e_shnum: 5, e_shstrndx: 0, with no section headers
        dq 0                    ; p_offset
        dq base                 ; p_vaddr
        dq base                 ; p_paddr
        dq file_size            ; p_filesz
        dq file_size            ; p_memsz
        dq 0x1000               ; p_align

file_size equ $ - ehdr
