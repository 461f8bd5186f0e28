// The first instructions of an image that runs as a Linux process.
// SPDX-License-Identifier: Apache-2.0

// _start: the ELF entry [linux fs/binfmt_elf.c, arch/arm64/include/asm/processor.h].
//
// In:       SP: argc, argv, envp, auxiliary vector. Everything else is undefined.
// Out:      never returns; calls LinuxuStart(initial stack) on the boot stack, with no caller's frame.
// Clobbers: all.
// Mode:     EL0, AArch64.
    .section .text.entry, "ax", @progbits
    .globl  _start
    .type   _start, @function
_start:
    .cfi_startproc
    .cfi_undefined x30
    mov     x29, xzr
    mov     x30, xzr
    mov     x0, sp
    adrp    x1, __boot_stack_top
    add     x1, x1, :lo12:__boot_stack_top
    mov     sp, x1
    bl      LinuxuStart
    brk     #0
    .cfi_endproc
    .size   _start, . - _start

    .section .note.GNU-stack, "", @progbits
