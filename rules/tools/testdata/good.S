// An image as it should be: code, data, and 3 MiB of memory that the file does not hold.
// SPDX-License-Identifier: Apache-2.0
    .globl _start
_start:
    mov value(%rip), %rax
    jmp _start

    .data
value:
    .quad space

    .bss
space:
    .space 3 << 20
