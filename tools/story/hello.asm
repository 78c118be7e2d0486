; The usual first program, with the system calls of IA-32, as asm/t.asm has them: write(1, message, 13), exit(0).
        global _start

        section .text
_start: mov edx, 13
        mov ecx, message
        mov ebx, 1
        mov eax, 4
        int 0x80
        mov ebx, 0
        mov eax, 1
        int 0x80

        section .data
message:
        db "Hello, World", 10
