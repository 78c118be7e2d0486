; t: a whole program in 127 bytes that waits for a signal and does nothing else.
;
;     nasm -f bin -o t t.asm
;
; There is no linker and there are no sections: what follows is the file, byte for byte. The kernel
; needs three things of an ELF file to run it: a header that says "64-bit executable for x86-64",
; one program header that says what to map, and code (ELF-64 Object File Format 1.5; the System V
; ABI, AMD64 supplement; Linux fs/binfmt_elf.c).

        bits 64

base    equ 0x400000            ; where the file is mapped: the address that ld has used for
                                ; x86-64 programs since the ABI chose it; any page above
                                ; vm.mmap_min_addr would do

; ELF header, 64 bytes ---------------------------------------------------------------------------

ehdr:
        db 0x7f, "ELF"          ; e_ident: the magic number
        db 2                    ;   EI_CLASS: 64-bit objects
        db 1                    ;   EI_DATA: little-endian
        db 1                    ;   EI_VERSION: the only version there is
        db 0                    ;   EI_OSABI: System V; Linux does not look
        dq 0                    ;   EI_ABIVERSION and padding; Linux does not look
        dw 2                    ; e_type: ET_EXEC, mapped where the program header says
        dw 62                   ; e_machine: EM_X86_64
        dd 1                    ; e_version: as above
        dq base + start - ehdr  ; e_entry: address of the first instruction
        dq phdr - ehdr          ; e_phoff: the program header follows at once
        dq 0                    ; e_shoff: there are no section headers
        dd 0                    ; e_flags: x86-64 defines none
        dw ehdr_size            ; e_ehsize: 64; Linux does not look
        dw phdr_size            ; e_phentsize: 56; Linux refuses anything else
        dw 1                    ; e_phnum: one segment
        dw 0                    ; e_shentsize: no section headers,
        dw 0                    ; e_shnum:       none,
        dw 0                    ; e_shstrndx:    and no names for them
ehdr_size equ $ - ehdr

; Program header, 56 bytes -----------------------------------------------------------------------

phdr:
        dd 1                    ; p_type: PT_LOAD, a piece of the file to map
        dd 5                    ; p_flags: PF_R | PF_X; nothing is written, so no PF_W
        dq 0                    ; p_offset: from the first byte, for mappings begin at a page;
                                ;   so the headers are mapped as well
        dq base                 ; p_vaddr: must equal p_offset modulo the page size
        dq base                 ; p_paddr: has no meaning on Linux; ld repeats p_vaddr
        dq file_size            ; p_filesz: the whole file
        dq file_size            ; p_memsz: no more than that, there is no .bss
        dq 0x1000               ; p_align: the page size of x86
phdr_size equ $ - phdr

; Code, 7 bytes ----------------------------------------------------------------------------------

start:
        mov eax, 29             ; pause() in the system call table of IA-32, 34 in that of x86-64
        int 0x80                ; the old way into the kernel, which a 64-bit program may take as
                                ;   long as the kernel has IA-32 emulation; pause takes no
                                ;   argument and comes back only from a signal handler, and
                                ;   there is none: so nothing is needed behind this

file_size equ $ - ehdr
